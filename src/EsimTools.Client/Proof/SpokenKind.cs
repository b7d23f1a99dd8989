// What a word on a property means for the question whether the profile is disabled.

namespace EsimTools.Proof;

/// <summary>What a word on a property means for the question whether the profile is disabled.</summary>
internal enum SpokenKind : byte
{
    /// <summary>Nothing has been said, or nothing that counts.</summary>
    None,

    /// <summary>It is disabled, by the service's own and undisputed word.</summary>
    Disabled,

    /// <summary>Something else, or words that contradict each other.</summary>
    Other,
}
