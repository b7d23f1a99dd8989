// Who may hold how many of the server's connections, or of its calls: so many in all, and one caller not all of them.

using System.Net;
using System.Net.Sockets;

namespace EsimTools.HttpServer;

/// <summary>Gives places away and takes them back.</summary>
/// <param name="most">How many there are.</param>
/// <param name="mostOfOne">How many one caller may have.</param>
internal sealed class CallerPlaces(int most, int mostOfOne)
{
    private readonly Dictionary<IPAddress, int> _taken = [];
    private int _count;

    /// <summary>Takes a place.</summary>
    /// <param name="caller">Who wants it.</param>
    /// <param name="isProxy">Whether the caller speaks for many, and may have all of them.</param>
    /// <returns>False where there is none left, or none for this caller.</returns>
    public bool TryTake(IPAddress caller, bool isProxy)
    {
        var network = NetworkOf(caller);
        lock (_taken)
        {
            _taken.TryGetValue(network, out var own);
            if (_count >= most || (own >= mostOfOne && !isProxy))
            {
                return false;
            }

            _count++;
            _taken[network] = own + 1;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Give(IPAddress caller)
    {
        var network = NetworkOf(caller);
        lock (_taken)
        {
            _count--;
            if (--_taken[network] == 0)
            {
                _taken.Remove(network);
            }
        }
    }

    // Whoever has one address of IPv6 has 2^64 of them: their first half is what a provider gives to one customer.
    private static IPAddress NetworkOf(IPAddress caller)
    {
        if (caller.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return caller;
        }

        var bytes = caller.GetAddressBytes();
        Array.Clear(bytes, bytes.Length / 2, bytes.Length / 2);
        return new IPAddress(bytes);
    }
}
