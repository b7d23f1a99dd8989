// What other connections have written to the journal, taken into the memory: one reading at a time, in the order in which it was written.

namespace EsimTools.Store;

/// <summary>Reads on in the store. Takes the lock of the memory itself, inside its own; every member may be called from any thread.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="order">The order of events.</param>
/// <param name="replay">Takes journal lines in.</param>
/// <param name="reception">Takes messages in.</param>
/// <param name="callbacks">Knows which messages have waited for a line.</param>
/// <param name="tell">Tells what there is to be told; called outside every lock.</param>
/// <param name="clock">The clock.</param>
internal sealed class StoreRefresher(object memory, EventOrder order, JournalReplay replay, CallbackReception reception, OutcomeIntake callbacks, Action tell, Clock clock) : IDisposable
{
    private readonly object _refreshing = new();
    private readonly HashSet<object> _holding = [];
    private readonly List<Action> _unheard = [];
    private Retries? _retries;
    private volatile bool _isBehind;
    private bool _isClosed;

    /// <summary>Takes in what other connections have written to the journal since the last time.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void Refresh()
    {
        try
        {
            RefreshQuietly();
        }
        finally
        {
            tell();
        }
    }

    /// <summary>The same for who holds the right to reserve: what there is to be told waits for <see cref="RequestTracker.Tell"/>.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void RefreshQuietly()
    {
        // Two at once would take in what comes later in the journal before what comes first.
        lock (_refreshing)
        {
            uint start;
            lock (memory)
            {
                start = order.NextAsked();
            }

            replay.ReadNew();
            reception.TakeIn(callbacks.FindEarly, callbacks.ForgetEarly);
            lock (memory)
            {
                order.ReadUpTo = start;
            }

            _isBehind = false;
        }
    }

    /// <summary>The same for who sends nothing, and goes on where it cannot be read; then that is tried again until it can.</summary>
    /// <returns>Why it cannot be read; null where it was.</returns>
    public EsimException? TryRefresh()
    {
        try
        {
            Refresh();
            return null;
        }
        catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
        {
            // What is heard meanwhile may speak against what others have noted and nobody has read here, and they do not know it before.
            _isBehind = true;
            lock (_holding)
            {
                _retries ??= new(clock, () => TryRefresh());
                (_isClosed ? null : _retries)?.Begin();
            }

            return e;
        }
    }

    /// <summary>Whether it could not be read when somebody tried last.</summary>
    public bool IsBehind => _isBehind;

    /// <summary>Messages are acknowledged from now on before they are taken in.</summary>
    /// <param name="hear">Takes in what has been acknowledged, and tells nobody of it; called before anything is judged.</param>
    public void Listen(Action hear)
    {
        lock (_holding)
        {
            _unheard.Add(hear);
        }
    }

    /// <summary>They no longer are.</summary>
    /// <param name="hear">As above.</param>
    public void Forget(Action hear)
    {
        lock (_holding)
        {
            _unheard.Remove(hear);
        }
    }

    /// <summary>Whether messages have been acknowledged that could not be taken in.</summary>
    public bool IsHeld
    {
        get
        {
            lock (_holding)
            {
                return _holding.Count > 0;
            }
        }
    }

    /// <summary>Messages have been acknowledged that cannot be taken in: nothing is judged until <see cref="Release"/>.</summary>
    /// <param name="who">Who has acknowledged them; once is enough.</param>
    public void Hold(object who)
    {
        lock (_holding)
        {
            _holding.Add(who);
        }
    }

    /// <summary>They have been taken in.</summary>
    /// <param name="who">Who has acknowledged them.</param>
    public void Release(object who)
    {
        lock (_holding)
        {
            _holding.Remove(who);
        }
    }

    /// <summary>Judges by all that others have written and the service has been acknowledged until now, with the lock of the memory; what there is to be told waits for <see cref="RequestTracker.Tell"/>.</summary>
    /// <remarks>Nobody reads on in between: half of what others have written may be a confirmation without what speaks against it.</remarks>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>; also while somebody holds.</exception>
    public T Judge<T>(Func<T> judge)
    {
        lock (_refreshing)
        {
            RefreshQuietly();

            // What stands behind somebody who is slow may speak against what is believed; also what came during the reading.
            Action[] unheard;
            lock (_holding)
            {
                unheard = [.. _unheard];
            }

            Array.ForEach(unheard, static hear => hear());
            if (IsHeld)
            {
                throw new EsimException(
                    EsimError.EsimJournalUnavailable,
                    "Callback messages that came while the journal could not be read have not been taken in yet. They may speak against what is believed, so nothing is sent.",
                    "Give the command again in a moment. Where that does not end, connect again with Connect-EsimService, which takes them in.");
            }

            lock (memory)
            {
                return judge();
            }
        }
    }

    /// <summary>Tries no more.</summary>
    public void Dispose()
    {
        lock (_holding)
        {
            _isClosed = true;
            _retries?.Dispose();
        }
    }
}
