// A run's host that is a cmdlet: questions become ShouldProcess, what is told becomes output, errors, warnings and a progress bar.

namespace EsimTools.Abstractions;

/// <summary>Asks and writes on behalf of an action cmdlet; called by the pipeline thread alone.</summary>
internal sealed class CmdletRunHost(ProfileActionCmdlet cmdlet, Clock clock) : EsimRunHost
{
    private readonly ProgressReport _progress = new(cmdlet, clock);

    /// <summary>Whether nothing is to be sent.</summary>
    public bool IsWhatIf { get; init; }

    /// <summary>Whether -Force skips the question that the high impact asks. It skips nothing else.</summary>
    public bool MayActUnasked { get; init; }

    /// <summary>Whether verbose lines are seen.</summary>
    public bool WantsVerbose { get; init; }

    /// <inheritdoc/>
    public override bool WantsDetails => WantsVerbose;

    /// <inheritdoc/>
    public override bool IsRehearsal => IsWhatIf;

    /// <inheritdoc/>
    public override bool Confirm(in EsimRunStep step)
    {
        if (!MayActUnasked || IsWhatIf)
        {
            return cmdlet.ShouldProcess(step.Target, step.Effect);
        }

        if (WantsVerbose)
        {
            cmdlet.WriteVerbose($"{step.Effect}: {step.Target}");
        }

        return true;
    }

    /// <inheritdoc/>
    public override void OnAccepted(EsimRequest request) => cmdlet.WriteObject(request);

    /// <inheritdoc/>
    public override void OnSkipped(EsimRequest request)
    {
        if (!IsWhatIf)
        {
            cmdlet.WriteObject(request);
        }
    }

    /// <inheritdoc/>
    public override void OnProblem(EsimException problem, object? target) => cmdlet.WriteFailure(problem, target);

    /// <inheritdoc/>
    public override void OnWarning(string text) => cmdlet.WriteWarning(text);

    /// <inheritdoc/>
    public override void OnDetail(string text) => cmdlet.WriteVerbose(text);

    /// <inheritdoc/>
    public override void OnProgress(EsimRun run)
    {
        cmdlet.WriteMessages();
        _progress.Show(() => RunStatus.Of(run.Counts), run.Counts.Given);
    }

    /// <summary>Takes the progress bar away, and closes a preview with its numbers.</summary>
    public void Complete(EsimRun run)
    {
        _progress.Complete();
        if (IsWhatIf && run.Counts.Given > 0)
        {
            cmdlet.WriteHostLine($"What if: {run}.");
        }
    }
}
