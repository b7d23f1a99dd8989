// The numbers of a run, which its tasks change and anybody reads.

namespace EsimTools.Runs;

/// <summary>Counts; every member may be called from any thread.</summary>
/// <param name="action">The action of the run.</param>
internal sealed class RunTally(EsimAction action)
{
    private readonly object _lock = new();
    private readonly Dictionary<EsimError, (int Count, List<string> Ids)> _refusals = [];
    private EsimRunCounts _counts;

    /// <summary>The numbers as they are now.</summary>
    public EsimRunCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return _counts;
            }
        }
    }

    /// <summary>What was kept back, reason by reason.</summary>
    public IReadOnlyList<EsimRunRefusal> Refusals
    {
        get
        {
            lock (_lock)
            {
                return _refusals.OrderByDescending(reason => reason.Value.Count).Select(reason => new EsimRunRefusal(reason.Key.ToString(), reason.Value.Count, reason.Value.Ids.ToArray())).ToArray();
            }
        }
    }

    /// <summary>A profile was taken up.</summary>
    public void Given() => Change(counts => counts with { Given = counts.Given + 1 });

    /// <summary>Profiles need nothing.</summary>
    public void Skipped(int profiles) => Change(counts => counts with { Skipped = counts.Skipped + profiles });

    /// <summary>A profile may not be sent for.</summary>
    /// <param name="error">Why.</param>
    /// <param name="profile">The profile.</param>
    public void KeptBack(EsimError error, EsimProfile profile)
    {
        lock (_lock)
        {
            _counts = _counts with { KeptBack = _counts.KeptBack + 1 };
            var (count, ids) = _refusals.TryGetValue(error, out var refused) ? refused : (0, []);
            if (ids.Count < EsimRunRefusal.MostIds && ((action.IsForDevice ? profile.Eid : null) ?? profile.Iccid ?? profile.Eid ?? profile.Imei) is { } id)
            {
                ids.Add(id);
            }

            _refusals[error] = (count + 1, ids);
        }
    }

    /// <summary>A profile was not wanted.</summary>
    public void Declined() => Change(counts => counts with { Declined = counts.Declined + 1 });

    /// <summary>A request was answered, or not.</summary>
    /// <param name="profiles">How many profiles it holds.</param>
    /// <param name="failure">Why it was not accepted; null when it was.</param>
    /// <param name="isFirst">Whether it is the deactivation before a deletion.</param>
    public void Sent(int profiles, EsimException? failure, bool isFirst) => Change(counts => (isFirst, failure?.Error) switch
    {
        (true, null) => counts with { Deactivated = counts.Deactivated + profiles },
        (true, EsimError.EsimOutcomeUnknown) => counts with { DeactivationsInDoubt = counts.DeactivationsInDoubt + profiles },
        (true, _) => counts,
        (false, null) => counts with { Accepted = counts.Accepted + profiles },
        (false, EsimError.EsimOutcomeUnknown) => counts with { InDoubt = counts.InDoubt + profiles },
        (false, _) => counts with { Refused = counts.Refused + profiles },
    });

    private void Change(Func<EsimRunCounts, EsimRunCounts> change)
    {
        lock (_lock)
        {
            _counts = change(_counts);
        }
    }
}
