// What each action does to a profile, and when it refuses: the state is told by the callback and by the fleet, which must agree.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class TransitionTests
{
    private const string AlreadyDeleted = "Profile is already deleted";
    private const string GlobalOnly = "The action is for Global profiles only";
    private const string NotActive = "Profile is not active";

    [Theory]
    // action, state and status before, state and status after
    [InlineData("activate", "DEACTIVE", "ENABLE", "ACTIVE", "ENABLE")]
    [InlineData("activate", "PRE_ACTIVE", "NOT_DOWNLOADED", "ACTIVE", "NOT_DOWNLOADED")]
    [InlineData("deactivate", "ACTIVE", "ENABLE", "DEACTIVE", "ENABLE")]
    [InlineData("deactivate", "ACTIVE", "DISABLE", "DEACTIVE", "DISABLE")]
    [InlineData("download", "ACTIVE", "NOT_DOWNLOADED", "ACTIVE", "DOWNLOAD_DISABLE")]
    [InlineData("download_disable", "ACTIVE", "NOT_DOWNLOADED", "ACTIVE", "DOWNLOAD_DISABLE")]
    [InlineData("download_enable", "ACTIVE", "NOT_DOWNLOADED", "ACTIVE", "DOWNLOAD_ENABLE")]
    [InlineData("enable", "ACTIVE", "DISABLE", "ACTIVE", "ENABLE")]
    [InlineData("enable", "ACTIVE", "DOWNLOAD_DISABLE", "ACTIVE", "ENABLE")]
    [InlineData("enable", "SUSPEND", "DISABLE", "SUSPEND", "ENABLE")]
    [InlineData("disable", "ACTIVE", "ENABLE", "ACTIVE", "DISABLE")]
    [InlineData("disable", "ACTIVE", "DOWNLOAD_ENABLE", "ACTIVE", "DISABLE")]
    [InlineData("delete", "ACTIVE", "DISABLE", "UNKNOWN", "DELETE")]
    [InlineData("delete", "ACTIVE", "DOWNLOAD_DISABLE", "UNKNOWN", "DELETE")]
    [InlineData("delete", "DEACTIVE", "ENABLE", "UNKNOWN", "DELETE")]
    [InlineData("delete", "DEACTIVE", "DISABLE", "UNKNOWN", "DELETE")]
    [InlineData("profile_suspend", "ACTIVE", "ENABLE", "SUSPEND", "ENABLE")]
    [InlineData("profile_resume", "SUSPEND", "ENABLE", "ACTIVE", "ENABLE")]
    [InlineData("serviceplan", "ACTIVE", "ENABLE", "ACTIVE", "ENABLE")]
    [InlineData("setfallbackattribute", "ACTIVE", "DISABLE", "ACTIVE", "DISABLE")]
    public async Task An_action_changes_what_it_should(string action, string state, string status, string stateAfter, string statusAfter)
    {
        var profile = Fleets.Local(1, state: state, status: status);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));

        var callback = await fixture.ActAndHearAsync(action, profile);

        Assert.Equal(("SUCCESS", stateAfter, statusAfter), callback.Outcome);
        Assert.Equal((stateAfter, statusAfter), (fixture.Find(profile).State, fixture.Find(profile).ProfileStatus));
        Assert.Equal("LOCAL", callback.Text("deviceResponse", "deviceProfileResponse", "profileRole"));
        Assert.Equal(1, fixture.Sandbox.TimesAccepted(action, profile.Iccid!));
    }

    [Theory]
    [InlineData("activate", "ACTIVE", "ENABLE", "The profile is already active.")]
    [InlineData("activate", "SUSPEND", "ENABLE", "Profile is already suspended")]
    [InlineData("deactivate", "DEACTIVE", "ENABLE", NotActive)]
    [InlineData("deactivate", "SUSPEND", "ENABLE", NotActive)]
    [InlineData("download", "ACTIVE", "ENABLE", "Profile is already on the eUICC")]
    [InlineData("download", "DEACTIVE", "NOT_DOWNLOADED", NotActive)]
    [InlineData("download_enable", "ACTIVE", "DOWNLOAD_DISABLE", "Profile is already on the eUICC")]
    [InlineData("enable", "ACTIVE", "ENABLE", "Profile is already enabled")]
    [InlineData("enable", "ACTIVE", "NOT_DOWNLOADED", "Profile is not on the eUICC")]
    [InlineData("enable", "DEACTIVE", "DISABLE", NotActive)]
    [InlineData("disable", "ACTIVE", "DISABLE", "Profile is not enabled")]
    [InlineData("delete", "ACTIVE", "ENABLE", "Profile must be disabled before it can be deleted")]
    [InlineData("delete", "ACTIVE", "DOWNLOAD_ENABLE", "Profile must be disabled before it can be deleted")]
    [InlineData("delete", "SUSPEND", "ENABLE", "Profile must be disabled before it can be deleted")]
    [InlineData("delete", "ACTIVE", "UNKNOWN", "Profile must be disabled before it can be deleted")]
    [InlineData("delete", "ACTIVE", "NOT_DOWNLOADED", "Profile is not on the eUICC")]
    [InlineData("profile_suspend", "SUSPEND", "ENABLE", "Profile is already suspended")]
    [InlineData("profile_suspend", "DEACTIVE", "ENABLE", NotActive)]
    [InlineData("profile_resume", "ACTIVE", "ENABLE", "Profile is already resumed")]
    [InlineData("profile_resume", "DEACTIVE", "ENABLE", NotActive)]
    [InlineData("serviceplan", "SUSPEND", "ENABLE", "Profile is already suspended")]
    [InlineData("serviceplan", "DEACTIVE", "ENABLE", NotActive)]
    [InlineData("setfallbackattribute", "ACTIVE", "NOT_DOWNLOADED", "Profile is not on the eUICC")]
    public async Task An_action_refuses_the_wrong_state_by_callback_and_changes_nothing(string action, string state, string status, string fault)
    {
        var profile = Fleets.Local(1, state: state, status: status);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));

        var callback = await fixture.ActAndHearAsync(action, profile);

        Assert.Equal(("Failed", fault), (callback.Text("status"), callback.Fault));
        Assert.Equal((state, status, "M2M Global"), (fixture.Find(profile).State, fixture.Find(profile).ProfileStatus, fixture.Find(profile).ServicePlan));
        Assert.Equal("Failed", (await fixture.StatusAsync(callback.Text("requestId"))).Text("status"));
    }

    [Theory]
    [InlineData("activate")]
    [InlineData("deactivate")]
    [InlineData("delete")]
    [InlineData("enable")]
    [InlineData("disable")]
    [InlineData("download")]
    [InlineData("download_enable")]
    [InlineData("profile_suspend")]
    [InlineData("profile_resume")]
    [InlineData("serviceplan")]
    [InlineData("setfallbackattribute")]
    public async Task Nothing_can_be_done_with_a_deleted_profile(string action)
    {
        var profile = Fleets.Local(1, status: "DISABLE");
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));
        await fixture.ActAndHearAsync("delete", profile);

        var callback = await fixture.ActAndHearAsync(action, profile);

        Assert.Equal(AlreadyDeleted, callback.Fault);
        Assert.Equal(("UNKNOWN", "DELETE"), (fixture.Find(profile).State, fixture.Find(profile).ProfileStatus));
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("download")]
    [InlineData("download_enable")]
    [InlineData("disable")]
    [InlineData("profile_suspend")]
    public async Task What_is_for_Global_profiles_refuses_the_Verizon_US_one(string action)
    {
        var profile = Fleets.Local(1);
        var fleet = Fleets.Of(profile);
        await using var fixture = await SandboxFixture.StartAsync(fleet: fleet);
        var lead = fleet.LeadOf(profile);

        var callback = await fixture.ActAndHearAsync(action, lead);

        Assert.Equal(GlobalOnly, callback.Fault);
        Assert.Equal(lead, fixture.Find(lead));
    }

    [Fact]
    public async Task Enabling_one_profile_disables_all_others_of_the_eUICC_and_nobody_else()
    {
        var first = Fleets.Local(1, 0);
        var second = Fleets.Local(1, 1, status: "DISABLE");
        var third = Fleets.Local(1, 2, status: "NOT_DOWNLOADED");
        var elsewhere = Fleets.Local(2);
        var fleet = Fleets.Of(first, second, third, elsewhere);
        await using var fixture = await SandboxFixture.StartAsync(fleet: fleet);

        await fixture.ActAndHearAsync("enable", second);
        Assert.Equal(["DISABLE", "ENABLE", "NOT_DOWNLOADED", "ENABLE"], Statuses());

        await fixture.ActAndHearAsync("download_enable", third);
        Assert.Equal(["DISABLE", "DISABLE", "DOWNLOAD_ENABLE", "ENABLE"], Statuses());

        var lead = fleet.LeadOf(first);
        await fixture.ActAndHearAsync("enable", lead);
        Assert.Equal(["DISABLE", "DISABLE", "DISABLE", "ENABLE"], Statuses());
        Assert.Equal("ENABLE", fixture.Find(lead).ProfileStatus);

        string[] Statuses() => [.. new[] { first, second, third, elsewhere }.Select(profile => fixture.Find(profile).ProfileStatus!)];
    }

    [Fact]
    public async Task Disabling_on_the_eUICC_brings_the_Verizon_US_profile_back()
    {
        var profile = Fleets.Local(1);
        var fleet = Fleets.Of(profile);
        await using var fixture = await SandboxFixture.StartAsync(fleet: fleet);
        Assert.Equal("DISABLE", fleet.LeadOf(profile).ProfileStatus);

        await fixture.ActAndHearAsync("disable", profile);

        Assert.Equal("DISABLE", fixture.Find(profile).ProfileStatus);
        Assert.Equal("ENABLE", fleet.LeadOf(profile).ProfileStatus);
    }

    [Fact]
    public async Task The_whole_way_from_an_enabled_profile_to_a_deleted_one()
    {
        var profile = Fleets.Local(1);
        var fleet = Fleets.Of(profile);
        await using var fixture = await SandboxFixture.StartAsync(fleet: fleet);

        Assert.Equal("Failed", (await fixture.ActAndHearAsync("delete", profile)).Text("status"));
        Assert.Equal("SUCCESS", (await fixture.ActAndHearAsync("enable", fleet.LeadOf(profile))).Text("status"));
        Assert.Equal(("SUCCESS", "DEACTIVE", "DISABLE"), (await fixture.ActAndHearAsync("deactivate", profile)).Outcome);
        Assert.Equal(("SUCCESS", "UNKNOWN", "DELETE"), (await fixture.ActAndHearAsync("delete", profile)).Outcome);
        Assert.Equal(2, fixture.Sandbox.TimesAccepted("delete", profile.Iccid!));
    }

    [Fact]
    public async Task A_download_needs_an_active_Verizon_US_profile()
    {
        var profile = Fleets.Local(1, status: "NOT_DOWNLOADED");
        var fleet = Fleets.Of(profile);
        await using var fixture = await SandboxFixture.StartAsync(fleet: fleet);
        await fixture.ActAndHearAsync("deactivate", fleet.LeadOf(profile));

        Assert.Equal("The Verizon US profile of the device is not active", (await fixture.ActAndHearAsync("download", profile)).Fault);
    }

    [Fact]
    public async Task A_plan_is_changed_by_serviceplan_activate_and_download_and_by_nothing_else()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));

        await fixture.ActAsync("deactivate", With(SandboxFixture.Body("deactivate", profile), "\"servicePlan\":\"Other\""));
        Assert.Equal("M2M Global", (await fixture.CallbackAsync()).Find("deviceResponse", "deviceProfileResponse", "servicePlan"));
        await fixture.ActAsync("activate", With(SandboxFixture.Body("activate", profile), "\"servicePlan\":\"Third\""));
        Assert.Equal("Third", (await fixture.CallbackAsync()).Find("deviceResponse", "deviceProfileResponse", "servicePlan"));
        var callback = await fixture.ActAndHearAsync("serviceplan", profile);
        Assert.Equal("New Plan", callback.Find("deviceResponse", "deviceProfileResponse", "servicePlan"));
        Assert.Equal("New Plan", fixture.Find(profile).ServicePlan);
    }

    [Fact]
    public async Task Unknown_profiles_and_identifiers_that_do_not_belong_together_fail_alone()
    {
        var good = Fleets.Local(1);
        var other = Fleets.Local(2);
        var unknown = Fleets.Local(99);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(good, other));

        await fixture.ActAsync("deactivate", unknown, good with { Eid = other.Eid }, other with { Imei = good.Imei }, good);

        var callbacks = new[] { await fixture.CallbackAsync(), await fixture.CallbackAsync(), await fixture.CallbackAsync(), await fixture.CallbackAsync() };
        Assert.EndsWith("REQUEST_FAILED.DeviceNotFound", callbacks[0].Text("faultResponse", "faultcode"), StringComparison.Ordinal);
        Assert.Equal(unknown.Iccid, callbacks[0].Element("deviceIds")[0].GetProperty("id").GetString());
        Assert.EndsWith("Device.Identifier.Invalid", callbacks[1].Text("faultResponse", "faultcode"), StringComparison.Ordinal);
        Assert.EndsWith("Device.Identifier.Invalid", callbacks[2].Text("faultResponse", "faultcode"), StringComparison.Ordinal);
        Assert.Equal("SUCCESS", callbacks[3].Text("status"));
        Assert.Equal("ACTIVE", fixture.Find(other).State);
        Assert.Equal(1, fixture.Sandbox.TimesAccepted("deactivate", unknown.Iccid!));
    }

    [Fact]
    public async Task A_profile_of_another_account_is_not_found()
    {
        var profile = Fleets.Local(1) with { AccountName = "0000999999-00001" };
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));

        var callback = await fixture.ActAndHearAsync("deactivate", profile);

        Assert.EndsWith("DeviceNotFound", callback.Text("faultResponse", "faultcode"), StringComparison.Ordinal);
        Assert.Equal("ACTIVE", fixture.Find(profile).State);
    }

    [Fact]
    public async Task A_second_action_fails_while_the_first_is_pending()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { CallbackDelay = TimeSpan.FromSeconds(30) }, Fleets.Of(profile));

        var first = await fixture.ActAsync("deactivate", profile);
        var second = await fixture.ActAsync("delete", profile);
        Assert.Equal("ACTIVE", fixture.Find(profile).State);
        fixture.Clock.Advance(TimeSpan.FromSeconds(30));

        var outcomes = new[] { await fixture.CallbackAsync(), await fixture.CallbackAsync() }.ToDictionary(callback => callback.Text("requestId"));
        Assert.Equal("SUCCESS", outcomes[first.Text("requestId")].Text("status"));
        Assert.Equal("Another request for the profile is pending", outcomes[second.Text("requestId")].Fault);
        Assert.Equal("SUCCESS", (await ThirdAsync()).Text("status"));

        async Task<Answer> ThirdAsync()
        {
            await fixture.ActAsync("delete", profile);
            fixture.Clock.Advance(TimeSpan.FromSeconds(30));
            return await fixture.CallbackAsync();
        }
    }

    [Fact]
    public async Task A_profile_that_a_request_names_twice_is_changed_once()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));

        await fixture.ActAsync("deactivate", profile, profile);

        Assert.Equal("SUCCESS", (await fixture.CallbackAsync()).Text("status"));
        Assert.Equal("Another request for the profile is pending", (await fixture.CallbackAsync()).Fault);
        Assert.Equal(2, fixture.Sandbox.TimesAccepted("deactivate", profile.Iccid!));
    }

    private static string With(string body, string field) => body[..^1] + "," + field + "}";
}
