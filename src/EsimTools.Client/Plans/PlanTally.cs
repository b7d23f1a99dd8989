// What has become of the profiles of a plan, over all runs that have carried it out.

using EsimTools.Model;
using EsimTools.Store;

namespace EsimTools.Plans;

/// <summary>Counts the outcomes of a plan's requests. With deactivations before, a profile whose deactivation has failed has failed.</summary>
/// <param name="Succeeded">Profiles for which the action has succeeded, and nothing else was said.</param>
/// <param name="Failed">Profiles for which it, or the deactivation before it, has failed, or was said to have failed as well as to have succeeded.</param>
/// <param name="InDoubt">Profiles in requests of which nobody knows whether they were taken.</param>
/// <param name="Open">Profiles in accepted requests whose outcome is not known.</param>
internal readonly record struct PlanTally(int Succeeded, int Failed, int InDoubt, int Open)
{
    /// <summary>Counts.</summary>
    /// <param name="requests">The requests of the plan that were taken or may have been.</param>
    /// <param name="action">The plan's action.</param>
    public static PlanTally Of(IReadOnlyList<EsimRequest> requests, EsimAction action)
    {
        var (succeeded, failed, inDoubt, open) = (0, 0, 0, 0);
        foreach (var request in requests)
        {
            var left = request.Count - request.SucceededCount - request.FailedCount;
            var disputed = request.DisputedCount;
            succeeded += request.Kind == action ? request.SucceededCount - disputed : 0;
            failed += request.FailedCount - NotDone(request).Count() + disputed;
            inDoubt += request.Status == EsimRequestStatus.InDoubt ? left : 0;
            open += request.Status == EsimRequestStatus.Accepted ? left : 0;
        }

        return new(succeeded, failed, inDoubt, open);
    }

    /// <summary>Why the plan is not healthy; null where it is.</summary>
    /// <param name="waves">The limits.</param>
    /// <param name="forgiven">How many failures no longer count.</param>
    public string? FindProblem(EsimWaves waves, int forgiven)
    {
        var failed = Math.Max(0, Failed - forgiven);
        if (InDoubt > 0)
        {
            return $"{Quantity.Of(InDoubt, "profile")} {(InDoubt == 1 ? "is" : "are")} in doubt: nobody knows whether the service has taken their requests";
        }

        if (Open > 0)
        {
            return $"{Quantity.Of(Open, "profile")} {(Open == 1 ? "is" : "are")} not confirmed yet";
        }

        var most = waves is { MaxFailed: null, MaxFailedPercent: null } ? 0 : waves.MaxFailed;
        if (failed > most)
        {
            return $"{Quantity.Of(failed, "profile")} {(failed == 1 ? "has" : "have")} failed, and at most {most} may";
        }

        var known = Succeeded + failed;
        return waves.MaxFailedPercent is { } percent && failed * 100.0 > percent * known
            ? FormattableString.Invariant($"{failed} of {known} profiles have failed, and at most {percent}% may")
            : null;
    }

    private static IEnumerable<EsimProfile> NotDone(EsimRequest request) => FailuresOf(request, OutcomeStatus.NotDone);

    private static IEnumerable<EsimProfile> FailuresOf(EsimRequest request, OutcomeStatus status) =>
        request.Failures.Where(result => result.Status == status).Select(result => result.Profile);

    /// <summary>What is left of the pause before the next wave, from the moment on at which something of the plan was last sent or heard.</summary>
    /// <param name="requests">The requests of the plan that were taken or may have been.</param>
    /// <param name="delay">The whole pause.</param>
    /// <param name="now">The present moment. By a clock that was set back the whole pause is left.</param>
    public static TimeSpan PauseLeft(IReadOnlyList<EsimRequest> requests, TimeSpan delay, DateTimeOffset now)
    {
        if (requests.Count == 0)
        {
            return TimeSpan.Zero;
        }

        var last = requests.Max(request => request.GetResults().Select(result => result.ReceivedAt).Append(request.SubmittedAt).Max());
        return now < last ? delay : now - last < delay ? delay - (now - last) : TimeSpan.Zero;
    }

    /// <summary>The profiles that a plan has deactivated on the way to its action.</summary>
    /// <param name="requests">The requests of the plan that were taken or may have been.</param>
    /// <param name="action">The plan's action.</param>
    /// <param name="tracker">Knows what a profile is known by.</param>
    public static HashSet<IdentifierKey> DeactivatedKeysOf(IEnumerable<EsimRequest> requests, EsimAction action, RequestTracker tracker) =>
        [.. requests.Where(request => request.Kind != action)
            .SelectMany(request => request.GetResults())
            .Where(result => result.Status == OutcomeStatus.Succeeded)
            .Select(result => tracker.KeyOf(action, result.Profile))];

    /// <summary>The profiles that a plan is through with: its action was sent for them, or the deactivation before it has failed.</summary>
    /// <param name="requests">The requests of the plan that were taken or may have been.</param>
    /// <param name="action">The plan's action.</param>
    /// <param name="tracker">Knows what a profile is known by.</param>
    public static HashSet<IdentifierKey> DoneKeysOf(IReadOnlyList<EsimRequest> requests, EsimAction action, RequestTracker tracker)
    {
        var keys = KeysOf(requests.Where(request => request.Kind == action), tracker);
        keys.UnionWith(requests.Where(request => request.Kind != action).SelectMany(request => FailuresOf(request, OutcomeStatus.Failed)).Select(profile => tracker.KeyOf(action, profile)));
        return keys;
    }

    /// <summary>The profiles that a plan has sent for, by what they are known by; without those of which it is settled that the service did not act.</summary>
    /// <param name="requests">The requests. Those of a journal that hides identifiers name them by hashes.</param>
    /// <param name="tracker">Knows what a profile is known by, either way.</param>
    public static HashSet<IdentifierKey> KeysOf(IEnumerable<EsimRequest> requests, RequestTracker tracker)
    {
        var keys = new HashSet<IdentifierKey>();
        foreach (var request in requests)
        {
            keys.UnionWith(request.Profiles.Select(profile => tracker.KeyOf(request.Kind, profile)));
            keys.ExceptWith(NotDone(request).Select(profile => tracker.KeyOf(request.Kind, profile)));
        }

        return keys;
    }
}
