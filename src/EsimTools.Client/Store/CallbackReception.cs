// Callback messages on their way into the memory: one after the other, and the journal is read for one when the memory is not locked.

namespace EsimTools.Store;

/// <summary>Takes callbacks in. Takes the lock of the memory itself.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="finder">Gives the objects of requests.</param>
/// <param name="callbacks">Knows what a message tells.</param>
internal sealed class CallbackReception(object memory, RequestFinder finder, OutcomeIntake callbacks)
{
    /// <summary>Takes one in. Where the object of its request is needed and gone, that is made again from its lines in the journal first.</summary>
    public void TakeIn(EsimCallback callback)
    {
        TrackedRequest? needed = null;
        do
        {
            var held = needed is null ? null : finder.ObjectOf(needed);
            lock (memory)
            {
                needed = callbacks.Observe(callback);
            }

            GC.KeepAlive(held);
        }
        while (needed is not null);
    }

    /// <summary>Takes in those that have waited, all in one step: between a success and what disputes it nobody may judge by the first alone.</summary>
    /// <param name="look">Names them; the memory is locked then.</param>
    /// <param name="forget">They wait no longer, which they do while the journal cannot be read for them; the memory is locked then, too.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: they wait on.</exception>
    public void TakeIn(Func<IReadOnlyList<EsimCallback>> look, Action forget)
    {
        EsimRequest[] held = [];
        while (true)
        {
            TrackedRequest[] needed;
            lock (memory)
            {
                var waiting = look();
                needed = [.. waiting.Select(callbacks.RequestOf).OfType<TrackedRequest>().Distinct()];
                var objects = Array.ConvertAll(needed, entry => entry.Target);
                if (Array.TrueForAll(objects, request => request is not null))
                {
                    forget();
                    foreach (var callback in waiting)
                    {
                        _ = callbacks.Observe(callback);
                    }

                    GC.KeepAlive(objects);
                    return;
                }
            }

            GC.KeepAlive(held);
            held = finder.ObjectsOf(needed);
        }
    }
}
