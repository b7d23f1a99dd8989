// What a plan's run tells on the way to the host; noted is whether something is left that the same command may still send.

namespace EsimTools.Plans;

/// <summary>Passes everything on and remembers what is left.</summary>
internal sealed class PlanProblems(EsimPlanHost host) : EsimRunHost
{
    // What will not become better by trying again. All else is: a busy profile, a service that could not be asked, a limit that was reached.
    private static readonly EsimError[] Final =
    [
        EsimError.EsimPlanOutdated, EsimError.EsimProfileNotDisabled, EsimError.EsimProfileNotDeletable, EsimError.EsimProfileAlreadyDeleted,
        EsimError.EsimProfileStateInvalid, EsimError.EsimProfileDuplicate, EsimError.EsimActionFailed,
    ];

    /// <summary>The first problem that has left something that the same command may still send; null where nothing is left.</summary>
    public EsimException? Left { get; private set; }

    /// <summary>The first of the wave that is being sent; likewise.</summary>
    public EsimException? LeftOfWave { get; private set; }

    /// <summary>The first refusal of the policy; null where there was none.</summary>
    public EsimException? Refusal { get; private set; }

    /// <summary>The next wave begins.</summary>
    public void BeginWave() => LeftOfWave = null;

    /// <inheritdoc/>
    public override bool WantsDetails => host.WantsDetails;

    /// <summary>Whether nothing is sent, whatever the host agrees to.</summary>
    public bool IsPreview { get; init; }

    /// <inheritdoc/>
    public override bool IsRehearsal => IsPreview || host.IsRehearsal;

    /// <inheritdoc/>
    public override bool Confirm(in EsimRunStep step) => host.Confirm(step) && !IsPreview;

    /// <inheritdoc/>
    public override void OnAccepted(EsimRequest request) => host.OnAccepted(request);

    /// <inheritdoc/>
    public override void OnSkipped(EsimRequest request) => host.OnSkipped(request);

    /// <inheritdoc/>
    public override void OnProblem(EsimException problem, object? target)
    {
        LeftOfWave ??= Final.Contains(problem.Error) ? null : problem;
        Left ??= LeftOfWave;
        Refusal ??= problem.Error == EsimError.EsimPolicyRefused ? problem : null;
        host.OnProblem(problem, target);
    }

    /// <inheritdoc/>
    public override void OnWarning(string text) => host.OnWarning(text);

    /// <inheritdoc/>
    public override void OnDetail(string text) => host.OnDetail(text);

    /// <inheritdoc/>
    public override void OnProgress(EsimRun run) => host.OnProgress(run);
}
