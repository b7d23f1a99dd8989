// The host of a plan that is carried out: what is told becomes output, errors, warnings and a progress bar.

using System.Management.Automation;

namespace EsimTools.Abstractions;

/// <summary>Writes on behalf of Invoke-EsimPlan; called by the pipeline thread alone.</summary>
/// <remarks>A command that ends behind its wave may not write any more, and goes on all the same.</remarks>
internal sealed class CmdletPlanHost(InvokeEsimPlanCommand cmdlet, Clock clock, Interrupts interrupts) : EsimPlanHost
{
    private readonly ProgressReport _progress = new(cmdlet, clock);
    private EsimPlanWave? _wave;
    private volatile EsimPlanPause? _pause;

    /// <summary>Whether a wave is waited for, so that none is under way. Asked from any thread.</summary>
    public bool IsPausing => _pause?.LeftAt(clock.UtcNow) > TimeSpan.Zero;

    /// <summary>Whether nothing is to be sent.</summary>
    public bool IsWhatIf { get; init; }

    /// <summary>Whether verbose lines are seen.</summary>
    public bool WantsVerbose { get; init; }

    /// <inheritdoc/>
    public override bool WantsDetails => WantsVerbose;

    /// <inheritdoc/>
    public override bool IsRehearsal => IsWhatIf;

    /// <inheritdoc/>
    public override bool Confirm(in EsimRunStep step)
    {
        // The plan names its profiles and was agreed to as a whole: a line for each would bury those of the waves.
        return !IsWhatIf || cmdlet.ShouldProcess(step.Target, step.Effect);
    }

    /// <inheritdoc/>
    public override void OnWave(EsimPlanWave wave)
    {
        _wave = wave;
        _pause = null;
        Write(() => cmdlet.WriteVerbose(wave.ToString()));
    }

    /// <inheritdoc/>
    public override void OnPause(EsimPlanPause pause)
    {
        _pause = pause;
        Write(() => cmdlet.WriteVerbose(pause.ToString()));
    }

    /// <inheritdoc/>
    public override void OnAccepted(EsimRequest request) => Write(() => cmdlet.WriteObject(request));

    /// <inheritdoc/>
    public override void OnSkipped(EsimRequest request)
    {
        if (!IsWhatIf)
        {
            Write(() => cmdlet.WriteObject(request));
        }
    }

    /// <inheritdoc/>
    public override void OnProblem(EsimException problem, object? target) => Write(() => cmdlet.WriteFailure(problem, target));

    /// <inheritdoc/>
    public override void OnWarning(string text) => Write(() => cmdlet.WriteWarning(text));

    /// <inheritdoc/>
    public override void OnDetail(string text) => Write(() => cmdlet.WriteVerbose(text));

    /// <inheritdoc/>
    public override void OnProgress(EsimRun run) => Write(() =>
    {
        cmdlet.WriteMessages();
        if (_pause is { } pause && pause.LeftAt(clock.UtcNow) is var left && left > TimeSpan.Zero)
        {
            _progress.ShowWait(() => $"wave {pause.Number} of {pause.Waves} begins in {left:c}, {pause.Reason}", left);
            return;
        }

        _progress.Show(() => (_wave is { Waves: > 1 } wave ? $"wave {wave.Number} of {wave.Waves}: " : string.Empty) + RunStatus.Of(run.Counts), run.Counts.Given);
    });

    /// <summary>Takes the progress bar away.</summary>
    public void Complete() => Write(_progress.Complete);

    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (PipelineStoppedException) when (interrupts.IsEndingLater)
        {
            // What it has done is told when it has ended.
        }
    }
}
