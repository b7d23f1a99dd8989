// What became of the profiles of a request: the one place for it, which the request and every part of it read from.

using System.Runtime.ExceptionServices;
using EsimTools.Model;

namespace EsimTools.Store;

/// <summary>The outcomes of one request. Every member may be called from any thread.</summary>
internal sealed class RequestOutcomes(int count)
{
    private readonly object _lock = new();
    private readonly EsimResult?[] _results = new EsimResult?[count];
    private OutcomeSubscription[] _subscriptions = [];
    private Dictionary<IdentifierKey, int>? _index;
    private HashSet<int>? _disputed;
    private int _succeeded;
    private int _failed;

    /// <summary>The outcome at a place; null while it is not known.</summary>
    public EsimResult? this[int place]
    {
        get
        {
            lock (_lock)
            {
                return _results[place];
            }
        }
    }

    /// <summary>How many have succeeded and failed, of some places or of all (null).</summary>
    public (int Succeeded, int Failed) CountOf(int[]? places)
    {
        lock (_lock)
        {
            if (places is null)
            {
                return (_succeeded, _failed);
            }

            var (succeeded, failed) = (0, 0);
            foreach (var place in places)
            {
                if (place >= 0 && _results[place] is { } result)
                {
                    _ = result.Status == OutcomeStatus.Succeeded ? succeeded++ : failed++;
                }
            }

            return (succeeded, failed);
        }
    }

    /// <summary>The outcomes that are known, in the order of their places.</summary>
    public EsimResult[] Known()
    {
        lock (_lock)
        {
            return [.. _results.OfType<EsimResult>()];
        }
    }

    /// <summary>The place of a profile; −1 when there is none or when the key does not tell which.</summary>
    /// <param name="key">What it is known by.</param>
    /// <param name="build">Makes the table of all places; it is kept until every outcome is known.</param>
    public int Find(IdentifierKey key, Func<Dictionary<IdentifierKey, int>> build)
    {
        lock (_lock)
        {
            _index ??= build();
            return _index.TryGetValue(key, out var place) ? place : -1;
        }
    }

    /// <summary>Sets an outcome; false when it was known already.</summary>
    public bool TrySet(int place, EsimResult result)
    {
        lock (_lock)
        {
            if (_results[place] is not null)
            {
                return false;
            }

            _results[place] = result;
            _ = result.Status == OutcomeStatus.Succeeded ? _succeeded++ : _failed++;
            if (_succeeded + _failed == _results.Length)
            {
                _index = null;
            }

            foreach (var subscription in _subscriptions)
            {
                subscription.Add(result, place);
            }

            return true;
        }
    }

    /// <summary>How many of those that have succeeded were said to have failed, too.</summary>
    public int CountDisputed()
    {
        lock (_lock)
        {
            return _disputed?.Count(place => _results[place]?.Status == OutcomeStatus.Succeeded) ?? 0;
        }
    }

    /// <summary>Whether each profile that has failed is disputed: then nobody knows any more which has.</summary>
    public bool IsEachFailureDisputed()
    {
        lock (_lock)
        {
            for (var i = 0; i < _results.Length; i++)
            {
                if (_results[i] is null or { Status: not OutcomeStatus.Succeeded } && _disputed?.Contains(i) != true)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Notes a dispute; false when it was noted before.</summary>
    public bool TryDispute(int place)
    {
        lock (_lock)
        {
            return (_disputed ??= []).Add(place);
        }
    }

    /// <summary>Has an observer told of every outcome, those already known first.</summary>
    public OutcomeSubscription Subscribe(Action<EsimResult> observer) => Subscribe((result, _) => observer(result));

    /// <summary>Has an observer told of every outcome with its place, those already known first.</summary>
    public OutcomeSubscription Subscribe(Action<EsimResult, int> observer)
    {
        var subscription = new OutcomeSubscription(observer, Forget);
        lock (_lock)
        {
            for (var i = 0; i < _results.Length; i++)
            {
                if (_results[i] is { } result)
                {
                    subscription.Add(result, i);
                }
            }

            _subscriptions = [.. _subscriptions, subscription];
        }

        subscription.Deliver();
        return subscription;
    }

    /// <summary>Tells the observers what has come; where one of them fails, the others are told all the same.</summary>
    public void Deliver()
    {
        OutcomeSubscription[] subscriptions;
        lock (_lock)
        {
            subscriptions = _subscriptions;
        }

        ExceptionDispatchInfo? failure = null;
        foreach (var subscription in subscriptions)
        {
            try
            {
                subscription.Deliver();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        failure?.Throw();
    }

    private void Forget(OutcomeSubscription subscription)
    {
        lock (_lock)
        {
            _subscriptions = [.. _subscriptions.Where(kept => kept != subscription)];
        }
    }
}
