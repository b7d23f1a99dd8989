// Whether a connection is still open, known by each of its parts.

namespace EsimTools.Transport;

/// <summary>Open until it is closed, once.</summary>
internal sealed class ConnectionLife
{
    private int _closed;

    /// <summary>Whether the connection can be used.</summary>
    public bool IsOpen => Volatile.Read(ref _closed) == 0;

    /// <summary>Closes it; false when it was closed before.</summary>
    public bool Close() => Interlocked.Exchange(ref _closed, 1) == 0;

    /// <summary>Refuses what needs an open connection.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimNotConnected"/>.</exception>
    public void ThrowIfClosed()
    {
        if (!IsOpen)
        {
            throw new EsimException(EsimError.EsimNotConnected, "The connection has been closed.", "Connect again with Connect-EsimService.");
        }
    }
}
