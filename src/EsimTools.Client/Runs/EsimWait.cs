// Waiting for many requests at once, each outcome told as it comes.

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using EsimTools.Runs;

namespace EsimTools;

/// <summary>A wait for requests, driven by one thread at a time: requests are added, <see cref="Complete"/> waits for the rest of their outcomes.</summary>
public sealed class EsimWait : IDisposable
{
    // Only those that somebody else still holds: no other can come again, and a wait of any length lets go of what it is done with.
    private readonly ConditionalWeakTable<EsimRequest, object> _waitedFor = new();
    private readonly ConcurrentDictionary<EsimRequest, DateTimeOffset> _polls = new();
    private readonly RequestFollower _follower;
    private readonly EsimWaitHost _host;
    private readonly EsimWaitOptions _options;
    private readonly RunPump _pump;

    internal EsimWait(RequestFollower follower, EsimWaitHost host, EsimWaitOptions options, CancellationToken stop)
    {
        _follower = follower;
        _host = host;
        _options = options;
        _pump = new(int.MaxValue, WhenIdle, stop);
    }

    /// <summary>The profiles of all requests that were added.</summary>
    public long Total { get; private set; }

    /// <summary>Those that have succeeded.</summary>
    public long Succeeded { get; private set; }

    /// <summary>Those that have failed.</summary>
    public long Failed { get; private set; }

    /// <summary>When the service will be asked next for a status, in UTC; null where nothing is waited for. Callbacks may come before.</summary>
    public DateTimeOffset? NextPoll => _polls.Values.Select(static next => (DateTimeOffset?)next).Min();

    /// <summary>The request at which the wait had to end; null while it goes on.</summary>
    public EsimRequest? EndedBy { get; private set; }

    /// <summary>Adds a request. One that was added before is not waited for twice.</summary>
    /// <param name="request">The request, of this connection.</param>
    /// <exception cref="EsimException">The login was refused, and every further question would be.</exception>
    public void Add(EsimRequest request)
    {
        if (_waitedFor.TryGetValue(request ?? throw new ArgumentNullException(nameof(request)), out _))
        {
            return;
        }

        _waitedFor.Add(request, this);
        Total += request.Count;
        _host.OnStarted(request);
        var options = _options with { OnPause = next => _polls[request] = next };
        _pump.Start(async token =>
        {
            try
            {
                return await _follower.WaitAsync(request, result => _pump.Post(() => Tell(result)), options, token).ConfigureAwait(false)
                    ? () => _host.OnEnded(request)
                    : () => End(request, OutcomeFailures.TimedOut(request));
            }
            catch (EsimException e) when (e.Error != EsimError.EsimLoginRefused)
            {
                return () => End(request, e);
            }
            catch (EsimException)
            {
                EndedBy = request;
                throw;
            }
            finally
            {
                _polls.TryRemove(request, out _);
            }
        });
        Serve();
    }

    /// <summary>Tells the host of what has come meanwhile, without waiting.</summary>
    public void Serve()
    {
        _pump.RunReady();
        _host.OnProgress(this);
    }

    /// <summary>Waits until every outcome is known or its time is over.</summary>
    /// <exception cref="EsimException">The login was refused, and every further question would be.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Complete() => _pump.Drain();

    /// <summary>Ends it.</summary>
    public void Dispose() => _pump.Dispose();

    private void WhenIdle()
    {
        _follower.LookNowAndThen();
        _host.OnProgress(this);
    }

    private void End(EsimRequest request, EsimException problem)
    {
        // What is done about it is not to be done to those that have ended.
        _host.OnProblem(problem, request.OpenPart);
        _host.OnEnded(request);
    }

    private void Tell(EsimResult result)
    {
        if (result.Status == OutcomeStatus.Succeeded)
        {
            Succeeded++;
            _host.OnSucceeded(result);
        }
        else
        {
            Failed++;
            _host.OnProblem(OutcomeFailures.Of(result), result);
        }
    }
}
