// One eSIM profile as the user or the service names it: identifiers, account, plan, and what the source said of its state.

using EsimTools.Model;

namespace EsimTools;

/// <summary>
/// An eSIM profile: the subscription with one ICCID on the eUICC with one EID in the device with one IMEI.
/// </summary>
/// <remarks>
/// Identifiers are digits only, already checked. <see cref="State"/>, <see cref="ProfileStatus"/> and <see cref="ProfileRole"/> are what an
/// inventory or the service said when the object was made; the guard treats an inventory's word as a reason to refuse, never to allow.
/// </remarks>
public sealed class EsimProfile
{
    private bool _isFixed;

    /// <summary>A profile of which nothing is known yet.</summary>
    public EsimProfile()
    {
    }

    /// <summary>The profile with the identifiers of another object, of which nothing else is known yet.</summary>
    internal EsimProfile(EsimProfile named)
    {
        Iccid = named.Iccid;
        Eid = named.Eid;
        Imei = named.Imei;
    }

    /// <summary>The profile's own identifier: 18 to 20 digits. Null only where the service listed a device without one.</summary>
    public string? Iccid { get; init => field = Given(value); }

    /// <summary>The eUICC's identifier: 32 digits; null when not known.</summary>
    public string? Eid { get; init => field = Given(value); }

    /// <summary>The device's identifier: 15 digits; null when not known.</summary>
    public string? Imei { get; init => field = Given(value); }

    /// <summary>The ThingSpace account, for example <c>0000123456-00001</c>; null means the connection's own.</summary>
    public string? AccountName { get; init; }

    /// <summary>The service plan; null means the command's own, or none.</summary>
    public string? ServicePlan { get; init; }

    /// <summary>Service state in ThingSpace's word (<c>ACTIVE</c>, <c>DEACTIVE</c>, <c>SUSPEND</c> …); null when not known.</summary>
    public string? State { get; init; }

    /// <summary>Profile status in ThingSpace's word (<c>ENABLE</c>, <c>DISABLE</c>, <c>DOWNLOAD_ENABLE</c> …); null when not known.</summary>
    public string? ProfileStatus { get; init; }

    /// <summary><c>LEAD</c> for a Verizon US profile, <c>LOCAL</c> for a Global one; null when not known.</summary>
    public string? ProfileRole { get; init; }

    /// <summary>Whether the device is attached to a network right now, by the service's list; null when not known.</summary>
    public bool? Connected { get; init; }

    /// <summary>Where the three words on its state come from.</summary>
    public EvidenceSource Source { get; init; }

    /// <summary>When they were true, in UTC; null for an inventory, whose age nobody knows.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>What was said of it when the object was made; the five above as one value.</summary>
    internal ProfileState Known
    {
        get => new(Source, AsOf, State, ProfileStatus, ProfileRole);
        init => (Source, AsOf, State, ProfileStatus, ProfileRole) = value;
    }

    /// <summary>Keeps its identifiers as they are: PowerShell sets what is init-only, and outcomes would be about another profile then.</summary>
    internal void Fix() => _isFixed = true;

    /// <summary>Another object that says the same.</summary>
    internal EsimProfile Copy() => new(this) { AccountName = AccountName, ServicePlan = ServicePlan, Known = Known, Connected = Connected };

    /// <summary>What it is known by; of identifiers that are not digits, nothing.</summary>
    internal ProfileKeys Keys => new((IdentifierKey.Of(Iccid) ?? default).ForAnySpelling(), IdentifierKey.Of(Eid) ?? default, IdentifierKey.Of(Imei) ?? default) { Twentieth = IdentifierKey.Of(Iccid)?.Twentieth ?? 0 };

    /// <summary>
    /// What the profile is known by, the same for every spelling of its ICCID: the ICCID with its first check digit, or without one the EID or the IMEI.
    /// The hash where a journal shows no more; null where nothing is given.
    /// </summary>
    public string? Key => Keys.First is { IsNone: false } key && !key.IsHidden ? key.ToDigits() : Iccid ?? Eid ?? Imei;

    /// <summary>Whether a profile has an identifier that a journal shows by its hash alone, which means nothing to the service.</summary>
    /// <param name="profile">The profile.</param>
    public static bool IsHashed(EsimProfile profile) => IdentifierKey.IsHash(profile.Iccid) || IdentifierKey.IsHash(profile.Eid) || IdentifierKey.IsHash(profile.Imei);

    /// <summary>An identifier that is neither digits nor the hash of a journal: under another name the profile would not be recognised; null where there is none.</summary>
    internal string? FindMisspelled() => IsMisspelled(Iccid) ? Iccid : IsMisspelled(Eid) ? Eid : IsMisspelled(Imei) ? Imei : null;

    private static bool IsMisspelled(string? text) => text is not null && IdentifierKey.Of(text) is null && !IdentifierKey.IsHash(text);

    private string? Given(string? identifier) =>
        _isFixed ? throw new InvalidOperationException($"{this} belongs to a request and keeps its identifiers; make another object.") : identifier;

    /// <summary>The identifiers in a form for messages, ICCID first.</summary>
    public override string ToString() => Describe(Iccid, Eid, Imei);

    /// <summary>Names a profile by the identifiers there are, ICCID first.</summary>
    /// <param name="iccid">The ICCID, if known.</param>
    /// <param name="eid">The EID, if known.</param>
    /// <param name="imei">The IMEI, if known.</param>
    internal static string Describe(string? iccid, string? eid, string? imei) =>
        (iccid, eid) switch
        {
            (not null, not null) => $"ICCID {iccid}, EID {eid}",
            (not null, null) => $"ICCID {iccid}",
            (null, not null) => $"EID {eid}",
            _ => imei is null ? "a profile without identifiers" : $"IMEI {imei}",
        };
}
