// The host of a plan that is being made: what could not be judged becomes errors, the rest a progress bar.

namespace EsimTools.Abstractions;

/// <summary>Writes on behalf of New-EsimPlan; called by the pipeline thread alone.</summary>
internal sealed class PlanningHost(EsimCmdlet cmdlet, Clock clock) : EsimRunHost
{
    private readonly ProgressReport _progress = new(cmdlet, clock);

    /// <inheritdoc/>
    public override void OnProblem(EsimException problem, object? target) => cmdlet.WriteFailure(problem, target);

    /// <inheritdoc/>
    public override void OnWarning(string text) => cmdlet.WriteWarning(text);

    /// <inheritdoc/>
    public override void OnProgress(EsimRun run)
    {
        cmdlet.WriteMessages();
        _progress.Show(() => $"'{run.Action}': {run.Counts.Given} judged", run.Counts.Given);
    }

    /// <summary>Takes the progress bar away.</summary>
    public void Complete() => _progress.Complete();
}
