// The knobs that decide what becomes of a profile's state: strict deletion, failures by list, suspensions that end.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class StateKnobTests
{
    private const string NotDisabled = "Profile must be disabled before it can be deleted";

    private static readonly TimeSpan s_suspension = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData("DEACTIVE", "ENABLE", NotDisabled)]
    [InlineData("DEACTIVE", "DOWNLOAD_ENABLE", NotDisabled)]
    [InlineData("ACTIVE", "ENABLE", NotDisabled)]
    [InlineData("DEACTIVE", "DISABLE", null)]
    [InlineData("ACTIVE", "DOWNLOAD_DISABLE", null)]
    public async Task Strict_deletion_takes_what_is_disabled_on_the_eUICC_alone(string state, string status, string? fault)
    {
        var profile = Fleets.Local(1, state: state, status: status);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { StrictDeletion = true }, Fleets.Of(profile), overSocket: true);

        var callback = await fixture.ActAndHearAsync("delete", profile);

        Assert.Equal((fault is null ? "SUCCESS" : "Failed", fault), (callback.Text("status"), callback.Fault));
        Assert.Equal(fault is null ? "DELETE" : status, fixture.Find(profile).ProfileStatus);
    }

    [Fact]
    public async Task The_actions_of_listed_profiles_fail_and_those_of_no_others()
    {
        var profiles = Fleets.Many(3);
        var options = new SandboxOptions { FailedIccids = [profiles[1].Iccid!] };
        await using var fixture = await SandboxFixture.StartAsync(options, Fleets.Of(profiles), overSocket: true);

        await fixture.ActAsync("deactivate", profiles);
        string[] said = [await NextAsync(), await NextAsync(), await NextAsync()];

        Assert.Equal(["SUCCESS", "Failed", "SUCCESS"], said);
        Assert.Equal(["DEACTIVE", "ACTIVE", "DEACTIVE"], profiles.Select(profile => fixture.Find(profile).State));

        // The list may be replaced while the sandbox runs.
        options.FailedIccids = [];
        Assert.Equal("SUCCESS", (await fixture.ActAndHearAsync("deactivate", profiles[1])).Text("status"));

        async Task<string> NextAsync() => (await fixture.CallbackAsync()).Text("status");
    }

    [Fact]
    public async Task A_suspension_ends_by_itself_when_its_time_is_over()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { SuspensionEndsAfter = s_suspension }, Fleets.Of(profile), overSocket: true);
        await fixture.ActAndHearAsync("profile_suspend", profile);

        fixture.Clock.Advance(s_suspension - TimeSpan.FromSeconds(1));
        Assert.Equal("suspend", await ListedStateAsync(fixture, profile));
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        AwaitActive(fixture, profile);

        Assert.Equal("active", await ListedStateAsync(fixture, profile));
        Assert.Equal("SUCCESS", (await fixture.ActAndHearAsync("deactivate", profile)).Text("status"));
    }

    [Fact]
    public async Task A_device_comes_back_with_all_its_profiles()
    {
        var first = Fleets.Local(1, 0);
        var second = Fleets.Local(1, 1, status: "DISABLE");
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { SuspensionEndsAfter = s_suspension }, Fleets.Of(first, second));
        await fixture.ActAsync("device_suspend", first);
        for (var callbacks = 0; callbacks < 4; callbacks++)
        {
            await fixture.CallbackAsync();
        }

        fixture.Clock.Advance(s_suspension);

        AwaitActive(fixture, first);
        AwaitActive(fixture, second);
    }

    [Fact]
    public async Task The_end_of_a_suspension_does_not_end_a_later_one()
    {
        // Both are suspended by one request, so that what is due for one is done when it is done for the other.
        var (profile, other) = (Fleets.Local(1), Fleets.Local(2));
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { SuspensionEndsAfter = s_suspension }, Fleets.Of(profile, other));
        await fixture.ActAsync("profile_suspend", other, profile);
        await fixture.CallbackAsync();
        await fixture.CallbackAsync();
        await fixture.ActAndHearAsync("profile_resume", profile);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await fixture.ActAndHearAsync("profile_suspend", profile);

        fixture.Clock.Advance(s_suspension - TimeSpan.FromMinutes(1));
        AwaitActive(fixture, other);
        Assert.Equal("SUSPEND", fixture.Find(profile).State);

        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        AwaitActive(fixture, profile);
    }

    [Fact]
    public async Task Without_the_knob_no_end_is_due()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));

        await fixture.ActAndHearAsync("profile_suspend", profile);

        Assert.False(fixture.Clock.HasUnseenPause);
    }

    private static async Task<string?> ListedStateAsync(SandboxFixture fixture, SandboxProfile profile)
    {
        var answer = await fixture.ListAsync($$$"""{"deviceId":{"kind":"iccid","id":"{{{profile.Iccid}}}"}}""");
        return answer.Element("devices")[0].GetProperty("carrierInformations")[0].GetProperty("state").GetString();
    }

    // What is due is done on a thread of its own.
    private static void AwaitActive(SandboxFixture fixture, SandboxProfile profile) =>
        Assert.True(SpinWait.SpinUntil(() => fixture.Find(profile).State == "ACTIVE", SandboxFixture.HangLimit));
}
