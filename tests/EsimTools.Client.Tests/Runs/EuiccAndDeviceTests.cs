// Actions that reach beyond one profile: on a whole device, and on one profile of an eUICC with consequences for the others.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Runs;

public sealed class EuiccAndDeviceTests : IDisposable
{
    private static readonly EsimProfile First = new() { Iccid = Sample.IccidOf(1), Eid = Sample.Eid };
    private static readonly EsimProfile Second = new() { Iccid = Sample.IccidOf(2), Eid = Sample.Eid };

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_device_is_named_by_its_eid_alone_and_holds_its_profiles_while_the_request_is_open()
    {
        var connection = await _fixture.OpenAsync();

        var request = await SendAsync(connection, EsimAction.DeviceSuspend, "dev", First);

        Assert.Contains($$"""{"devices":[{"deviceIds":[{"kind":"eid","id":"{{Sample.Eid}}"}]}]""", _fixture.Service.Of(Endpoint.Action)[0].Body, StringComparison.Ordinal);
        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.DeviceResume, Second).Error);
        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.Deactivate, Second).Error);

        // One callback for each profile and one for the device, which is the one that settles the request.
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", Sample.IccidOf(2), state: "SUSPEND")));
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        connection.ReceiveCallback(DeviceCallback("dev"));
        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.DeviceResume, First).Decision);
        Assert.NotNull(connection.Judge(EsimAction.ProfileSuspend, Second).Warning);
    }

    [Fact]
    public async Task A_devices_request_is_restored_from_the_journal_under_its_eid()
    {
        using (var first = await _fixture.OpenAsync())
        {
            await SendAsync(first, EsimAction.DeviceSuspend, "dev1", First);
            first.ReceiveCallback(DeviceCallback("dev1"));
            await SendAsync(first, EsimAction.DeviceResume, "dev2", First);
        }

        var second = await _fixture.OpenAsync();
        Assert.Equal(EsimError.EsimProfileBusy, second.Judge(EsimAction.DeviceSuspend, new EsimProfile { Eid = Sample.Eid }).Error);
        Assert.Equal([EsimRequestStatus.Succeeded, EsimRequestStatus.Accepted], second.GetRequests().Select(request => request.Status));
        second.ReceiveCallback(DeviceCallback("dev2"));
        second.Dispose();

        var third = await _fixture.OpenAsync();
        Assert.All(third.GetRequests(), request => Assert.Equal(EsimRequestStatus.Succeeded, request.Status));
        Assert.Equal(GuardDecision.Allowed, third.Judge(EsimAction.DeviceSuspend, First).Decision);
        Assert.Equal(GuardDecision.Allowed, third.Judge(EsimAction.Deactivate, First).Decision);
    }

    [Fact]
    public async Task Enabling_one_profile_proves_that_the_other_profiles_of_the_eUICC_are_disabled()
    {
        var connection = await _fixture.OpenAsync();
        await SettleAsync(connection, EsimAction.Enable, First, "ACTIVE", "ENABLE");
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        await SettleAsync(connection, EsimAction.Enable, Second, "ACTIVE", "ENABLE");

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, First).Decision);
        Assert.NotEqual(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Second).Decision);
        Assert.NotEqual(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, new EsimProfile { Iccid = Sample.IccidOf(3), Eid = Sample.EidOf(3) }).Decision);
        _fixture.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, First).Decision);
    }

    [Fact]
    public async Task What_the_service_says_after_that_counts_more()
    {
        var connection = await _fixture.OpenAsync();
        await SettleAsync(connection, EsimAction.Enable, Second, "ACTIVE", "ENABLE");
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active", "ENABLE")));

        await connection.LookUpAsync([First]);

        Assert.Equal(EsimError.EsimProfileNotDisabled, connection.Judge(EsimAction.Delete, First, serviceWasAsked: true).Error);
    }

    [Fact]
    public async Task An_older_event_of_the_eUICC_does_not_outdo_a_newer_word_beside_an_old_deactivation()
    {
        // Deactivated long ago, another profile enabled yesterday evening, and this morning the service says: enabled.
        var connection = await _fixture.OpenAsync();
        await SettleAsync(connection, EsimAction.Deactivate, First, "DEACTIVE", "DISABLE");
        _fixture.Clock.Advance(TimeSpan.FromDays(3));
        await SettleAsync(connection, EsimAction.Enable, Second, "ACTIVE", "ENABLE");
        _fixture.Clock.Advance(TimeSpan.FromHours(10));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), state: "", "ENABLE")));
        await connection.LookUpAsync([First]);

        Assert.NotEqual(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, First).Decision);
    }

    [Fact]
    public async Task A_list_that_leaves_the_profile_status_out_takes_nothing_back()
    {
        var connection = await _fixture.OpenAsync();
        await SettleAsync(connection, EsimAction.Enable, First, "ACTIVE", "ENABLE");
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await SettleAsync(connection, EsimAction.Enable, Second, "ACTIVE", "ENABLE");
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active")));

        await connection.LookUpAsync([First]);

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, First).Decision);

        // Nor does it make the event younger than it is.
        _fixture.Clock.Advance(TimeSpan.FromHours(23) + TimeSpan.FromMinutes(59) + TimeSpan.FromSeconds(1));
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, First).Decision);
    }

    [Fact]
    public async Task An_old_event_of_the_eUICC_does_not_age_a_fresh_deactivation()
    {
        var connection = await _fixture.OpenAsync();
        await SettleAsync(connection, EsimAction.Enable, First, "ACTIVE", "ENABLE");
        await SettleAsync(connection, EsimAction.Enable, Second, "ACTIVE", "ENABLE");
        _fixture.Clock.Advance(TimeSpan.FromHours(30));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "deactive")));

        await connection.LookUpAsync([First]);

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, First).Decision);
    }

    [Fact]
    public async Task Disabling_or_deleting_one_profile_takes_back_the_proof_of_the_other_profiles_of_the_eUICC()
    {
        var connection = await _fixture.OpenAsync();
        await SettleAsync(connection, EsimAction.Enable, First, "ACTIVE", "ENABLE");
        await SettleAsync(connection, EsimAction.Download, Second, "ACTIVE", "DOWNLOAD_DISABLE");
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Second).Decision);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        await SettleAsync(connection, EsimAction.Disable, First, "ACTIVE", "DISABLE");

        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, Second).Decision);
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, First).Decision);
    }

    [Fact]
    public async Task Events_of_an_eUICC_are_restored_in_the_order_of_their_time()
    {
        // The file that sorts last holds the older event. Where the other one is was told before both.
        string Lines(string id, int place, EsimProfile profile, string at) => string.Join("\n",
            $$"""{"v":1,"at":"{{at}}","event":"sending","request":"{{id}}","service":"https://service.test/api","seq":{{place}},"action":"enable","account":"{{Sample.Account}}","profiles":[{"iccid":"{{profile.Iccid}}","eid":"{{profile.Eid}}"}]}""",
            $$"""{"v":1,"at":"{{at}}","event":"accepted","request":"{{id}}","requestId":"r-{{id}}"}""",
            $$"""{"v":1,"at":"{{at}}","event":"outcome","request":"{{id}}","source":"Callback","result":"Succeeded","state":"ACTIVE","proof":true,"profileStatus":"ENABLE","ids":["{{profile.Iccid}}"],"eids":["{{profile.Eid}}"]}""");
        _fixture.WriteJournal("20260301T070000-cccccccc.jsonl", Lines("first", 1, Second, "2026-03-01T10:30:00.000Z"));
        _fixture.WriteJournal("20260301T080000-aaaaaaaa.jsonl", Lines("new", 3, First, "2026-03-01T11:30:00.000Z"));
        _fixture.WriteJournal("20260301T090000-bbbbbbbb.jsonl", Lines("old", 2, Second, "2026-03-01T11:00:00.000Z"));

        var connection = await _fixture.OpenAsync();

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Second).Decision);
        Assert.NotEqual(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, First).Decision);
    }

    private static string DeviceCallback(string requestId) =>
        $$"""{"requestId":"{{requestId}}","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{Sample.Eid}}"}]}""";

    private async Task SettleAsync(EsimConnection connection, EsimAction action, EsimProfile profile, string? state, string profileStatus)
    {
        var id = $"{action}-{profile.Iccid}-{_fixture.Clock.UtcNow.Ticks}";
        await SendAsync(connection, action, id, profile);
        connection.ReceiveCallback(WithEid(Sample.Callback(id, profile.Iccid!, state: state, profileStatus: profileStatus)));
    }

    private static string WithEid(string callback) =>
        callback.Replace("\"kind\": \"Iccid\" } ]", $"\"kind\": \"Iccid\" }}, {{ \"id\": \"{Sample.Eid}\", \"kind\": \"Eid\" }} ]", StringComparison.Ordinal);

    private async Task<EsimRequest> SendAsync(EsimConnection connection, EsimAction action, string requestId, EsimProfile profile)
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        var options = new EsimActionOptions { SmsrOid = action == EsimAction.Disable ? "1.3.6" : null };
        var submission = await connection.SubmitAsync(action, [profile], options).WaitAsync(ManualClock.HangLimit);
        Assert.Empty(submission.Refused);
        return submission.Request!;
    }
}
