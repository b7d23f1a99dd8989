// The two tokens: fetched once, renewed early, replaced once when refused, and never fought for.

using System.Net.Sockets;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Transport;

public sealed class TokenTests : IDisposable
{
    private const string BearerFault = """{"fault":{"code":"900901","message":"Invalid Credentials","description":"Make sure"}}""";
    private const string SessionFault = """{"errorCode":"UnifiedWebService.REQUEST_FAILED.SessionToken.Expired","errorMessage":"expired"}""";

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Opening_fetches_both_tokens_as_the_documents_say()
    {
        await _fixture.OpenAsync();

        var token = Assert.Single(_fixture.Service.Of(Endpoint.Token));
        Assert.Equal((HttpMethod.Post, "/api/ts/v1/oauth2/token", "grant_type=client_credentials", "application/x-www-form-urlencoded"), (token.Method, token.Path, token.Body, token.ContentType));
        Assert.Equal("Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("api-key:" + ConnectionFixture.ApiSecret)), token.Authorization);
        var login = Assert.Single(_fixture.Service.Of(Endpoint.Login));
        Assert.Equal((HttpMethod.Post, "/api/m2m/v1/session/login", "Bearer bearer-1", "application/json"), (login.Method, login.Path, login.Authorization, login.ContentType));
        Assert.Equal($$"""{"username":"uws-user","password":"{{ConnectionFixture.UserSecret}}"}""", login.Body);
    }

    [Fact]
    public async Task One_pair_of_tokens_serves_many_calls()
    {
        var connection = await _fixture.OpenAsync();

        for (var i = 1; i <= 5; i++)
        {
            await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(i));
        }

        Assert.Equal((1, 1), Logins());
        Assert.All(_fixture.Service.Of(Endpoint.Action), call => Assert.Equal(("Bearer bearer-1", "session-2"), (call.Authorization, call.Session)));
    }

    [Theory]
    [InlineData(401, BearerFault, 2, 1)]
    [InlineData(400, SessionFault, 1, 2)]
    public async Task A_refused_token_alone_is_renewed_once_and_the_request_repeated_once(int status, string fault, int tokens, int logins)
    {
        _fixture.Service.On(Endpoint.Action, status, fault).On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(("r", null), (submission.Request!.RequestId, submission.Failure));
        Assert.Equal((tokens, logins), Logins());
        var calls = _fixture.Service.Of(Endpoint.Action);
        Assert.Equal(2, calls.Count);
        Assert.Equal(calls[0].Body, calls[1].Body);
        Assert.NotEqual((calls[0].Authorization, calls[0].Session), (calls[1].Authorization, calls[1].Session));
    }

    [Theory]
    [InlineData(401, BearerFault, 401, BearerFault)]
    [InlineData(400, SessionFault, 400, SessionFault)]
    public async Task A_second_refusal_of_the_same_token_is_the_end(int status1, string fault1, int status2, string fault2)
    {
        _fixture.Service.On(Endpoint.Action, status1, fault1).On(Endpoint.Action, status2, fault2);
        var connection = await _fixture.OpenAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimLoginRefused, submission.Failure!.Error);
        Assert.Equal(EsimRequestStatus.Failed, submission.Request!.Status);
        Assert.Equal(2, _fixture.Service.Of(Endpoint.Action).Count);
    }

    [Theory]
    [InlineData(401, BearerFault, 400, SessionFault)]
    [InlineData(400, SessionFault, 401, BearerFault)]
    public async Task Both_may_end_one_after_the_other_and_each_is_renewed_once(int status1, string fault1, int status2, string fault2)
    {
        _fixture.Service.On(Endpoint.Action, status1, fault1).On(Endpoint.Action, status2, fault2);
        var connection = await _fixture.OpenAsync();

        Assert.Null((await ConnectionFixture.DeactivateAsync(connection, Sample.Profile())).Failure);
        Assert.Equal(3, _fixture.Service.Of(Endpoint.Action).Count);

        _fixture.Service.On(Endpoint.Action, status1, fault1).On(Endpoint.Action, status2, fault2).On(Endpoint.Action, status1, fault1);
        Assert.Equal(EsimError.EsimLoginRefused, (await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(2))).Failure!.Error);
        Assert.Equal(6, _fixture.Service.Of(Endpoint.Action).Count);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(503, BearerFault + " ")]
    public async Task The_repetition_that_goes_missing_is_in_doubt_and_not_repeated(int status, string body)
    {
        _fixture.Service.On(Endpoint.Action, 401, BearerFault).On(Endpoint.Action, status, body);
        var connection = await _fixture.OpenAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        Assert.Equal(2, _fixture.Service.Of(Endpoint.Action).Count);
    }

    [Fact]
    public async Task The_bearer_token_is_renewed_five_minutes_before_its_end()
    {
        var connection = await _fixture.OpenAsync();
        for (var minute = 0; minute < 54; minute += 9)
        {
            _fixture.Clock.Advance(TimeSpan.FromMinutes(9));
            await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(minute));
        }

        _fixture.Clock.Advance(TimeSpan.FromSeconds(59));
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(100));
        Assert.Equal((1, 1), Logins());

        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(101));
        Assert.Equal((2, 1), Logins());
        Assert.NotEqual("Bearer bearer-1", _fixture.Service.Of(Endpoint.Action)[^1].Authorization);
    }

    [Theory]
    [InlineData(600, 299, 301)]
    [InlineData(60, 29, 31)]
    public async Task A_token_that_is_near_its_end_is_used_for_half_of_what_is_left(int lifetime, int stillGood, int gone)
    {
        _fixture.Service.BearerLifetimeSeconds = lifetime;
        var connection = await _fixture.OpenAsync();

        _fixture.Clock.Advance(TimeSpan.FromSeconds(stillGood));
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1));
        Assert.Equal((1, 1), Logins());
        _fixture.Clock.Advance(TimeSpan.FromSeconds(gone - stillGood));
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(2));
        Assert.Equal((2, 1), Logins());
    }

    [Fact]
    public async Task The_session_is_renewed_after_fifteen_minutes_without_use()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(14));
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(14) + TimeSpan.FromSeconds(59));
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(2));
        Assert.Equal((1, 1), Logins());

        _fixture.Clock.Advance(TimeSpan.FromMinutes(15));
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(3));
        Assert.Equal((1, 2), Logins());
    }

    [Fact]
    public async Task Twenty_callers_share_one_login_and_one_renewal()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(58));
        var hold = new TaskCompletionSource();
        _fixture.Service.On(Endpoint.Token, async (_, _) =>
        {
            await hold.Task;
            return ScriptedService.Answer(200, """{"access_token":"shared","expires_in":3600}""");
        });

        var calls = Enumerable.Range(1, 20).Select(i => Task.Run(() => ConnectionFixture.DeactivateAsync(connection, Sample.Profile(i)))).ToArray();
        hold.SetResult();
        await Task.WhenAll(calls);

        Assert.Equal((2, 2), Logins());
        Assert.Equal(20, _fixture.Service.Of(Endpoint.Action).Count);
        Assert.All(_fixture.Service.Of(Endpoint.Action), call => Assert.Equal("Bearer shared", call.Authorization));
    }

    [Fact]
    public async Task Twenty_callers_whose_token_is_refused_at_once_fetch_one_new_token()
    {
        var connection = await _fixture.OpenAsync();
        var arrived = 0;
        var all = new TaskCompletionSource();
        for (var i = 0; i < 20; i++)
        {
            _fixture.Service.On(Endpoint.Action, async (_, _) =>
            {
                // None is refused before all are on their way with the old token.
                if (Interlocked.Increment(ref arrived) == 20)
                {
                    all.SetResult();
                }

                await all.Task;
                return ScriptedService.Answer(401, BearerFault);
            });
        }

        var submissions = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => Task.Run(() => ConnectionFixture.DeactivateAsync(connection, Sample.Profile(i)))));

        Assert.All(submissions, submission => Assert.Null(submission.Failure));
        Assert.Equal((2, 1), Logins());
        Assert.Equal(40, _fixture.Service.Of(Endpoint.Action).Count);
    }

    [Theory]
    [InlineData(400, """{"errorCode":"X.REQUEST_FAILED.Login","errorMessage":"wrong"}""")]
    [InlineData(401, """{"errorCode":"X","errorMessage":"wrong"}""")]
    [InlineData(401, "")]
    [InlineData(403, "")]
    public async Task Two_refused_logins_end_the_connection_and_no_third_is_ever_sent(int status, string body)
    {
        var connection = await _fixture.OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            _fixture.Service.On(Endpoint.Login, status, body);
        }

        for (var i = 0; i < 8; i++)
        {
            // Hours pass, so the bearer token is renewed with success between the refusals.
            _fixture.Clock.Advance(TimeSpan.FromHours(2));
            var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());
            Assert.Equal(EsimError.EsimLoginRefused, submission.Failure!.Error);
            Assert.Contains("five refused logins", submission.Failure.RecommendedAction, StringComparison.Ordinal);
        }

        // One login when the connection was opened, and the two that were refused.
        Assert.Equal(3, _fixture.Service.Of(Endpoint.Login).Count);
        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public async Task Twenty_callers_at_once_send_two_refused_logins_and_no_more()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(20));
        for (var i = 0; i < 20; i++)
        {
            _fixture.Service.On(Endpoint.Login, 401, """{"errorCode":"X","errorMessage":"wrong"}""");
        }

        var submissions = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => Task.Run(() => ConnectionFixture.DeactivateAsync(connection, Sample.Profile(i)))));

        Assert.All(submissions, submission => Assert.Equal(EsimError.EsimLoginRefused, submission.Failure!.Error));
        Assert.Equal(3, _fixture.Service.Of(Endpoint.Login).Count);
    }

    [Fact]
    public async Task Two_refused_keys_end_the_connection_too()
    {
        var connection = await _fixture.OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            _fixture.Service.On(Endpoint.Token, 401, """{"error":"invalid_client","error_description":"unknown key"}""");
            _fixture.Clock.Advance(TimeSpan.FromHours(2));
            Assert.Equal(EsimError.EsimLoginRefused, (await ConnectionFixture.DeactivateAsync(connection, Sample.Profile())).Failure!.Error);
        }

        Assert.Equal(3, _fixture.Service.Of(Endpoint.Token).Count);
    }

    [Fact]
    public async Task A_successful_login_starts_the_count_anew()
    {
        var connection = await _fixture.OpenAsync();
        for (var i = 1; i <= 3; i++)
        {
            _fixture.Service.On(Endpoint.Login, 401, """{"errorCode":"X","errorMessage":"wrong"}""");
            _fixture.Clock.Advance(TimeSpan.FromMinutes(16));
            Assert.Equal(EsimError.EsimLoginRefused, (await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(50))).Failure!.Error);
            Assert.Null((await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(i))).Failure);
        }
    }

    [Theory]
    [InlineData(500, EsimError.EsimServiceFailed)]
    [InlineData(503, EsimError.EsimServiceFailed)]
    [InlineData(429, EsimError.EsimThrottled)]
    public async Task A_service_that_cannot_log_in_refuses_nobody(int status, EsimError expected)
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(16));
        for (var i = 0; i < 4; i++)
        {
            _fixture.Service.On(Endpoint.Login, status, "");
            Assert.Equal(expected, (await ConnectionFixture.DeactivateAsync(connection, Sample.Profile())).Failure!.Error);
        }

        Assert.Null((await ConnectionFixture.DeactivateAsync(connection, Sample.Profile())).Failure);
    }

    [Fact]
    public async Task A_login_that_cannot_be_reached_proves_that_nothing_was_sent()
    {
        _fixture.Service.On(Endpoint.Token, new HttpRequestException("no", new SocketException((int)SocketError.ConnectionRefused)));
        Assert.Equal(EsimError.EsimServiceUnreachable, (await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync())).Error);

        _fixture.Service.On(Endpoint.Login, new TaskCanceledException());
        Assert.Equal(EsimError.EsimServiceTimeout, (await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync())).Error);
    }

    [Theory]
    [InlineData(Endpoint.Token, "")]
    [InlineData(Endpoint.Token, "<html></html>")]
    [InlineData(Endpoint.Token, "{}")]
    [InlineData(Endpoint.Login, "")]
    [InlineData(Endpoint.Login, """{"sessionToken":null}""")]
    public async Task An_answer_without_a_token_is_told_as_such(object endpoint, string body)
    {
        _fixture.Service.On((Endpoint)endpoint, 200, body);

        Assert.Equal(EsimError.EsimAnswerInvalid, (await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync())).Error);
    }

    [Fact]
    public async Task A_bearer_token_refused_at_the_login_is_fetched_anew_once()
    {
        _fixture.Service.On(Endpoint.Login, 401, BearerFault);
        await _fixture.OpenAsync();
        Assert.Equal((2, 2), Logins());

        _fixture.Service.On(Endpoint.Login, 401, BearerFault).On(Endpoint.Login, 401, BearerFault);
        Assert.Equal(EsimError.EsimLoginRefused, (await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync())).Error);
        Assert.Equal((4, 4), Logins());
    }

    [Fact]
    public async Task Closing_logs_out_with_both_tokens_and_closes_for_good()
    {
        var connection = await _fixture.OpenAsync();

        await connection.CloseAsync();
        await connection.CloseAsync();

        var logout = Assert.Single(_fixture.Service.Of(Endpoint.Logout));
        Assert.Equal((HttpMethod.Post, "Bearer bearer-1", "session-2"), (logout.Method, logout.Authorization, logout.Session));
        Assert.False(connection.IsOpen);
        Assert.Equal(EsimError.EsimNotConnected, (await Assert.ThrowsAsync<EsimException>(() => ConnectionFixture.DeactivateAsync(connection, Sample.Profile()))).Error);
        Assert.Equal(EsimError.EsimNotConnected, (await Assert.ThrowsAsync<EsimException>(() => connection.LookUpAsync(Sample.Profiles(1)))).Error);
    }

    [Fact]
    public async Task A_logout_that_fails_closes_all_the_same()
    {
        _fixture.Service.On(Endpoint.Logout, new HttpRequestException("gone"));
        var connection = await _fixture.OpenAsync();

        await connection.CloseAsync();

        Assert.False(connection.IsOpen);
    }

    private (int Tokens, int Logins) Logins() => (_fixture.Service.Of(Endpoint.Token).Count, _fixture.Service.Of(Endpoint.Login).Count);
}
