// How runs have ended, by the lines of all who share the store. What they have sent is in the table of requests.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Remembers the ends of runs by their ids. Not thread-safe: the tracker locks around it.</summary>
internal sealed class RunBook
{
    private readonly Dictionary<string, RunEnding> _runs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every run of whose end something is known.</summary>
    public IReadOnlyCollection<RunEnding> All => _runs.Values;

    /// <summary>How a run has ended; null where nothing tells.</summary>
    public RunEnding? Find(string runId) => _runs.TryGetValue(runId, out var ending) ? ending : null;

    /// <summary>Takes in a line.</summary>
    public void Take(JournalLine line)
    {
        if (line.Run is { } run && line.RunStage is EsimRunStage.Ended or EsimRunStage.Stopped)
        {
            _runs[run.Id] = new(
                run, line.Action, line.AccountName, line.RunStage, line.At, line.Counts, [.. (line.Refusals ?? []).Select(refusal => refusal with { Ids = [] })]);
        }
    }
}
