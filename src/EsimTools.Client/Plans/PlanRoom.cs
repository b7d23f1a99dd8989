// A wave of -DisableFirst and the caps of the policy: what could not be deleted as a whole is not deactivated.

using EsimTools.Runs;

namespace EsimTools.Plans;

/// <summary>Looks ahead, before a wave is sent.</summary>
internal static class PlanRoom
{
    /// <summary>Why the policy would not let a wave be deleted that would be deactivated first; null where it would. Lines are not to lose their service for that.</summary>
    /// <param name="services">What runs share.</param>
    /// <param name="run">The run that carries the plan out.</param>
    /// <param name="wave">The wave as planned.</param>
    /// <param name="profiles">Those of it that are still to be sent.</param>
    public static string? FindNone(RunServices services, EsimRun run, IEnumerable<EsimPlanProfile> wave, EsimProfile[] profiles)
    {
        if (wave.All(planned => planned.Verdict != EsimPlanVerdict.DisablesFirst))
        {
            return null;
        }

        var room = new RoomAhead(services, run.Action, run.Info);
        return profiles.GroupBy(profile => RoomAhead.NameOf(run.AccountOf(profile)), StringComparer.OrdinalIgnoreCase)
            .Select(account => (Count: account.Count(), Look: room.Look(account.Key, account.Count(), atOnce: true)))
            .Where(account => account.Look.Left < account.Count)
            .Select(account => account.Look.Refusal.Reason)
            .FirstOrDefault();
    }
}
