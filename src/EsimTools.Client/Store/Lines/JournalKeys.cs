// The identifiers of one journal line as numbers, so that a million of them are read without making a million texts.

using EsimTools.Model;

namespace EsimTools.Store.Lines;

/// <summary>What <see cref="JournalLineReader"/> fills in; used again from line to line.</summary>
internal sealed class JournalKeys
{
    /// <summary>The hasher of the folder; null where identifiers stand in the clear and stay so.</summary>
    public IdentifierHasher? Hasher { get; init; }

    /// <summary>The profiles of a <c>sending</c> line.</summary>
    public List<ProfileKeys> Profiles { get; } = [];

    /// <summary>The identifiers of an <c>outcome</c> line.</summary>
    public List<JournalId> Ids { get; } = [];

    /// <summary>The eUICCs that the service has named for those, in their order; none where it named none.</summary>
    public List<IdentifierKey> Eids { get; } = [];

    /// <summary>Whether the line has profiles at all.</summary>
    public bool HasProfiles { get; set; }

    /// <summary>Whether identifiers have been read that are hidden behind a key that is not here. Stays so from line to line.</summary>
    public bool HasUnknown { get; set; }

    /// <summary>Makes it ready for the next line.</summary>
    public void Clear()
    {
        Profiles.Clear();
        Ids.Clear();
        Eids.Clear();
        HasProfiles = false;
    }
}
