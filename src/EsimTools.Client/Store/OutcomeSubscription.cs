// Somebody who wants to hear of outcomes. What comes is queued under locks and told outside of them, so an observer may call what it likes.

namespace EsimTools.Store;

/// <summary>One observer and what it has still to be told, one outcome after the other and each once.</summary>
internal sealed class OutcomeSubscription(Action<EsimResult, int> observer, Action<OutcomeSubscription> forget) : IDisposable
{
    private readonly Queue<(EsimResult Result, int Place)> _waiting = new();
    private bool _isTelling;
    private bool _isEnded;

    /// <summary>Queues an outcome.</summary>
    public void Add(EsimResult result, int place)
    {
        lock (_waiting)
        {
            _waiting.Enqueue((result, place));
        }
    }

    /// <summary>Tells what is queued, unless another thread is about it, which then tells this too.</summary>
    public void Deliver()
    {
        lock (_waiting)
        {
            if (_isTelling)
            {
                return;
            }

            _isTelling = true;
        }

        while (true)
        {
            (EsimResult Result, int Place) next;
            lock (_waiting)
            {
                if (_isEnded || _waiting.Count == 0)
                {
                    _isTelling = false;
                    return;
                }

                next = _waiting.Dequeue();
            }

            try
            {
                observer(next.Result, next.Place);
            }
            catch
            {
                lock (_waiting)
                {
                    _isTelling = false;
                }

                throw;
            }
        }
    }

    /// <summary>Ends it. What another thread is telling at this moment is told to its end.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _isEnded = true;
        }

        forget(this);
    }
}
