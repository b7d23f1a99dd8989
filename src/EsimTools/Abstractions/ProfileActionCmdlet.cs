// The base of all action cmdlets: binds the input, has the person asked, hands over to the run, writes what the run tells.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>A cmdlet that sends an action for many profiles.</summary>
public abstract class ProfileActionCmdlet : ProfileFileCmdlet
{
    private CmdletRunHost? _host;
    private EsimRun? _run;

    /// <summary>The account; without it the profile's own, or the connection's.</summary>
    [Parameter]
    [Alias(ColumnNames.Account)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountNameCompleter))]
    public string? AccountName { get; set; }

    /// <summary>The service plan: the Verizon plan for a US profile, the Global plan for a Global one; without it the profile's own, or none.</summary>
    [Parameter]
    [Alias(ColumnNames.Plan, ColumnNames.RatePlan)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ServicePlanCompleter))]
    public string? ServicePlan { get; set; }

    /// <summary>The most profiles in one request.</summary>
    [Parameter]
    [ValidateRange(1, EsimConnection.MostProfilesPerRequest)]
    public int BatchSize { get; set; } = EsimConnection.MostProfilesPerRequest;

    /// <summary>The most requests on their way at once; without it the connection's own.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; }

    /// <summary>Do not ask. Everything else stays as it is: -WhatIf, the guard, and -Confirm when it is given.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// Skip profiles whose same action was confirmed no longer ago than this, with no newer evidence against it: a time span, or a number of
    /// seconds. Those whose same action is still open are skipped always.
    /// </summary>
    [Parameter]
    [Seconds]
    public TimeSpan SkipConfirmedWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>End the command after that many requests in a row that the service did not accept; 0 goes on whatever happens.</summary>
    [Parameter]
    [PlainNumber]
    [ValidateRange(0, int.MaxValue)]
    public int MaxErrorCount { get; set; } = 10;

    /// <summary>Send although an earlier request for the profile is open, in doubt or confirmed. It does not skip the guard.</summary>
    [Parameter]
    public SwitchParameter Resubmit { get; set; }

    /// <summary>Why, for the journal and for whoever asks later: a ticket, for example. At most 500 characters.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Reason { get; set; }

    /// <summary>The action that is sent.</summary>
    private protected abstract EsimAction Action { get; }

    /// <summary>How the run is to go.</summary>
    private protected virtual EsimRunOptions Options => new()
    {
        AccountName = AccountName,
        ServicePlan = ServicePlan,
        BatchSize = BatchSize,
        ThrottleLimit = ThrottleLimit,
        SkipConfirmedWithin = SkipConfirmedWithin,
        MaxErrorCount = MaxErrorCount,
        Resubmit = Resubmit,
        Reason = Reason,
    };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            _host = new(this, Service.Clock)
            {
                IsWhatIf = IsSet("WhatIf", "WhatIfPreference"),
                MayActUnasked = Force && !MyInvocation.BoundParameters.ContainsKey("Confirm"),
                WantsVerbose = IsSet("Verbose", "VerbosePreference"),
            };
            _run = Service.StartRun(Action, Options, _host, Stop);
        }
        catch (EsimException e)
        {
            Terminate(e);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        AfterInput();
    }

    /// <summary>Sends what is left and waits for the answers.</summary>
    protected override void EndProcessing()
    {
        Drive(run => run.Complete());
        WriteMessages();
        base.EndProcessing();
        _host!.Complete(_run!);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _run?.Dispose();
        if (WasStopped && _run is { Counts.Given: > 0 } run)
        {
            // The streams of a stopped command are closed; what it has done must be told all the same.
            Host?.UI?.WriteWarningLine($"{MyInvocation.MyCommand.Name} was stopped. {run}. {run.WhatNext()}");
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    private protected override void ProcessProfile(EsimProfile profile, object input) => Drive(run => run.Add(profile, input));

    /// <inheritdoc/>
    private protected override void AfterInput()
    {
        Drive(run => run.Serve());
        WriteMessages();
    }

    private void Drive(Action<EsimRun> work)
    {
        try
        {
            work(_run!);
        }
        catch (EsimException e)
        {
            Terminate(e, _run!.LastFailed);
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }
}
