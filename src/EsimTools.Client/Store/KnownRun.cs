// A run as the memory knows it: who and why, its requests, how it ended.

namespace EsimTools.Store;

/// <summary>A run of which something is known.</summary>
/// <param name="Info">Who, where, when and why.</param>
/// <param name="Ending">How it has ended; null where nothing tells.</param>
/// <param name="Requests">Its requests, in the order in which they were sent; also those that the service refused.</param>
internal sealed record KnownRun(EsimRunInfo Info, RunEnding? Ending, IReadOnlyList<TrackedRequest> Requests)
{
    /// <summary>Why the plan that it carried out was held; null where it was not.</summary>
    public string? HeldBecause { get; init; }
}
