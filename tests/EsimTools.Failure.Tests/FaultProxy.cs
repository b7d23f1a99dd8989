// Stands on the wire between client and server and does to a request or its answer what no server does on purpose: cuts at any byte,
// silence, another answer than the one that was given. Everything but the requests for actions is passed on untouched.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EsimTools.Failure.Tests;

/// <summary>A TCP proxy in front of one server. Every action comes over a connection of its own, so a fault is a matter of one connection.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    // Below the ports that a system hands out by itself, so that nobody gets ours while it is closed.
    private const int LowestPort = 20_000;
    private const int HighestPort = 32_000;

    private const int TcpLevel = 6;
    private const int LargestSegment = 2;

    private static int s_lastPort = LowestPort + (Environment.ProcessId % 8_000);

    private readonly int _serverPort;
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private readonly HashSet<Task> _serving = [];
    private TcpListener _listener;
    private Func<WireCall, Task>? _fault;
    private TaskCompletionSource _reached = NewSource();
    private TaskCompletionSource _released = NewSource();
    private int _connections;
    private int _actions;

    public FaultProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener = ListenAnywhere();
        _ = AcceptAsync(_listener);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections have been made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>How many requests for actions have begun to arrive.</summary>
    public int Actions => Volatile.Read(ref _actions);

    /// <summary>Completes when a fault says that it has come to the point that the test waits for.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Does something to every request for an action from now on; null does nothing any more.</summary>
    public void Arm(Func<WireCall, Task>? fault)
    {
        _reached = NewSource();
        _released = NewSource();
        Volatile.Write(ref _fault, fault);
    }

    /// <summary>Lets go of what is being held.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Refuses connections from now on and cuts those that there are.</summary>
    public void Close()
    {
        _listener.Stop();
        lock (_lock)
        {
            foreach (var socket in _open)
            {
                socket.Close(timeout: 0);
            }
        }
    }

    /// <summary>Takes connections again, at the same address.</summary>
    public void Reopen()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        Start(_listener);
        _ = AcceptAsync(_listener);
    }

    /// <summary>Completes when no request for an action is on its way any more, so that the server's log is the last word.</summary>
    public async Task SettleAsync()
    {
        Task[] serving;
        lock (_lock)
        {
            serving = [.. _serving];
        }

        await Task.WhenAll(serving);
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        Close();
        await SettleAsync();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TcpListener ListenAnywhere()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref s_lastPort);
            var listener = new TcpListener(IPAddress.Loopback, LowestPort + (port % (HighestPort - LowestPort)));
            try
            {
                Start(listener);
                return listener;
            }
            catch (SocketException)
            {
                // Somebody else has it.
                listener.Dispose();
            }
        }
    }

    private static void Start(TcpListener listener)
    {
        // Small, so that a body of 100 kB fills it and its sender has to wait. It has to be said before the connection is there. With the
        // large segments of loopback the sender's side alone would take several megabytes.
        listener.Server.ReceiveBufferSize = 2 * 1024;
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            listener.Server.SetRawSocketOption(TcpLevel, LargestSegment, BitConverter.GetBytes(500));
        }

        listener.Start();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            Interlocked.Increment(ref _connections);
            var settled = NewSource();
            lock (_lock)
            {
                _open.Add(client);
                _serving.Add(settled.Task);
            }

            _ = ServeAsync(client, settled);
        }
    }

    private async Task ServeAsync(Socket client, TaskCompletionSource settled)
    {
        try
        {
            using var call = new WireCall(client, _serverPort, _reached, _released.Task);
            if (!await call.ReadHeadAsync())
            {
                return;
            }

            if (call.IsAction)
            {
                Interlocked.Increment(ref _actions);
                await (Volatile.Read(ref _fault) ?? WireFaults.PassOn)(call);
            }
            else
            {
                Settle(settled);
                await call.RelayAsync();
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // One side has gone, which is what this is about.
        }
        finally
        {
            Settle(settled);
            lock (_lock)
            {
                _open.Remove(client);
            }
        }
    }

    private void Settle(TaskCompletionSource settled)
    {
        settled.TrySetResult();
        lock (_lock)
        {
            _serving.Remove(settled.Task);
        }
    }
}

/// <summary>One connection: what can be done with the request on it and with the answer.</summary>
internal sealed class WireCall(Socket client, int serverPort, TaskCompletionSource reached, Task released) : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _head = [];
    private int _headLength;

    /// <summary>Whether it is a request for an action.</summary>
    public bool IsAction => Encoding.ASCII.GetString(_head, 0, _headLength).Split('\r')[0].Contains("/devices/profile/actions/", StringComparison.Ordinal);

    /// <summary>Completes when the test says so.</summary>
    public Task Released => released;

    /// <summary>Says that the point has been reached that the test waits for.</summary>
    public void HasReached() => reached.TrySetResult();

    /// <summary>Reads to the end of the headers; false when the client went before that.</summary>
    public async Task<bool> ReadHeadAsync()
    {
        (_head, _headLength) = await ReadHeadAsync(client);
        return _headLength > 0;
    }

    /// <summary>Reads the request to its end.</summary>
    public Task<byte[]> ReadRequestAsync() => ReadMessageAsync(client, _head, _headLength);

    /// <summary>Gives bytes to the server.</summary>
    public async Task ToServerAsync(ReadOnlyMemory<byte> bytes)
    {
        if (!_server.Connected)
        {
            await _server.ConnectAsync(IPAddress.Loopback, serverPort);
        }

        await SendAsync(_server, bytes);
    }

    /// <summary>Gives the whole request to the server and returns the whole answer; an empty one when the server cut the connection.</summary>
    public async Task<byte[]> AskAsync()
    {
        await ToServerAsync(await ReadRequestAsync());
        try
        {
            var (head, length) = await ReadHeadAsync(_server);
            return length == 0 ? [] : await ReadMessageAsync(_server, head, length);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    /// <summary>Tells the server that no more of the request comes, and waits until it has drawn its conclusions.</summary>
    public async Task EndRequestAsync()
    {
        if (!_server.Connected)
        {
            return;
        }

        _server.Shutdown(SocketShutdown.Send);
        var rest = new byte[4096];
        while (await _server.ReceiveAsync(rest) > 0)
        {
        }
    }

    /// <summary>Gives bytes to the client.</summary>
    public Task ToClientAsync(ReadOnlyMemory<byte> bytes) => SendAsync(client, bytes);

    /// <summary>Ends the connection to the client in order: what was sent arrives.</summary>
    public void HangUp()
    {
        client.Shutdown(SocketShutdown.Both);
        client.Close();
    }

    /// <summary>Breaks the connection to the client off.</summary>
    public void Cut() => client.Close(timeout: 0);

    /// <summary>Passes everything on in both directions until one side ends.</summary>
    public async Task RelayAsync()
    {
        await ToServerAsync(_head);
        await Task.WhenAny(CopyAsync(client, _server), CopyAsync(_server, client));
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var bytes = new byte[16 * 1024];
        int count;
        try
        {
            while ((count = await from.ReceiveAsync(bytes)) > 0)
            {
                await SendAsync(to, bytes.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The relay ends with either side.
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes)..];
        }
    }

    private static async Task<(byte[] Bytes, int HeadLength)> ReadHeadAsync(Socket from)
    {
        using var head = new MemoryStream();
        var bytes = new byte[4096];
        int count;
        while ((count = await from.ReceiveAsync(bytes)) > 0)
        {
            head.Write(bytes, 0, count);
            var end = head.GetBuffer().AsSpan(0, (int)head.Length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return (head.ToArray(), end + 4);
            }
        }

        return ([], 0);
    }

    private static async Task<byte[]> ReadMessageAsync(Socket from, byte[] begun, int headLength)
    {
        var message = new byte[headLength + BodyLength(Encoding.ASCII.GetString(begun, 0, headLength))];
        begun.CopyTo(message, 0);
        var filled = begun.Length;
        int count;
        while (filled < message.Length && (count = await from.ReceiveAsync(message.AsMemory(filled))) > 0)
        {
            filled += count;
        }

        return message[..filled];
    }

    private static int BodyLength(string head)
    {
        const string Name = "\r\nContent-Length:";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return 0;
        }

        at += Name.Length;
        return int.Parse(head.AsSpan(at, head.IndexOf('\r', at) - at), NumberStyles.Integer, CultureInfo.InvariantCulture);
    }
}
