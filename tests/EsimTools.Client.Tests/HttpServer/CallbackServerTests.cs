// The listener's web server over real sockets: what malformed and hostile senders get, connections, prefixes and https.

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.HttpServer;

public sealed class CallbackServerTests : ServerScenario
{
    public static TheoryData<string, int> Malformed => new()
    {
        { "hook-CANARY\r\n\r\n", 400 },
        { "POST /hook\r\n\r\n", 400 },
        { "POST /hook HTTP/1.1\nHost: hook-CANARY\n\n", 400 },
        { "\nPOST /hook HTTP/1.1\r\n", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nX: hook-CANARY\n", 400 },
        { "POST /hook HTTP/1.1\r\n\r\n", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nX: a\r\n hook-CANARY\r\n\r\n", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nX: a\rhook-CANARY\r\n\r\n", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhook-CANARY", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nhook-CANARY", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 11\r\n\r\nhook-CANARY", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nTransfer-Encoding: chunked\r\n\r\nhook-CANARY", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nhook-CANARY", 501 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nhook-CANARY\r\n", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhook-CANARY\r\n", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nhook-CANARY\r\n", 400 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nExpect: hook-CANARY\r\n\r\n", 417 },
        { "POST /hook HTTP/3.0\r\nHost: a\r\n\r\n", 505 },
        { "POST /hook?hook-CANARY=" + new string('x', 17_000), 431 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\nX: hook-CANARY" + new string('x', 17_000), 431 },
        { "POST /hook HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Repeat("X: hook-CANARY\r\n", 2000)), 431 },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_noHttp_is_refused_and_closed_and_the_next_call_is_taken(string text, int status)
    {
        var listener = await StartAsync();
        using var caller = await RawCaller.ConnectAsync(listener);

        await caller.SendAsync(text);

        var answer = await caller.AnswerAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\nConnection: close", answer, StringComparison.Ordinal);
        caller.EndSending();
        Assert.Null(await caller.AnswerAsync());
        Assert.Equal((0, 1), (listener.Recorded, listener.Invalid));
        Assert.DoesNotContain("CANARY", listener.LastProblem, StringComparison.Ordinal);
        Assert.DoesNotContain(Fixture.Warnings, text => text.Contains("CANARY", StringComparison.Ordinal));
        Assert.Equal(200, await PostOnceAsync(listener, "next"));
    }

    [Theory]
    [InlineData("GET /hook HTTP/1.1\r\nHost: a\r\n\r\n", 405)]
    [InlineData("POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 404)]
    [InlineData("POST /hook HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    public async Task What_isHttp_and_no_message_is_refused(string text, int status)
    {
        var listener = await StartAsync();
        using var caller = await RawCaller.ConnectAsync(listener);

        await caller.SendAsync(text);

        Assert.Equal(status, await caller.StatusAsync());
        Assert.Equal((0, 1), (listener.Recorded, listener.Refused + listener.Invalid));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Chunks_of_any_size_make_a_message(int size)
    {
        var listener = await StartAsync();
        using var caller = await RawCaller.ConnectAsync(listener);
        var text = new StringBuilder("POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (var chunk in Message("chunked").Chunk(size))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{chunk.Length:X};note\r\n{new string(chunk)}\r\n");
        }

        await caller.SendAsync(text.Append("0\r\nTrailer: x\r\n\r\n").ToString() + RawCaller.Post(Message("after")));

        Assert.Equal((200, 200), (await caller.StatusAsync(), await caller.StatusAsync()));
        Assert.Equal(["chunked", "after"], RecordedIds(listener));
    }

    [Fact]
    public async Task A_call_may_come_byte_by_byte()
    {
        var listener = await StartAsync();
        using var caller = await RawCaller.ConnectAsync(listener);

        foreach (var one in "\r\n" + RawCaller.Post(Message("slowly")))
        {
            await caller.SendAsync(one.ToString());
        }

        Assert.Equal(200, await caller.StatusAsync());
    }

    [Fact]
    public async Task Calls_that_come_together_are_answered_in_their_order()
    {
        var listener = await StartAsync();
        using var caller = await RawCaller.ConnectAsync(listener);

        await caller.SendAsync(RawCaller.Post(Message("1")) + RawCaller.Post("garbage") + "GET /hook HTTP/1.1\r\nHost: a\r\n\r\n" + RawCaller.Post(Message("2"))
            + RawCaller.Post(Message("3"), more: "Connection: close\r\n") + RawCaller.Post(Message("never read")));

        Assert.Equal(
            (200, 400, 405, 200, 200), (await caller.StatusAsync(), await caller.StatusAsync(), await caller.StatusAsync(), await caller.StatusAsync(), await caller.StatusAsync()));
        caller.EndSending();
        Assert.Null(await caller.AnswerAsync());
        Assert.Equal(["1", "2", "3"], RecordedIds(listener));
    }

    [Theory]
    [InlineData("1.1", "", true, "")]
    [InlineData("1.1", "Connection: close\r\n", false, "Connection: close")]
    [InlineData("1.0", "", false, "Connection: close")]
    [InlineData("1.0", "Connection: keep-alive\r\n", true, "Connection: keep-alive")]
    public async Task A_connection_stays_open_where_the_sender_wants_it(string version, string more, bool staysOpen, string said)
    {
        var listener = await StartAsync();
        using var caller = await RawCaller.ConnectAsync(listener);
        var call = RawCaller.Post(Message("r"), more: more).Replace("HTTP/1.1", "HTTP/" + version, StringComparison.Ordinal);

        await caller.SendAsync(call);
        var answer = await caller.AnswerAsync();
        Assert.Equal(said, answer!.Split("\r\n").LastOrDefault(line => line.StartsWith("Connection", StringComparison.Ordinal)) ?? string.Empty);
        if (!staysOpen)
        {
            Assert.Null(await caller.AnswerAsync());
            return;
        }

        await caller.SendAsync(call);
        Assert.Equal(200, await caller.StatusAsync());
    }

    [Fact]
    public async Task A_sender_that_asks_first_is_told_to_go_on_only_when_its_body_will_be_read()
    {
        var listener = await StartAsync();
        using var caller = await RawCaller.ConnectAsync(listener);
        var message = Message("r");
        await caller.SendAsync($"POST /hook HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {message.Length}\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue", await caller.AnswerAsync());
        await caller.SendAsync(message);
        Assert.Equal(200, await caller.StatusAsync());

        foreach (var (head, status) in new[] { ("GET /hook", 405), ("POST /other", 404) })
        {
            using var other = await RawCaller.ConnectAsync(listener);
            await other.SendAsync($"{head} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n");
            Assert.Equal(status, await other.StatusAsync());
        }

        await caller.SendAsync($"POST /hook HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {EsimCallbackListenerOptions.DefaultMaxBodyBytes + 1}\r\n\r\n");
        Assert.Equal(413, await caller.StatusAsync());
    }

    [Theory]
    [InlineData("http://+:{0}/hook", "127.0.0.1", "::1")]
    [InlineData("http://*:{0}/hook", "127.0.0.1", "::1")]
    [InlineData("http://localhost:{0}/hook", "127.0.0.1", "::1")]
    public async Task Prefixes_without_one_address_are_reached_over_both_kinds(string prefix, params string[] addresses)
    {
        var listener = await StartAsync(prefix: prefix, allowed: [IPAddress.Loopback, IPAddress.IPv6Loopback]);

        foreach (var address in addresses.Where(one => Socket.OSSupportsIPv6 || one != "::1"))
        {
            using var caller = await RawCaller.ConnectAsync(listener, IPAddress.Parse(address));
            await caller.SendAsync(RawCaller.Post(Message("r" + address)));
            Assert.Equal(200, await caller.StatusAsync());
        }
    }

    [Fact]
    public async Task A_name_in_the_prefix_is_asked_of_the_callers()
    {
        var listener = await StartAsync(prefix: "http://hooks.example.test:{0}/hook");
        using var caller = await RawCaller.ConnectAsync(listener);

        await caller.SendAsync(RawCaller.Post(Message("r")).Replace("Host: here", "Host: Hooks.Example.Test:1", StringComparison.Ordinal));
        Assert.Equal(200, await caller.StatusAsync());
        await caller.SendAsync(RawCaller.Post(Message("r")));
        Assert.Equal(404, await caller.StatusAsync());
        Assert.Equal((1, 1, "a call was for another path or host"), (listener.Recorded, listener.Refused, listener.LastProblem));
    }

    [Fact]
    public async Task With_a_certificate_it_speaksHttps()
    {
        using var certificate = SelfSigned();
        var listener = await StartAsync(prefix: "https://127.0.0.1:{0}/hook", certificate: certificate);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => certificate.Equals(shown) },
        });

        for (var i = 0; i < 20; i++)
        {
            using var answer = await http.PostAsync(listener.Prefix, new StringContent(Message($"r{i}")));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using var large = await http.PostAsync(listener.Prefix, new ByteArrayContent(new byte[3_000_000]));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Equal(20, listener.Recorded);
    }

    [Fact]
    public async Task Who_does_not_speak_tls_is_cut_off_and_keeps_nobody_waiting()
    {
        using var certificate = SelfSigned();
        var listener = await StartAsync(prefix: "https://127.0.0.1:{0}/hook", certificate: certificate);
        using var plain = await RawCaller.ConnectAsync(listener);
        using var silent = await RawCaller.ConnectAsync(listener);
        using var halfway = await RawCaller.ConnectAsync(listener);
        await halfway.SendAsync("\u0016\u0003\u0001\u0002\u0000\u0001");
        await plain.SendAsync(RawCaller.Post(Message("plain")));
        await UntilAsync(() => listener.Invalid == 1 && listener.Connections.Count == 2);

        await PassAsync(11);
        Assert.Equal((null, null), (await silent.AnswerAsync(), await halfway.AnswerAsync()));
        var answer = await plain.AnswerAsync();
        Assert.False(answer?.StartsWith("HTTP", StringComparison.Ordinal) ?? false, answer);
        Assert.Equal((0, "a caller and this machine could not agree on TLS"), (listener.Recorded, listener.LastProblem));
    }

    [Fact]
    public async Task Scheme_and_certificate_must_fit_each_other()
    {
        using var certificate = SelfSigned();
        using var withoutKey = X509CertificateLoader.LoadCertificate(certificate.Export(X509ContentType.Cert));

        foreach (var (prefix, shown) in new[] { ("https://+:{0}/", null), ("http://+:{0}/", certificate), ("https://+:{0}/", withoutKey) })
        {
            var error = await Assert.ThrowsAsync<EsimException>(() => StartAsync(prefix: prefix, certificate: shown));
            Assert.Equal(EsimError.EsimParameterInvalid, error.Error);
            Assert.False(string.IsNullOrEmpty(error.RecommendedAction));
        }

        Assert.Empty(Directory.GetFiles(Fixture.JournalPath, "callbacks-*"));
    }

    [Fact]
    public async Task An_address_of_another_machine_is_a_clear_error()
    {
        var error = await Assert.ThrowsAsync<EsimException>(() => StartAsync(prefix: "http://192.0.2.1:{0}/"));

        Assert.Equal(EsimError.EsimListenerUnavailable, error.Error);
        Assert.Contains("this machine does not have the address", error.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(error.RecommendedAction));
    }
}
