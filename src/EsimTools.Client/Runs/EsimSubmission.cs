// What came of handing profiles to the client: the request that left, those the guard kept back, and those that needed nothing.

namespace EsimTools;

/// <summary>The result of a submission.</summary>
/// <param name="Request">The request; null when no profile was allowed.</param>
/// <param name="Refused">The profiles that the guard kept back, with the reason of each.</param>
/// <param name="Failure">Why the request was not accepted, or is in doubt; null when it was accepted.</param>
public sealed record EsimSubmission(EsimRequest? Request, IReadOnlyList<GuardRefusal> Refused, EsimException? Failure)
{
    /// <summary>
    /// The earlier requests of the profiles that were skipped (see <see cref="EsimActionOptions.SkipConfirmedWithin"/>), each with those
    /// profiles alone.
    /// </summary>
    public IReadOnlyList<EsimRequest> Skipped { get; init; } = [];
}
