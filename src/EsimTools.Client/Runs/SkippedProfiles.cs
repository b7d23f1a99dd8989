// Idempotence: profiles for which there is nothing to do, because it is being done, was done lately, or because they are deleted already.

using System.Globalization;
using EsimTools.Proof;

namespace EsimTools.Runs;

/// <summary>Gathers the profiles that a run leaves out because it has nothing to do for them.</summary>
internal sealed class SkippedProfiles(RunServices services, EsimRunHost host, EsimAction action, EsimRunOptions options)
{
    private readonly Dictionary<int, List<EsimProfile>> _waiting = [];
    private int _waitingCount;
    private long _repeats;
    private long _ended;

    /// <summary>Adds a profile that an earlier request serves, by the number of that request.</summary>
    public void Add(int request, EsimProfile profile)
    {
        if (!_waiting.TryGetValue(request, out var profiles))
        {
            _waiting[request] = profiles = [];
        }

        profiles.Add(profile);
        _repeats++;
        if (++_waitingCount >= options.BatchSize)
        {
            Flush();
        }
    }

    /// <summary>Adds those that turned out, at the moment of sending, to be served by earlier requests.</summary>
    public void Add(IReadOnlyList<EsimRequest> requests)
    {
        foreach (var request in requests)
        {
            _repeats += request.Count;
            host.OnSkipped(request.AsSkipped());
        }
    }

    /// <summary>Adds a profile that has reached the end to which the action leads; false when it has not.</summary>
    public bool TryEnd(EsimProfile profile, in GuardVerdict verdict)
    {
        // By the service's word. One that an inventory calls deleted is kept back, with an error that names it: the inventory may be wrong.
        var isEnd = action.EndsService && verdict.Error == EsimError.EsimProfileAlreadyDeleted
            && (profile.Source is not (EvidenceSource.None or EvidenceSource.Inventory) || ServiceWords.IsDeleted(services.Tracker.Profiles.StatementOf(profile).ProfileStatus));
        _ended += isEnd ? 1 : 0;
        return isEnd;
    }

    /// <summary>Tells the host of the earlier requests, each with the profiles of this run alone.</summary>
    public void Flush()
    {
        if (_waitingCount == 0)
        {
            return;
        }

        var requests = services.Follower.PartsOf(_waiting);
        _waiting.Clear();
        _waitingCount = 0;
        foreach (var request in requests)
        {
            host.OnSkipped(request.AsSkipped());
        }
    }

    /// <summary>Says in one line how many there were, and why.</summary>
    public void Tell()
    {
        var reasons = new List<string>();
        if (_repeats > 0)
        {
            reasons.Add(FormattableString.Invariant($"'{action}' is open for {(_ended > 0 ? _repeats.ToString(CultureInfo.InvariantCulture) : _repeats == 1 ? "it" : "them")}, or was confirmed within {options.SkipConfirmedWithin?.TotalHours ?? 0:0.##} hours"));
        }

        if (_ended > 0)
        {
            reasons.Add($"{(_repeats > 0 ? _ended.ToString(CultureInfo.InvariantCulture) : _ended == 1 ? "it" : "they")} {(_ended == 1 ? "is" : "are")} deleted already");
        }

        if (reasons.Count > 0)
        {
            host.OnWarning($"{RunWords.Profiles(_repeats + _ended)} skipped: {string.Join("; ", reasons)}. Nothing is left to do for {(_repeats + _ended == 1 ? "it" : "them")} here.");
        }
    }
}
