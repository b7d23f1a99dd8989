// The lists that answer by callback, and the histories.

using EsimTools.Sandbox.Tests.Support;

namespace EsimTools.Sandbox.Tests;

public sealed class LookupTests
{
    private const string List = "m2m/v2/devices/actions/list";
    private const string History = "m2m/v2/devices/history/actions/list";
    private const string HistoryV1 = "m2m/v1/devices/history/actions/list";

    [Fact]
    public async Task The_asynchronous_list_sends_one_callback_with_an_entry_for_each_profile()
    {
        var profile = Fleets.Local(1) with { Mdn = "4255551234" };
        await using var fixture = await SandboxFixture.StartAsync(new SandboxOptions { CallbackDelay = TimeSpan.FromSeconds(3) }, Fleets.Of(profile));

        var answer = await fixture.SendAsync(HttpMethod.Post, List, $$"""{"accountName":"{{SandboxFixture.Account}}","deviceFilter":[{"id":"{{profile.Iccid}}","kind":"iccid"}]}""");
        var pending = await fixture.StatusAsync(answer.Text("requestId"));
        fixture.Clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(
            $$"""{"requestId":"{{answer.Text("requestId")}}","deviceResponse":{"deviceProfileResponse":[{"deviceIdentifierCollection":[{"id":"{{profile.Iccid}}","kind":"Iccid"},{"id":"{{profile.Imei}}","kind":"Imei"},{"id":"{{profile.Eid}}","kind":"Eid"},{"id":"4255551234","kind":"mdn"},{"id":"14255551234","kind":"msisdn"}],"state":"ACTIVE","servicePlan":"M2M Global","profileStatus":"ENABLE","profileRole":"LOCAL"}]},"status":"SUCCESS","callbackCount":1,"maxCallbackThreshold":4}""",
            await fixture.CallbackTextAsync());
        Assert.Equal("Pending", pending.Text("status"));
        Assert.Equal("Success", (await fixture.StatusAsync(answer.Text("requestId"))).Text("status"));
    }

    [Theory]
    [InlineData("", 6)]
    [InlineData(""","profileStatusFilter":"ENABLE" """, 3)]
    [InlineData(""","profileStatusFilter":"DISABLE" """, 3)]
    [InlineData(""","profileStatusFilter":"DELETE" """, 0)]
    [InlineData(""","provisioningStatusFilter":"DEACTIVE" """, 1)]
    [InlineData(""","provisioningStatusFilter":"DEACTIVE","profileStatusFilter":"DISABLE" """, 0)]
    [InlineData(""","carrierNameFilter":"Verizon Wireless" """, 6)]
    [InlineData(""","deviceFilter":[{"id":"89049032000000000000000000000163","kind":"eid"}]""", 2)]
    [InlineData(""","deviceFilter":[{"id":"89049032000000000000000000000163","kind":"eid"},{"id":"89049032000000000000000000000163","kind":"eid"}]""", 2)]
    public async Task The_asynchronous_list_can_be_narrowed(string filters, int expected)
    {
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(Fleets.Local(1), Fleets.Local(2), Fleets.Local(3, state: "DEACTIVE")));

        await fixture.SendAsync(HttpMethod.Post, List, $$"""{"accountName":"{{SandboxFixture.Account}}"{{filters}}}""");

        Assert.Equal(expected, (await fixture.CallbackAsync()).Element("deviceResponse", "deviceProfileResponse").GetArrayLength());
    }

    [Theory]
    [InlineData(List, "{}", "Account.NotDefined")]
    [InlineData(List, """{"accountName":"nobody"}""", "AccountNotFound")]
    [InlineData(List, """{"accountName":"0000123456-00001","profileStatusFilter":"GREEN"}""", "DeviceState.Invalid")]
    [InlineData(List, """{"accountName":"0000123456-00001","devices":[]}""", "DeserializationFailed")]
    [InlineData(History, """{"accountName":"0000123456-00001","earliest":"yesterday"}""", "DeserializationFailed")]
    [InlineData(HistoryV1, """{"deviceId":{"id":"89314400000000000014","kind":"iccid"}}""", "RequestUndefined")]
    [InlineData(HistoryV1, """{"deviceId":{"id":"89314400000000000999","kind":"iccid"},"earliest":"2026-01-01","latest":"2026-12-31"}""", "DeviceNotFound")]
    public async Task A_wrong_question_is_refused_at_once(string path, string body, string code)
    {
        await using var fixture = await SandboxFixture.StartAsync();

        (await fixture.SendAsync(HttpMethod.Post, path, body)).AssertError(code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_history_tells_what_happened_oldest_first(bool filterIsObject)
    {
        var profile = Fleets.Local(1, status: "DISABLE");
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile, Fleets.Local(2)));
        await fixture.ActAndHearAsync("deactivate", profile);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await fixture.ActAndHearAsync("enable", profile);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await fixture.ActAndHearAsync("delete", profile);
        var filter = $$"""{"id":"{{profile.Iccid}}","kind":"iccid"}""";

        await fixture.SendAsync(HttpMethod.Post, History, $$"""{"accountName":"{{SandboxFixture.Account}}","deviceFilter":{{(filterIsObject ? filter : $"[{filter}]")}}}""");

        var events = (await fixture.CallbackAsync()).Element("deviceResponse", "provisioningHistory").EnumerateArray()
            .Select(entry => (entry.GetProperty("eventType").GetString(), entry.GetProperty("status").GetString(), entry.GetProperty("occurredAt").GetString()));
        Assert.Equal(
            [("deactivate", "Success", "2026-03-01T12:00:00.000Z"), ("enable", "Failed", "2026-03-01T12:01:00.000Z"), ("delete", "Success", "2026-03-01T12:02:00.000Z")],
            events);
    }

    [Fact]
    public async Task The_history_can_be_cut_in_time()
    {
        var profile = Fleets.Local(1);
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));
        await fixture.ActAndHearAsync("deactivate", profile);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await fixture.ActAndHearAsync("activate", profile);
        fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await fixture.ActAndHearAsync("profile_suspend", profile);

        await fixture.SendAsync(HttpMethod.Post, History, $$"""{"accountName":"{{SandboxFixture.Account}}","earliest":"2026-03-01T12:00:25Z","latest":"2026-03-01T12:01:00-00:00"}""");

        var entry = Assert.Single((await fixture.CallbackAsync()).Element("deviceResponse", "provisioningHistory").EnumerateArray());
        Assert.Equal("activate", entry.GetProperty("eventType").GetString());
    }

    [Fact]
    public async Task The_synchronous_history_knows_the_classic_events_alone()
    {
        var profile = Fleets.Local(1, status: "DISABLE");
        await using var fixture = await SandboxFixture.StartAsync(fleet: Fleets.Of(profile));
        foreach (var action in new[] { "enable", "profile_suspend", "profile_resume", "deactivate", "activate" })
        {
            await fixture.ActAndHearAsync(action, profile);
        }

        var answer = await fixture.SendAsync(HttpMethod.Post, HistoryV1,
            $$"""{"deviceId":{"id":"{{profile.Iccid}}","kind":"iccid"},"earliest":"2026-01-01T00:00:00Z","latest":"2026-12-31T00:00:00Z"}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            ["Suspend", "Restore", "Deactivate", "Activate"],
            answer.Element("provisioningHistory").EnumerateArray().Select(entry => entry.GetProperty("eventType").GetString()!));
    }
}
