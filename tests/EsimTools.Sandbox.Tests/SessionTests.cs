// Logins, idle sessions, the lock after five failures and the password reset.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class SessionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_dies_of_twenty_idle_minutes_and_lives_while_it_is_used(bool overSocket)
    {
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { BearerLifetime = TimeSpan.FromHours(9) }, overSocket: overSocket);

        for (var i = 0; i < 4; i++)
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(19));
            Assert.Equal(200, (await fixture.ListAsync("{}")).Status);
        }

        fixture.Clock.Advance(TimeSpan.FromMinutes(20));
        var expired = await fixture.ListAsync("{}");
        expired.AssertError(".SessionToken.Expired");
        Assert.Equal("UnifiedWebService.REQUEST_FAILED.SessionToken.Expired", expired.Text("errorCode"));
    }

    [Fact]
    public async Task Unknown_malformed_and_missing_sessions_have_their_own_codes()
    {
        await using var fixture = await SandboxFixture.StartAsync();

        var unknown = await fixture.SendAsync(HttpMethod.Post, "m2m/v1/devices/actions/list", "{}", session: Guid.NewGuid().ToString());
        var malformed = await fixture.SendAsync(HttpMethod.Post, "m2m/v1/devices/actions/list", "{}", session: "not-a-guid");
        var missing = await fixture.SendAsync(HttpMethod.Post, "m2m/v1/devices/actions/list", "{}", session: null);

        unknown.AssertError("INPUT_INVALID.SessionToken.Invalid");
        malformed.AssertError("INPUT_INVALID.SessionToken.Invalid");
        missing.AssertError("REQUEST_FAILED.SessionToken.Format");
    }

    [Fact]
    public async Task Five_failed_logins_in_a_row_lock_the_user()
    {
        await using var fixture = await SandboxFixture.StartAsync();

        for (var i = 0; i < 4; i++)
        {
            (await fixture.LoginAsync("wrong")).AssertError("Login.InvalidCredentials");
        }

        Assert.Equal(200, (await fixture.LoginAsync()).Status);
        for (var i = 0; i < 5; i++)
        {
            (await fixture.LoginAsync("wrong")).AssertError("Login.InvalidCredentials");
        }

        (await fixture.LoginAsync()).AssertError("Login.UserLocked");
        (await fixture.LoginAsync("wrong")).AssertError("Login.UserLocked");
    }

    [Fact]
    public async Task A_wrong_user_counts_as_a_failed_login_and_the_limit_is_an_option()
    {
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { MaxFailedLogins = 1 });

        (await fixture.LoginAsync(user: "someone")).AssertError("Login.InvalidCredentials");

        (await fixture.LoginAsync()).AssertError("Login.UserLocked");
    }

    [Fact]
    public async Task A_password_may_hold_any_character()
    {
        await using var fixture = await SandboxFixture.StartLoggedOutAsync(new SandboxOptions { Password = "a'b<c;d" });
        var authorization = "Bearer " + (await fixture.TokenAsync()).Text("access_token");

        var answer = await fixture.SendAsync(
            HttpMethod.Post, "m2m/v1/session/login", """{"username":"sandbox-user","password":"a'b<c;d"}""", authorization: authorization);

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Login_needs_a_bearer_and_both_fields()
    {
        await using var fixture = await SandboxFixture.StartAsync();

        var noBearer = await fixture.SendAsync(HttpMethod.Post, "m2m/v1/session/login", "{}", authorization: null);
        var noPassword = await fixture.SendAsync(HttpMethod.Post, "m2m/v1/session/login", """{"username":"sandbox-user"}""");
        var unknownField = await fixture.SendAsync(HttpMethod.Post, "m2m/v1/session/login", """{"user":"sandbox-user"}""");

        noBearer.AssertGatewayFault(401, "900902");
        noPassword.AssertError("RequestUndefined");
        unknownField.AssertError("DeserializationFailed");
    }

    [Fact]
    public async Task Logout_echoes_the_session_and_ends_it_and_no_other()
    {
        await using var fixture = await SandboxFixture.StartAsync();
        var second = (await fixture.LoginAsync()).Text("sessionToken");

        var logout = await fixture.SendAsync(HttpMethod.Post, "m2m/v1/session/logout", null, session: second);
        var after = await fixture.SendAsync(HttpMethod.Post, "m2m/v1/devices/actions/list", "{}", session: second);

        Assert.Equal(second, logout.Text("sessionToken"));
        after.AssertError("INPUT_INVALID.SessionToken.Invalid");
        Assert.Equal(200, (await fixture.ListAsync("{}")).Status);
    }

    [Fact]
    public async Task A_password_reset_takes_effect_at_once()
    {
        await using var fixture = await SandboxFixture.StartAsync();

        var refused = await fixture.SendAsync(HttpMethod.Put, "m2m/v1/session/password/actions/reset", """{"oldPassword":"wrong"}""");
        var reset = await fixture.SendAsync(HttpMethod.Put, "m2m/v1/session/password/actions/reset", """{"oldPassword":"sandbox-password"}""");

        refused.AssertError("Login.InvalidCredentials");
        (await fixture.LoginAsync()).AssertError("Login.InvalidCredentials");
        Assert.Equal(200, (await fixture.LoginAsync(reset.Text("newPassword"))).Status);
    }
}
