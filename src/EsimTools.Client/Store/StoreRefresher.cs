// What other connections have written to the journal, taken into the memory: one reading at a time, in the order in which it was written.

namespace EsimTools.Store;

/// <summary>Reads on in the store. Takes the lock of the memory itself, inside its own; every member may be called from any thread.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="order">The order of events.</param>
/// <param name="replay">Takes journal lines in.</param>
/// <param name="reception">Takes messages in.</param>
/// <param name="callbacks">Knows which messages have waited for a line.</param>
/// <param name="tell">Tells what there is to be told; called outside every lock.</param>
internal sealed class StoreRefresher(object memory, EventOrder order, JournalReplay replay, CallbackReception reception, OutcomeIntake callbacks, Action tell)
{
    private readonly object _refreshing = new();
    private readonly HashSet<object> _holding = [];

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
        }
    }

    /// <summary>The same for who sends nothing, and goes on where it cannot be read.</summary>
    public void TryRefresh()
    {
        try
        {
            Refresh();
        }
        catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
        {
            // Whoever sends something is told.
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

    /// <summary>Judges by all that others have written until now, with the lock of the memory; what there is to be told waits for <see cref="RequestTracker.Tell"/>.</summary>
    /// <remarks>Nobody reads on in between: half of what others have written may be a confirmation without what speaks against it.</remarks>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>; also while somebody holds.</exception>
    public T Judge<T>(Func<T> judge)
    {
        lock (_refreshing)
        {
            RefreshQuietly();
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
}
