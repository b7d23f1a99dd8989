// What a profile's identifiers are known by in tables.

namespace EsimTools.Model;

/// <summary>The identifiers of a profile; those that are not given are <see cref="IdentifierKey.IsNone"/>.</summary>
/// <param name="Iccid">The ICCID.</param>
/// <param name="Eid">The EID.</param>
/// <param name="Imei">The IMEI.</param>
internal readonly record struct ProfileKeys(IdentifierKey Iccid, IdentifierKey Eid, IdentifierKey Imei)
{
    /// <summary>What <see cref="Twentieth"/> is where a hash hides the ICCID.</summary>
    public const byte HiddenTwentieth = 11;

    /// <summary>One more than the twentieth digit of its ICCID; 0 where that is left out.</summary>
    public byte Twentieth { get; init; }

    /// <summary>What the profile is known by: its ICCID, and only without one its EID or IMEI.</summary>
    public IdentifierKey First => !Iccid.IsNone ? Iccid : !Eid.IsNone ? Eid : Imei;
}
