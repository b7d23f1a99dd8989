// A SOCKS proxy on the loopback: what happens while a connection is being made can be told by the test.

using System.Net;
using System.Net.Sockets;

namespace EsimTools.Client.Tests.Support;

/// <summary>Lets every connection through to one port of this machine.</summary>
internal sealed class SocksProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _served = [];
    private readonly Task _accepting;
    private readonly int _port;

    public SocksProxy(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What it is as a proxy.</summary>
    public WebProxy Proxy => new($"socks5://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Happens while the next connection is being made, once.</summary>
    public Action? WhenConnecting { get; set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_served);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _served.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            using var server = new TcpClient();
            try
            {
                // No login; then version, command and an address of four bytes with its port.
                var stream = client.GetStream();
                var greeting = new byte[2];
                await stream.ReadExactlyAsync(greeting, _stop.Token);
                await stream.ReadExactlyAsync(new byte[greeting[1]], _stop.Token);
                await stream.WriteAsync(new byte[] { 5, 0 }, _stop.Token);
                await stream.ReadExactlyAsync(new byte[10], _stop.Token);
                await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                var happens = WhenConnecting;
                WhenConnecting = null;
                happens?.Invoke();
                await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, _stop.Token);
                await Task.WhenAny(stream.CopyToAsync(server.GetStream(), _stop.Token), server.GetStream().CopyToAsync(stream, _stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // One of them has gone, or the test is over.
            }
        }
    }
}
