// The actions of ThingSpace's profile API as rows of data: what each sends and needs, what it does, what its confirmation proves.
// Adding an action means a row here, a row in Proof/TransitionTable.cs, a cmdlet class and a help page.

using EsimTools.Model;

namespace EsimTools;

/// <summary>One action of <c>POST /m2m/v1/devices/profile/actions/{name}</c>.</summary>
public sealed class EsimAction
{
    private EsimAction(string name, string cmdlet, string effect)
    {
        Name = name;
        Cmdlet = cmdlet;
        Effect = effect;
    }

    /// <summary>Starts carrier service, also again after a deactivation. Source: the Global reference's page on activate.</summary>
    public static EsimAction Activate { get; } = new("activate", "Enable-EsimProfile", "starts carrier service; billing may start")
    {
        WayBack = "deactivate ends service again; what has been billed is not refunded",
        Takes = ActionFields.ServicePlan | ActionFields.MdnZipCode,
        ProvesState = "ACTIVE",
        CanEndDisabled = true,
        SetsServicePlan = true,
    };

    /// <summary>Puts a Global profile on the eUICC without enabling it. Source: the Global reference's page on download.</summary>
    public static EsimAction Download { get; } = new("download", "Install-EsimProfile", "puts the profile on the eUICC")
    {
        WayBack = "a delete takes it off the eUICC again",
        ProvesProfileStatus = "DOWNLOAD_DISABLE",
        NeedsConnectedDevice = true,
    };

    /// <summary>Makes this the eUICC's one enabled profile; the eUICC disables the others. Source: the Global reference's page on enable.</summary>
    public static EsimAction Enable { get; } = new("enable", "Switch-EsimProfile", "the device changes network; its other profiles are disabled")
    {
        WayBack = "enable of the former profile changes back; the number and the IP address may differ",
        ProvesProfileStatus = "ENABLE",
        CanEndDisabled = true,
        EffectOnOthers = EffectOnOthers.Disables,
        NeedsConnectedDevice = true,
    };

    /// <summary>Download and enable in one. Source: the Global reference's page on download_enable.</summary>
    public static EsimAction DownloadEnable { get; } = new("download_enable", "Install-EsimProfile", "puts the profile on the eUICC and changes the device's network")
    {
        WayBack = "enable of the former profile changes back; the profile stays on the eUICC, and the number and the IP address may differ",
        ProvesProfileStatus = "DOWNLOAD_ENABLE",
        CanEndDisabled = true,
        EffectOnOthers = EffectOnOthers.Disables,
        NeedsConnectedDevice = true,
    };

    /// <summary>Ends carrier service. Source: the deactivate document.</summary>
    public static EsimAction Deactivate { get; } = new("deactivate", "Disable-EsimProfile", "ends carrier service; an early termination fee may apply")
    {
        WayBack = "activate starts service again; a termination fee is not refunded, and the number and the IP address may differ",
        Takes = ActionFields.ServicePlan | ActionFields.EtfWaiver | ActionFields.ReasonCode,
        ProvesState = "DEACTIVE",
        EndsService = true,
    };

    /// <summary>
    /// Disables the profile on the eUICC through an SM-SR. Limited release: not every account has it. Source: the older local-profile
    /// reference, which requires EID, ICCID and the SM-SR's OID.
    /// </summary>
    public static EsimAction Disable { get; } = new("disable", "Disable-EsimProfile", "disables the profile on the eUICC; the device falls back to its default profile")
    {
        WayBack = "enable makes it the enabled profile again",
        Sends = IdentifierKinds.Eid | IdentifierKinds.Iccid,
        Needs = IdentifierKinds.Eid | IdentifierKinds.Iccid,
        Takes = ActionFields.SmsrOid,
        Requires = ActionFields.SmsrOid,
        ProvesProfileStatus = "DISABLE",
        EndsService = true,
        EffectOnOthers = EffectOnOthers.MayEnable,
    };

    /// <summary>Deletes a Global profile from the eUICC. Source: the delete document.</summary>
    public static EsimAction Delete { get; } = new("delete", "Remove-EsimProfile", "cannot be undone")
    {
        WayBack = "there is none",
        ProvesProfileStatus = "DELETE",
        EndsService = true,
        EffectOnOthers = EffectOnOthers.MayEnable,
    };

    /// <summary>Suspends one Global profile. Source: the Global reference's page on profile_suspend, which lists the ICCID alone.</summary>
    public static EsimAction ProfileSuspend { get; } = new("profile_suspend", "Suspend-EsimProfile", "suspends service; billing may go on")
    {
        WayBack = "profile_resume resumes service",
        Sends = IdentifierKinds.Iccid,
        ProvesState = "SUSPEND",
    };

    /// <summary>Resumes one profile. Source: the Global reference's page on profile_resume, which lists the ICCID alone.</summary>
    public static EsimAction ProfileResume { get; } = new("profile_resume", "Resume-EsimProfile", "resumes service")
    {
        WayBack = "profile_suspend suspends it again",
        Sends = IdentifierKinds.Iccid,
        ProvesState = "ACTIVE",
        CanEndDisabled = true,
    };

    /// <summary>Suspends all profiles of a device. Source: the Global reference's page on device_suspend, which lists the EID alone.</summary>
    public static EsimAction DeviceSuspend { get; } = new("device_suspend", "Suspend-EsimDevice", "suspends all profiles of the device")
    {
        WayBack = "device_resume resumes the profiles; those that were suspended one by one stay suspended",
        Sends = IdentifierKinds.Eid,
        Needs = IdentifierKinds.Eid,
        Takes = ActionFields.None,
        IsForDevice = true,
    };

    /// <summary>Resumes a device; profiles that were suspended one by one stay suspended. Source: the Global reference's page on device_resume.</summary>
    public static EsimAction DeviceResume { get; } = new("device_resume", "Resume-EsimDevice", "resumes the profiles of the device")
    {
        WayBack = "device_suspend suspends all profiles of the device again",
        Sends = IdentifierKinds.Eid,
        Needs = IdentifierKinds.Eid,
        Takes = ActionFields.None,
        CanEndDisabled = true,
        IsForDevice = true,
    };

    /// <summary>Changes the service plan. Source: the Global reference's page on serviceplan, which lists ICCID and EID.</summary>
    public static EsimAction ServicePlan { get; } = new("serviceplan", "Set-EsimProfile", "changes the service plan; billing changes")
    {
        WayBack = "serviceplan with the former plan changes back; what has been billed is not refunded",
        Sends = IdentifierKinds.Eid | IdentifierKinds.Iccid,
        Needs = IdentifierKinds.Eid | IdentifierKinds.Iccid,
        Requires = ActionFields.ServicePlan,
        SetsServicePlan = true,
    };

    /// <summary>Marks the profile that the eUICC falls back to. Source: the Global reference's page on set fallback.</summary>
    public static EsimAction SetFallback { get; } = new("setfallbackattribute", "Set-EsimFallbackProfile", "makes it the profile that the eUICC falls back to")
    {
        WayBack = "setfallbackattribute for the former one changes back",
        Takes = ActionFields.None,
    };

    /// <summary>Every action.</summary>
    public static IReadOnlyList<EsimAction> All { get; } = (EsimAction[])
        [Activate, Download, Enable, DownloadEnable, Deactivate, Disable, Delete, ProfileSuspend, ProfileResume, DeviceSuspend, DeviceResume, ServicePlan, SetFallback];

    /// <summary>The ThingSpace word, used in paths, objects, journal and messages.</summary>
    public string Name { get; }

    /// <summary>The cmdlet that performs it.</summary>
    public string Cmdlet { get; }

    /// <summary>What it does to the customer, in the words of the question that is asked.</summary>
    public string Effect { get; }

    /// <summary>What leads back to the state of before, in words.</summary>
    public string WayBack { get; private init; } = string.Empty;

    /// <summary>Whether it acts on all profiles of a device, which is named by its EID.</summary>
    public bool IsForDevice { get; private init; }

    /// <summary>Whether the documents want the device powered on and connected.</summary>
    public bool NeedsConnectedDevice { get; private init; }

    /// <summary>Whether the service wants the ICCID.</summary>
    public bool NeedsIccid => (Needs & IdentifierKinds.Iccid) != 0;

    /// <summary>Whether the service wants the EID.</summary>
    public bool NeedsEid => (Needs & IdentifierKinds.Eid) != 0;

    /// <summary>The kinds of identifiers that a request carries where they are known.</summary>
    internal IdentifierKinds Sends { get; private init; } = IdentifierKinds.All;

    /// <summary>The kinds of identifiers without which nothing is sent. The ICCID wherever a profile is meant: an eUICC may hold several.</summary>
    internal IdentifierKinds Needs { get; private init; } = IdentifierKinds.Iccid;

    /// <summary>The fields that may be sent.</summary>
    internal ActionFields Takes { get; private init; } = ActionFields.ServicePlan;

    /// <summary>The fields without which nothing is sent.</summary>
    internal ActionFields Requires { get; private init; }

    /// <summary>The service state that a confirmation without details proves; null when it proves none.</summary>
    internal string? ProvesState { get; private init; }

    /// <summary>The profile status that a confirmation without details proves; null when it proves none.</summary>
    internal string? ProvesProfileStatus { get; private init; }

    /// <summary>Whether it can end "disabled" for the profile, or for all profiles of the device: whatever proved that before proves nothing once it is sent.</summary>
    internal bool CanEndDisabled { get; private init; }

    /// <summary>Whether it leads towards the end of the profile: then one that is deleted has nothing left to be done.</summary>
    internal bool EndsService { get; private init; }

    /// <summary>Whether a confirmation means that the profile is on the plan that was sent.</summary>
    internal bool SetsServicePlan { get; private init; }

    /// <summary>What a confirmation means for the other profiles of the eUICC.</summary>
    internal EffectOnOthers EffectOnOthers { get; private init; }

    /// <summary>The path behind the service's base address.</summary>
    internal string Path => "m2m/v1/devices/profile/actions/" + Name;

    /// <summary>The action with a ThingSpace word; null when there is none.</summary>
    /// <param name="name">The word, for example <c>deactivate</c>.</param>
    public static EsimAction? Find(string? name)
    {
        foreach (var action in All)
        {
            if (string.Equals(action.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return action;
            }
        }

        return null;
    }

    /// <summary>Which identifier a profile lacks that the action cannot do without, or has in another form than digits; null when none.</summary>
    /// <param name="profile">The profile.</param>
    public EsimException? FindMissing(EsimProfile profile) =>
        NeedsIccid && profile.Iccid is null
            ? new EsimException(
                EsimError.EsimIccidMissing,
                $"'{Name}' was not sent for {profile}: it needs the ICCID, because an eUICC may hold several profiles.",
                "Look the ICCID up with Get-EsimProfile, or add a column Iccid to the inventory.")
            : NeedsEid && profile.Eid is null
                ? new EsimException(
                    EsimError.EsimEidMissing,
                    $"'{Name}' was not sent for {profile}: it needs the EID.",
                    "Look the EID up with Get-EsimProfile, or add a column Eid to the inventory.")
                : profile.FindMisspelled() is { } misspelled
                    ? new EsimException(EsimError.EsimParameterInvalid, $"'{Name}' was not sent for {profile}: '{misspelled}' is not digits alone.", "Write the identifier in digits, as IdentifierKind.Read gives it.")
                    : null;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
