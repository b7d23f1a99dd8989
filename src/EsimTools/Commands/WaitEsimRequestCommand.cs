// Wait-EsimRequest: waits for the outcome of every profile of requests, by callback or by asking.

using System.Globalization;
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

    // Of profiles that a command has skipped: how many have failed, by the run that had sent them.
    private readonly Dictionary<string, long> _failedBefore = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<(EsimException Problem, object Target)> _heldBack = new();

    private EsimWait? _wait;
    private ProgressReport? _progress;
    private long _skipped;
    private readonly HashSet<string> _sentBy = new(StringComparer.OrdinalIgnoreCase);

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
    /// Write one summary in place of the results: how the run of the requests stands when the wait ends, one for each command that has sent some of them. A profile that failed is
    /// counted then, and is no error. Where everything was skipped a warning says so, and the summary is that of the earlier run; where there is no request there is none.
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
                    _ = request.WasSkipped || _sentBy.Add(run.Id);
                }

                _skipped += request.WasSkipped ? request.Count : 0;
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
            // The newest comes first here, and last there; runs that only have what it had nothing left to do for are in it with that.
            var runs = Service.GetRuns(run => _runs.Contains(run.Id)).ToArray();
            if (runs.Length > 0)
            {
                TellOfSkipped(runs[0]);
                runs.Skip(1).Where(run => _sentBy.Contains(run.Id)).Reverse().Append(runs[0]).ToList().ForEach(WriteObject);
            }
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

    private void TellOfSkipped(EsimRunSummary shown)
    {
        if (_sentBy.Count == 0 && _skipped > 0)
        {
            WriteWarning($"Nothing was sent: {(_skipped == 1 ? "1 profile was" : $"{_skipped} profiles were")} skipped, because earlier commands have served {(_skipped == 1 ? "it" : "them")} or still do. The summary is that of the newest of these, {shown.Id}.");
        }

        foreach (var earlier in _failedBefore.Where(run => run.Value > 0 && !string.Equals(run.Key, shown.Id, StringComparison.OrdinalIgnoreCase)))
        {
            WriteWarning($"{earlier.Value} of those skipped failed in an earlier command, and the summary does not count them: Get-EsimResult -Run {earlier.Key} -Status Failed");
        }
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

    private string HowToldOf() => string.Format(
        CultureInfo.InvariantCulture,
        "{0}; the service is asked {1} s from now, then less often, up to once in {2} s{3}",
        Service.ReceivesCallbacks ? "Callbacks arrive at this connection" : "No callbacks arrive at this connection, what a listener of another process has heard comes through the journal",
        PollingIntervalSec,
        EsimWaitOptions.LongestInterval.TotalSeconds,
        TimeoutSec > 0 ? $"; the wait ends after {TimeoutSec} s" : string.Empty);

    private static string Failed(EsimWait wait) => wait.Failed > 0 ? $", {wait.Failed} failed" : string.Empty;

    private sealed class WaitHost(WaitEsimRequestCommand cmdlet) : EsimWaitHost
    {
        private readonly bool _holdsBack = cmdlet.EndsAtErrors;
        private readonly bool _isVerbose = cmdlet.IsSet("Verbose", "VerbosePreference");

        private string NextPoll(EsimWait wait) =>
            wait.NextPoll is { } next && Math.Ceiling((next - cmdlet.Service.Clock.UtcNow).TotalSeconds) is > 0 and var seconds ? $", next poll in {seconds} s" : string.Empty;

        public override void OnStarted(EsimRequest request)
        {
            if (_isVerbose && request.Status == EsimRequestStatus.Accepted)
            {
                cmdlet.WriteVerbose($"Waiting for {request}: {request.SucceededCount + request.FailedCount} of {request.Count} outcomes known. {cmdlet.HowToldOf()}.");
            }
        }

        public override void OnEnded(EsimRequest request)
        {
            if (cmdlet.Summary && request is { WasSkipped: true, Run: { } run })
            {
                cmdlet._failedBefore[run.Id] = request.FailedCount + (cmdlet._failedBefore.TryGetValue(run.Id, out var before) ? before : 0);
            }

            if (_isVerbose)
            {
                var open = request.Count - request.SucceededCount - request.FailedCount;
                cmdlet.WriteVerbose($"Waited for {request}: {request.SucceededCount} succeeded, {request.FailedCount} failed{(open > 0 ? $", {open} not known" : string.Empty)}.");
            }
        }

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
            cmdlet._progress!.Show(() => $"{done} of {wait.Total} known{Failed(wait)}{NextPoll(wait)}", done, wait.Total);
        }
    }
}
