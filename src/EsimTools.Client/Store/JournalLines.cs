// The lines that this connection adds to the write-ahead journal: of a request that is about to leave, of the answer to it, of an outcome.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Makes journal lines of what the memory knows.</summary>
internal static class JournalLines
{
    /// <summary>The line that is written ahead of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="service">The service's address.</param>
    public static JournalLine Sending(EsimRequest request, string service) => new()
    {
        Event = JournalEvent.Sending,
        At = request.SubmittedAt,
        LocalId = request.LocalId,
        Service = service,
        Action = request.Action,
        AccountName = request.AccountName,
        ServicePlan = request.ServicePlan,
        Sequence = request.Sequence,
        IsOverOpen = request.IsOverOpen,
        Run = request.Run,
        Wave = request.Wave,
        Profiles = request.Profiles,
    };

    /// <summary>The line of the answer to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">How its sending ended.</param>
    /// <param name="at">When.</param>
    /// <param name="reason">Why it was refused, or why it is in doubt; null where it was accepted.</param>
    public static JournalLine Answered(EsimRequest request, JournalEvent answer, DateTimeOffset at, EsimException? reason = null) => new()
    {
        Event = answer,
        At = at,
        LocalId = request.LocalId,
        RequestId = request.RequestId,
        StatusCode = reason?.StatusCode,
        Code = reason?.ErrorCode,
        Message = reason?.Message,
    };

    /// <summary>The line of the end of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="action">Its action.</param>
    /// <param name="account">The account of profiles without one of their own.</param>
    /// <param name="service">The service's address.</param>
    /// <param name="stage">How it has ended.</param>
    /// <param name="at">When.</param>
    /// <param name="counts">What has become of its profiles.</param>
    /// <param name="refusals">What it kept back, and why.</param>
    public static JournalLine RunEnd(
        EsimRunInfo run, EsimAction action, string account, string service, EsimRunStage stage, DateTimeOffset at, in EsimRunCounts counts, IReadOnlyList<EsimRunRefusal> refusals) => new()
    {
        Event = JournalEvent.Run,
        At = at,
        Service = service,
        Action = action.Name,
        AccountName = account,
        Run = run,
        RunStage = stage,
        Counts = counts,
        Refusals = refusals,
    };

    /// <summary>The line of an outcome, without the identifiers that it is about.</summary>
    /// <param name="request">The request.</param>
    /// <param name="outcome">What was heard.</param>
    /// <param name="service">The service's address.</param>
    public static JournalLine Outcome(TrackedRequest request, in ObservedOutcome outcome, string service) => new()
    {
        Event = JournalEvent.Outcome,
        At = outcome.At,
        LocalId = request.LocalId,
        RequestId = request.RequestId,
        Action = request.Action.Name,
        Service = service,
        Said = outcome.Said with { At = null },
        Outcome = outcome.Status,
        Code = outcome.Code,
        Message = outcome.Message,
        Vouches = outcome.Vouches,
        IsInferred = outcome is { IsInferred: true, Status: OutcomeStatus.Failed },
    };
}
