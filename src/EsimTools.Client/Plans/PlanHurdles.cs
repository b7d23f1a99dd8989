// Why a plan may not be carried out, or not now: another service, its time, its approvals, and how it stands already.

using EsimTools.Store;
using EsimTools.Store.Lines;

namespace EsimTools.Plans;

/// <summary>What stands in the way of a plan.</summary>
internal static class PlanHurdles
{
    /// <summary>Checks what the plan itself and the policy say.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="service">The address of the service of the connection.</param>
    /// <param name="policy">The policy; null where there is none.</param>
    /// <param name="now">The present moment.</param>
    /// <exception cref="EsimException">See <see cref="EsimPlanRun.Complete"/>.</exception>
    public static void Check(EsimPlan plan, string service, EsimPolicy? policy, DateTimeOffset now)
    {
        if (plan.Service != new Uri(service))
        {
            throw new EsimException(
                EsimError.EsimPlanUnusable, $"The plan is for the service at {plan.Service}, and the connection is to {service}.", "Connect to the service that the plan was made for.");
        }

        if (plan.Digest is null)
        {
            throw new EsimException(EsimError.EsimPlanUnusable, "The plan is in no file.", "Write it with EsimPlan.Save, and read it again.");
        }

        if (now >= plan.ExpiresAt || now < plan.CreatedAt)
        {
            throw new EsimException(
                EsimError.EsimPlanExpired,
                now < plan.CreatedAt
                    ? $"The plan was made at {Clock.ToIso(plan.CreatedAt)}, which is in the future for this machine's clock."
                    : $"The plan could be carried out until {Clock.ToIso(plan.ExpiresAt)}.",
                "Make a new one with New-EsimPlan, and compare the two with Compare-EsimPlan.");
        }

        PlanApprovals.Check(plan, policy, now);
    }

    /// <summary>Why a plan may not be begun as it stands; null where it may.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="progress">How it stands; null where nothing of it has been carried out.</param>
    /// <param name="isBusy">Whether somebody is carrying it out.</param>
    /// <param name="mayBeHeld">Whether it is begun also where it is held.</param>
    public static EsimException? Find(EsimPlan plan, PlanProgress? progress, bool isBusy, bool mayBeHeld) => progress switch
    {
        null => null,
        _ when isBusy => new(
            EsimError.EsimPlanBusy, $"The plan is being carried out by {Who(progress, "since")}.", "Wait until that command has ended."),
        { Digest: { } digest } when digest != plan.Digest => new(
            EsimError.EsimPlanChanged, $"Under the id of this plan another one was carried out: its digest is {digest}.", "Make a new plan with New-EsimPlan."),
        { Stage: PlanStage.Finished } => new(
            EsimError.EsimPlanDone, $"The plan has been carried out by {Who(progress)}.", "Get-EsimRun shows what came of it. For what failed, make a new plan."),
        { Stage: PlanStage.GivenUp } => new(EsimError.EsimPlanDone, $"The plan was given up by {Who(progress)}.", "Make a new plan for the rest."),
        { Stage: PlanStage.Held } when !mayBeHeld => new(
            EsimError.EsimPlanHeld, progress.Message ?? "The plan is held.", $"{Look(plan)} Invoke-EsimPlan -Resume goes on, -GiveUp ends the plan."),
        _ => null,
    };

    /// <summary>Where somebody finds what has held it.</summary>
    public static string Look(EsimPlan plan) => $"See what failed: Get-EsimRun -PlanId {plan.Id} | Get-EsimResult -Status Failed; Resolve-EsimRequest settles what is in doubt.";

    private static string Who(PlanProgress progress, string when = "at") =>
        $"{progress.Run.UserName ?? "somebody"} on {progress.Run.HostName ?? "another machine"} (process {progress.Run.ProcessId}, run {progress.Run.Id}) {when} {Clock.ToIso(progress.At)}";
}
