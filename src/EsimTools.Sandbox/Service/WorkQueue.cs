// Runs work in order on the thread pool, one piece at a time, so that callbacks leave in the order in which actions end and
// never on the thread of whoever sent the request or moved the clock.

namespace EsimTools.Sandbox.Service;

/// <summary>A queue with one worker, who exists only while there is work.</summary>
internal sealed class WorkQueue
{
    private readonly Queue<Action> _work = new();
    private bool _isRunning;
    private bool _isClosed;

    /// <summary>Whether there is nothing to do and nothing being done.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_work)
            {
                return !_isRunning;
            }
        }
    }

    /// <summary>Adds a piece of work. Nothing happens any more after <see cref="Close"/>.</summary>
    public void Post(Action work)
    {
        lock (_work)
        {
            if (_isClosed)
            {
                return;
            }

            _work.Enqueue(work);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        _ = Task.Run(Run);
    }

    /// <summary>Drops what is waiting.</summary>
    public void Close()
    {
        lock (_work)
        {
            _isClosed = true;
            _work.Clear();
        }
    }

    private void Run()
    {
        while (true)
        {
            Action work;
            lock (_work)
            {
                if (_work.Count == 0)
                {
                    _isRunning = false;
                    return;
                }

                work = _work.Dequeue();
            }

            work();
        }
    }
}
