// A small web server on sockets. .NET's own has two faults here: stopping it may answer 200 to calls that nobody has seen, and outside Windows
// it speaks no https.

using System.Net;
using System.Net.Sockets;

namespace EsimTools.HttpServer;

/// <summary>Accepts connections, within limits, and ends them in good order.</summary>
internal sealed class CallbackServer : IDisposable
{
    private const int MostConnections = 1024;
    private const int MostConnectionsOfOne = 256;
    private const int MostCallsAtOnce = 256;

    // A call is in hand for milliseconds, so those that are left are enough for everybody else.
    private const int MostCallsOfOne = 224;
    private const int Backlog = 512;

    /// <summary>How long a sender may take for a call, from its first byte to its last, or for a handshake; the service sends a kilobyte.</summary>
    public static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may be silent between calls. Proxies and .NET's client close theirs after a minute, and should be the first.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(90);

    /// <summary>How often the limits are looked after.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the last answers may take to get out.</summary>
    private static readonly TimeSpan LastLimit = TimeSpan.FromMilliseconds(100);

    private static readonly bool IsWindows = Environment.OSVersion.Platform == PlatformID.Win32NT;

    private readonly Clock _clock;
    private readonly List<Socket> _listeningSockets = [];
    private readonly HashSet<HttpConnection> _connections = [];
    private readonly CallerPlaces _places = new(MostConnections, MostConnectionsOfOne);
    private readonly CallerPlaces _callPlaces = new(MostCallsAtOnce, MostCallsOfOne);
    private readonly CancellationTokenSource _stop = new();

    /// <param name="address">Where to listen.</param>
    /// <param name="certificate">What to speak TLS with; null for plain http.</param>
    /// <param name="handler">What judges the calls.</param>
    /// <param name="clock">The time.</param>
    public CallbackServer(ListenAddress address, ServerCertificate? certificate, ICallHandler handler, Clock clock)
    {
        Address = address;
        Certificate = certificate;
        Handler = handler;
        Replies = new HttpReplies(clock);
        _clock = clock;
    }

    /// <summary>Where it listens.</summary>
    public ListenAddress Address { get; }

    /// <summary>What it speaks TLS with; null for plain http.</summary>
    public ServerCertificate? Certificate { get; }

    /// <summary>What judges its calls.</summary>
    public ICallHandler Handler { get; }

    /// <summary>The answers as bytes.</summary>
    public HttpReplies Replies { get; }

    /// <summary>The present moment.</summary>
    public DateTimeOffset Now => _clock.UtcNow;

    /// <summary>Whether new calls are turned away.</summary>
    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>Opens the port.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimListenerUnavailable"/>.</exception>
    public void Start()
    {
        try
        {
            OpenListeningSockets();
        }
        catch (SocketException e)
        {
            throw new EsimException(EsimError.EsimListenerUnavailable, $"'{Address.Text}' cannot be listened on: {ReasonOf(e)}.", AdviceFor(e), e);
        }

        _listeningSockets.ForEach(socket => _ = Task.Run(() => AcceptAsync(socket)));
        _ = Task.Run(LookAfterLimitsAsync);
    }

    /// <summary>Judges a call, unless there are too many in hand.</summary>
    public async ValueTask<HttpStatusCode> JudgeAsync(HttpConnection call)
    {
        if (IsStopping || !_callPlaces.TryTake(call.Sender, Handler.IsProxy(call.Sender)))
        {
            return Handler.Refuse(HttpStatusCode.ServiceUnavailable, "there were too many calls at once, or the listener was being stopped");
        }

        try
        {
            return await Handler.AnswerAsync(call).ConfigureAwait(false);
        }
        finally
        {
            _callPlaces.Give(call.Sender);
        }
    }

    /// <summary>Forgets a connection that has ended.</summary>
    public void Forget(HttpConnection connection)
    {
        lock (_connections)
        {
            if (_connections.Remove(connection))
            {
                _places.Give(connection.Sender);
            }

            Monitor.PulseAll(_connections);
        }
    }

    /// <summary>
    /// Lets nobody in any more and ends the connections on which nothing is going on. Calls that are on their way have the given time to come to
    /// the end; after it they are turned away. Those in hand still get their answer.
    /// </summary>
    public void TurnAway(TimeSpan limit)
    {
        _stop.Cancel();
        _listeningSockets.ForEach(socket => socket.Dispose());
        Array.ForEach(Connections(), connection => connection.EndIfIdle());
        WaitUntilEmpty(limit);
        Array.ForEach(Connections(), connection => connection.TurnAway(HttpStatusCode.ServiceUnavailable));
    }

    /// <summary>Ends all connections, after a moment for the answers that are being written.</summary>
    public void Dispose()
    {
        WaitUntilEmpty(LastLimit);
        Array.ForEach(Connections(), connection => connection.Close());
    }

    private static string ReasonOf(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "another program, or another listener, uses the port",
        SocketError.AccessDenied => "this user may not open the port",
        SocketError.AddressNotAvailable => "this machine does not have the address",
        _ => e.Message.TrimEnd('.'),
    };

    private static string AdviceFor(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AccessDenied when IsWindows =>
            "Take another port; 'netsh interface ipv4 show excludedportrange protocol=tcp' shows those that Windows keeps for itself.",
        SocketError.AccessDenied => "Ports below 1024 need special rights. Take another one, for example 9001.",
        SocketError.AddressNotAvailable => "Use + for all addresses of this machine, or one that it has.",
        _ => "End the other program or listener, or take another port; only one can use it.",
    };

    private static Socket Open(IPEndPoint endPoint)
    {
        var isIPv6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isIPv6)
            {
                socket.DualMode = endPoint.Address.Equals(IPAddress.IPv6Any);
            }

            // On Windows another program could otherwise take the port over. Elsewhere this would keep the port from being opened again at once.
            if (IsWindows)
            {
                socket.ExclusiveAddressUse = true;
            }

            socket.Bind(endPoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsMissing(SocketException e) =>
        e.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable or SocketError.ProtocolNotSupported or SocketError.OperationNotSupported;

    private void OpenListeningSockets()
    {
        IPAddress[] wanted = [.. Address.Addresses.Count > 0 ? Address.Addresses : [IPAddress.IPv6Any]];
        foreach (var one in wanted)
        {
            try
            {
                _listeningSockets.Add(Open(new IPEndPoint(one, Address.Port)));
            }
            catch (SocketException e) when (IsMissing(e) && one.Equals(IPAddress.IPv6Any) && Address.Addresses.Count == 0)
            {
                // A machine without IPv6.
                _listeningSockets.Add(Open(new IPEndPoint(IPAddress.Any, Address.Port)));
            }
            catch (SocketException e) when (IsMissing(e) && _listeningSockets.Count > 0)
            {
                // The same: localhost is IPv4 alone.
            }
        }
    }

    private async Task AcceptAsync(Socket socket)
    {
        while (!IsStopping)
        {
            try
            {
                Admit(await socket.AcceptAsync().ConfigureAwait(false));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // The caller has gone again, or this process has no handle left for it.
                if (!await PauseAsync(AcceptPause).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
    }

    private void Admit(Socket socket)
    {
        if (SenderOf(socket) is not { } sender)
        {
            socket.Dispose();
            return;
        }

        if (!IsStopping && !Handler.MayHear(sender))
        {
            // Before a word of it is read, and before it takes a place that others need.
            TurnAway(socket, Handler.Refuse(HttpStatusCode.Forbidden, $"a call came from {sender}, which is not allowed"));
            return;
        }

        var connection = new HttpConnection(this, socket, sender);
        lock (_connections)
        {
            if (!IsStopping && _places.TryTake(sender, Handler.IsProxy(sender)))
            {
                _connections.Add(connection);

                // Not on this loop, which others wait for.
                _ = Task.Run(connection.RunAsync);
                return;
            }
        }

        TurnAway(socket, IsStopping ? HttpStatusCode.ServiceUnavailable : Handler.Refuse(HttpStatusCode.ServiceUnavailable, "there were too many connections at once, in all or from one address"));
    }

    private static IPAddress? SenderOf(Socket socket)
    {
        try
        {
            // IPv4 that came in through an IPv6 socket is still IPv4.
            var sender = ((IPEndPoint)socket.RemoteEndPoint!).Address;
            return sender.IsIPv4MappedToIPv6 ? sender.MapToIPv4() : sender;
        }
        catch (SocketException)
        {
            // It has gone again; those who come behind it do not wait for that.
            return null;
        }
    }

    private void TurnAway(Socket socket, HttpStatusCode status)
    {
        try
        {
            if (Certificate is null)
            {
                // Nothing has been sent on it, so this does not wait.
                socket.Send(Replies.Get(status, ReplyEnding.Close));
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // The caller has gone again.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task LookAfterLimitsAsync()
    {
        while (await PauseAsync(LookInterval).ConfigureAwait(false))
        {
            var now = Now;
            Array.ForEach(Connections(), connection => connection.LookAt(now));
        }
    }

    private async Task<bool> PauseAsync(TimeSpan time)
    {
        try
        {
            await _clock.Delay(time, _stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Those that are held now.</summary>
    public HttpConnection[] Connections()
    {
        lock (_connections)
        {
            return [.. _connections];
        }
    }

    private void WaitUntilEmpty(TimeSpan limit)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        lock (_connections)
        {
            TimeSpan left;
            while (_connections.Count > 0 && (left = limit - watch.Elapsed) > TimeSpan.Zero)
            {
                Monitor.Wait(_connections, left);
            }
        }
    }
}
