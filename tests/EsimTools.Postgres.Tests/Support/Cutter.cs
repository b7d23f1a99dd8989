// A piece of network between the client and the server that can be cut.

using System.Net;
using System.Net.Sockets;

namespace EsimTools.Postgres.Tests.Support;

/// <summary>Passes bytes on until it is told to cut: all connections at once, after so many more bytes in either direction, or before the answer to a commit.</summary>
internal sealed class Cutter : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _sockets = [];
    private readonly int _server;
    private long _left = long.MaxValue;
    private volatile bool _losesCommit;
    private volatile bool _losesAnswer;
    private bool _isOver;

    public Cutter(int server)
    {
        _server = server;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often it has cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>Cuts after so many bytes.</summary>
    public void CutAfter(long bytes) => Interlocked.Exchange(ref _left, bytes);

    /// <summary>Passes the next commit on, and cuts when the server has answered it.</summary>
    public void LoseAnswerToCommit() => _losesCommit = true;

    /// <summary>Cuts what is there; new connections come through again.</summary>
    public void Cut()
    {
        Socket[] sockets;
        lock (_sockets)
        {
            sockets = [.. _sockets];
            _sockets.Clear();
            Cuts++;
        }

        foreach (var socket in sockets)
        {
            // Without a farewell.
            socket.LingerState = new(true, 0);
            socket.Close();
        }
    }

    public void Dispose()
    {
        _isOver = true;
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        while (!_isOver)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await server.ConnectAsync(IPAddress.Loopback, _server);
                lock (_sockets)
                {
                    _sockets.AddRange([client, server]);
                }

                _ = PassAsync(client, server, isAnswer: false);
                _ = PassAsync(server, client, isAnswer: true);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // There is nobody there, or it is over.
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool isAnswer)
    {
        var buffer = new byte[8192];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                if (isAnswer && _losesAnswer)
                {
                    _losesAnswer = false;
                    Cut();
                    return;
                }

                if (!isAnswer && _losesCommit && buffer.AsSpan(0, count).IndexOf("COMMIT\0"u8) >= 0)
                {
                    (_losesCommit, _losesAnswer) = (false, true);
                }

                var left = Interlocked.Add(ref _left, -count);
                if (left < 0 && left + count >= 0)
                {
                    await to.SendAsync(buffer.AsMemory(0, (int)(left + count)));
                    Interlocked.Exchange(ref _left, long.MaxValue);
                    Cut();
                    return;
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was cut.
        }
    }
}
