// How the sending of requests has ended: taken, refused, or nobody knows; noted in memory, in the journal, and in that order.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Takes the service's answers to requests in. Takes the lock of the memory itself.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="table">The requests.</param>
/// <param name="lists">The lists that were asked for.</param>
/// <param name="callbacks">Knows which messages have waited for a doubt.</param>
/// <param name="reception">Takes messages in.</param>
/// <param name="earlyCallbacks">Messages that have come before the answer.</param>
/// <param name="store">What is kept for all who share it.</param>
/// <param name="clock">The clock.</param>
/// <param name="announcements">What others are to be told of.</param>
internal sealed class RequestAnswers(
    object memory,
    RequestTable table,
    ListIntake lists,
    OutcomeIntake callbacks,
    CallbackReception reception,
    EarlyCallbacks earlyCallbacks,
    IEsimStore store,
    Clock clock,
    Announcements announcements)
{
    /// <summary>Whether a request or a list of ours has an id.</summary>
    public bool IsTaken(string requestId)
    {
        lock (memory)
        {
            return table.HasId(requestId) || lists.Has(requestId);
        }
    }

    /// <summary>When the last message came whose request is not known yet; null where none waits.</summary>
    public DateTimeOffset? LastEarly
    {
        get
        {
            lock (memory)
            {
                return earlyCallbacks.LastAt;
            }
        }
    }

    /// <summary>The service took the request. False where another one has that id: an answer that brings it is not the answer to a new one.</summary>
    public bool TryAccept(EsimRequest request, string requestId)
    {
        lock (memory)
        {
            if (IsTaken(requestId))
            {
                return false;
            }

            var entry = table[request.Number];
            table.Enter(entry, EsimRequest.Phase.Accepted, requestId);

            // From now on its messages are known. Between one that comes now and one that has come before, which may dispute it, nobody may judge.
            foreach (var callback in earlyCallbacks.Take(requestId, entry.Sent.Order))
            {
                if (callbacks.Observe(callback) is not null)
                {
                    earlyCallbacks.Keep(callback, entry.Sent.Order);
                }
            }

            GC.KeepAlive(request);
            return true;
        }
    }

    /// <summary>The service took the request: records it, and takes in what it has said of it before it answered.</summary>
    public void Accepted(EsimRequest request)
    {
        try
        {
            store.Record(JournalLines.Answered(request, JournalEvent.Accepted, clock.UtcNow));
        }
        finally
        {
            reception.TakeIn(() => earlyCallbacks.Find(request.RequestId!, table[request.Number].Sent.Order), () => earlyCallbacks.Forget(request.RequestId!));
            announcements.Tell();
        }
    }

    /// <summary>It is proven that the service did not take the request.</summary>
    public void Refused(EsimRequest request, EsimException reason)
    {
        Enter(request, EsimRequest.Phase.Refused);
        store.Record(JournalLines.Answered(request, JournalEvent.Refused, clock.UtcNow, reason));
    }

    /// <summary>Nobody knows whether the service took the request.</summary>
    public void InDoubt(EsimRequest request, EsimException reason)
    {
        Enter(request, EsimRequest.Phase.InDoubt);
        store.Record(JournalLines.Answered(request, JournalEvent.InDoubt, clock.UtcNow, reason));

        // A callback may have come before the connection broke.
        reception.TakeIn(() => callbacks.FindEarly(request), static () => { });
        announcements.Tell();
    }

    /// <summary>Notes how the sending of a request ended, in memory alone.</summary>
    public void Enter(EsimRequest request, EsimRequest.Phase phase)
    {
        lock (memory)
        {
            table.Enter(table[request.Number], phase);
        }
    }
}
