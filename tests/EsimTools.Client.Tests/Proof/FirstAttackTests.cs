// Ways to an unproven delete that an attack with the source in hand has found, each named for the way.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class FirstAttackTests : ProofScenario
{
    // --- The eUICC ----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Of_two_enables_under_way_at_once_the_first_one_may_be_carried_out_last(bool firstIsConfirmedFirst, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        await SendAsync(connection, EsimAction.Enable, "ex", X);
        await SendAsync(connection, EsimAction.Enable, "ey", Y);

        foreach (var (id, profile) in firstIsConfirmedFirst ? new[] { ("ex", X), ("ey", Y) } : [("ey", Y), ("ex", X)])
        {
            connection.ReceiveCallback(WithEid(Sample.Callback(id, profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
        }

        connection = await NextAsync(connection, inNextSession);
        await AssertRefusedAsync(connection, X);
        await AssertRefusedAsync(connection, new EsimProfile { Iccid = X.Iccid });
    }

    [Theory]
    [InlineData("disable", false)]
    [InlineData("disable", true)]
    [InlineData("download", false)]
    [InlineData("download", true)]
    public async Task Disabled_behind_an_open_delete_of_the_enabled_neighbour_the_eUICC_may_fall_back_to_it(string action, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await ListAsync(connection, Y, Listed(Y, "deactive", "ENABLE"));
        await SendAsync(connection, EsimAction.Delete, "del", Y);
        await SendAsync(connection, EsimAction.Find(action)!, "dis", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dis", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));
        connection.ReceiveCallback(WithEid(Sample.Callback("del", Y.Iccid!, state: "UNKNOWN", profileStatus: "DELETE")));

        connection = await NextAsync(connection, inNextSession);
        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deactivated_while_the_device_is_being_resumed_which_the_row_does_not_name(bool inNextSession)
    {
        var row = new EsimProfile { Iccid = X.Iccid };
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.DeviceResume, "res", X);
        Fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("d"));
        await connection.SubmitAsync(EsimAction.Deactivate, [row], new());
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        connection.ReceiveCallback($$"""{"requestId":"res","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");

        connection = await NextAsync(connection, inNextSession);
        await AssertRefusedAsync(connection, row);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_profile_that_our_own_request_has_put_on_another_eUICC_is_not_disabled_by_a_switch_on_the_former_one(bool inNextSession)
    {
        var moved = new EsimProfile { Iccid = X.Iccid, Eid = Sample.EidOf(77) };
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "NOT_DOWNLOADED");
        await PlaceAsync(connection, Y, "DISABLE");
        await SendAsync(connection, EsimAction.DownloadEnable, "down", moved);
        connection.ReceiveCallback(Sample.Callback("down", X.Iccid!, state: "ACTIVE", profileStatus: "DOWNLOAD_ENABLE"));
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));

        connection = await NextAsync(connection, inNextSession);
        Assert.False(connection.Explain(X).IsProven);
        Assert.False(connection.Explain(moved).IsProven);
    }

    [Fact]
    public async Task An_open_delete_of_a_neighbour_is_not_ended_by_a_message_that_names_the_device_alone()
    {
        // The inventory has the IMEI of Z's device in Y's row.
        var wrong = new EsimProfile { Iccid = Y.Iccid, Eid = Y.Eid, Imei = Sample.ImeiOf(9) };
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, Y, Listed(Y, "deactive", "ENABLE"));
        await SendAsync(connection, EsimAction.Delete, "del", wrong);
        connection.ReceiveCallback($$"""{"requestId":"del","status":"SUCCESS","deviceIds":[{"kind":"Imei","id":"{{wrong.Imei}}"}]}""");

        await PlaceAsync(connection, X, "DISABLE");
        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task Behind_all_that_was_under_way_at_once_the_list_decides()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");
        await SendAsync(connection, EsimAction.Enable, "ex", X);
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("ex", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
        connection.ReceiveCallback(WithEid(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
        Assert.False(connection.Explain(X).IsProven);

        await PlaceAsync(connection, X, "DISABLE");
        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());

        // And an enable that nothing else was under way with proves by itself again.
        await SendAsync(connection, EsimAction.Enable, "ex2", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("ex2", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
        await SendAsync(connection, EsimAction.Enable, "ey2", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("ey2", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        Assert.True(connection.Explain(X).IsBySwitch);
    }

    [Fact]
    public async Task A_switch_behind_an_open_disable_of_its_own_profile_the_eUICC_may_fall_back()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.Disable, "dis", Y);
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
        connection.ReceiveCallback(WithEid(Sample.Callback("dis", Y.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));

        await AssertRefusedAsync(connection, X);
    }

    // --- Disputes -----------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_disputed_success_that_is_repeated_after_another_request_has_failed()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d1", X);
        connection.ReceiveCallback(Sample.Callback("d1", X.Iccid!));
        connection.ReceiveCallback(Sample.Callback("d1", X.Iccid!, "FAILED"));
        await SendAsync(connection, EsimAction.Deactivate, "d2", X);
        connection.ReceiveCallback(Sample.Callback("d2", X.Iccid!, "FAILED"));
        connection.ReceiveCallback(Sample.Callback("d1", X.Iccid!));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("aaaaaaaa", "bbbbbbbb")]
    [InlineData("bbbbbbbb", "aaaaaaaa")]
    public async Task One_process_has_heard_the_success_and_another_one_the_failure(string failed, string succeeded)
    {
        string Outcome(string id, string result) =>
            $$"""{"v":1,"at":"2026-03-01T11:30:00.000Z","event":"outcome","request":"{{id}}","source":"Callback","result":"{{result}}","proof":{{(result == "Succeeded" ? "true" : "false")}},"ids":["{{X.Iccid}}"]}""";

        Fixture.WriteJournal("20260301T080000-00000000.jsonl", [.. Sent("d1", 1, "deactivate"), .. Sent("d2", 2, "deactivate")]);
        Fixture.WriteJournal($"20260301T090000-{failed}.jsonl", Outcome("d1", "Failed"), Outcome("d2", "Failed"));
        Fixture.WriteJournal($"20260301T090000-{succeeded}.jsonl", Outcome("d1", "Succeeded"));

        await AssertRefusedAsync(await Fixture.OpenAsync(), X);
    }

    // --- Messages -----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_failed_answer_to_a_list_by_callback(int entries)
    {
        var connection = await Fixture.OpenAsync();
        _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);

        connection.ReceiveCallback($$"""
            {"requestId":"list","status":"FAILED","faultResponse":{"faultcode":"X","faultstring":"y"},
             "deviceResponse":{"deviceProfileResponse":[{{string.Join(",", new[] { Entry(1, "DEACTIVE"), Entry(2, "DEACTIVE") }.Take(entries))}}]} }
            """);

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("\"status\":\"FAILED\",\"status\":\"SUCCESS\"", "\"state\":\"DEACTIVE\"")]
    [InlineData("\"Status\":\"FAILED\",\"status\":\"SUCCESS\"", "\"state\":\"DEACTIVE\"")]
    [InlineData("\"status\":\"SUCCESS\"", "\"state\":\"ACTIVE\",\"state\":\"DEACTIVE\"")]
    [InlineData("\"status\":\"SUCCESS\"", "\"State\":\"ACTIVE\",\"state\":\"DEACTIVE\"")]
    public async Task A_message_that_has_a_member_twice(string status, string state)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);

        Hear(connection, $$"""
            {"requestId":"r","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],{{status}},
             "deviceResponse":{"deviceProfileResponse":{"deviceIdentifierCollection":[{"id":"{{X.Iccid}}","kind":"Iccid"}],{{state}} } } }
            """);

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_status_answer_that_has_a_member_twice()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"r","status":"Failed","status":"Success"}""");
        await HearAsync(() => connection.PollAsync(request));

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_list_row_that_has_a_member_twice()
    {
        var connection = await Fixture.OpenAsync();
        Fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(X.Iccid!, "deactive").Replace("\"state\"", "\"state\": \"active\", \"state\"", StringComparison.Ordinal)));

        await HearAsync(() => connection.LookUpAsync([X]));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("Eid")]
    [InlineData("Imei")]
    public async Task An_entry_that_names_the_device_alone_may_be_about_another_profile_of_it(string kind)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.ServicePlan, "r", X);
        var id = kind == "Eid" ? X.Eid : X.Imei;

        connection.ReceiveCallback($$"""
            {"requestId":"r","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"},{"id":"{{id}}","kind":"{{kind}}"}],"status":"SUCCESS",
             "deviceResponse":{"deviceProfileResponse":[{"deviceIdentifierCollection":[{"id":"{{id}}","kind":"{{kind}}"}],"state":"DEACTIVE","profileStatus":"DISABLE"}]} }
            """);

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_part_that_names_one_profile_in_ids_and_another_one_in_deviceIds()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X, Sample.Profile(3));
        Fixture.Service.On(Endpoint.Status, 200, $$"""
            {"requestId":"r","status":"Pending","subRequests":[{"ids":[{"id":"{{X.Iccid}}","kind":"iccid"}],"deviceIds":[{"id":"{{Sample.IccidOf(3)}}","kind":"iccid"}],"status":"Success"}]}
            """);
        await connection.PollAsync(request);

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task An_entry_in_a_list_of_lists_that_says_otherwise()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback($$"""
            {"requestId":"r","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[[{{Entry(1, "ACTIVE")}}]]} }
            """);

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task LEAD_in_the_second_of_two_entries()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);
        string Role(string role) => Entry(1, "DEACTIVE").Replace("\"state\"", $"\"profileRole\":\"{role}\",\"state\"", StringComparison.Ordinal);

        connection.ReceiveCallback($$"""
            {"requestId":"r","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[{{Role("LOCAL")}},{{Role("LEAD")}}]} }
            """);

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable, resubmit: true);
    }

    // --- Answers to something else --------------------------------------------------------------------------------------

    [Fact]
    public async Task A_request_that_is_answered_with_the_id_of_an_earlier_one()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Activate, "a", X);
        await SendAsync(connection, EsimAction.Deactivate, "a", X);

        connection.ReceiveCallback($$"""{"requestId":"a","status":"SUCCESS","deviceIds":[{"kind":"Iccid","id":"{{X.Iccid}}"}]}""");
        await AssertRefusedAsync(connection, X, resubmit: true);

        await SendAsync(connection, EsimAction.ServicePlan, "p", Sample.Profile(5));
        await SendAsync(connection, EsimAction.Deactivate, "p", Sample.Profile(5));
        connection.ReceiveCallback($$"""{"requestId":"p","status":"SUCCESS","deviceIds":[{"kind":"Iccid","id":"{{Sample.IccidOf(5)}}"}]}""");
        await AssertRefusedAsync(connection, Sample.Profile(5), resubmit: true);
    }

    [Fact]
    public async Task A_list_that_is_answered_with_the_id_of_an_earlier_one()
    {
        var connection = await Fixture.OpenAsync();
        _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);
        connection.Tracker.EndLists(["list"]);
        await SendAsync(connection, EsimAction.Activate, "a", X);
        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE"));
        _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);

        connection.ReceiveCallback(Sample.Callback("list", X.Iccid!));

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_list_that_is_answered_with_the_id_of_an_action()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        await SendAsync(connection, EsimAction.Activate, "a", X);
        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE"));
        _ = connection.Tracker.AwaitList("d", connection.Tracker.Ask(), Sample.Account);

        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        await AssertRefusedAsync(connection, X);
    }

    // --- The journal ----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("0", "1")]
    [InlineData("1", "0")]
    public async Task An_enable_whose_line_has_no_place_in_the_folders_line(string deactivated, string enabled)
    {
        string Outcome(string id, string words) =>
            $$"""{"v":1,"at":"2026-03-01T11:30:00.000Z","event":"outcome","request":"{{id}}","source":"Callback","result":"Succeeded","proof":true,{{words}},"ids":["{{X.Iccid}}"]}""";

        Fixture.WriteJournal($"20260301T080000-0000000{deactivated}.jsonl", [.. Sent("d", 5, "deactivate"), Outcome("d", "\"state\":\"DEACTIVE\"")]);
        Fixture.WriteJournal($"20260301T080000-0000000{enabled}.jsonl", [.. Sent("e", 0, "enable"), Outcome("e", "\"profileStatus\":\"ENABLE\"")]);

        await AssertRefusedAsync(await Fixture.OpenAsync(), X);
    }

    [Theory]
    [InlineData("""{"v":2,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"n","service":"https://service.test/api","action":"activate","profiles":[{"id":"ICCID"}]}""")]
    [InlineData("""{"v":2,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"n","service":"https://service.test/api","action":"activate","profiles":["ICCID"]}""")]
    [InlineData("""{"v":2,"at":"2026-03-01T11:00:00.000Z","event":"outcome","request":"n","service":"https://service.test/api","ids":[["ICCID"]]}""")]
    [InlineData("""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"n","service":"https://service.test/api","action":"reactivate","account":"x","profiles":[{"id":"ICCID"}]}""")]
    public async Task A_line_of_a_newer_journal_whose_profiles_cannot_be_told(string line)
    {
        Fixture.WriteJournal("20260301T080000-00000000.jsonl", line.Replace("ICCID", X.Iccid, StringComparison.Ordinal));
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        await AssertRefusedAsync(connection, X, EsimError.EsimJournalTooNew);
    }

    [Fact]
    public async Task In_a_journal_of_hashes_another_twentieth_digit_is_not_proven_either()
    {
        var twin = new EsimProfile { Iccid = X.Iccid![..19] + (char)('0' + ((X.Iccid![19] - '0' + 1) % 10)) };
        using (var first = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true)))
        {
            await SendAsync(first, EsimAction.Deactivate, "r", X);
            first.ReceiveCallback(Sample.Callback("r", X.Iccid!));
        }

        var connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        Assert.False(connection.Explain(twin).IsProven);
    }

    [Fact]
    public async Task A_request_for_two_profiles_that_failed_as_a_whole_may_have_succeeded_for_one_of_them()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Activate, "a", X, Sample.Profile(3));
        Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"a","status":"Failed"}""");
        await connection.PollAsync(request);
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_journal_of_another_folder_whose_line_of_requests_is_another_one()
    {
        string Outcome(string id, string words) =>
            $$"""{"v":1,"at":"2026-03-01T11:30:00.000Z","event":"outcome","request":"{{id}}","source":"Callback","result":"Succeeded","proof":true,{{words}},"ids":["{{X.Iccid}}"]}""";

        // Two folders have counted for themselves; the enable came last.
        Fixture.WriteJournal("20260301T080000-00000000.jsonl", [.. Sent("one", 6, "setfallbackattribute"), .. Sent("d", 7, "deactivate"), Outcome("d", "\"state\":\"DEACTIVE\"")]);
        Fixture.WriteJournal("20260301T090000-00000001.jsonl", [.. Sent("e", 6, "enable"), Outcome("e", "\"profileStatus\":\"ENABLE\"")]);

        await AssertRefusedAsync(await Fixture.OpenAsync(), X);
    }

    // ------------------------------------------------------------------------------------------------------------------

    private static string[] Sent(string id, int place, string action) =>
    [
        $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"{{id}}","service":"https://service.test/api",{{(place > 0 ? $"\"seq\":{place}," : "")}}"action":"{{action}}","account":"{{Sample.Account}}","profiles":[{"iccid":"{{X.Iccid}}"}]}""",
        $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"accepted","request":"{{id}}","requestId":"r-{{id}}"}""",
    ];

    // A message that cannot be used is turned away, which is as good.
    private static void Hear(EsimConnection connection, string message)
    {
        try
        {
            connection.ReceiveCallback(message);
        }
        catch (EsimException e) when (e.Error == EsimError.EsimCallbackInvalid)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    private static async Task HearAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (EsimException e) when (e.Error == EsimError.EsimAnswerInvalid)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
