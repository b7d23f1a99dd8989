// The inbox of a connection: every callback message comes in here, from a listener, from a file or from a sandbox in this process.

using EsimTools.Store;
using EsimTools.Store.Lines;
using EsimTools.Transport;

namespace EsimTools.Callbacks;

/// <summary>Takes callback messages in, and knows who listens for them. Every member may be called from any thread.</summary>
internal sealed class CallbackInbox(
    ConnectionLife life, RequestTracker tracker, IEsimStore store, Clock clock, Action<EsimMessage> report)
{
    // As often as outcomes are brought to the store; and where a database that is away may let each look wait for its time to be over.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    // The answer that brings a request's id is written a moment after it came, or when the database is back; other programs' messages wait in vain.
    private static readonly TimeSpan EarlyLimit = TimeSpan.FromMinutes(10);

    private readonly List<EsimCallbackListener> _listeners = [];
    private readonly object _look = new();
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;
    private TimeSpan _lookAfter;
    private bool _isLooking;
    private int _isTold;
    private int _sources;

    /// <summary>The clock.</summary>
    public Clock Clock => clock;

    /// <summary>What is known of requests and profiles.</summary>
    public RequestTracker Tracker => tracker;

    /// <summary>The user names and passwords of messages that count beside those that listeners were started with.</summary>
    public CallbackCredentials Credentials { get; } = new(clock);

    /// <summary>The folder that messages are recorded in before they are answered.</summary>
    public string Folder => store.Folder;

    /// <summary>The service's address as journal and recorded messages name it.</summary>
    public string ServiceName => store.Service;

    /// <summary>What identifiers are hidden behind in the journal's folder; null where they may be shown.</summary>
    public IdentifierHasher? HiddenBy => store.WrittenHasher;

    /// <summary>Whether the connection can be used.</summary>
    public bool IsOpen => life.IsOpen;

    /// <summary>Whether messages of the service arrive here.</summary>
    public bool IsFed => Volatile.Read(ref _sources) > 0;

    /// <summary>The listeners that feed it.</summary>
    public IReadOnlyList<EsimCallbackListener> Listeners
    {
        get
        {
            lock (_listeners)
            {
                return _listeners.ToArray();
            }
        }
    }

    /// <summary>Takes in one message. A closed connection listens no more.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimCallbackInvalid"/>.</exception>
    public void Receive(string json)
    {
        if (life.IsOpen)
        {
            var callback = EsimCallback.Parse(json);
            callback.ReceivedAt = clock.UtcNow;
            Receive(callback);
        }
    }

    /// <summary>Takes in one message. A closed connection listens no more.</summary>
    public void Receive(EsimCallback callback)
    {
        Hear(callback);
        tracker.Tell();
    }

    /// <summary>The same; nobody is told of it yet.</summary>
    public void Hear(EsimCallback callback)
    {
        if (life.IsOpen)
        {
            tracker.Hear(callback);
        }
    }

    /// <summary>Takes in what earlier listeners had recorded before their processes ended.</summary>
    /// <returns>How many messages.</returns>
    public int Recover() =>
        LeftBehindCallbacks.Recover(Folder, ServiceName, Receive, Flush, clock);

    /// <summary>Notes that messages arrive from now on, until the returned object is disposed.</summary>
    public IDisposable Expect()
    {
        Interlocked.Increment(ref _sources);
        return new Source(this);
    }

    /// <summary>Refuses what needs an open connection.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimNotConnected"/>.</exception>
    public void ThrowIfClosed() => life.ThrowIfClosed();

    /// <summary>Finds out whether messages could be recorded here now, and what comes of them written to the store.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>, <see cref="EsimError.EsimNotConnected"/>: they could not.</exception>
    public void Check()
    {
        life.ThrowIfClosed();
        CallbackRecord.Check(Folder);
        store.Check();
        tracker.Refresher.Refresh();
    }

    /// <summary>Ties a listener's life to the connection's.</summary>
    public void Attach(EsimCallbackListener listener)
    {
        lock (_listeners)
        {
            life.ThrowIfClosed();
            _listeners.Add(listener);
        }
    }

    /// <summary>Forgets a listener that has been stopped.</summary>
    public void Detach(EsimCallbackListener listener)
    {
        lock (_listeners)
        {
            _listeners.Remove(listener);
        }
    }

    /// <summary>Brings outcomes that have gathered to the disk, also those of requests of other processes that have been noted since.</summary>
    /// <returns>Whether they are there now. Not where nobody knows what others have noted: what was heard of that is in this memory alone.</returns>
    public bool Flush()
    {
        var fault = tracker.Refresher.TryRefresh();
        if (Interlocked.Exchange(ref _isTold, fault is null ? 0 : 1) == 0 && fault is not null)
        {
            report(new(EsimMessageLevel.Warning, $"What callback messages say is kept on this machine, and not known to others until the journal can be read again: {fault.Message}"));
        }

        return store.Flush() && fault is null;
    }

    /// <summary>Whether a message that came lately waits for its request: it has overtaken the answer to another process, perhaps, which is written any moment.</summary>
    public bool WaitsForRequest => tracker.Answers.LastEarly is { } last && clock.UtcNow - last is var age && age < EarlyLimit && age > -EarlyLimit;

    /// <summary>Whether a message is about a request that is known here. Where not, what other processes have sent meanwhile is read first, unless that was done a moment ago.</summary>
    public bool Knows(string requestId)
    {
        if (!tracker.Knows(requestId) && IsLookDue())
        {
            Look();
        }

        return tracker.Knows(requestId);
    }

    /// <summary>The same for who may not wait: what others have sent is read behind, so that the message is known when it comes again.</summary>
    public bool KnowsAlready(string requestId)
    {
        var knows = tracker.Knows(requestId);
        if (!knows && IsLookDue())
        {
            _ = Task.Run(Look);
        }

        return knows;
    }

    private bool IsLookDue()
    {
        lock (_look)
        {
            var now = clock.UtcNow;
            var isDue = !_isLooking && (now < _lookedAt || now - _lookedAt >= _lookAfter);
            _isLooking |= isDue;
            return isDue;
        }
    }

    // From its end: one that has to wait for a database must not be due again when it is over.
    private void Look()
    {
        var after = LookAgain;
        try
        {
            after = tracker.Refresher.TryRefresh() is null ? LookInterval : LookAgain;
        }
        finally
        {
            lock (_look)
            {
                (_isLooking, _lookedAt, _lookAfter) = (false, clock.UtcNow, after);
            }
        }
    }

    /// <summary>Says something to whoever listens to the connection.</summary>
    public void Report(EsimMessage message) => report(message);

    private sealed class Source(CallbackInbox inbox) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                Interlocked.Decrement(ref inbox._sources);
            }
        }
    }
}
