// The identifiers of one journal line as numbers, so that a million of them are read without making a million texts.

using EsimTools.Identity;

namespace EsimTools.Journal;

/// <summary>The identifiers of a profile; those that the line does not give are <see cref="IdentifierKey.IsNone"/>.</summary>
/// <param name="Iccid">The ICCID.</param>
/// <param name="Eid">The EID.</param>
/// <param name="Imei">The IMEI.</param>
internal readonly record struct ProfileKeys(IdentifierKey Iccid, IdentifierKey Eid, IdentifierKey Imei)
{
    /// <summary>What the profile is known by: its ICCID, and only without one its EID or IMEI.</summary>
    public IdentifierKey First => !Iccid.IsNone ? Iccid : !Eid.IsNone ? Eid : Imei;
}

/// <summary>What <see cref="JournalLineReader"/> fills in; used again from line to line.</summary>
internal sealed class JournalKeys
{
    /// <summary>The seal of the folder; null where identifiers stand in the clear and stay so.</summary>
    public IdentifierSeal? Seal { get; init; }

    /// <summary>The profiles of a <c>sending</c> line.</summary>
    public List<ProfileKeys> Profiles { get; } = [];

    /// <summary>The identifiers of an <c>outcome</c> line.</summary>
    public List<IdentifierKey> Ids { get; } = [];

    /// <summary>Whether the line has profiles at all.</summary>
    public bool HasProfiles { get; set; }

    /// <summary>Makes it ready for the next line.</summary>
    public void Clear()
    {
        Profiles.Clear();
        Ids.Clear();
        HasProfiles = false;
    }
}
