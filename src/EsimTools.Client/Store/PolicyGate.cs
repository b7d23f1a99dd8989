// The policy at the moment of sending, inside the right to reserve: no other process can send in between what is counted here.

using EsimTools.Policy;

namespace EsimTools.Store;

/// <summary>Counts what was sent against the policy. Not thread-safe: the tracker locks around it.</summary>
internal sealed class PolicyGate(RequestTable table, NewerLines newerLines)
{
    private readonly SentOrder _order = new(table);

    /// <summary>Looks at what the policy says of one request that is being put together.</summary>
    /// <param name="policy">The policy; null where there is none.</param>
    /// <param name="action">The action.</param>
    /// <param name="account">The account.</param>
    /// <param name="run">The run that sends it.</param>
    /// <param name="now">The present moment.</param>
    /// <returns>Given how many profiles are in the request already: why no further one may be; null where one may.</returns>
    public Func<int, GuardVerdict?> Enter(EsimPolicy? policy, EsimAction action, string account, EsimRunInfo? run, DateTimeOffset now)
    {
        if (PolicyRefusal.OfAll(policy, action, isPlanned: run?.PlanId is not null) is { } closed)
        {
            var verdict = PolicyRefusal.Verdict(closed, closed);
            return _ => verdict;
        }

        if (policy?.RuleFor(action) is not { } rule)
        {
            return static _ => null;
        }

        if (FindUncounted(rule, action) is { } uncounted)
        {
            return _ => uncounted;
        }

        var inRun = run is { PlanId: null } && rule.WavesFrom is not null ? CountOf(action, run) : 0;
        var sent = rule.Caps.Count > 0 ? SentFor(action, account, now) : [];
        var left = CapRoom.Of(rule.Caps, sent, now).Left;
        GuardVerdict? refusal = null;
        return count => refusal ??= Refuse(count);

        GuardVerdict? Refuse(int count)
        {
            if (run?.PlanId is null && rule.WavesFrom is { } from && inRun + count + 1 >= from)
            {
                var waves = PolicyRefusal.OfWaves(action, from);
                return PolicyRefusal.Verdict(waves, waves);
            }

            return count < left ? null : OfCap(CapRoom.Of(rule.Caps, [.. sent, new(now, count)], now), action, account);
        }
    }

    /// <summary>The refusal of a rule whose caps cannot be counted; null where they can.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="action">The action.</param>
    public GuardVerdict? FindUncounted(EsimPolicyRule rule, EsimAction action) => rule.Caps.Count > 0 && newerLines.MayBeRequests ? PolicyRefusal.OfUncounted(action) : null;

    /// <summary>How much room the caps leave for an action and an account.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="action">The action.</param>
    /// <param name="account">The account.</param>
    /// <param name="ahead">What a run has set on its way to the action; null counts only what was sent.</param>
    /// <param name="now">The present moment.</param>
    public CapRoom RoomFor(EsimPolicyRule rule, EsimAction action, string account, RunAhead? ahead, DateTimeOffset now)
    {
        var sent = SentFor(action, account, now);
        if (ahead is null)
        {
            return CapRoom.Of(rule.Caps, sent, now);
        }

        // Those of the run that have left are counted already.
        var onTheWay = Math.Max(0, ahead.Taken - CountOf(action, ahead.Run, account));
        return CapRoom.Of(rule.Caps, onTheWay > 0 ? [.. sent, new(now, onTheWay)] : sent, now, ahead.Needed);
    }

    /// <summary>The journal files with requests that a cap still counts.</summary>
    public IEnumerable<string?> CountedFiles(EsimPolicy? policy, DateTimeOffset now)
    {
        var since = now - (policy?.LongestCap ?? TimeSpan.Zero);
        return policy is null ? [] : _order.Sent(now).Where(sent => sent.At > since).Select(sent => sent.Request.Path);
    }

    private static GuardVerdict OfCap(in CapRoom room, EsimAction action, string account) =>
        PolicyRefusal.Verdict(room.Explain(action.Name, account), $"{action}/{account}/{room.Cap}");

    // A request whose account an old journal does not tell may have been for this one. Blanks around a name, as rows have them, make it no other account.
    private SentProfiles[] SentFor(EsimAction action, string account, DateTimeOffset now) =>
    [
        .. _order.Sent(now)
            .Where(sent => sent.Request.Action == action && (sent.Request.AccountName.Length == 0 || IsSame(sent.Request.AccountName, account)))
            .Select(sent => new SentProfiles(sent.At, sent.Request.Profiles)),
    ];

    private int CountOf(EsimAction action, EsimRunInfo run, string? account = null) => table.All
        .Where(request => request.Run?.Id == run.Id && request.Action == action && request.Phase != EsimRequest.Phase.Refused && (account is null || IsSame(request.AccountName, account)))
        .Sum(request => request.Profiles);

    private static bool IsSame(string one, string other) => string.Equals(one.Trim(), other.Trim(), StringComparison.OrdinalIgnoreCase);
}
