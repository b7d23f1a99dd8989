// Messages that have been recorded and acknowledged and are not taken in yet, in the order of their coming.

namespace EsimTools.Callbacks;

/// <summary>A queue that takes whatever comes, and has who fills it wait where it holds too much. Every member may be called from any thread.</summary>
/// <param name="mostBytes">How much it may hold before that.</param>
internal sealed class UnheardCallbacks(long mostBytes)
{
    private const int Most = 100_000;

    private readonly object _lock = new();
    private readonly Queue<Unheard> _queue = new();
    private long _bytes;
    private bool _hasGrown;
    private bool _isComplete;

    /// <summary>What is not taken in yet: a message, with the length of its line, its file and where it begins there; or a file that is full.</summary>
    internal readonly record struct Unheard(EsimCallback? Callback, int Bytes, CallbackRecord Record, long Place)
    {
        /// <summary>What it takes in memory now, or of the next process's time if this one is killed, whichever is more.</summary>
        public long Size => Math.Max(Bytes, Callback?.Weight ?? 0);
    }

    /// <summary>Whether there are no more, and none will come.</summary>
    public bool IsOver
    {
        get
        {
            lock (_lock)
            {
                return _isComplete && _queue.Count == 0;
            }
        }
    }

    /// <summary>Adds one.</summary>
    public void Add(in Unheard unheard)
    {
        lock (_lock)
        {
            _queue.Enqueue(unheard);
            _bytes += unheard.Size;
            _hasGrown = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Adds no more.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Waits until there is room for more.</summary>
    public void AwaitRoom()
    {
        lock (_lock)
        {
            while (_bytes > mostBytes || _queue.Count > Most)
            {
                Monitor.Wait(_lock);
            }
        }
    }

    /// <summary>Waits until there is one, or there was one that somebody else has taken.</summary>
    /// <param name="milliseconds">How long at most; <see cref="Timeout.Infinite"/> for ever.</param>
    /// <returns>Whether that was so; not where the time is over, or where no more will come.</returns>
    public bool Await(int milliseconds)
    {
        lock (_lock)
        {
            if (!_hasGrown && _queue.Count == 0 && !_isComplete)
            {
                Monitor.Wait(_lock, milliseconds);
            }

            var isSo = _hasGrown || _queue.Count > 0;
            _hasGrown = false;
            return isSo;
        }
    }

    /// <summary>Tells who waits that somebody else has taken some.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            _hasGrown = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>The first one; it stays.</summary>
    public bool TryPeek(out Unheard unheard)
    {
        lock (_lock)
        {
            unheard = _queue.Count > 0 ? _queue.Peek() : default;
            return _queue.Count > 0;
        }
    }

    /// <summary>Takes the first one out.</summary>
    public bool TryTake(out Unheard unheard)
    {
        lock (_lock)
        {
            if (_queue.Count == 0)
            {
                unheard = default;
                return false;
            }

            unheard = _queue.Dequeue();
            _bytes -= unheard.Size;
            Monitor.PulseAll(_lock);
            return true;
        }
    }
}
