// The limits of the web server: how long a call may take, how many there may be, and that one address takes no other one's place.

using System.Collections.Concurrent;
using System.Net;
using EsimTools.Client.Tests.Support;
using EsimTools.HttpServer;

namespace EsimTools.Client.Tests.HttpServer;

public sealed class CallbackServerLimitTests : ServerScenario
{
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
}
