// How the sending of requests has ended: taken, refused, or nobody knows; noted in memory, in the journal, and in that order.

using EsimTools.Store.Folder;

namespace EsimTools.Store;

/// <summary>Takes the service's answers to requests in. Takes the lock of the memory itself.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="table">The requests.</param>
/// <param name="lists">The lists that were asked for.</param>
/// <param name="callbacks">Takes in messages.</param>
/// <param name="earlyCallbacks">Messages that have come before the answer.</param>
/// <param name="journal">What is on the disk.</param>
/// <param name="announcements">What others are to be told of.</param>
internal sealed class RequestAnswers(
    object memory, RequestTable table, ListIntake lists, OutcomeIntake callbacks, EarlyCallbacks earlyCallbacks, RequestJournal journal, Announcements announcements)
{
    /// <summary>Whether a request or a list of ours has an id.</summary>
    public bool IsTaken(string requestId)
    {
        lock (memory)
        {
            return table.HasId(requestId) || lists.Has(requestId);
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

            table.Enter(table[request.Number], EsimRequest.Phase.Accepted, requestId);
            return true;
        }
    }

    /// <summary>Notes that the service took the request, and takes in what it has said of it before it answered.</summary>
    public void NoteAccepted(EsimRequest request)
    {
        List<EsimCallback>? early;
        lock (memory)
        {
            early = earlyCallbacks.Take(request.RequestId!, table[request.Number].Sent.Order);
        }

        try
        {
            journal.Answered(request, JournalEvent.Accepted);
        }
        finally
        {
            lock (memory)
            {
                early?.ForEach(callbacks.Observe);
            }

            announcements.Tell();
        }
    }

    /// <summary>It is proven that the service did not take the request.</summary>
    public void Refused(EsimRequest request, EsimException reason)
    {
        Enter(request, EsimRequest.Phase.Refused);
        journal.Answered(request, JournalEvent.Refused, reason.StatusCode, reason.ErrorCode, reason.Message);
    }

    /// <summary>Nobody knows whether the service took the request.</summary>
    public void InDoubt(EsimRequest request, EsimException reason)
    {
        Enter(request, EsimRequest.Phase.InDoubt);
        journal.Answered(request, JournalEvent.InDoubt, reason.StatusCode, reason.ErrorCode, reason.Message);

        lock (memory)
        {
            // A callback may have come before the connection broke.
            callbacks.ObserveEarly(request);
        }

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
