// Work that overlaps while one thread alone drives a run and is told of it: tasks hand back an action, the driving thread runs it.

using System.Collections.Concurrent;

namespace EsimTools.Runs;

/// <summary>Runs a bounded number of tasks and hands their results to the driving thread.</summary>
/// <remarks>
/// What is counted is results that are still owed, not tasks that are still running: a task that has posted its result may look unfinished
/// for a moment. Every path of a task posts exactly one result.
/// </remarks>
internal sealed class RunPump : IDisposable
{
    /// <summary>How often a waiting driving thread looks for other things to do.</summary>
    public const int IdleMilliseconds = 200;

    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<Action> _results = [];
    private readonly List<Task> _tasks = [];
    private readonly int _limit;
    private readonly Action _whenIdle;
    private readonly CancellationToken _stop;
    private readonly CancellationTokenSource _over;
    private int _owed;
    private int _underWay;

    /// <param name="limit">How many tasks may be under way.</param>
    /// <param name="whenIdle">Called by the driving thread now and then while it waits.</param>
    /// <param name="stop">Stops tasks and waits alike.</param>
    public RunPump(int limit, Action whenIdle, CancellationToken stop)
    {
        _limit = limit;
        _whenIdle = whenIdle;
        _stop = stop;
        _over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Over = _over.Token;
    }

    /// <summary>Says that nobody drives any more, be it because of a stop or of an error. What is on its way to the service is not broken off for the latter.</summary>
    public CancellationToken Over { get; }

    /// <summary>Whether results are still owed.</summary>
    public bool IsBusy => _owed > 0;

    /// <summary>Starts a task as soon as there is room, running results that are ready meanwhile.</summary>
    /// <param name="work">Gives the action that the driving thread is to run. It must turn its own failures into actions.</param>
    public void Start(Func<CancellationToken, Task<Action>> work)
    {
        // Owed before there is room for it: a result that runs meanwhile must not take the pump for idle. But what waits for room takes none: a
        // result may start a task too, and would wait for those that wait for it.
        _owed++;
        while (_underWay >= _limit)
        {
            RunNext();
        }

        _underWay++;

        _tasks.RemoveAll(task => task.IsCompleted);
        _tasks.Add(Task.Run(async () =>
        {
            Action result = () => { };
            try
            {
                result = await work(_stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (Over.IsCancellationRequested)
            {
                // The run has ended; there is nobody left to tell.
            }
            catch (Exception e)
            {
                // A worker must not end the process. The driving thread meets the fault in its place.
                var fault = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
                result = fault.Throw;
            }

            _results.Add(() =>
            {
                _owed--;
                _underWay--;
                result();
            });
        }));
    }

    /// <summary>Lets the driving thread do something in between, from any thread.</summary>
    public void Post(Action action) => _results.Add(action);

    /// <summary>Runs what is ready without waiting.</summary>
    public void RunReady()
    {
        while (_results.Count > 0 && _results.TryTake(out var result))
        {
            result();
        }
    }

    /// <summary>Waits until every task has been answered for.</summary>
    public void Drain()
    {
        while (_owed > 0)
        {
            RunNext();
        }

        RunReady();
    }

    /// <summary>Waits, bounded, for tasks that have been told to stop, so that none outlives its run.</summary>
    public void Dispose()
    {
        _over.Cancel();
        if (Task.WhenAll(_tasks).Wait(DisposeLimit))
        {
            _results.Dispose();
        }
    }

    /// <summary>Waits for one piece of work on behalf of the driving thread.</summary>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Await(Func<CancellationToken, Task> work)
    {
        var task = Task.Run(() => work(_stop), _stop);
        while (Task.WaitAny([task], IdleMilliseconds) < 0)
        {
            _whenIdle();
        }

        task.GetAwaiter().GetResult();
    }

    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    private void RunNext()
    {
        while (true)
        {
            if (_results.TryTake(out var next, IdleMilliseconds, _stop))
            {
                next();
                return;
            }

            _whenIdle();
        }
    }
}
