// All that a journal decides of some profiles: every action, before and after the service was asked, and why one is proven disabled or not.

using EsimTools.Store;

namespace EsimTools.Client.Tests.Support;

/// <summary>Judges profiles by a store alone.</summary>
internal static class Verdicts
{
    /// <summary>What a new connection on the store decides; one line for each profile.</summary>
    public static string[] Of(IEsimStore store, Clock clock, IEnumerable<EsimProfile> profiles)
    {
        using var tracker = Open(store, clock);
        return [.. profiles.Select(profile => $"{profile.Iccid}: {tracker.Profiles.Explain(profile, Sample.Account)}; {string.Join(" ", Judged(tracker, profile).Select(Tell))}")];
    }

    /// <summary>The memory of a new connection on the store.</summary>
    public static RequestTracker Open(IEsimStore store, Clock clock)
    {
        var tracker = new RequestTracker(new ListeningStore(store), clock, _ => { });
        tracker.Refresher.Refresh();
        return tracker;
    }

    /// <summary>Every verdict on a profile, in one order.</summary>
    public static IEnumerable<(EsimAction Action, bool WasAsked, GuardVerdict Verdict)> Judged(RequestTracker tracker, EsimProfile profile) =>
        from action in EsimAction.All
        from wasAsked in (bool[])[false, true]
        from resubmit in (bool[])[false, true]
        select (action, wasAsked, tracker.Judge(action, profile, Sample.Account, wasAsked, resubmit));

    private static string Tell((EsimAction Action, bool WasAsked, GuardVerdict Verdict) judged) =>
        $"{judged.Action}{(judged.WasAsked ? "!" : "?")}{judged.Verdict.Decision}/{judged.Verdict.Error}/{judged.Verdict.OpenRequest}";
}
