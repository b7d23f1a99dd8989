// device_suspend and device_resume: one callback for each profile, and one for the device.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class DeviceActionTests
{
    private static readonly SandboxProfile s_first = Fleets.Local(1, 0);
    private static readonly SandboxProfile s_second = Fleets.Local(1, 1, status: "DISABLE");

    [Fact]
    public async Task Suspending_a_device_suspends_all_its_profiles_and_reports_each_and_the_device()
    {
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(s_first, s_second, Fleets.Local(2)));

        await fixture.ActAsync("device_suspend", s_first);

        // The first profile's row makes the LEAD, which therefore comes second.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(("SUCCESS", "SUSPEND"), (await Next(fixture) is var callback ? (callback.Outcome.Status, callback.Outcome.State) : default));
        }

        var device = await Next(fixture);
        Assert.Equal(["Imei", "Eid"], device.Element("deviceIds").EnumerateArray().Select(id => id.GetProperty("kind").GetString()));
        Assert.Equal(("SUCCESS", "SUSPEND", null), device.Outcome);
        Assert.Equal("SUSPEND", fixture.Find(s_second).State);
        Assert.Equal("ACTIVE", fixture.Find(Fleets.Local(2)).State);
        Assert.Equal(1, fixture.Sandbox.TimesAccepted("device_suspend", s_second.Iccid!));
    }

    [Fact]
    public async Task A_profile_that_is_suspended_already_gets_an_error_callback()
    {
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(s_first, s_second));
        await fixture.ActAndHearAsync("profile_suspend", s_first);

        await fixture.ActAsync("device_suspend", s_first);

        Assert.Equal("Profile is already suspended", (await Next(fixture)).Fault);
        Assert.Equal("SUCCESS", (await Next(fixture)).Text("status"));
        Assert.Equal("SUCCESS", (await Next(fixture)).Text("status"));
        Assert.Equal("SUCCESS", (await Next(fixture)).Text("status"));
    }

    [Fact]
    public async Task Resuming_a_device_leaves_the_profiles_that_were_suspended_one_by_one()
    {
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(s_first, s_second));
        await fixture.ActAndHearAsync("profile_suspend", s_first);
        await fixture.ActAsync("device_suspend", s_first);
        await Drain(fixture, 4);

        await fixture.ActAsync("device_resume", s_first);
        await Drain(fixture, 4);

        Assert.Equal("SUSPEND", fixture.Find(s_first).State);
        Assert.Equal("ACTIVE", fixture.Find(s_second).State);
        Assert.Equal(("SUCCESS", "ACTIVE", "ENABLE"), (await fixture.ActAndHearAsync("profile_resume", s_first)).Outcome);
    }

    [Fact]
    public async Task A_device_that_is_not_suspended_cannot_be_resumed()
    {
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(s_first));

        var answer = await fixture.ActAsync("device_resume", s_first);

        Assert.Equal("Profile is already resumed", (await Next(fixture)).Fault);
        Assert.Equal("Profile is already resumed", (await Next(fixture)).Fault);
        Assert.Equal("No profile of the device was changed", (await Next(fixture)).Fault);
        Assert.Equal("Failed", (await fixture.StatusAsync(answer.Text("requestId"))).Text("status"));
    }

    [Fact]
    public async Task Deleted_profiles_are_left_out_and_an_unknown_device_fails()
    {
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(s_first, s_second));
        await fixture.ActAndHearAsync("delete", s_second);

        await fixture.ActAsync("device_suspend", s_first, Fleets.Local(9));

        var callbacks = await Drain(fixture, 4);
        Assert.DoesNotContain(callbacks, callback => callback.Body.Contains(s_second.Iccid!, StringComparison.Ordinal));
        Assert.EndsWith("DeviceNotFound", callbacks[3].Text("faultResponse", "faultcode"), StringComparison.Ordinal);
        Assert.Equal(Fleets.Local(9).Eid, callbacks[3].Element("deviceIds")[0].GetProperty("id").GetString());
    }

    private static Task<Answer> Next(SandboxFixture fixture) => fixture.CallbackAsync();

    private static async Task<List<Answer>> Drain(SandboxFixture fixture, int count)
    {
        var callbacks = new List<Answer>();
        while (callbacks.Count < count)
        {
            callbacks.Add(await fixture.CallbackAsync());
        }

        return callbacks;
    }
}
