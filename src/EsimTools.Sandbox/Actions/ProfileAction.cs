// The profile actions, each with what its request may hold. One table, so that nothing is said twice.

namespace EsimTools.Sandbox.Actions;

/// <summary>One action of <c>POST /m2m/v1/devices/profile/actions/{name}</c>.</summary>
/// <remarks>
/// Where the documents are silent: the ICCID is needed wherever a profile is meant, because EID and IMEI name a device with several;
/// EID and IMEI may be left out where the page does not demand them, and must fit when given. Kinds and fields that an action's page does
/// not list are refused, <c>servicePlan</c> on the local actions on the eUICC included.
/// </remarks>
internal sealed class ProfileAction
{
    private static readonly List<ProfileAction> s_all = [];

    public static readonly ProfileAction Activate = new("activate", fields: ActionFields.ServicePlan | ActionFields.MdnZipCode);
    public static readonly ProfileAction Download = new("download", fields: ActionFields.ServicePlan, onEuicc: true);
    public static readonly ProfileAction Enable = new("enable", fields: ActionFields.ServicePlan, onEuicc: true);
    public static readonly ProfileAction DownloadEnable = new("download_enable", fields: ActionFields.ServicePlan, onEuicc: true);
    public static readonly ProfileAction Deactivate =
        new("deactivate", fields: ActionFields.ServicePlan | ActionFields.EtfWaiver | ActionFields.ReasonCode);
    public static readonly ProfileAction Delete = new("delete", fields: ActionFields.ServicePlan);
    public static readonly ProfileAction ProfileSuspend = new("profile_suspend", kinds: IdKinds.Iccid, fields: ActionFields.ServicePlan);
    public static readonly ProfileAction ProfileResume = new("profile_resume", kinds: IdKinds.Iccid, fields: ActionFields.ServicePlan);
    public static readonly ProfileAction DeviceSuspend = new("device_suspend", IdKinds.Eid, IdKinds.Eid);
    public static readonly ProfileAction DeviceResume = new("device_resume", IdKinds.Eid, IdKinds.Eid);
    public static readonly ProfileAction ServicePlan = new(
        "serviceplan", IdKinds.Iccid | IdKinds.Eid, IdKinds.Iccid | IdKinds.Eid, ActionFields.ServicePlan, ActionFields.ServicePlan);
    public static readonly ProfileAction SetFallback = new("setfallbackattribute");
    public static readonly ProfileAction Disable = new(
        "disable", IdKinds.Iccid | IdKinds.Eid, IdKinds.Iccid | IdKinds.Eid, ActionFields.SmsrOid, ActionFields.SmsrOid, onEuicc: true);
    public static readonly ProfileAction DownloadDisable = new(
        "download_disable", IdKinds.Iccid | IdKinds.Eid, IdKinds.Iccid | IdKinds.Eid, ActionFields.SmsrOid, ActionFields.SmsrOid, onEuicc: true);

    private ProfileAction(
        string name,
        IdKinds required = IdKinds.Iccid,
        IdKinds kinds = IdKinds.All,
        ActionFields fields = ActionFields.None,
        ActionFields requiredFields = ActionFields.None,
        bool onEuicc = false)
    {
        Name = name;
        RequiredKinds = required;
        Kinds = kinds;
        Fields = fields;
        RequiredFields = requiredFields;
        NeedsDevice = onEuicc;
        Index = s_all.Count;
        s_all.Add(this);
    }

    /// <summary>All actions, in the order of <see cref="Index"/>.</summary>
    public static IReadOnlyList<ProfileAction> All => s_all;

    /// <summary>ThingSpace's word, the last part of the path.</summary>
    public string Name { get; }

    public int Index { get; }

    public IdKinds RequiredKinds { get; }

    public IdKinds Kinds { get; }

    public ActionFields Fields { get; }

    public ActionFields RequiredFields { get; }

    /// <summary>The action changes the eUICC over the air, so the device must be powered on and connected.</summary>
    public bool NeedsDevice { get; }

    /// <summary>The action means all profiles of an eUICC.</summary>
    public bool IsForDevice => Kinds == IdKinds.Eid;

    /// <summary>The action ends service for a time.</summary>
    public bool Suspends => this == ProfileSuspend || this == DeviceSuspend;

    /// <summary>The action with a name; null when there is none.</summary>
    public static ProfileAction? Find(string name) => s_all.Find(action => action.Name == name);

    public override string ToString() => Name;
}
