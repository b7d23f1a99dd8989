// What a run kept back for one reason.

namespace EsimTools;

/// <summary>The profiles that a run kept back for one reason.</summary>
/// <param name="ErrorId">The reason, by the id of its error.</param>
/// <param name="Count">How many.</param>
/// <param name="Ids">Their ICCIDs, or for an action on devices EIDs; the first thousand. Empty where the journal has not been asked for them.</param>
public sealed record EsimRunRefusal(string ErrorId, int Count, IReadOnlyList<string> Ids)
{
    /// <summary>How many identifiers are kept for a reason.</summary>
    internal const int MostIds = 1000;
}
