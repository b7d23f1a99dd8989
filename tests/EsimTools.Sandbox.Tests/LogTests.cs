// What the sandbox tells of the requests that reached it.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class LogTests
{
    [Fact]
    public async Task The_log_has_every_request_with_its_outcome()
    {
        var profiles = Fleets.Many(3);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profiles));

        var id = (await fixture.ActAsync("deactivate", profiles)).Text("requestId");
        await fixture.ActAsync("deactivate", "{}");

        Assert.Equal(
            [
                new(fixture.Clock.UtcNow, "POST", "/api/ts/v1/oauth2/token", 200, true, null, null, 0),
                new(fixture.Clock.UtcNow, "POST", "/api/m2m/v1/session/login", 200, true, null, null, 0),
                new(fixture.Clock.UtcNow, "POST", "/api/m2m/v1/devices/profile/actions/deactivate", 200, true, "deactivate", id, 3),
                new(fixture.Clock.UtcNow, "POST", "/api/m2m/v1/devices/profile/actions/deactivate", 400, false, "deactivate", null, 0),
            ],
            fixture.Sandbox.Log);
    }

    [Fact]
    public async Task The_log_keeps_the_newest_ten_thousand()
    {
        using var sandbox = new ThingSpaceSandbox();
        for (var i = 0; i < 10_005; i++)
        {
            await sandbox.AnswerAsync(new SandboxCall("GET", "/api/" + i, null, null, null, default), CancellationToken.None);
        }

        Assert.Equal(10_000, sandbox.Log.Count);
        Assert.Equal("/api/5", sandbox.Log[0].Path);
    }

    [Fact]
    public void Counting_asks_for_an_action_that_exists()
    {
        using var sandbox = new ThingSpaceSandbox();

        Assert.Throws<ArgumentException>(() => sandbox.TimesAccepted("explode", "89314400000000000014"));
        Assert.Equal(0, sandbox.TimesAccepted("delete", "nothing"));
    }
}
