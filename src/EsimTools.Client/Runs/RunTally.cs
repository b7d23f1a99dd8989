// The numbers of a run, which its tasks change and anybody reads.

namespace EsimTools.Runs;

/// <summary>Counts; every member may be called from any thread.</summary>
internal sealed class RunTally
{
    private readonly object _lock = new();
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

    /// <summary>A profile was taken up.</summary>
    public void Given() => Change(counts => counts with { Given = counts.Given + 1 });

    /// <summary>Profiles need nothing.</summary>
    public void Skipped(int profiles) => Change(counts => counts with { Skipped = counts.Skipped + profiles });

    /// <summary>Profiles may not be sent for.</summary>
    public void KeptBack(int profiles = 1) => Change(counts => counts with { KeptBack = counts.KeptBack + profiles });

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
