// The listener's web server over real sockets: what malformed, slow and hostile senders get, https, limits, and its end.

using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using EsimTools.Client.Tests.Support;
using EsimTools.HttpServer;

namespace EsimTools.Client.Tests.HttpServer;

public sealed class CallbackServerTests : IDisposable
{
    private const BindingFlags Inside = BindingFlags.NonPublic | BindingFlags.Instance;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Bench _bench = new();
    private readonly List<EsimCallbackListener> _listeners = [];

    public void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        _bench.Dispose();
    }

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
    public async Task What_is_no_http_is_refused_and_closed_and_the_next_call_is_taken(string text, int status)
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
        Assert.DoesNotContain(_bench.Warnings, text => text.Contains("CANARY", StringComparison.Ordinal));
        Assert.Equal(200, await PostOnceAsync(listener, "next"));
    }

    [Theory]
    [InlineData("GET /hook HTTP/1.1\r\nHost: a\r\n\r\n", 405)]
    [InlineData("POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 404)]
    [InlineData("POST /hook HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    public async Task What_is_http_and_no_message_is_refused(string text, int status)
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
    [InlineData("POST /hook HTTP/1.1\r\nHost:")]
    [InlineData("\r\n")]
    [InlineData("POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{")]
    [InlineData("POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")]
    public async Task A_call_has_ten_seconds_from_its_first_byte_to_its_last(string begun)
    {
        var listener = await StartAsync();
        using var caller = await RawCaller.ConnectAsync(listener);
        await PassAsync(5);
        await caller.SendAsync(RawCaller.Post(Message("first")));
        Assert.Equal(200, await caller.StatusAsync());
        await UntilSilentAsync(listener);
        await PassAsync(60);
        await caller.SendAsync(begun);
        await Task.Yield();
        var answer = caller.StatusAsync();

        // When the bytes have arrived is for the network to say; from then on it is ten seconds, and no more than one until somebody looks.
        await PassAsync(9);
        Assert.False(answer.IsCompleted);
        await PassUntilAsync(() => answer.IsCompleted, most: 90);

        Assert.True(await answer is 408 or 0);
        await UntilAsync(() => listener.Invalid == 1);
        Assert.Equal("a call took longer than 10 seconds", listener.LastProblem);
        Assert.Equal(1, listener.Recorded);
    }

    [Fact]
    public async Task Who_says_nothing_is_cut_off_after_ten_seconds_and_who_has_been_heard_after_ninety()
    {
        var listener = await StartAsync();
        using var silent = await RawCaller.ConnectAsync(listener);
        using var known = await RawCaller.ConnectAsync(listener);
        using var refused = await RawCaller.ConnectAsync(listener);
        await known.SendAsync(RawCaller.Post(Message("r")));
        await refused.SendAsync(RawCaller.Post("garbage"));
        Assert.Equal((200, 400), (await known.StatusAsync(), await refused.StatusAsync()));
        await UntilSilentAsync(listener);

        await PassAsync(11);
        Assert.Null(await silent.AnswerAsync());
        Assert.Null(await refused.AnswerAsync());
        await PassAsync(78);
        await known.SendAsync(RawCaller.Post(Message("again")));
        Assert.Equal(200, await known.StatusAsync());
        await UntilSilentAsync(listener);
        await PassAsync(91);
        Assert.Null(await known.AnswerAsync());
        Assert.Equal((2, 1), (listener.Recorded, listener.Invalid));
    }

    [Fact]
    public async Task Who_does_not_take_answers_is_cut_off()
    {
        var listener = await StartAsync();
        using var caller = await RawCaller.ConnectAsync(listener);
        var calls = string.Concat(Enumerable.Repeat("GET /hook HTTP/1.1\r\nHost: a\r\n\r\n", 1000));

        // Calls without end, and nobody reads the answers: at some point neither side can send any more.
        var sending = Task.Run(async () =>
        {
            while (true)
            {
                await caller.SendAsync(calls);
            }
        });
        await PassUntilAsync(() => sending.IsCompleted, most: int.MaxValue);

        await Assert.ThrowsAnyAsync<IOException>(() => sending);
    }

    [Fact]
    public async Task More_calls_or_connections_than_there_may_be_are_turned_away()
    {
        var listener = await StartAsync(trust: true);
        var callers = new ConcurrentBag<RawCaller>();
        try
        {
            for (var i = 0; i < 1024; i++)
            {
                var caller = await RawCaller.ConnectAsync(listener);
                callers.Add(caller);
                await caller.SendAsync(i < 256 ? "POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{" : "POST");
            }

            await UntilAsync(() => listener.Received == 256);
            using (var oneMore = await RawCaller.ConnectAsync(listener))
            {
                Assert.Equal(503, await oneMore.StatusAsync());
            }

            Assert.Equal((1, "there were too many connections at once, in all or from one address"), (listener.Refused, listener.LastProblem));
        }
        finally
        {
            foreach (var caller in callers)
            {
                caller.Dispose();
            }
        }

        await UntilAsync(() => listener.Invalid == 256);
        Assert.Equal(200, await PostOnceAsync(listener, "later"));
    }

    [LinuxFact]
    public async Task One_address_takes_neither_all_connections_nor_all_calls()
    {
        var listener = await StartAsync();
        var callers = new List<RawCaller>();
        try
        {
            for (var i = 0; i < 256; i++)
            {
                callers.Add(await RawCaller.ConnectAsync(listener, from: IPAddress.Parse("127.0.0.66")));
                await callers[i].SendAsync("POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{");
            }

            await UntilAsync(() => listener.Received == 224 && listener.Refused == 32);
            using (var oneMore = await RawCaller.ConnectAsync(listener, from: IPAddress.Parse("127.0.0.66")))
            {
                Assert.Equal(503, await oneMore.StatusAsync());
            }

            Assert.Equal("there were too many connections at once, in all or from one address", listener.LastProblem);
            Assert.Equal(200, await PostOnceAsync(listener, "another"));
        }
        finally
        {
            callers.ForEach(caller => caller.Dispose());
        }

        await UntilAsync(() => listener.Invalid == 224);
        using var again = await RawCaller.ConnectAsync(listener, from: IPAddress.Parse("127.0.0.66"));
        await again.SendAsync(RawCaller.Post(Message("again")));
        Assert.Equal(200, await again.StatusAsync());
    }

    [LinuxFact]
    public async Task A_forbidden_address_is_turned_away_before_it_says_a_word_and_takes_no_place()
    {
        var listener = await StartAsync(allowed: [IPAddress.Parse("127.0.0.5")]);
        for (var i = 0; i < 1100; i++)
        {
            using var caller = await RawCaller.ConnectAsync(listener);
            Assert.Equal((403, null), (await caller.StatusAsync(), await caller.AnswerAsync()));
        }

        Assert.Equal((0, 1100, "a call came from 127.0.0.1, which is not allowed"), (listener.Received, listener.Refused, listener.LastProblem));
        using var allowed = await RawCaller.ConnectAsync(listener, from: IPAddress.Parse("127.0.0.5"));
        await allowed.SendAsync(RawCaller.Post(Message("r")));
        Assert.Equal(200, await allowed.StatusAsync());
    }

    [Fact]
    public void A_network_of_IPv6_is_one_caller()
    {
        var places = new CallerPlaces(4, 2);

        Assert.True(places.TryTake(IPAddress.Parse("2001:db8:0:1::1"), isProxy: false));
        Assert.True(places.TryTake(IPAddress.Parse("2001:db8:0:1:ffff::2"), isProxy: false));
        Assert.False(places.TryTake(IPAddress.Parse("2001:db8:0:1::3"), isProxy: false));
        Assert.True(places.TryTake(IPAddress.Parse("2001:db8:0:2::1"), isProxy: false));
        Assert.True(places.TryTake(IPAddress.Parse("2001:db8:0:1::3"), isProxy: true));
        Assert.False(places.TryTake(IPAddress.Parse("192.0.2.1"), isProxy: true));
        places.Give(IPAddress.Parse("2001:db8:0:1::9"));
        Assert.True(places.TryTake(IPAddress.Parse("192.0.2.1"), isProxy: false));
    }

    [Fact]
    public async Task A_call_above_the_limit_of_calls_is_turned_away()
    {
        var listener = await StartAsync(trust: true);
        var callers = new List<RawCaller>();
        for (var i = 0; i < 256; i++)
        {
            callers.Add(await RawCaller.ConnectAsync(listener));
            await callers[^1].SendAsync("POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
        }

        await UntilAsync(() => listener.Received == 256);
        Assert.Equal(503, await PostOnceAsync(listener, "x"));

        callers.ForEach(caller => caller.Dispose());
        await UntilAsync(() => listener.Invalid == 256);
        Assert.Equal(200, await PostOnceAsync(listener, "x"));
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
    public async Task With_a_certificate_it_speaks_https()
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
        await UntilAsync(() => listener.Invalid == 1 && Connections(listener).Length == 2);

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

        Assert.Empty(Directory.GetFiles(_bench.JournalPath, "callbacks-*"));
    }

    [Fact]
    public async Task An_address_of_another_machine_is_a_clear_error()
    {
        var error = await Assert.ThrowsAsync<EsimException>(() => StartAsync(prefix: "http://192.0.2.1:{0}/"));

        Assert.Equal(EsimError.EsimListenerUnavailable, error.Error);
        Assert.Contains("this machine does not have the address", error.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(error.RecommendedAction));
    }

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

        var watch = System.Diagnostics.Stopwatch.StartNew();
        listener.Stop();
        var took = watch.Elapsed;
        await Task.WhenAll(senders).WaitAsync(ManualClock.HangLimit);

        Assert.InRange(took, TimeSpan.Zero, Second);
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
            // The door is closed.
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

    private static string Message(string requestId) => $$"""{"requestId":"{{requestId}}","note":"hook-CANARY"}""";

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=here", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        // Windows uses only keys that it has stored.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private static List<string> RecordedIds(EsimCallbackListener listener)
    {
        using var stream = new FileStream(listener.SpoolPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var ids = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("message", out var message))
            {
                ids.Add(message.GetProperty("requestId").GetString()!);
            }
        }

        return ids;
    }

    private static async Task<int> PostOnceAsync(EsimCallbackListener listener, string requestId)
    {
        using var caller = await RawCaller.ConnectAsync(listener);
        try
        {
            await caller.SendAsync(RawCaller.Post(Message(requestId)));
        }
        catch (IOException)
        {
            // Turned away before it was heard; the answer may still be there.
        }

        return await caller.StatusAsync();
    }

    // Other threads take calls in; nothing tells a test when but the state itself.
    private static async Task UntilAsync(Func<bool> condition)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < ManualClock.HangLimit, "What was expected did not happen.");
            await Task.Delay(5);
        }
    }

    // The answer is with the caller a moment before the listener waits for the next call, and no one outside can see when that is.
    private static Task UntilSilentAsync(EsimCallbackListener listener)
    {
        var phase = typeof(HttpConnection).GetField("_phase", Inside)!;
        return UntilAsync(() => Connections(listener).All(connection => (int)phase.GetValue(connection)! == 0));
    }

    private static HttpConnection[] Connections(EsimCallbackListener listener)
    {
        var server = typeof(EsimCallbackListener).GetField("_server", Inside)!.GetValue(listener)!;
        var connections = (HashSet<HttpConnection>)typeof(CallbackServer).GetField("_connections", Inside)!.GetValue(server)!;
        lock (connections)
        {
            return [.. connections];
        }
    }

    // The look-out asks for one pause after each look, so each second has been looked at before the next one passes.
    private async Task PassAsync(int seconds)
    {
        for (; seconds > 0; seconds--)
        {
            await _bench.Clock.PassAsync(Second);
        }
    }

    private async Task PassUntilAsync(Func<bool> condition, int most)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (; !condition(); most--)
        {
            Assert.True(watch.Elapsed < ManualClock.HangLimit && most > 0, "What was expected did not happen.");
            await PassAsync(1);
            await Task.Delay(5);
        }
    }

    private async Task<EsimCallbackListener> StartAsync(string prefix = "http://127.0.0.1:{0}/hook", X509Certificate2? certificate = null, IPAddress[]? allowed = null, bool trust = false)
    {
        var connection = await _bench.OpenAsync();
        var listener = connection.StartCallbackListener(new EsimCallbackListenerOptions
        {
            Prefix = prefix.Replace("{0}", FreePort.Next().ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal),
            Certificate = certificate,
            AllowedAddresses = allowed,
            TrustForwardedFor = trust,
        });
        _listeners.Add(listener);
        return listener;
    }
}
