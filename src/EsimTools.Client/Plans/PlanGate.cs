// Exactly what the plan says: a profile of which something else is known than when the plan was made is left out.

using EsimTools.Model;
using EsimTools.Store;

namespace EsimTools.Plans;

/// <summary>Compares what is known of profiles now with what the plan says.</summary>
/// <param name="tracker">What is known now.</param>
/// <param name="plan">The plan.</param>
/// <param name="touched">The profiles for which the plan has sent something already: what is known of them has changed by that.</param>
/// <param name="deactivated">Those of them that it has deactivated.</param>
internal sealed class PlanGate(RequestTracker tracker, EsimPlan plan, HashSet<IdentifierKey> touched, HashSet<IdentifierKey> deactivated)
{
    // With -DisableFirst a profile that the guard keeps back for one of these is deactivated.
    private static readonly EsimError[] Deactivable = [EsimError.EsimProfileNotDisabled, EsimError.EsimProfileStateUnknown, EsimError.EsimProfileBusy];

    private readonly Dictionary<IdentifierKey, EsimPlanProfile> _planned =
        plan.Profiles.Where(profile => profile.IsSent).ToDictionary(profile => tracker.KeyOf(plan.Kind, profile.ToProfile()));

    /// <summary>Why a profile is left out; null where it is as the plan says, or where the guard says why.</summary>
    public EsimException? FindChange(EsimProfile profile, GuardVerdict verdict)
    {
        var key = tracker.KeyOf(plan.Kind, profile);
        var planned = _planned[key];
        if (touched.Contains(key))
        {
            // Who has activated it since has had a reason.
            return deactivated.Contains(key) && verdict is { Decision: GuardDecision.Refused, Error: EsimError.EsimProfileNotDisabled or EsimError.EsimProfileStateUnknown }
                ? Outdated(profile, $"it was deactivated by the plan, and now {verdict.Reason}")
                : null;
        }

        var now = tracker.Profiles.StatementOf(profile);
        var change = planned.Source is EvidenceSource.None or EvidenceSource.Inventory ? null
            : Differ("state", planned.State, now.State) ?? Differ("profile status", planned.ProfileStatus, now.ProfileStatus) ?? Differ("role", planned.ProfileRole, now.ProfileRole);
        if (change is null && planned.Verdict == EsimPlanVerdict.Allowed && verdict.Decision == GuardDecision.Refused && Array.IndexOf(Deactivable, verdict.Error) >= 0)
        {
            change = verdict.Reason;
        }

        if (change is null && planned.Verdict == EsimPlanVerdict.DisablesFirst && verdict.Decision == GuardDecision.Allowed)
        {
            change = "it need not be deactivated any more";
        }

        return change is null ? null : Outdated(profile, change);
    }

    private EsimException Outdated(EsimProfile profile, string change) => new(
        EsimError.EsimPlanOutdated, $"'{plan.Action}' was not sent for {profile}: something has changed since the plan was made, {change}.", "Make a new plan for it with New-EsimPlan.");

    private static string? Differ(string what, string? planned, string? now) =>
        planned is null || now is null || string.Equals(planned, now, StringComparison.OrdinalIgnoreCase) ? null : $"its {what} was {planned} and is {now}";
}
