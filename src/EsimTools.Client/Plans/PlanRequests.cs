// How a plan's profiles fall into requests: by wave, account and service plan, as the run cuts them.

namespace EsimTools.Plans;

/// <summary>Foresees the requests of a plan.</summary>
internal static class PlanRequests
{
    /// <summary>The profiles of each wave for which something is sent, in their order.</summary>
    public static IReadOnlyList<ArraySegment<EsimPlanProfile>> Waves(EsimPlan plan)
    {
        var sent = plan.Profiles.Where(profile => profile.IsSent).ToArray();
        var waves = new List<ArraySegment<EsimPlanProfile>>();
        foreach (var size in plan.Waves?.Cut(sent.Length) ?? (sent.Length > 0 ? [sent.Length] : []))
        {
            waves.Add(new(sent, waves.Sum(wave => wave.Count), size));
        }

        return waves;
    }

    /// <summary>How many requests the plan comes to.</summary>
    public static int Count(EsimPlan plan) => Waves(plan).Sum(wave =>
        Requests(plan, wave) + Requests(plan, wave.Where(profile => profile.Verdict == EsimPlanVerdict.DisablesFirst)));

    private static int Requests(EsimPlan plan, IEnumerable<EsimPlanProfile> profiles) =>
        profiles.GroupBy(profile => (profile.AccountName, profile.ServicePlan)).Sum(group => (group.Count() + plan.BatchSize - 1) / plan.BatchSize);
}
