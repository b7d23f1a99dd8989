// Messages whose request is not known yet: they may have overtaken the answer that brings its id, or belong to another program.

namespace EsimTools.Store;

/// <summary>Keeps them, as many and as large as there is room for; the oldest go first. Not thread-safe.</summary>
/// <param name="most">How many at most.</param>
/// <param name="mostBytes">How much memory at most, as <see cref="EsimCallback.Weight"/> counts it.</param>
internal sealed class EarlyCallbacks(int most, long mostBytes)
{
    private readonly Dictionary<string, (List<(EsimCallback Callback, uint Order)> Callbacks, LinkedListNode<string> Place)> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<string> _ids = new();
    private int _count;
    private DateTimeOffset? _lastAt;

    /// <summary>The requests that messages wait for, the oldest first.</summary>
    public IEnumerable<string> RequestIds => _ids;

    /// <summary>All messages that wait.</summary>
    public IEnumerable<EsimCallback> All => _ids.SelectMany(id => _byId[id].Callbacks).Select(kept => kept.Callback);

    /// <summary>When the last of them came; null where none waits.</summary>
    public DateTimeOffset? LastAt => _count > 0 ? _lastAt : null;

    /// <summary>How much memory they take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Keeps a message, in place of older ones where there is no room. Where there are too many, the oldest are for other programs' requests.</summary>
    /// <param name="callback">The message.</param>
    /// <param name="order">When it came, by the logical clock.</param>
    public void Keep(EsimCallback callback, uint order = 0)
    {
        if (callback.Weight > mostBytes)
        {
            return;
        }

        while (_count >= most || Bytes + callback.Weight > mostBytes)
        {
            Forget(_ids.First!.Value);
        }

        if (!_byId.TryGetValue(callback.RequestId, out var waiting))
        {
            _byId[callback.RequestId] = waiting = ([], _ids.AddLast(callback.RequestId));
        }

        waiting.Callbacks.Add((callback, order));
        _count++;
        _lastAt = callback.ReceivedAt ?? _lastAt;
        Bytes += callback.Weight;
    }

    /// <summary>The messages of a request. Those that came before it was sent are about another one that had its id.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="sent">When it was sent, by the logical clock.</param>
    public IReadOnlyList<EsimCallback> Find(string requestId, uint sent = 0) =>
        _byId.TryGetValue(requestId, out var waiting) ? [.. waiting.Callbacks.Where(kept => kept.Order >= sent).Select(kept => kept.Callback)] : [];

    /// <summary>Hands out the messages of a request, which wait no longer.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="sent">When it was sent, by the logical clock.</param>
    public IReadOnlyList<EsimCallback> Take(string requestId, uint sent = 0)
    {
        var found = Find(requestId, sent);
        Forget(requestId);
        return found;
    }

    /// <summary>The messages of a request wait no longer.</summary>
    public void Forget(string requestId)
    {
        if (_byId.TryGetValue(requestId, out var waiting))
        {
            _byId.Remove(requestId);
            _ids.Remove(waiting.Place);
            _count -= waiting.Callbacks.Count;
            waiting.Callbacks.ForEach(kept => Bytes -= kept.Callback.Weight);
        }
    }
}
