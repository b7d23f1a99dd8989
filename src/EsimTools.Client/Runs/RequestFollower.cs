// Where it is found out what becomes of requests: by asking for their status, by waiting, and, for those in doubt, by looking at the profiles.

using EsimTools.Proof;
using EsimTools.Protocol;
using EsimTools.Store;
using EsimTools.Transport;

namespace EsimTools.Runs;

/// <summary>Finds requests and what has become of them.</summary>
internal sealed class RequestFollower(
    ConnectionLife life, ThingSpaceSession session, RequestTracker tracker, IEsimStore store, LookUp lookUp, Clock clock, Action<EsimMessage> report)
{
    // Once a second: others note outcomes in the journal that all share. Where the store tells of them, its word may get lost.
    private const int LookEvery = 1000 / RunPump.IdleMilliseconds;
    private const int LookWithoutNewsEvery = 5 * LookEvery;

    private int _waits;
    private int _idleTimes;

    /// <summary>A request by the service's id or the journal's; null when it is not known.</summary>
    public EsimRequest? Find(string requestId)
    {
        tracker.Refresher.Refresh();
        return tracker.Requests.Find(requestId);
    }

    /// <summary>Earlier requests, each for some of its profiles only, as far as they have come by now.</summary>
    public IReadOnlyList<EsimRequest> PartsOf(IReadOnlyDictionary<int, List<EsimProfile>> profiles)
    {
        tracker.Refresher.Refresh();
        return tracker.Requests.PartsOf(profiles);
    }

    /// <summary>Asks the service for the status of a request and takes in what it says.</summary>
    public async Task PollAsync(EsimRequest request, CancellationToken cancellationToken)
    {
        life.ThrowIfClosed();
        if (request.RequestId is not { } id)
        {
            return;
        }

        var path = $"m2m/v2/accounts/{Uri.EscapeDataString(request.AccountName)}/requests/{Uri.EscapeDataString(id)}/status";
        var answer = await session.SendAsync(new(HttpMethod.Get, path, null, CallKind.Idempotent), cancellationToken).ConfigureAwait(false);
        var status = ServiceAnswers.RequestStatus(answer.Body) ?? throw ServiceAnswers.Unreadable($"status of request {id}");
        if (!string.Equals(status.RequestId, id, StringComparison.OrdinalIgnoreCase))
        {
            throw new EsimException(
                EsimError.EsimAnswerInvalid, $"The service was asked for the status of request {id} and answered with that of another one.", "Try again; if it goes on, look at what stands between here and the service.");
        }

        tracker.Observe(request.Whole, status);
        tracker.Flush();
    }

    /// <summary>
    /// Called again and again by who drives a wait or a run: where somebody waits for outcomes, takes in what other processes have noted meanwhile, such
    /// as a listener that receives the callbacks.
    /// </summary>
    public void LookNowAndThen()
    {
        if (Volatile.Read(ref _waits) == 0)
        {
            return;
        }

        var every = store.HasNews() switch { true => 1, false => LookWithoutNewsEvery, null => LookEvery };
        if (Interlocked.Increment(ref _idleTimes) % every == 0)
        {
            tracker.Refresher.TryRefresh();
        }
    }

    /// <summary>Waits until the outcome of every profile is known; see <see cref="EsimConnection.WaitAsync"/>.</summary>
    public async Task<bool> WaitAsync(EsimRequest request, Action<EsimResult>? onResult, EsimWaitOptions? options, CancellationToken cancellationToken)
    {
        life.ThrowIfClosed();
        if (request.RequestId is null && !request.IsComplete)
        {
            throw new EsimException(
                EsimError.EsimOutcomeUnknown,
                $"It is not known whether the service took the '{request.Action}' request {request.DisplayId}, so there is nothing to wait for.",
                "Find out with Resolve-EsimRequest what became of its profiles.");
        }

        Interlocked.Increment(ref _waits);
        try
        {
            return await new RequestWait(AskAsync, clock, request, options ?? new()).RunAsync(onResult, report, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waits);
            store.Flush();
        }
    }

    /// <summary>Finds out what became of the profiles of a request; see <see cref="EsimConnection.ResolveAsync"/>.</summary>
    public async Task<IReadOnlyList<EsimResolution>> ResolveAsync(EsimRequest request, TimeSpan? notDoneAfter, CancellationToken cancellationToken)
    {
        life.ThrowIfClosed();
        tracker.Refresher.Refresh();
        if (!request.IsOnItsWay)
        {
            await PollAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var resolutions = await new DoubtResolver(tracker, lookUp, request, notDoneAfter ?? DoubtRule.DefaultNotDoneAfter).RunAsync(cancellationToken).ConfigureAwait(false);
        store.Flush();
        return resolutions;
    }

    // What another process has heard in a callback tells more than the service's status, and may be all there is to ask for.
    private async Task AskAsync(EsimRequest request, CancellationToken cancellationToken)
    {
        tracker.Refresher.TryRefresh();
        if (!request.IsComplete)
        {
            await PollAsync(request, cancellationToken).ConfigureAwait(false);
        }
    }
}
