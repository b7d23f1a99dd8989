// Wait-EsimRequest: waits for the outcome of every profile of requests, by callback or by asking.

using System.Management.Automation;
using System.Runtime.CompilerServices;
using EsimTools.Abstractions;
using EsimTools.Runs;

namespace EsimTools;

/// <summary>Waits for requests and writes one result per profile that succeeded, one error per profile that failed.</summary>
[Cmdlet(VerbsLifecycle.Wait, "EsimRequest", DefaultParameterSetName = RequestSet)]
[OutputType(typeof(EsimResult))]
public sealed class WaitEsimRequestCommand : ConnectedCmdlet
{
    private const string RequestSet = "Request";
    private const string IdSet = "Id";

    // Only those that somebody else still holds: no other can come again, and a pipeline of any length lets go of what it is done with.
    private readonly ConditionalWeakTable<EsimRequest, object> _waitedFor = new();
    private RunPump? _pump;
    private ProgressReport? _progress;
    private int _total;
    private int _succeeded;
    private int _failed;

    /// <summary>The request, as an action cmdlet or Get-EsimRequest has written it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = RequestSet)]
    [ValidateNotNull]
    public EsimRequest? InputObject { get; set; }

    /// <summary>The id of a request that this connection or its journal knows.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet)]
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

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _progress = new ProgressReport(this, Service.Clock);
        _pump = new RunPump(int.MaxValue, WhenIdle, Stop);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == IdSet)
        {
            foreach (var id in RequestId)
            {
                if (Service.FindRequest(id) is { } request)
                {
                    StartWaiting(request);
                }
                else
                {
                    WriteFailure(OutcomeFailures.Unknown(id), id);
                }
            }
        }
        else if (Service.FindRequest(InputObject!) is { } request)
        {
            StartWaiting(request);
        }
        else
        {
            WriteFailure(OutcomeFailures.Unknown(InputObject.DisplayId), InputObject);
        }

        _pump!.RunReady();
        WhenIdle();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _pump!.Drain();
        WriteMessages();
        _progress!.Complete();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _pump?.Dispose();
        base.Dispose(disposing);
    }

    private void StartWaiting(EsimRequest request)
    {
        if (_waitedFor.TryGetValue(request, out _))
        {
            return;
        }

        _waitedFor.Add(request, _waitedFor);
        _total += request.Count;
        var options = new EsimWaitOptions
        {
            FirstInterval = TimeSpan.FromSeconds(PollingIntervalSec),
            Timeout = TimeoutSec > 0 ? TimeSpan.FromSeconds(TimeoutSec) : null,
        };
        _pump!.Start(async token =>
        {
            try
            {
                return await Service.WaitAsync(request, result => _pump.Post(() => Write(result)), options, token).ConfigureAwait(false)
                    ? () => { }
                    : () => WriteFailure(OutcomeFailures.TimedOut(request), request);
            }
            catch (EsimException e) when (e.Error == EsimError.EsimLoginRefused)
            {
                return () => Terminate(e, request);
            }
            catch (EsimException e)
            {
                return () => WriteFailure(e, request);
            }
        });
    }

    private void Write(EsimResult result)
    {
        if (result.Status == OutcomeStatus.Succeeded)
        {
            _succeeded++;
            WriteObject(result);
        }
        else
        {
            _failed++;
            WriteFailure(OutcomeFailures.Of(result), result);
        }
    }

    private void WhenIdle()
    {
        WriteMessages();
        var done = _succeeded + _failed;
        _progress!.Show(
            () => $"{done} of {_total} outcomes known" + (_failed > 0 ? $", {_failed} failed" : string.Empty),
            _total > 0 ? (int)(100L * done / _total) : -1);
    }
}
