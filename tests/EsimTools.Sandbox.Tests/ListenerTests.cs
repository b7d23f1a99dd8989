// Callback listeners: how they are registered, and what reaches them over HTTP.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class ListenerTests
{
    private const string Path = "m2m/v1/callbacks/" + SandboxFixture.Account;

    [Fact]
    public async Task Listeners_are_registered_listed_replaced_and_removed()
    {
        await using var fixture = await SandboxFixture.StartAsync();

        var registered = await RegisterAsync(fixture, "DeviceProfileService", "https://example.com/first", ""","username":"me","password":"pass" """);
        await RegisterAsync(fixture, "CarrierService", "https://example.com:9001/x");
        await RegisterAsync(fixture, "DeviceProfileService", "https://example.com/second", ""","username":"me","password":"pass" """);
        var list = await fixture.SendAsync(HttpMethod.Get, Path, null);
        var removed = await fixture.SendAsync(HttpMethod.Delete, Path + "/name/CarrierService", null);
        var again = await fixture.SendAsync(HttpMethod.Delete, Path + "/name/CarrierService", null);

        Assert.Equal($$"""{"accountName":"{{SandboxFixture.Account}}","serviceName":"DeviceProfileService"}""", registered.Body);
        Assert.Equal(
            $$"""[{"accountName":"{{SandboxFixture.Account}}","serviceName":"DeviceProfileService","url":"https://example.com/second","username":"me","password":"pass"},{"accountName":"{{SandboxFixture.Account}}","serviceName":"CarrierService","url":"https://example.com:9001/x","username":null,"password":null}]""",
            list.Body);
        Assert.Equal($$"""{"accountName":"{{SandboxFixture.Account}}","serviceName":"CarrierService"}""", removed.Body);
        again.AssertError("CallbackNotFound");
        Assert.Equal(1, (await fixture.SendAsync(HttpMethod.Get, Path, null)).Json.GetArrayLength());
    }

    [Theory]
    [InlineData("NoSuchService", "https://example.com/", "", "CallbackName.Invalid")]
    [InlineData("DeviceProfileService", "ftp://example.com/", "", "CallbackUrl.Invalid")]
    [InlineData("DeviceProfileService", "example.com", "", "CallbackUrl.Invalid")]
    [InlineData("DeviceProfileService", "https://example.com:8443/", "", "CallbackUrl.Invalid")]
    [InlineData("DeviceProfileService", "https://example.com/", ""","username":"sandbox-user" """, "CallbackCredentials.Invalid")]
    [InlineData("DeviceProfileService", "https://example.com/", ""","password":"12345678901234567890123456789012345678901" """, "CallbackCredentials.Invalid")]
    [InlineData("DeviceProfileService", "https://example.com/", ""","user":"me" """, "DeserializationFailed")]
    public async Task A_wrong_listener_is_refused(string service, string url, string more, string code)
    {
        await using var fixture = await SandboxFixture.StartAsync();

        (await RegisterAsync(fixture, service, url, more)).AssertError(code);

        Assert.Equal("[]", (await fixture.SendAsync(HttpMethod.Get, Path, null)).Body);
    }

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("https://example.com/")]
    [InlineData("https://example.com:9006/")]
    [InlineData("https://example.com:50559/")]
    [InlineData("https://example.com:28220/")]
    [InlineData("http://127.0.0.1:12345/")]
    [InlineData("http://localhost:8080/")]
    public async Task The_documented_ports_and_any_port_on_loopback_are_taken(string url)
    {
        await using var fixture = await SandboxFixture.StartAsync();

        Assert.Equal(200, (await RegisterAsync(fixture, "DeviceProfileService", url)).Status);
    }

    [Fact]
    public async Task Listeners_of_an_unknown_account_are_refused()
    {
        await using var fixture = await SandboxFixture.StartAsync();

        (await fixture.SendAsync(HttpMethod.Get, "m2m/v1/callbacks/nobody", null)).AssertError("AccountNotFound");
    }

    [Fact]
    public async Task A_callback_arrives_over_HTTP_as_the_real_ones_do()
    {
        var profile = Fleets.Local(1);
        await using var listener = await Listener.StartAsync();
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));
        await RegisterAsync(fixture, "DeviceProfileService", listener.Url, ""","username":"me \"x\"","password":"pass" """);

        await fixture.ActAsync("deactivate", profile);

        var received = await listener.NextAsync();
        Assert.Equal(("POST", "/hook", "application/json", "Verizon's callback service", false),
            (received.Method, received.Path, received.ContentType, received.UserAgent, received.HasAuthorization));
        var raised = await fixture.CallbackTextAsync();
        Assert.Equal(raised[..^1] + ""","username":"me \"x\"","password":"pass"}""", received.Callback.Body);
    }

    [Fact]
    public async Task Without_a_DeviceProfileService_the_CarrierService_listener_hears()
    {
        var profiles = Fleets.Many(2);
        await using var carrier = await Listener.StartAsync();
        await using var device = await Listener.StartAsync();
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profiles));

        await RegisterAsync(fixture, "CarrierService", carrier.Url);
        await fixture.ActAsync("deactivate", profiles[0]);
        await carrier.NextAsync();
        await RegisterAsync(fixture, "DeviceProfileService", device.Url);
        await fixture.ActAsync("deactivate", profiles[1]);
        await device.NextAsync();

        Assert.True(carrier.IsEmpty);
    }

    [Fact]
    public async Task A_refused_callback_is_sent_four_times_in_all_five_minutes_apart()
    {
        var profiles = Fleets.Many(2);
        await using var listener = await Listener.StartAsync();
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { SessionIdleTimeout = TimeSpan.FromHours(1) }, Fleets.Of(profiles));
        await RegisterAsync(fixture, "DeviceProfileService", listener.Url);
        listener.Status = 503;

        await fixture.ActAsync("deactivate", profiles[0]);

        await HearFourAsync(listener, fixture, profiles[0]);
        await fixture.ActAsync("deactivate", profiles[1]);

        // A fifth send of the first callback would be among those of the second.
        await HearFourAsync(listener, fixture, profiles[1]);
        Assert.True(listener.IsEmpty);
    }

    [Fact]
    public async Task A_listener_that_is_away_gets_the_callback_when_it_is_back()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));
        var gone = await Listener.StartAsync();
        var url = gone.Url;
        await gone.DisposeAsync();
        await RegisterAsync(fixture, "DeviceProfileService", url);

        await fixture.ActAsync("deactivate", profile);
        await fixture.Clock.NextPauseAsync();
        await using var back = await Listener.StartAsync();
        await RegisterAsync(fixture, "DeviceProfileService", back.Url);
        fixture.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(2, (await back.NextAsync()).Callback.Element("callbackCount").GetInt32());
    }

    [Fact]
    public async Task A_bulk_request_reaches_the_listener_profile_by_profile()
    {
        var profiles = Fleets.Many(300);
        await using var listener = await Listener.StartAsync();
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profiles), overSocket: true);
        await RegisterAsync(fixture, "DeviceProfileService", listener.Url);

        await fixture.ActAsync("deactivate", profiles);

        var heard = new HashSet<string>();
        while (heard.Count < profiles.Length)
        {
            Assert.True(heard.Add((await listener.NextAsync()).Callback.Element("deviceIds")[0].GetProperty("id").GetString()!));
        }

        Assert.Equal(profiles.Select(profile => profile.Iccid!).Order(), heard.Order());
    }

    private static async Task HearFourAsync(Listener listener, SandboxFixture fixture, SandboxProfile profile)
    {
        for (var count = 1; count <= 4; count++)
        {
            var callback = (await listener.NextAsync()).Callback;
            Assert.Equal((profile.Iccid, count), (callback.Element("deviceIds")[0].GetProperty("id").GetString(), callback.Element("callbackCount").GetInt32()));
            if (count < 4)
            {
                await fixture.Clock.NextPauseAsync();
                fixture.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
                Assert.True(listener.IsEmpty);
                fixture.Clock.Advance(TimeSpan.FromTicks(1));
            }
        }
    }

    private static Task<Answer> RegisterAsync(SandboxFixture fixture, string service, string url, string more = "") =>
        fixture.SendAsync(HttpMethod.Post, Path, "{\"name\":\"" + service + "\",\"url\":\"" + url + "\"" + more + "}");
}
