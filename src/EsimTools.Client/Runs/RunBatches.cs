// Profiles on their way into requests: one batch for each account and plan, because a request names one of each.

namespace EsimTools.Runs;

/// <summary>Gathers profiles by account and plan.</summary>
internal sealed class RunBatches(int size)
{
    private Dictionary<(string Account, string? Plan), RunBatch> _batches = [];

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _batches.Count == 0;

    /// <summary>Adds a profile; the batch when it is full, which is then no longer kept here.</summary>
    public RunBatch? Add(EsimProfile profile, string account, string? plan)
    {
        if (!_batches.TryGetValue((account, plan), out var batch))
        {
            _batches[(account, plan)] = batch = new(account, plan, []);
        }

        batch.Profiles.Add(profile);
        if (batch.Profiles.Count < size)
        {
            return null;
        }

        _batches.Remove((account, plan));
        return batch;
    }

    /// <summary>Takes out what waits.</summary>
    public IReadOnlyCollection<RunBatch> TakeAll()
    {
        var batches = _batches;
        _batches = [];
        return batches.Values;
    }
}
