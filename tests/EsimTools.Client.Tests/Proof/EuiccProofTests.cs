// What becomes of the proof of a profile with the others of its eUICC: switches, open actions and what stands behind them, and messages about devices.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class EuiccProofTests : ProofScenario
{
    // --- The eUICC ----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task A_switch_proves_for_the_others_where_the_message_names_profile_and_eUICC(bool namesEuicc, bool isProven)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        var message = Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE");

        connection.ReceiveCallback(namesEuicc ? WithEid(message) : message);

        Assert.Equal((isProven, isProven), (connection.Explain(X).IsProven, connection.Explain(X).IsBySwitch));
        Assert.False(connection.Explain(Y).IsProven);
    }

    [Fact]
    public async Task A_switch_that_is_disputed_proves_for_nobody()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
        Assert.True(connection.Explain(X).IsProven);

        connection.ReceiveCallback(WithEid(Sample.Callback("ey", Y.Iccid!, "Failed", null, null)));

        Assert.False(connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_request_that_the_service_refused_stands_against_nothing()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        foreach (var (action, profile) in new[] { (EsimAction.Activate, X), (EsimAction.Delete, Y), (EsimAction.DeviceResume, X) })
        {
            Fixture.Service.On(Endpoint.Action, 400, """{"errorCode":"INPUT_INVALID","errorMessage":"no"}""");
            await connection.SubmitAsync(action, [profile], new(), serviceWasAsked: true);
            Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await PlaceAsync(connection, X, "DISABLE");

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, X).Decision);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_open_action_for_the_device_stands_against_its_profiles_by_whatever_names_the_device(bool rowNamesDevice)
    {
        var connection = await Fixture.OpenAsync();
        if (!rowNamesDevice)
        {
            await PlaceAsync(connection, X, "DISABLE");
        }

        await SendAsync(connection, EsimAction.DeviceResume, "res", Y);
        var row = rowNamesDevice ? X : new EsimProfile { Iccid = X.Iccid };

        Assert.Equal((ProofReason.OpenAction, "res"), (connection.Explain(row).Reason, connection.Explain(row).AgainstId));
    }

    [Fact]
    public async Task An_open_action_for_another_device_stands_against_no_profile_that_the_service_has_placed()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");

        await SendAsync(connection, EsimAction.DeviceResume, "res", Sample.Profile(5));

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_part_of_a_request_is_resolved_at_its_place_in_the_whole()
    {
        var connection = await Fixture.OpenAsync();
        var whole = await SendAsync(connection, EsimAction.Deactivate, "r", Sample.Profiles(3));
        var part = Assert.Single((await connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile(3)], new() { SkipConfirmedWithin = TimeSpan.FromHours(24) })).Skipped);
        Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"r","status":"Pending"}""")
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(3), "deactive")));

        await connection.ResolveAsync(part);

        Assert.Equal([null, null, OutcomeStatus.Succeeded], Enumerable.Range(0, 3).Select(place => whole.ResultAt(place)?.Status));
    }

    // --- What stands behind what --------------------------------------------------------------------------------------

    [Fact]
    public async Task A_deactivation_proves_while_a_neighbour_is_being_deleted()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        await SendAsync(connection, EsimAction.Delete, "del", Y);

        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData("disable", 1)]
    [InlineData("enable", 2)]
    public async Task A_disable_proves_behind_an_open_one_and_behind_an_open_switch_to_a_neighbour(string open, int profile)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        await SendAsync(connection, EsimAction.Find(open)!, "open", profile == 1 ? X : Y);

        await SendAsync(connection, EsimAction.Disable, "dis", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dis", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_switch_that_is_told_again_does_not_undo_a_newer_one()
    {
        var connection = await Fixture.OpenAsync();
        var first = WithEid(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        await PlaceAsync(connection, X, "DISABLE");
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(first);
        await SendAsync(connection, EsimAction.Enable, "ex", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("ex", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));

        connection.ReceiveCallback(first);

        Assert.True(connection.Explain(Y).IsProven, connection.Explain(Y).ToString());
        Assert.False(connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_switch_proves_in_a_later_session_too(bool hashIdentifiers)
    {
        using (var first = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: hashIdentifiers)))
        {
            foreach (var (id, profile) in new[] { ("ex", X), ("ey", Y) })
            {
                await SendAsync(first, EsimAction.Enable, id, profile);
                first.ReceiveCallback(WithEid(Sample.Callback(id, profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
            }
        }

        var connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: hashIdentifiers));

        Assert.True(connection.Explain(X).IsBySwitch, connection.Explain(X).ToString());
        Assert.True(connection.Explain(X).IsProven);
        Assert.False(connection.Explain(Y).IsProven);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_polled_switch_proves_for_the_others_where_its_part_names_profile_and_eUICC(bool namesEuicc)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        var request = await SendAsync(connection, EsimAction.Enable, "ey", Y);
        var eid = namesEuicc ? $$""",{"id":"{{Y.Eid}}","kind":"eid"}""" : string.Empty;
        Fixture.Service.On(Endpoint.Status, 200, $$"""{"requestId":"ey","status":"Success","subRequests":[{"ids":[{"id":"{{Y.Iccid}}","kind":"iccid"}{{eid}}],"status":"Success"}]}""");

        await connection.PollAsync(request);

        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        Assert.Equal(namesEuicc, connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_failure_may_tell_that_the_profile_is_not_on_its_eUICC_and_never_that_it_is()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.ServicePlan, "p", X);
        connection.ReceiveCallback(Sample.Callback("p", X.Iccid!, "Failed", null, "NOT_DOWNLOADED"));
        await SendAsync(connection, EsimAction.ServicePlan, "q", X);
        connection.ReceiveCallback(Sample.Callback("q", X.Iccid!, "Failed", null, "ENABLE"));
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task Two_lines_without_a_place_in_the_folders_line_leave_those_with_one_in_order()
    {
        string[] Sent(string id, string place, string action, int profile) =>
        [
            $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"{{id}}","service":"https://service.test/api",{{place}}"action":"{{action}}","account":"{{Sample.Account}}","profiles":[{"iccid":"{{Sample.IccidOf(profile)}}"}]}""",
            $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"accepted","request":"{{id}}","requestId":"r-{{id}}"}""",
        ];
        Fixture.WriteJournal(
            "20260301T080000-00000000.jsonl",
            [
                .. Sent("d", "\"seq\":5,", "deactivate", 1),
                $$"""{"v":1,"at":"2026-03-01T11:30:00.000Z","event":"outcome","request":"d","source":"Callback","result":"Succeeded","proof":true,"state":"DEACTIVE","ids":["{{X.Iccid}}"]}""",
                .. Sent("p", "", "profile_suspend", 7),
                .. Sent("q", "", "profile_suspend", 8),
            ]);

        var connection = await Fixture.OpenAsync();

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData("DISABLE", "ENABLE")]
    [InlineData("ENABLE", "DISABLE")]
    public async Task A_row_with_two_statuses_tells_none(string one, string other)
    {
        var connection = await Fixture.OpenAsync();
        await ListStateAsync(connection, X, "active", "DISABLE");
        Assert.True(connection.Explain(X).IsProven);

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", one).Replace(
            "\"extendedAttributes\": [", $"\"extendedAttributes\": [ {{ \"key\": \"ProfileStatus\", \"value\": \"{other}\" }},", StringComparison.Ordinal));

        Assert.Equal(ProofReason.SaysOtherwise, connection.Explain(X).Reason);
    }

    // --- Messages without an ICCID, and about devices -----------------------------------------------------------------

    [Theory]
    [InlineData("deactivate", "Imei", false, true)]
    [InlineData("activate", "Imei", true, false)]
    [InlineData("activate", "Eid", true, true)]
    [InlineData("activate", "Eid", false, false)]
    public async Task Without_its_iccid_a_message_ends_an_action_that_can_end_disabled_only_where_the_service_has_placed_the_profile(
        string action, string kind, bool isPlaced, bool ends)
    {
        var connection = await Fixture.OpenAsync();
        if (isPlaced)
        {
            await PlaceAsync(connection, X, "ENABLE");
        }

        var request = await SendAsync(connection, EsimAction.Find(action)!, "r", X);

        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"kind":"{{kind}}","id":"{{(kind == "Eid" ? X.Eid : X.Imei)}}"}]}""");

        Assert.Equal(ends ? EsimRequestStatus.Succeeded : EsimRequestStatus.Accepted, request.Status);
        Assert.False(connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task What_a_device_wide_message_says_of_a_profile_is_known_in_a_later_session()
    {
        using (var first = await Fixture.OpenAsync())
        {
            await SendAsync(first, EsimAction.DeviceSuspend, "dev", X);
            first.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: "DISABLE")));
            Assert.Equal("DEACTIVE", first.Tracker.Profiles.StatementOf(X).State);
            first.ReceiveCallback($$"""{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");
        }

        var connection = await Fixture.OpenAsync();

        Assert.Equal("DEACTIVE", connection.Tracker.Profiles.StatementOf(X).State);
        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_device_wide_failure_tells_no_state_of_a_profile_and_disputes_the_success()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);

        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, "Failed", "ACTIVE", "ENABLE")));
        var told = connection.Tracker.Profiles.StatementOf(X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: "DISABLE")));

        Assert.Equal((null, null), (told.State, told.ProfileStatus));
        Assert.False(connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData(true, EsimRequestStatus.Accepted)]
    [InlineData(false, EsimRequestStatus.Succeeded)]
    public async Task A_part_about_a_profile_of_a_device_does_not_end_the_request_for_the_device(bool namesProfile, EsimRequestStatus expected)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        var iccid = namesProfile ? $$"""{"id":"{{X.Iccid}}","kind":"iccid"},""" : string.Empty;
        Fixture.Service.On(Endpoint.Status, 200, $$"""{"requestId":"dev","status":"Pending","subRequests":[{"ids":[{{iccid}}{"id":"{{X.Eid}}","kind":"eid"}],"status":"Success"}]}""");

        await connection.PollAsync(request);

        Assert.Equal(expected, request.Status);
    }

    private Task ListStateAsync(EsimConnection connection, EsimProfile profile, string state, string? status = null) =>
        ListAsync(connection, profile, Sample.Listed(profile.Iccid!, state, status));
}
