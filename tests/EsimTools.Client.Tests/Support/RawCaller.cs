// A caller that says on a socket exactly what a test gives it, and reads answers without a client's help.

using System.Net;
using System.Net.Sockets;
using System.Text;
using EsimTools.HttpServer;

namespace EsimTools.Client.Tests.Support;

/// <summary>One connection to a listener.</summary>
internal sealed class RawCaller : IDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly StringBuilder _read = new();

    private RawCaller(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    /// <param name="listener">The listener.</param>
    /// <param name="address">Which of its addresses to call.</param>
    /// <param name="from">Which of this machine's addresses to call from; on Linux all of 127.0.0.0/8 are.</param>
    public static async Task<RawCaller> ConnectAsync(EsimCallbackListener listener, IPAddress? address = null, IPAddress? from = null)
    {
        var to = address ?? IPAddress.Loopback;
        var client = from is null ? new TcpClient(to.AddressFamily) : new TcpClient(new IPEndPoint(from, 0));
        client.NoDelay = true;
        await client.ConnectAsync(to, PortOf(listener));
        return new RawCaller(client);
    }

    public static int PortOf(EsimCallbackListener listener) => ListenAddress.Parse(listener.Prefix).Port;

    /// <summary>A whole call with a body of known length.</summary>
    public static string Post(string body, string path = "/hook", string more = "") =>
        $"POST {path} HTTP/1.1\r\nHost: here\r\n{more}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Ends the sending.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>The next answer, up to its empty line; null when the connection has ended.</summary>
    public async Task<string?> AnswerAsync()
    {
        int end;
        while ((end = _read.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
        {
            var buffer = new byte[4096];
            int count;
            try
            {
                count = await _stream.ReadAsync(buffer).AsTask().WaitAsync(ManualClock.HangLimit);
            }
            catch (IOException)
            {
                count = 0;
            }

            if (count == 0)
            {
                return null;
            }

            _read.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        var answer = _read.ToString(0, end);
        _read.Remove(0, end + 4);
        return answer;
    }

    /// <summary>The next answer's status; 0 when the connection has ended.</summary>
    public async Task<int> StatusAsync() =>
        await AnswerAsync() is { } answer ? int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) : 0;

    public void Dispose() => _client.Dispose();
}
