// Polling a request.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class StatusTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_status_tells_of_each_profile_and_never_why(bool overSocket)
    {
        var good = Fleets.Local(1);
        var bad = Fleets.Local(2, state: "DEACTIVE");
        await using var fixture = await SandboxFixture.StartAsync(
            new SandboxOptions { CallbackDelay = TimeSpan.FromSeconds(5) }, Fleets.Of(good, bad), overSocket);

        var id = (await fixture.ActAsync("deactivate", good, bad)).Text("requestId");
        var pending = await fixture.StatusAsync(id);
        fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        await fixture.CallbackAsync();
        await fixture.CallbackAsync();
        var done = await fixture.StatusAsync(id);

        Assert.Equal(
            $$"""{"requestId":"{{id}}","status":"Pending","subRequests":[{{Sub(good, "Pending")}},{{Sub(bad, "Pending")}}]}""", pending.Body);
        Assert.Equal(
            $$"""{"requestId":"{{id}}","status":"Failed","subRequests":[{{Sub(good, "Success")}},{{Sub(bad, "Failed")}}]}""", done.Body);
        Assert.Equal($$"""{"requestId":"{{id}}","status":"Failed"}""", (await fixture.StatusAsync(id, "v1")).Body);
    }

    [Fact]
    public async Task A_request_whose_profiles_all_succeeded_has_succeeded()
    {
        var profiles = Fleets.Many(2);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profiles));

        var id = (await fixture.ActAsync("deactivate", profiles)).Text("requestId");
        await fixture.CallbackAsync();
        await fixture.CallbackAsync();

        Assert.Equal("Success", (await fixture.StatusAsync(id)).Text("status"));
        Assert.Equal("Success", (await fixture.StatusAsync(id.ToUpperInvariant())).Text("status"));
    }

    [Fact]
    public async Task Unknown_requests_accounts_and_those_of_another_account_are_errors()
    {
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(Fleets.Local(1), Fleets.Local(2) with { AccountName = "0000999999-00001" }));
        var id = (await fixture.ActAsync("deactivate", Fleets.Local(1))).Text("requestId");

        (await fixture.StatusAsync(Guid.NewGuid().ToString())).AssertError("RequestNotFound");
        (await fixture.SendAsync(HttpMethod.Get, $"m2m/v2/accounts/nobody/requests/{id}/status", null)).AssertError("AccountNotFound");
        (await fixture.SendAsync(HttpMethod.Get, $"m2m/v2/accounts/0000999999-00001/requests/{id}/status", null)).AssertError("RequestNotFound");
    }

    private static string Sub(SandboxProfile profile, string status) =>
        $$"""{"ids":[{"id":"{{profile.Iccid}}","kind":"iccid"},{"id":"{{profile.Eid}}","kind":"eid"},{"id":"{{profile.Imei}}","kind":"imei"}],"status":"{{status}}"}""";
}
