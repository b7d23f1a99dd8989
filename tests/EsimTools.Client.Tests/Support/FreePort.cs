// Ports for listeners of tests that run side by side, in one process or in several.

using System.Net;
using System.Net.Sockets;

namespace EsimTools.Client.Tests.Support;

/// <summary>Finds ports that nobody uses.</summary>
internal static class FreePort
{
    // Below the ports that systems give to callers, because a caller would take one between its finding and its use.
    private const int First = 20_000;
    private const int Count = 10_000;

    private static int s_next = Environment.ProcessId * 131;

    /// <summary>A port that is free on all addresses and that no other test of this process gets.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref s_next) % Count);
            try
            {
                using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
                probe.Bind(new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port));
                return port;
            }
            catch (SocketException)
            {
                // Another one, then.
            }
        }
    }
}
