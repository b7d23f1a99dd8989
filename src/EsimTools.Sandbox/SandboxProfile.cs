// A profile as users of the sandbox see it: the row that puts one in, and the snapshot of one that is in.

namespace EsimTools.Sandbox;

/// <summary>
/// One eSIM profile of the sandbox's fleet: a row to add (<see cref="SandboxFleet.Add"/>; only ICCID and EID are needed), or a
/// snapshot of one (<see cref="SandboxFleet.Find"/>; everything is filled in and does not change any more).
/// </summary>
public sealed record SandboxProfile
{
    /// <summary>The profile's identifier, 18 to 20 digits.</summary>
    public string? Iccid { get; init; }

    /// <summary>The eUICC's identifier, 32 digits.</summary>
    public string? Eid { get; init; }

    /// <summary>The device's identifier, 15 digits; made up from the EID when not given.</summary>
    public string? Imei { get; init; }

    /// <summary>The line's phone number, 10 digits; made up when not given.</summary>
    public string? Mdn { get; init; }

    /// <summary>The ThingSpace account; the fleet's own when not given.</summary>
    public string? AccountName { get; init; }

    /// <summary>The service plan.</summary>
    public string? ServicePlan { get; init; }

    /// <summary>The service state in ThingSpace's word, for example <c>ACTIVE</c> (the default) or <c>DEACTIVE</c>.</summary>
    public string? State { get; init; }

    /// <summary>
    /// The profile status in ThingSpace's word. The default is <c>ENABLE</c>, or <c>DISABLE</c> when another profile of the eUICC is
    /// enabled already, because only one can be.
    /// </summary>
    public string? ProfileStatus { get; init; }

    /// <summary><c>LOCAL</c> for a Global profile (the default), <c>LEAD</c> for the Verizon US one.</summary>
    public string? ProfileRole { get; init; }

    /// <summary>Whether the device is powered on and connected; the default is true. Any row that says false counts for the device.</summary>
    public bool? Connected { get; init; }
}
