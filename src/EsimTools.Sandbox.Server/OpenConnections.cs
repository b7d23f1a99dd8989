// Counts the server's open connections.

using Microsoft.AspNetCore.Connections;

namespace EsimTools.Sandbox.Server;

/// <summary>How many connections are open right now.</summary>
internal sealed class OpenConnections
{
    private int _now;

    /// <summary>The number.</summary>
    public int Now => Volatile.Read(ref _now);

    /// <summary>Stands in front of what serves a connection.</summary>
    public ConnectionDelegate Count(ConnectionDelegate next) => async connection =>
    {
        Interlocked.Increment(ref _now);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _now);
        }
    };
}
