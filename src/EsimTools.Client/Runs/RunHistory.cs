// What has become of runs, made from the journal request by request: of a million profiles those of one request are in memory at a time.

using EsimTools.Model;
using EsimTools.Store;

namespace EsimTools.Runs;

/// <summary>Tells of runs and of the outcomes of their requests.</summary>
internal sealed class RunHistory(RequestTracker tracker)
{
    /// <summary>The runs that are wanted, newest first; each is summed up when its turn comes.</summary>
    public IEnumerable<EsimRunSummary> Summaries(Func<EsimRunInfo, bool> isWanted)
    {
        tracker.Refresher.Refresh();
        return tracker.Runs.Find(isWanted).Select(SumUp);
    }

    /// <summary>The requests of the runs that are wanted, oldest first, those left out that the service refused.</summary>
    public IEnumerable<EsimRequest> Requests(Func<EsimRunInfo, bool> isWanted)
    {
        tracker.Refresher.Refresh();
        return tracker.Runs.Find(isWanted)
            .SelectMany(run => run.Requests)
            .Where(IsSent)
            .OrderBy(entry => entry.SubmittedAt)
            .Select(entry => tracker.Requests.Find(entry.LocalId))
            .OfType<EsimRequest>();
    }

    /// <summary>The requests of the runs that are wanted, newest first, also those that the service refused.</summary>
    public IEnumerable<EsimRequest> RequestsFromLast(Func<EsimRunInfo, bool> isWanted)
    {
        tracker.Refresher.Refresh();
        return tracker.Runs.Find(isWanted)
            .SelectMany(run => run.Requests)
            .OrderByDescending(entry => entry.SubmittedAt).ThenByDescending(entry => entry.Number)
            .Select(entry => tracker.Requests.Find(entry.LocalId))
            .OfType<EsimRequest>();
    }

    /// <summary>What an action knows a profile by.</summary>
    public IdentifierKey KeyOf(EsimAction action, EsimProfile profile) => tracker.KeyOf(action, profile);

    /// <summary>What an identifier is known by; null where it is none.</summary>
    public IdentifierKey? KeyOf(string id) => tracker.KeyOf(id);

    /// <summary>What a run kept back, with the identifiers.</summary>
    public IReadOnlyList<EsimRunRefusal> RefusalsOf(EsimRunSummary run) => tracker.Runs.RefusalsOf(run.Id);

    private static bool IsSent(TrackedRequest entry) => entry.Phase != EsimRequest.Phase.Refused;

    private EsimRunSummary SumUp(KnownRun run)
    {
        // With deactivations first, the run's own action is what comes behind them.
        var action = run.Ending?.Action ?? (run.Requests.Count > 0 ? run.Requests[run.Requests.Count - 1].Action.Name : string.Empty);
        var (succeeded, failed, inDoubt, open, refused, deactivated) = (0L, 0L, 0L, 0L, 0L, 0L);
        foreach (var request in run.Requests.Select(entry => tracker.Requests.Find(entry.LocalId)).OfType<EsimRequest>())
        {
            var left = request.Count - request.SucceededCount - request.FailedCount;
            if (request.IsRefused)
            {
                refused += request.Action == action ? request.Count : 0;
                continue;
            }

            succeeded += request.Action == action ? request.SucceededCount : 0;
            deactivated += request.Action == action ? 0 : request.SucceededCount;
            failed += request.FailedCount;
            inDoubt += request.Status == EsimRequestStatus.InDoubt ? left : 0;
            open += request.Status == EsimRequestStatus.Accepted ? left : 0;
        }

        var accounts = run.Requests.Select(entry => entry.AccountName).Distinct(StringComparer.Ordinal).ToArray();
        return new(run.Info)
        {
            Action = action,
            AccountName = accounts.Length > 0 ? string.Join(", ", accounts) : run.Ending?.AccountName ?? string.Empty,
            Stage = tracker.Runs.StageOf(run),
            HeldBecause = run.HeldBecause,
            EndedAt = run.Ending?.At,
            Counts = run.Ending?.Counts,
            Refusals = run.Ending?.Refusals ?? [],
            Succeeded = succeeded,
            Failed = failed,
            InDoubt = inDoubt,
            Open = open,
            Refused = refused,
            Deactivated = deactivated,
            RequestIds = run.Requests.Where(IsSent).Select(entry => entry.DisplayId).ToArray(),
        };
    }
}
