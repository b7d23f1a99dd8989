// Which plans have been carried out, and how far, by the lines of all who share the store.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Remembers plans by their ids. Not thread-safe: the tracker locks around it.</summary>
/// <param name="table">Which files are kept because of them.</param>
/// <param name="order">What time it is.</param>
internal sealed class PlanBook(RequestTable table, EventOrder order)
{
    private readonly Dictionary<string, PlanProgress> _plans = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, HashSet<string?>> _begun = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _lastToDecide = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _held = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, DateTimeOffset> _until = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How a plan stands; null where nothing of it has been carried out.</summary>
    public PlanProgress? Find(string planId) => _plans.TryGetValue(planId, out var progress) ? progress : null;

    /// <summary>The run that was the last to begin the plan, or to give it up, in the order of the journal and whatever the clocks say; null where none has.</summary>
    public string? LastToDecide(string planId) => _lastToDecide.TryGetValue(planId, out var run) ? run : null;

    /// <summary>Why the plan was held that a run has carried out, whatever came after it; null where it was not.</summary>
    public string? WhyHeld(string runId) => _held.TryGetValue(runId, out var why) ? why : null;

    /// <summary>The parts of the store in which runs have begun to carry a plan out and have not ended; null is this connection's own.</summary>
    public IReadOnlyCollection<string?> BegunIn(string planId) => _begun.TryGetValue(planId, out var parts) ? [.. parts] : [];

    /// <summary>The parts with requests of plans whose time is not over: archived, it would be forgotten for whom those have sent.</summary>
    public IEnumerable<string?> NeededParts()
    {
        var now = order.Now();
        return table.All.Where(request => request.Run?.PlanId is { } id && _until.TryGetValue(id, out var until) && until > now).Select(request => request.Path);
    }

    /// <summary>Forgets a beginning that could not be written down.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="before">How it stood.</param>
    public void TakeBack(string planId, PlanProgress? before)
    {
        _begun[planId].Remove(null);
        if (before is null)
        {
            _plans.Remove(planId);
        }
        else
        {
            _plans[planId] = before;
        }
    }

    /// <summary>Takes in a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="part">The part of the store that it stands in; null for this connection's own.</param>
    public void Take(JournalLine line, string? part)
    {
        if (line.Run is not { PlanId: { } id } run || line.PlanStage == PlanStage.None)
        {
            return;
        }

        if (line.PlanStage == PlanStage.Held)
        {
            _held[run.Id] = line.Message ?? "The plan is held.";
        }

        // Archived, it would be forgotten that the plan has been carried out.
        if (part is not null && line.Until > order.Now())
        {
            table.KeptFiles.Add(part);
        }

        if (line.Until is { } end)
        {
            _until[id] = end;
        }

        // The order within a part is known, whatever the clocks say.
        if (!_begun.TryGetValue(id, out var begun))
        {
            _begun[id] = begun = new(StringComparer.Ordinal);
        }

        _ = line.PlanStage == PlanStage.Begun ? begun.Add(part) : begun.Remove(part);
        if (line.PlanStage is PlanStage.Begun or PlanStage.GivenUp)
        {
            _lastToDecide[id] = run.Id;
        }

        // Files are read one after the other; within one, and for one run, the later line is the newer one. What has ended stays so. Whatever the clocks say.
        if (!_plans.TryGetValue(id, out var known)
            || (known.Stage is not (PlanStage.Finished or PlanStage.GivenUp) && (line.PlanStage is PlanStage.Finished or PlanStage.GivenUp || part == known.Part || run.Id == known.Run.Id || line.At >= known.At)))
        {
            _plans[id] = new(line.PlanStage, line.Digest ?? known?.Digest, run, line.At, line.Message, Math.Max(line.Forgiven, known?.Forgiven ?? 0), line.Wave, part);
        }
    }
}
