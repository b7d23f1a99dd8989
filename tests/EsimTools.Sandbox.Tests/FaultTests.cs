// The mishaps: ordered ones and those that chance brings, in the process and over a socket.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class FaultTests
{
    private static readonly SandboxProfile s_profile = Fleets.Local(1);

    public static TheoryData<bool> Transports => [false, true];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Too_many_requests_says_when_to_come_back_and_was_not_accepted(bool overSocket)
    {
        await using var fixture = await StartAsync(overSocket);
        fixture.Sandbox.Script(SandboxFault.TooManyRequests, count: 2);

        var first = await fixture.ActAsync("deactivate", s_profile);
        fixture.Sandbox.Options.RetryAfter = TimeSpan.FromMilliseconds(2500);
        fixture.Sandbox.Options.RetryAfterAsDate = true;
        var second = await fixture.ActAsync("deactivate", s_profile);

        first.AssertGatewayFault(429, "900802");
        Assert.Equal("2", first.RetryAfter);
        Assert.Equal("Sun, 01 Mar 2026 12:00:02 GMT", second.RetryAfter);
        AssertAccepted(fixture, 0);
        Assert.Equal(200, (await fixture.ActAsync("deactivate", s_profile)).Status);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_server_error_was_not_accepted(bool overSocket)
    {
        await using var fixture = await StartAsync(overSocket);
        fixture.Sandbox.Script(SandboxFault.ServerError);

        (await fixture.ActAsync("deactivate", s_profile)).AssertError("REQUEST_FAILED.UnexpectedError", 500);

        AssertAccepted(fixture, 0);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_server_error_after_acceptance_was_accepted_and_the_callback_comes(bool overSocket)
    {
        await using var fixture = await StartAsync(overSocket);
        fixture.Sandbox.Script(SandboxFault.ServerErrorAfterAcceptance);

        (await fixture.ActAsync("deactivate", s_profile)).AssertError("REQUEST_FAILED.UnexpectedError", 500);

        AssertAccepted(fixture, 1);
        Assert.Equal(fixture.Sandbox.Log[^1].RequestId, (await fixture.CallbackAsync()).Text("requestId"));
    }

    [Theory]
    [InlineData(false, SandboxFault.CutBeforeAcceptance, 0)]
    [InlineData(true, SandboxFault.CutBeforeAcceptance, 0)]
    [InlineData(false, SandboxFault.CutAfterAcceptance, 1)]
    [InlineData(true, SandboxFault.CutAfterAcceptance, 1)]
    public async Task A_cut_connection_is_an_exception_and_nothing_else(bool overSocket, SandboxFault fault, int accepted)
    {
        await using var fixture = await StartAsync(overSocket);
        fixture.Sandbox.Script(fault);

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => fixture.ActAsync("deactivate", s_profile));

        Assert.IsAssignableFrom<IOException>(exception.InnerException);
        AssertAccepted(fixture, accepted);
        Assert.Equal((0, accepted == 1), (fixture.Sandbox.Log[^1].Status, fixture.Sandbox.Log[^1].Accepted));
        if (accepted == 1)
        {
            Assert.Equal("SUCCESS", (await fixture.CallbackAsync()).Text("status"));
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_page_of_HTML_comes_from_a_proxy_and_was_not_accepted(bool overSocket)
    {
        await using var fixture = await StartAsync(overSocket);
        fixture.Sandbox.Script(SandboxFault.HtmlAnswer);

        var answer = await fixture.ActAsync("deactivate", s_profile);

        Assert.Equal((502, "text/html"), (answer.Status, answer.MediaType));
        Assert.StartsWith("<!DOCTYPE html>", answer.Body, StringComparison.Ordinal);
        AssertAccepted(fixture, 0);
    }

    [Theory]
    [InlineData(false, SandboxFault.EmptyAnswer, "^$")]
    [InlineData(true, SandboxFault.EmptyAnswer, "^$")]
    [InlineData(false, SandboxFault.TruncatedJson, "^\\{\"requestId\":\"[0-9a-f-]{12}$")]
    [InlineData(true, SandboxFault.TruncatedJson, "^\\{\"requestId\":\"[0-9a-f-]{12}$")]
    [InlineData(false, SandboxFault.MissingRequestId, "^\\{\\}$")]
    [InlineData(true, SandboxFault.MissingRequestId, "^\\{\\}$")]
    [InlineData(false, SandboxFault.WrongTypes, "^\\{\"requestId\":42\\}$")]
    [InlineData(true, SandboxFault.WrongTypes, "^\\{\"requestId\":42\\}$")]
    public async Task A_spoilt_answer_hides_that_the_request_was_accepted(bool overSocket, SandboxFault fault, string pattern)
    {
        await using var fixture = await StartAsync(overSocket);
        fixture.Sandbox.Script(fault);

        var answer = await fixture.ActAsync("deactivate", s_profile);

        Assert.Equal(200, answer.Status);
        Assert.Matches(pattern, answer.Body);
        AssertAccepted(fixture, 1);
        Assert.Equal("SUCCESS", (await fixture.CallbackAsync()).Text("status"));
    }

    [Fact]
    public async Task Wrong_types_reach_every_field_of_a_list()
    {
        await using var fixture = await StartAsync(overSocket: false);
        fixture.Sandbox.Script(SandboxFault.WrongTypes, pathContains: "actions/list");

        Assert.Equal("""{"hasMoreData":"forty-two","devices":{}}""", (await fixture.ListAsync("{}")).Body);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_ended_bearer_or_session_is_refused_until_it_is_renewed(bool overSocket)
    {
        await using var fixture = await StartAsync(overSocket);

        fixture.Sandbox.Script(SandboxFault.BearerExpired);
        (await fixture.ActAsync("deactivate", s_profile)).AssertGatewayFault(401, "900901");
        (await fixture.ActAsync("deactivate", s_profile)).AssertGatewayFault(401, "900901");
        await fixture.ConnectAsync();
        fixture.Sandbox.Script(SandboxFault.SessionExpired);
        (await fixture.ActAsync("deactivate", s_profile)).AssertError("SessionToken.Expired");
        (await fixture.ActAsync("deactivate", s_profile)).AssertError("SessionToken.Expired");
        await fixture.ConnectAsync();

        Assert.Equal(200, (await fixture.ActAsync("deactivate", s_profile)).Status);
        AssertAccepted(fixture, 1);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_slow_answer_comes_after_its_time_and_the_callback_before_it(bool overSocket)
    {
        await using var fixture = await StartAsync(overSocket);
        fixture.Sandbox.Script(SandboxFault.SlowAnswer);

        var waiting = fixture.ActAsync("deactivate", s_profile);
        Assert.Equal("SUCCESS", (await fixture.CallbackAsync()).Text("status"));
        Assert.Equal(fixture.Sandbox.Options.SlowAnswerDelay, await fixture.Clock.NextPauseAsync());
        Assert.False(waiting.IsCompleted);
        fixture.Clock.Advance(fixture.Sandbox.Options.SlowAnswerDelay);

        Assert.Equal(200, (await waiting.WaitAsync(SandboxFixture.HangLimit)).Status);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_caller_who_gives_up_leaves_an_accepted_request_behind(bool overSocket)
    {
        await using var fixture = await StartAsync(overSocket);
        fixture.Sandbox.Options.Latency = TimeSpan.FromSeconds(1);

        var waiting = fixture.ActAsync("deactivate", s_profile);
        await fixture.Clock.NextPauseAsync();
        fixture.Http.CancelPendingRequests();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal("SUCCESS", (await fixture.CallbackAsync()).Text("status"));
        AssertAccepted(fixture, 1);
    }

    [Fact]
    public async Task Every_answer_takes_the_latency()
    {
        await using var fixture = await StartAsync(overSocket: false);
        fixture.Sandbox.Options.Latency = TimeSpan.FromSeconds(1);

        var waiting = fixture.ActAsync("deactivate", s_profile);
        await fixture.Clock.NextPauseAsync();
        Assert.False(waiting.IsCompleted);
        Assert.Equal("ACTIVE", fixture.Find(s_profile).State);
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(200, (await waiting.WaitAsync(SandboxFixture.HangLimit)).Status);
        Assert.Equal("SUCCESS", (await fixture.CallbackAsync()).Text("status"));
    }

    [Fact]
    public async Task A_script_waits_for_its_path_and_scripts_are_played_in_order()
    {
        await using var fixture = await StartAsync(overSocket: false);
        fixture.Sandbox.Script(SandboxFault.ServerError, pathContains: "actions/DELETE");
        fixture.Sandbox.Script(SandboxFault.TooManyRequests, pathContains: "deactivate");
        fixture.Sandbox.Script(SandboxFault.HtmlAnswer);

        Assert.Equal(429, (await fixture.ActAsync("deactivate", s_profile)).Status);
        Assert.Equal(500, (await fixture.ActAsync("delete", s_profile)).Status);
        Assert.Equal(502, (await fixture.TokenAsync()).Status);
        Assert.Equal(200, (await fixture.TokenAsync()).Status);
    }

    [Fact]
    public void A_script_must_be_for_at_least_one_request()
    {
        using var sandbox = new ThingSpaceSandbox();

        Assert.Throws<ArgumentOutOfRangeException>(() => sandbox.Script(SandboxFault.HtmlAnswer, 0));
    }

    [Theory]
    [InlineData(nameof(SandboxOptions.Throttled), 429, 0)]
    [InlineData(nameof(SandboxOptions.ServerErrors), 500, 0)]
    [InlineData(nameof(SandboxOptions.ServerErrorsAfterAcceptance), 500, 1)]
    [InlineData(nameof(SandboxOptions.CutBeforeAcceptance), 0, 0)]
    [InlineData(nameof(SandboxOptions.CutAfterAcceptance), 0, 1)]
    public async Task A_share_of_requests_suffers_and_nothing_but_profile_actions(string option, int status, int accepted)
    {
        var options = new SandboxOptions();
        typeof(SandboxOptions).GetProperty(option)!.SetValue(options, 1.0);
        await using var fixture = await SandboxFixture.StartAsync(options, Fleets.Of(s_profile));

        if (status == 0)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => fixture.ActAsync("deactivate", s_profile));
        }
        else
        {
            var answer = await fixture.ActAsync("deactivate", s_profile);
            Assert.InRange(answer.Status, status, status + (status == 500 ? 99 : 0));
        }

        AssertAccepted(fixture, accepted);
        Assert.Equal(200, (await fixture.ListAsync("{}")).Status);
    }

    [Fact]
    public async Task A_share_of_requests_is_about_that_share_and_has_all_kinds_of_5xx()
    {
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { ServerErrors = 0.3 }, Fleets.Of(s_profile));

        var statuses = new List<int>();
        for (var i = 0; i < 400; i++)
        {
            statuses.Add((await fixture.ActAsync("setfallbackattribute", s_profile)).Status);
        }

        Assert.InRange(statuses.Count(status => status >= 500), 80, 160);
        Assert.Equal([200, 500, 502, 503, 504], statuses.Distinct().Order());
    }

    [Fact]
    public async Task A_request_that_is_refused_anyway_is_not_accepted_by_a_fault_after_acceptance()
    {
        await using var fixture = await StartAsync(overSocket: false);
        fixture.Sandbox.Script(SandboxFault.CutAfterAcceptance);

        (await fixture.ActAsync("deactivate", "{}")).AssertError("Account.NotDefined");
    }

    private static Task<SandboxFixture> StartAsync(bool overSocket) => SandboxFixture.StartAsync(fleet: Fleets.Of(s_profile), overSocket: overSocket);

    private static void AssertAccepted(SandboxFixture fixture, int times) => Assert.Equal(times, fixture.Sandbox.TimesAccepted("deactivate", s_profile.Iccid!));
}
