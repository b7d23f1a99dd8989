// Invoke-EsimPlan: carries out exactly what a plan says, wave by wave.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Carries out a plan, or goes on with one, and writes each request as it is accepted.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "EsimPlan", DefaultParameterSetName = ApplySet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EsimRequest))]
public sealed class InvokeEsimPlanCommand : ConnectedCmdlet
{
    private const string ApplySet = "Apply";
    private const string GiveUpSet = "GiveUp";

    private readonly Interrupts _interrupts = new();
    private EsimPlanRun? _run;
    private CmdletPlanHost? _host;

    /// <summary>The plan: its file, or an object of Get-EsimPlan.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "The file of the plan, as New-EsimPlan has written it, for example retire.plan.")]
    [ValidateNotNull]
    public object InputObject { get; set; } = null!;

    /// <summary>Go on with a plan that is held: the failures that are known now no longer count.</summary>
    [Parameter(ParameterSetName = ApplySet)]
    public SwitchParameter Resume { get; set; }

    /// <summary>End a plan that is held or was stopped: the rest of it is not carried out any more.</summary>
    [Parameter(ParameterSetName = GiveUpSet, Mandatory = true, HelpMessage = "Ends the plan here: -GiveUp, without a value.")]
    public SwitchParameter GiveUp { get; set; }

    /// <summary>The most requests on their way at once; without it the connection's own.</summary>
    [Parameter(ParameterSetName = ApplySet)]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; }

    /// <summary>End the command after that many requests in a row that the service did not accept; 0 goes on whatever happens.</summary>
    [Parameter(ParameterSetName = ApplySet)]
    [PlainNumber]
    [ValidateRange(0, int.MaxValue)]
    public int MaxErrorCount { get; set; } = 10;

    /// <summary>How many seconds to wait before the service is first asked for the outcome of a wave.</summary>
    [Parameter(ParameterSetName = ApplySet)]
    [ValidateRange(1, 3600)]
    public int PollingIntervalSec { get; set; } = 5;

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var plan = PlanInput.Read(this, InputObject);
            _host = new(this, Service.Clock, _interrupts) { IsWhatIf = IsSet("WhatIf", "WhatIfPreference"), WantsVerbose = IsSet("Verbose", "VerbosePreference") };
            _run = Service.StartPlanRun(
                plan,
                new() { Resume = Resume, ThrottleLimit = ThrottleLimit, MaxErrorCount = MaxErrorCount, PollingInterval = TimeSpan.FromSeconds(PollingIntervalSec) },
                _host,
                Stop);
            Carry(plan);
        }
        catch (EsimException e)
        {
            Terminate(e, InputObject);
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        finally
        {
            _host?.Complete();
            _run?.Dispose();
        }
    }

    /// <summary>Ctrl+C once ends behind the wave, twice at once. Whatever else stops the command stops it at once.</summary>
    protected override void StopProcessing()
    {
        if (_run?.Plan.Waves is null || !_interrupts.WasPressedOnce())
        {
            base.StopProcessing();
            return;
        }

        _interrupts.OnSecond(base.StopProcessing);
        _run.EndAfterWave();
        Host?.UI?.WriteWarningLine(_host is { IsPausing: true }
            ? $"{MyInvocation.MyCommand.Name} ends: no wave is under way."
            : $"{MyInvocation.MyCommand.Name} ends when the wave that is under way is confirmed. Press Ctrl+C again to end it at once.");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _interrupts.Dispose();
        if ((WasStopped || Stopping) && _run?.Run is { Counts.Given: > 0 } run)
        {
            // The streams of a stopped command are closed; what it has done must be told all the same.
            Host?.UI?.WriteWarningLine($"{MyInvocation.MyCommand.Name} was stopped. {run}. The same command goes on with the rest.");
        }

        base.Dispose(disposing);
    }

    private void Carry(EsimPlan plan)
    {
        if (GiveUp)
        {
            if (Confirmation.Ask(this, Force, plan.ToString(), $"give up the rest of it ({_run!.CountRest()} of them)"))
            {
                _run.GiveUp();
            }
        }
        else if (_host!.IsWhatIf)
        {
            _run!.Preview();
        }
        else
        {
            // Nobody is asked about what cannot be.
            _run!.CheckBeginning();
            var how = plan.Waves is { } waves ? $"in waves ({waves})" : "at once";
            if (Confirmation.Ask(this, Force, $"{plan}, account {plan.AccountName}, {how}", $"{plan.Action} ({plan.Effect})"))
            {
                _run.Complete();
            }
        }
    }
}
