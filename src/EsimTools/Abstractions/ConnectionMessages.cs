// What a connection tells, handed to the cmdlets that use it. Four cmdlets of one pipeline share a connection, and each message is said once: by
// the first of them whose stream for it is on.

using System.Runtime.CompilerServices;

namespace EsimTools.Abstractions;

/// <summary>The messages of one connection; callable from any thread.</summary>
internal sealed class ConnectionMessages
{
    private static readonly ConditionalWeakTable<EsimConnection, ConnectionMessages> s_all = new();

    private readonly object _lock = new();
    private readonly List<Action<PendingMessage>> _listeners = [];

    private ConnectionMessages(EsimConnection connection) => connection.Message += Tell;

    /// <summary>The messages of a connection.</summary>
    public static ConnectionMessages Of(EsimConnection connection) => s_all.GetValue(connection, known => new(known));

    /// <summary>Hands every message from now on to one more listener.</summary>
    public void Add(Action<PendingMessage> listener)
    {
        lock (_lock)
        {
            _listeners.Add(listener);
        }
    }

    /// <summary>Hands it no more.</summary>
    public void Remove(Action<PendingMessage> listener)
    {
        lock (_lock)
        {
            _listeners.Remove(listener);
        }
    }

    private void Tell(EsimMessage message)
    {
        var pending = new PendingMessage(message);
        lock (_lock)
        {
            // Each of them only puts it into a queue.
            _listeners.ForEach(listener => listener(pending));
        }
    }
}
