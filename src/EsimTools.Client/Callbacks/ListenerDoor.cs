// Closes an HttpListener without a false word to those who are connected.

using System.Collections;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace EsimTools.Callbacks;

/// <summary>Ends an <see cref="HttpListener"/> so that nobody takes its end for an acknowledgement.</summary>
/// <remarks>
/// Outside Windows, .NET says "200 OK" on every connection that is open when a listener is closed: on idle ones, and on new ones whose request
/// has not been read yet. A sender takes that for the acknowledgement of a message that nobody has seen. So the sockets are closed first, for
/// which .NET has no member; where they are not found, the listener is left to its connections until these have ended by themselves.
/// </remarks>
internal sealed class ListenerDoor(HttpListener http, Clock clock)
{
    private const BindingFlags Hidden = BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic;

    private static readonly string[] PrefixFields = ["_prefixes", "_allPrefixes", "_unhandledPrefixes"];

    /// <summary>Longer than .NET keeps an idle connection.</summary>
    private static readonly TimeSpan LingerLimit = TimeSpan.FromSeconds(30);

    private object[] _endPoints = [];

    /// <summary>Whether the system's own web server does the work, which ends connections without a word.</summary>
    public static bool IsWindows { get; } = Environment.OSVersion.Platform == PlatformID.Win32NT;

    /// <summary>Lets nobody in any more; those inside are still served.</summary>
    public void Lock()
    {
        if (!IsWindows)
        {
            _endPoints = EndPointsOfItsOwn();
            Array.ForEach(_endPoints, CloseSocketOf);
        }
    }

    /// <summary>Closes it.</summary>
    public void Close()
    {
        if (!IsWindows && !TryCloseConnections())
        {
            // From now on, what still comes on open connections is answered with 404.
            http.Prefixes.Clear();
            _ = Task.Run(async () =>
            {
                await clock.Delay(LingerLimit, CancellationToken.None).ConfigureAwait(false);
                http.Close();
            });
            return;
        }

        http.Close();
    }

    private static object? Read(object? owner, string field) => owner?.GetType().GetField(field, Hidden)?.GetValue(owner);

    private static void CloseSocketOf(object owner) => (Read(owner, "_socket") as Socket)?.Close();

    private bool TryCloseConnections()
    {
        if (Read(http, "_connections") is not ICollection)
        {
            return false;
        }

        foreach (var connections in _endPoints.Select(endPoint => Read(endPoint, "_unregisteredConnections")).Append(Read(http, "_connections")).OfType<IDictionary>())
        {
            object[] all;
            lock (connections.SyncRoot)
            {
                lock (connections)
                {
                    all = [.. connections.Keys.OfType<object>()];
                }
            }

            Array.ForEach(all, CloseSocketOf);
        }

        return true;
    }

    // Listeners of one process share a port. What stands behind it is touched by the last of them only.
    private object[] EndPointsOfItsOwn()
    {
        if (typeof(HttpListener).Assembly.GetType("System.Net.HttpEndPointManager")?.GetField("s_ipEndPoints", Hidden)?.GetValue(null) is not IDictionary addresses)
        {
            return [];
        }

        var ports = new HashSet<int>(http.Prefixes.Select(prefix => new Uri(prefix.Replace("://+", "://any").Replace("://*", "://any")).Port));
        lock (addresses.SyncRoot)
        {
            return
            [
                .. addresses.Values.OfType<IDictionary>()
                    .SelectMany(byPort => byPort.Keys.OfType<int>().Where(ports.Contains).Select(port => byPort[port]!))
                    .Where(endPoint => PrefixFields.Sum(field => (Read(endPoint, field) as ICollection)?.Count ?? 0) == 1),
            ];
        }
    }
}
