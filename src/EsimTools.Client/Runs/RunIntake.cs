// The taking up of profiles: each once, not again where it was done, and then what the guard's verdict means for it.

using EsimTools.Model;

namespace EsimTools.Runs;

/// <summary>Takes profiles up and does with each what the guard says.</summary>
internal sealed class RunIntake(
    EsimRun run, RunServices services, EsimRunOptions options, RunTally tally, SkippedProfiles skipped, RunRefusals refusals, DisableFirst? disableFirst)
{
    private readonly HashSet<IdentifierKey> _taken = [];
    private EsimRunOptions? _rowOptions;

    /// <summary>Takes up one profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="source">The object that it was read from.</param>
    public void TakeUp(EsimProfile profile, object source)
    {
        if (run.Action.FindMissing(profile) is { } missing)
        {
            tally.Given();
            run.Refuse(missing, profile, source);
            return;
        }

        if (!_taken.Add(KeyOf(profile)))
        {
            if (!run.Action.IsForDevice)
            {
                tally.Given();
                run.Refuse(new(EsimError.EsimProfileDuplicate, $"{profile} stands in the input more than once and is served once.", "Take the repeated row out."), profile, source);
            }

            // An inventory has a row for each profile; an action for a device is for the eUICC that holds them.
            return;
        }

        tally.Given();
        var look = services.Tracker.Look(run.Action, profile, run.AccountOf(profile), OptionsFor(run.PlanOf(profile)));
        if (look.Repeat > 0)
        {
            tally.Skipped(1);
            skipped.Add(look.Repeat, profile);
            return;
        }

        Decide(profile, source, look.Verdict);
    }

    /// <summary>Does with a profile what the guard's verdict means.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="source">The object that it was read from.</param>
    /// <param name="verdict">The verdict.</param>
    public void Decide(EsimProfile profile, object source, in GuardVerdict verdict)
    {
        if (verdict.Decision != GuardDecision.AskService && run.Gate?.Invoke(profile, verdict) is { } problem)
        {
            run.Refuse(problem, profile, source);
            return;
        }

        switch (verdict.Decision)
        {
            case GuardDecision.AskService:
                if (run.Host.WantsDetails)
                {
                    run.Host.OnDetail($"{profile}: the service is asked for its state, because {run.Explain(profile, run.AccountOf(profile))}.");
                }

                run.Ask(profile, source);
                break;
            case GuardDecision.Refused when disableFirst?.TryTake(profile, verdict) == true:
                break;
            case GuardDecision.Refused when skipped.TryEnd(profile, verdict):
                tally.Skipped(1);
                break;
            case GuardDecision.Refused:
                // Should it come again, it is refused again, for the same reason.
                Forget(profile);
                refusals.Add(new(profile, verdict), source);
                break;
            default:
                refusals.Warn(profile, verdict);
                if (run.MayProceed(profile))
                {
                    run.Enqueue(profile);
                }

                break;
        }
    }

    /// <summary>Lets a profile come again: what has not left is then judged again.</summary>
    public void Forget(EsimProfile profile) => _taken.Remove(KeyOf(profile));

    private IdentifierKey KeyOf(EsimProfile profile) => run.Action.IsForDevice ? profile.Keys.Eid : profile.Keys.First;

    // Rows of one file have one plan, as a rule.
    private EsimRunOptions OptionsFor(string? plan) =>
        _rowOptions is { } known && known.ServicePlan == plan ? known : _rowOptions = options with { ServicePlan = plan };
}
