// The OAuth token and the gateway's check of it, in the process and over a socket.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class TokenTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Within_the_hour_the_same_token_comes_with_less_time_left(bool overSocket)
    {
        await using var fixture = await SandboxFixture.StartLoggedOutAsync(overSocket: overSocket);

        var first = await fixture.TokenAsync();
        fixture.Clock.Advance(TimeSpan.FromMinutes(50));
        var second = await fixture.TokenAsync();
        fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        var third = await fixture.TokenAsync();

        Assert.Equal(200, first.Status);
        Assert.Equal("application/json", first.MediaType);
        Assert.Equal("Bearer", first.Text("token_type"));
        Assert.Equal(3600, first.Element("expires_in").GetInt32());
        Assert.Equal(first.Text("access_token"), second.Text("access_token"));
        Assert.Equal(600, second.Element("expires_in").GetInt32());
        Assert.NotEqual(first.Text("access_token"), third.Text("access_token"));
        Assert.Equal(3600, third.Element("expires_in").GetInt32());
    }

    [Theory]
    [InlineData("wrong:sandbox-secret", "grant_type=client_credentials", 401, "invalid_client")]
    [InlineData("sandbox-key:wrong", "grant_type=client_credentials", 401, "invalid_client")]
    [InlineData("sandbox-key:sandbox-secret", "", 400, "invalid_request")]
    [InlineData("sandbox-key:sandbox-secret", "grant_type=", 400, "invalid_request")]
    [InlineData("sandbox-key:sandbox-secret", "grant_type=password", 400, "unsupported_grant_type")]
    public async Task A_wrong_token_request_is_refused_in_the_shape_of_OAuth(string credentials, string form, int status, string error)
    {
        await using var fixture = await SandboxFixture.StartLoggedOutAsync();

        var answer = await fixture.TokenAsync(credentials, form);

        Assert.Equal(status, answer.Status);
        Assert.Equal(error, answer.Text("error"));
        Assert.NotEmpty(answer.Text("error_description"));
    }

    [Fact]
    public async Task A_grant_sent_as_JSON_is_not_seen()
    {
        await using var fixture = await SandboxFixture.StartLoggedOutAsync();

        var answer = await fixture.SendAsync(HttpMethod.Post, "ts/v1/oauth2/token", """{"grant_type":"client_credentials"}""", "application/json",
            "Basic " + Convert.ToBase64String("sandbox-key:sandbox-secret"u8));

        Assert.Equal("Missing grant_type parameter value", answer.Text("error_description"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_expired_token_is_900901_and_a_missing_one_900902(bool overSocket)
    {
        await using var fixture = await SandboxFixture.StartAsync(overSocket: overSocket);

        var missing = await fixture.SendAsync(HttpMethod.Post, "m2m/v1/devices/actions/list", "{}", authorization: null);
        var wrong = await fixture.SendAsync(HttpMethod.Post, "m2m/v1/devices/actions/list", "{}", authorization: "Bearer x");
        var good = await fixture.ListAsync("{}");
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        var expired = await fixture.ListAsync("{}");

        missing.AssertGatewayFault(401, "900902");
        wrong.AssertGatewayFault(401, "900901");
        Assert.Equal(200, good.Status);
        expired.AssertGatewayFault(401, "900901");
    }

    [Fact]
    public async Task A_revoked_token_is_dead_and_the_next_one_is_new()
    {
        await using var fixture = await SandboxFixture.StartAsync();
        var token = (await fixture.TokenAsync()).Text("access_token");

        var revoked = await fixture.TokenAsync(form: "grant_type=client_credentials&token=" + token, path: "ts/v1/oauth2/revoke");
        var after = await fixture.ListAsync("{}");
        var next = await fixture.TokenAsync();

        Assert.Equal(200, revoked.Status);
        after.AssertGatewayFault(401, "900901");
        Assert.NotEqual(token, next.Text("access_token"));
    }

    [Fact]
    public async Task Revoking_needs_the_client_and_a_token()
    {
        await using var fixture = await SandboxFixture.StartLoggedOutAsync();

        var noToken = await fixture.TokenAsync(path: "ts/v1/oauth2/revoke");
        var wrongClient = await fixture.TokenAsync("a:b", "token=x", "ts/v1/oauth2/revoke");

        Assert.Equal(("invalid_request", 400), (noToken.Text("error"), noToken.Status));
        Assert.Equal(("invalid_client", 401), (wrongClient.Text("error"), wrongClient.Status));
    }

    [Fact]
    public async Task The_lifetime_is_an_option()
    {
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { BearerLifetime = TimeSpan.FromSeconds(90) });

        var token = await fixture.TokenAsync();
        fixture.Clock.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(90, token.Element("expires_in").GetInt32());
        (await fixture.ListAsync("{}")).AssertGatewayFault(401, "900901");
    }
}
