// What the listener tells those who look after it: liveness and readiness, to whom, and that it costs the callbacks nothing.

using System.Net;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class HealthTests : ListenerScenario
{
    private const string Path = "/health";
    private const string ReadyPath = "/health/ready";

    // What the server lets one caller have in hand.
    private const int MostCallsOfOne = 224;

    [Theory]
    [InlineData("GET", Path)]
    [InlineData("HEAD", Path)]
    [InlineData("GET", ReadyPath)]
    [InlineData("HEAD", ReadyPath)]
    [InlineData("GET", Path + "?from=probe")]
    [InlineData("GET", "http://elsewhere.example.com" + ReadyPath)]
    public async Task It_is_told_without_credentials_in_a_status_and_nothing_else(string method, string target)
    {
        var listener = StartHealthy(await Fixture.OpenAsync());

        using var caller = await RawCaller.ConnectAsync(listener);
        await caller.SendAsync($"{method} {target} HTTP/1.1\r\nHost: whatever\r\n\r\n");
        var answer = await caller.AnswerAsync();

        Assert.NotNull(answer);
        Assert.Equal(["HTTP/1.1 200 OK", "Content-Length: 0", "Connection: close"], answer.Split("\r\n").Where(line => !line.StartsWith("Date: ", StringComparison.Ordinal)));

        // Who has proven nothing keeps no connection, and counts for nothing.
        Assert.Null(await caller.AnswerAsync());
        Assert.Equal((0, 0, 0, null), (listener.Received, listener.Refused, listener.Invalid, listener.LastProblem));
    }

    [Theory]
    [InlineData("3.87.163.45", true, null, 200)]
    [InlineData("3.87.163.45", false, null, 200)]
    [InlineData("3.87.163.45", true, "203.0.113.7", 403)]
    [InlineData("3.87.163.45", false, "203.0.113.7", 403)]
    [InlineData("3.87.163.45", false, "3.87.163.45", 403)]
    [InlineData("3.87.163.45", true, "203.0.113.7, 3.87.163.45", 200)]
    [InlineData("3.87.163.45", true, "127.0.0.1", 403)]
    [InlineData("3.87.163.45", true, "", 403)]
    [InlineData(null, false, "203.0.113.7", 200)]
    public async Task It_is_told_to_this_machine_and_to_those_who_are_heard(string? allowed, bool trustsForwardedFor, string? forwardedFor, int expected)
    {
        var listener = StartHealthy(await Fixture.OpenAsync(), allowed: allowed is null ? null : [IPAddress.Parse(allowed)], trustsForwardedFor: trustsForwardedFor);

        foreach (var path in new[] { Path, ReadyPath })
        {
            using var caller = await RawCaller.ConnectAsync(listener);
            await caller.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n{(forwardedFor is null ? string.Empty : $"X-Forwarded-For: {forwardedFor}\r\n")}\r\n");
            Assert.Equal(expected, await caller.StatusAsync());
        }

        Assert.Equal(expected == 403 ? 2 : 0, listener.Refused);

        // A message of this machine is none of those that are allowed, whoever may ask.
        Assert.Equal(allowed is null ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await PostAsync(listener, Signed("""{"requestId":"r"}""")));
    }

    [Fact]
    public async Task Where_nothing_can_be_recorded_it_is_alive_and_not_ready_until_it_can()
    {
        var listener = StartHealthy(await Fixture.OpenAsync());
        Assert.Equal((200, 200), await AskAsync(listener));
        var aside = Fixture.JournalPath + "-aside";
        Directory.Move(Fixture.JournalPath, aside);

        // It is looked at once a second, however often it is asked.
        Assert.Equal((200, 200), await AskAsync(listener));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((200, 503), await AskAsync(listener));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((200, 503), await AskAsync(listener));
        Assert.Single(Fixture.Warnings, text => text.Contains("not ready: Callbacks cannot be recorded", StringComparison.Ordinal));

        Directory.Move(aside, Fixture.JournalPath);
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((200, 200), await AskAsync(listener));
        Assert.Single(Fixture.Warnings, text => text.Contains("ready again", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.GetFiles(Fixture.JournalPath), file => file.EndsWith(".check", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_is_told_while_one_caller_has_all_the_calls_it_may_have()
    {
        var listener = StartHealthy(await Fixture.OpenAsync());
        var slow = new List<RawCaller>();
        try
        {
            for (var i = 0; i < MostCallsOfOne; i++)
            {
                var caller = await RawCaller.ConnectAsync(listener);
                slow.Add(caller);
                await caller.SendAsync("POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
                Assert.Equal(100, await caller.StatusAsync());
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(listener, Signed("""{"requestId":"r"}""")));
            Assert.Equal((200, 200), await AskAsync(listener));
        }
        finally
        {
            slow.ForEach(caller => caller.Dispose());
        }
    }

    [Fact]
    public async Task Nothing_is_told_where_it_was_not_asked_for_and_a_post_stays_a_message()
    {
        var connection = await Fixture.OpenAsync();
        Assert.Equal((404, 404), await AskAsync(Start(connection)));

        var listener = StartHealthy(connection);
        foreach (var call in new[] { RawCaller.Post("{}", Path), "PUT /health HTTP/1.1\r\nHost: a\r\n\r\n", "GET /health/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET /HEALTH HTTP/1.1\r\nHost: a\r\n\r\n", "GET /health/readyx HTTP/1.1\r\nHost: a\r\n\r\n" })
        {
            using var caller = await RawCaller.ConnectAsync(listener);
            await caller.SendAsync(call);
            Assert.Equal(404, await caller.StatusAsync());
        }

        // Below a prefix that serves everything.
        var all = StartHealthy(connection, "http://127.0.0.1:" + FreePort.Next());
        using var sender = await RawCaller.ConnectAsync(all);
        await sender.SendAsync(RawCaller.Post(Signed("""{"requestId":"r"}"""), Path));
        Assert.Equal(200, await sender.StatusAsync());
        Assert.Equal(1, all.Recorded);
        Assert.Equal((200, 200), await AskAsync(all));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("health")]
    [InlineData("/health/")]
    [InlineData("/health?a=b")]
    [InlineData("/health#a")]
    [InlineData("/he alth")]
    [InlineData("/he%61lth")]
    [InlineData("/schön")]
    public async Task A_path_that_is_none_is_refused(string path)
    {
        var connection = await Fixture.OpenAsync();
        var error = Assert.Throws<EsimException>(() => StartHealthy(connection, path: path));
        Assert.Equal(EsimError.EsimParameterInvalid, error.Error);
        Assert.Contains("/health/ready", error.RecommendedAction, StringComparison.Ordinal);
    }

    private static async Task<(int Alive, int Ready)> AskAsync(EsimCallbackListener listener)
    {
        async Task<int> OneAsync(string path)
        {
            using var caller = await RawCaller.ConnectAsync(listener);
            await caller.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            return await caller.StatusAsync();
        }

        return (await OneAsync(Path), await OneAsync(ReadyPath));
    }

    private EsimCallbackListener StartHealthy(EsimConnection connection, string? prefix = null, IPAddress[]? allowed = null, bool trustsForwardedFor = false, string path = Path) =>
        Start(connection, prefix, allowed: allowed, trustsForwardedFor: trustsForwardedFor, healthPath: path);
}
