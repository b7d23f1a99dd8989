// Runs looked up: gathered from the requests that name them and from the lines that tell how they ended.

namespace EsimTools.Store;

/// <summary>Finds runs. Takes the lock of the memory itself.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="table">The requests.</param>
/// <param name="runs">How runs have ended.</param>
/// <param name="plans">Which of them have been held.</param>
/// <param name="store">Who is still at work, and the lines with their texts.</param>
internal sealed class RunFinder(object memory, RequestTable table, RunBook runs, PlanBook plans, IEsimStore store)
{
    /// <summary>The runs that are wanted, newest first.</summary>
    public IReadOnlyList<KnownRun> Find(Func<EsimRunInfo, bool> isWanted)
    {
        var found = new Dictionary<string, (EsimRunInfo Info, List<TrackedRequest> Requests)>(StringComparer.OrdinalIgnoreCase);
        lock (memory)
        {
            foreach (var entry in table.All)
            {
                if (entry.Run is { } run)
                {
                    if (!found.TryGetValue(run.Id, out var known))
                    {
                        found[run.Id] = known = (run, []);
                    }

                    known.Requests.Add(entry);
                }
            }

            foreach (var ending in runs.All)
            {
                if (!found.ContainsKey(ending.Run.Id))
                {
                    found[ending.Run.Id] = (ending.Run, []);
                }
            }

            // Of two that began in one moment the one that was heard of later is the newer.
            return [.. found.Values.Reverse()
                .Where(run => isWanted(run.Info))
                .OrderByDescending(run => run.Info.StartedAt)
                .Select(run => new KnownRun(run.Info, runs.Find(run.Info.Id), [.. run.Requests.OrderBy(request => request.SubmittedAt)]) { HeldBecause = plans.WhyHeld(run.Info.Id) })];
        }
    }

    /// <summary>How a run has ended, if it has.</summary>
    public EsimRunStage StageOf(KnownRun run) => run switch
    {
        { HeldBecause: not null } => EsimRunStage.Held,
        { Ending: { } ending } => ending.Stage,
        _ when run.Requests.Any(request => request.Path is null ? !run.Info.IsAlone || request.Phase == EsimRequest.Phase.Sending : store.IsBeingWritten(request.Path) && !IsAnswered(run)) => EsimRunStage.Running,
        _ => IsAnswered(run) ? EsimRunStage.Ended : EsimRunStage.Interrupted,
    };

    /// <summary>What a run kept back, with the identifiers; nothing where that is not known.</summary>
    public IReadOnlyList<EsimRunRefusal> RefusalsOf(string runId) => store.Recall([runId]).LastOrDefault()?.Refusals ?? [];

    // One request without a run has ended with its answer; a run may have had more to send.
    private static bool IsAnswered(KnownRun run) => run.Info.IsAlone && run.Requests.All(request => request.Phase is EsimRequest.Phase.Accepted or EsimRequest.Phase.Refused);
}
