// Wait-EsimRequest: waits for the outcome of every profile of requests, by callback or by asking.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Waits for requests and writes one result per profile that succeeded, one error per profile that failed; or one summary of it all.</summary>
[Cmdlet(VerbsLifecycle.Wait, "EsimRequest", DefaultParameterSetName = RequestSet)]
[OutputType(typeof(EsimResult), typeof(EsimRunSummary))]
public sealed class WaitEsimRequestCommand : ConnectedCmdlet
{
    private const string RequestSet = "Request";
    private const string IdSet = "Id";

    private readonly HashSet<string> _runs = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<(EsimException Problem, object Target)> _heldBack = new();

    private EsimWait? _wait;
    private ProgressReport? _progress;

    /// <summary>The request, as an action cmdlet or Get-EsimRequest has written it, its id, or what a file or a job has left of it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = RequestSet, HelpMessage = "A request that an action cmdlet or Get-EsimRequest has written, or its id, for example 86c83330-4bf5-4235-9c4e-a83f93aeae4c.")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public PSObject? InputObject { get; set; }

    /// <summary>The id of a request that this connection or its journal knows.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet, HelpMessage = "The id of a request, for example 86c83330-4bf5-4235-9c4e-a83f93aeae4c; Get-EsimRequest lists them.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string[] RequestId { get; set; } = [];

    /// <summary>How many seconds to wait for each request; without it, as long as it takes. Running out of time is an error that says "not known yet".</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int TimeoutSec { get; set; }

    /// <summary>How many seconds to wait before the service is first asked. The pause grows to a minute.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int PollingIntervalSec { get; set; } = 5;

    /// <summary>
    /// Write one summary in place of the results: how the run of the requests stands when the wait ends, of several the newest. A profile that failed is
    /// counted then, and is no error. Where nothing was sent there is none.
    /// </summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    // The first error would end the command, and take the successes behind it along.
    private bool EndsAtErrors => MyInvocation.BoundParameters.TryGetValue("ErrorAction", out var bound)
        ? bound is ActionPreference.Stop
        : GetVariableValue("ErrorActionPreference") is { } preference && LanguagePrimitives.TryConvertTo(preference, out ActionPreference action) && action == ActionPreference.Stop;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _progress = new ProgressReport(this, Service.Clock);
        var options = new EsimWaitOptions
        {
            FirstInterval = TimeSpan.FromSeconds(PollingIntervalSec),
            Timeout = TimeoutSec > 0 ? TimeSpan.FromSeconds(TimeoutSec) : null,
        };
        _wait = Service.StartWait(new WaitHost(this), options, Stop);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var named in ParameterSetName == IdSet ? RequestId : RequestReader.Each(InputObject))
        {
            var (request, problem) = RequestReader.Read(Service, named);
            if (request is not null)
            {
                if (Summary && request.Run is { } run)
                {
                    _runs.Add(run.Id);
                }

                Drive(wait => wait.Add(request));
            }
            else
            {
                WriteFailure(problem!, named);
            }
        }

        Drive(wait => wait.Serve());
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Drive(wait => wait.Complete());
        WriteMessages();
        _progress!.Complete();
        if (Summary)
        {
            // Newest first: earlier runs are in it with what this one had nothing left to do for.
            WriteObject(Service.GetRuns(run => _runs.Contains(run.Id)).Take(1), enumerateCollection: true);
        }

        while (_heldBack.Count > 0)
        {
            var (problem, target) = _heldBack.Dequeue();
            WriteFailure(problem, target);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _wait?.Dispose();
        if (WasStopped && _wait is { } wait && wait.Succeeded + wait.Failed < wait.Total)
        {
            // The streams of a stopped command are closed; that nothing is lost must be told all the same.
            Host?.UI?.WriteWarningLine(
                $"{MyInvocation.MyCommand.Name} was stopped: {wait.Succeeded + wait.Failed} of {wait.Total} outcomes known{Failed(wait)}. The requests go on. "
                + "To wait for the rest: Get-EsimRequest -Status Accepted | Wait-EsimRequest");
        }

        base.Dispose(disposing);
    }

    private void Drive(Action<EsimWait> work)
    {
        try
        {
            work(_wait!);
        }
        catch (EsimException e)
        {
            Terminate(e, _wait!.EndedBy);
        }
        catch (OperationCanceledException) when (Stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private static string Failed(EsimWait wait) => wait.Failed > 0 ? $", {wait.Failed} failed" : string.Empty;

    private sealed class WaitHost(WaitEsimRequestCommand cmdlet) : EsimWaitHost
    {
        private readonly bool _holdsBack = cmdlet.EndsAtErrors;

        private string NextPoll(EsimWait wait) =>
            wait.NextPoll is { } next && Math.Ceiling((next - cmdlet.Service.Clock.UtcNow).TotalSeconds) is > 0 and var seconds ? $", next poll in {seconds} s" : string.Empty;

        public override void OnSucceeded(EsimResult result)
        {
            if (!cmdlet.Summary)
            {
                cmdlet.WriteObject(result);
            }
        }

        public override void OnProblem(EsimException problem, object target)
        {
            if (cmdlet.Summary && target is EsimResult)
            {
                return;
            }

            if (_holdsBack)
            {
                cmdlet._heldBack.Enqueue((problem, target));
            }
            else
            {
                cmdlet.WriteFailure(problem, target);
            }
        }

        public override void OnProgress(EsimWait wait)
        {
            cmdlet.WriteMessages();
            var done = wait.Succeeded + wait.Failed;
            cmdlet._progress!.Show(() => $"{done} of {wait.Total} outcomes known{Failed(wait)}{NextPoll(wait)}", done, wait.Total);
        }
    }
}
