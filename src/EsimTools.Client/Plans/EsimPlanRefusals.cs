// How many profiles a plan leaves out for one reason.

namespace EsimTools;

/// <summary>The profiles of a plan that are left out for one reason.</summary>
/// <param name="ErrorId">The reason, by the error id that the command would have given.</param>
/// <param name="Count">How many.</param>
public readonly record struct EsimPlanRefusals(EsimError ErrorId, int Count)
{
    /// <inheritdoc/>
    public override string ToString() => $"{ErrorId}: {Count}";
}
