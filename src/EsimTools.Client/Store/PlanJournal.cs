// The carrying out of plans, in the journal that all share: who may begin is judged inside the right to reserve.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Notes how plans stand. Every member may be called from any thread.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="book">What is known of plans.</param>
/// <param name="store">Where it is kept.</param>
/// <param name="tracker">Reads what others have written.</param>
internal sealed class PlanJournal(object memory, PlanBook book, IEsimStore store, RequestTracker tracker)
{
    /// <summary>Begins to carry out a plan, or goes on: two cannot begin at once.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="judge">Gives the line that is written ahead, by how the plan stands and whether somebody is carrying it out; throws where it may not begin.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="EsimException">What the judge throws, or <see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public async Task BeginAsync(string planId, Func<PlanProgress?, bool, JournalLine> judge, CancellationToken cancellationToken)
    {
        JournalLine? line = null;
        PlanProgress? before = null;
        try
        {
            await store.ReserveAsync(
                () =>
                {
                    tracker.Refresher.RefreshQuietly();
                    var (progress, begun) = Look(planId);
                    before = progress;
                    line = judge(progress, begun.Any(part => part is null || store.IsBeingWritten(part)));
                    if (line.PlanStage == PlanStage.Begun)
                    {
                        // Another thread of this connection may have the right to reserve before this one goes on.
                        Take(line);
                    }

                    return line;
                },
                cancellationToken).ConfigureAwait(false);
            if (line!.PlanStage != PlanStage.Begun)
            {
                Take(line);
            }
        }
        catch when (line?.PlanStage == PlanStage.Begun)
        {
            lock (memory)
            {
                book.TakeBack(planId, before);
            }

            throw;
        }
        finally
        {
            tracker.Tell();
        }
    }

    /// <summary>Notes how the carrying out of a plan stands; durable when this returns.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void Note(JournalLine line)
    {
        // Also where it cannot be written: nobody here carries the plan out any more.
        Take(line);
        store.Record(line);
    }

    /// <summary>How the carrying out of a plan stands, by what has been read; null where nothing of it has been carried out.</summary>
    public PlanProgress? Find(string planId)
    {
        lock (memory)
        {
            return book.Find(planId);
        }
    }

    /// <summary>Whether another run has begun the plan, or given it up, since a run has begun it, by what has been read.</summary>
    public bool IsTakenOver(string planId, string runId)
    {
        lock (memory)
        {
            return book.LastToDecide(planId) != runId;
        }
    }

    private (PlanProgress? Progress, IReadOnlyCollection<string?> Begun) Look(string planId)
    {
        lock (memory)
        {
            return (book.Find(planId), book.BegunIn(planId));
        }
    }

    private void Take(JournalLine line)
    {
        lock (memory)
        {
            book.Take(line, null);
        }
    }
}
