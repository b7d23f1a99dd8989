// What is kept in memory of the end of a run.

namespace EsimTools.Store;

/// <summary>How a run has ended.</summary>
/// <param name="Run">The run.</param>
/// <param name="Action">Its action, in ThingSpace's word; null where the line does not tell.</param>
/// <param name="AccountName">The account of profiles without one of their own.</param>
/// <param name="Stage">Ended or stopped.</param>
/// <param name="At">When.</param>
/// <param name="Counts">What had become of its profiles by then.</param>
/// <param name="Refusals">What it kept back, by reason, without the identifiers, which stand in the store.</param>
internal sealed record RunEnding(
    EsimRunInfo Run, string? Action, string? AccountName, EsimRunStage Stage, DateTimeOffset At, EsimRunCounts Counts, IReadOnlyList<EsimRunRefusal> Refusals);
