// The end of the web server: under a flood nothing is acknowledged that is not recorded, and what is in hand is answered.

using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.HttpServer;

public sealed class CallbackServerStopTests : ServerScenario
{
    // Every sender notes what was acknowledged to it; all of that, by name, must be on record.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stopping_under_a_flood_acknowledges_nothing_that_is_not_recorded(bool isSecure)
    {
        using var certificate = SelfSigned();
        var listener = await StartAsync(prefix: isSecure ? "https://127.0.0.1:{0}/hook" : "http://+:{0}/hook", certificate: isSecure ? certificate : null);
        var acknowledged = new ConcurrentBag<string>();
        var senders = Enumerable.Range(0, 48).Select(sender => Task.Run(() => FloodAsync(listener, sender, isSecure ? certificate : null, acknowledged))).ToArray();
        await UntilAsync(() => listener.Recorded > 1000);

        listener.Stop();
        await Task.WhenAll(senders).WaitAsync(ManualClock.HangLimit);

        Assert.Empty(acknowledged.Except(RecordedIds(listener)));
        Assert.True(acknowledged.Count > 900);
    }

    [Fact]
    public async Task Stopping_answers_what_is_in_hand_and_turns_away_what_is_not_whole()
    {
        var listener = await StartAsync();
        using var halfHead = await RawCaller.ConnectAsync(listener);
        using var halfBody = await RawCaller.ConnectAsync(listener);
        using var idle = await RawCaller.ConnectAsync(listener);
        using var silent = await RawCaller.ConnectAsync(listener);
        await idle.SendAsync(RawCaller.Post(Message("r")));
        Assert.Equal(200, await idle.StatusAsync());
        await halfBody.SendAsync("POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
        await UntilAsync(() => listener.Received == 2);
        await halfHead.SendAsync("POST /hook HTTP/1.1\r\n");
        using (var later = await RawCaller.ConnectAsync(listener))
        {
            await later.SendAsync(RawCaller.Post(Message("later")));
            Assert.Equal(200, await later.StatusAsync());
        }

        listener.Stop();

        Assert.Equal((503, null, null), (await halfBody.StatusAsync(), await idle.AnswerAsync(), await silent.AnswerAsync()));
        Assert.True(await halfHead.StatusAsync() is 503 or 0);
        Assert.Equal(["r", "later"], RecordedIds(listener));
    }

    private static async Task FloodAsync(EsimCallbackListener listener, int sender, X509Certificate2? expected, ConcurrentBag<string> acknowledged)
    {
        try
        {
            while (true)
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, RawCaller.PortOf(listener));
                await using var stream = expected is null ? (Stream)client.GetStream() : new SslStream(client.GetStream(), false, (_, shown, _, _) => expected.Equals(shown));
                if (stream is SslStream secure)
                {
                    await secure.AuthenticateAsClientAsync("here");
                }

                await SendUntilClosedAsync(stream, sender, acknowledged);
            }
        }
        catch (Exception e) when (e is SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            // The gate is closed.
        }
    }

    // Two calls at a time, one of them in chunks: there is always one whose answer is still open.
    private static async Task SendUntilClosedAsync(Stream stream, int sender, ConcurrentBag<string> acknowledged)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII);
        for (var call = 0; call < 200; call++)
        {
            string[] ids = [$"{sender}-{Guid.NewGuid()}", $"{sender}-{Guid.NewGuid()}"];
            var second = Message(ids[1]);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                RawCaller.Post(Message(ids[0])) + $"POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{second.Length:x}\r\n{second}\r\n0\r\n\r\n"));
            foreach (var id in ids)
            {
                var status = await reader.ReadLineAsync();
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                }

                if (status == "HTTP/1.1 200 OK")
                {
                    acknowledged.Add(id);
                }

                if (status is null)
                {
                    return;
                }
            }
        }
    }
}
