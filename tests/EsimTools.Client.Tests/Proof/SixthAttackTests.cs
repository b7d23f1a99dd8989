// Ways to an unproven delete that a sixth attack with the source in hand has tried, each named for the way: two requests for one profile, words that
// come beside what an action proves, the place of a profile, lines of newer versions and lost lines, and entries of unknown messages.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class SixthAttackTests : ProofScenario
{
    private const string DeviceDone = """{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"EID"}]}""";

    // A device that has nothing to do with the others.
    private static readonly EsimProfile Elsewhere = Sample.Profile(7);

    // --- Two requests for one profile -----------------------------------------------------------------------------------

    [Theory]
    [InlineData("failed")]
    [InlineData("refused")]
    public async Task The_neighbour_is_disabled_by_a_request_that_is_open_behind_one_that_came_to_nothing(string how)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");
        await PlaceAsync(connection, Y, "ENABLE");
        await SendAsync(connection, EsimAction.Disable, "one", Y);
        if (how == "failed")
        {
            await SendAsync(connection, EsimAction.Disable, "two", Y);
            connection.ReceiveCallback(Sample.Callback("two", Y.Iccid!, "FAILED", state: null, profileStatus: null));
        }
        else
        {
            Fixture.Service.On(Endpoint.Action, 400, """{"errorCode":"INPUT_INVALID","errorMessage":"no"}""");
            await connection.SubmitAsync(EsimAction.Disable, [Y], new() { Resubmit = true, SmsrOid = "1.2.3" });
        }

        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await PlaceAsync(connection, X, "DISABLE");

        // The eUICC falls back to it now.
        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task It_is_enabled_behind_its_neighbour_by_a_request_that_was_open_behind_one_that_came_to_nothing()
    {
        var one = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var two = await Fixture.OpenAsync();
        await SendAsync(one, EsimAction.Enable, "one", X);
        await SendAsync(one, EsimAction.Enable, "two", X);
        one.ReceiveCallback(Sample.Callback("two", X.Iccid!, "FAILED", state: null, profileStatus: null));
        one.FlushJournal();
        await SendAsync(two, EsimAction.Enable, "y", Y);
        two.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "ENABLE")));
        two.FlushJournal();
        one.ReceiveCallback(WithEid(Sample.Callback("one", X.Iccid!, state: null, profileStatus: "ENABLE")));
        one.Dispose();
        two.Dispose();

        await AssertRefusedAsync(await Fixture.OpenAsync(), X);
    }

    [Fact]
    public async Task It_is_enabled_behind_its_neighbour_by_a_request_of_which_nobody_knew_the_eUICC()
    {
        var iccid = new EsimProfile { Iccid = X.Iccid };
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Enable, "x", iccid);
        await SendAsync(connection, EsimAction.Enable, "y", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "ENABLE")));
        connection.ReceiveCallback(WithEid(Sample.Callback("x", X.Iccid!, state: null, profileStatus: "ENABLE")));

        await AssertRefusedAsync(connection, iccid);
    }

    // --- Words beside what an action proves -----------------------------------------------------------------------------

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_suspension_of_its_device_calls_it_DEACTIVE_while_an_activation_is_open(bool inNextSession, bool byNeighbour)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.Activate, "a", X);
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", byNeighbour ? Y : new EsimProfile { Eid = X.Eid });
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: null)));
        connection.ReceiveCallback(DeviceDone.Replace("EID", X.Eid, StringComparison.Ordinal));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), X);
    }

    [Fact]
    public async Task A_suspension_of_its_device_calls_it_DEACTIVE()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: null)));
        connection.ReceiveCallback(DeviceDone.Replace("EID", X.Eid, StringComparison.Ordinal));

        AssertProven(connection, X);
    }

    [Theory]
    [InlineData("profile_suspend")]
    [InlineData("device_suspend")]
    public async Task A_suspension_calls_it_DISABLE_while_its_neighbour_is_being_disabled_and_the_journal_is_read_out_of_order(string how)
    {
        var one = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var two = await Fixture.OpenAsync();
        await SendAsync(one, EsimAction.Disable, "y", Y);
        await SendAsync(two, EsimAction.Find(how)!, "dev", X);
        two.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "SUSPEND", profileStatus: "DISABLE")));
        two.FlushJournal();
        one.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "DISABLE")));
        one.Dispose();
        two.Dispose();

        await AssertRefusedAsync(await Fixture.OpenAsync(), X);
    }

    // --- The place of a profile -----------------------------------------------------------------------------------------

    [Fact]
    public async Task It_is_listed_where_it_was_while_a_download_to_another_eUICC_is_open_behind_another_request()
    {
        var iccid = new EsimProfile { Iccid = X.Iccid };
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");
        await PlaceAsync(connection, Elsewhere, "ENABLE");
        await SendAsync(connection, EsimAction.Download, "down", new EsimProfile { Iccid = X.Iccid, Eid = Elsewhere.Eid });
        await SendAsync(connection, EsimAction.SetFallback, "set", iccid);
        await ListAsync(connection, iccid, Listed(X, "active", "DISABLE"));
        await SendAsync(connection, EsimAction.Disable, "z", Elsewhere);

        await AssertRefusedAsync(connection, iccid);
    }

    [Fact]
    public async Task It_is_listed_where_it_was_by_an_answer_that_was_asked_for_before_its_download_and_comes_behind_a_newer_request()
    {
        var iccid = new EsimProfile { Iccid = X.Iccid };
        var there = new EsimProfile { Iccid = X.Iccid, Eid = Elsewhere.Eid };
        var connection = await Fixture.OpenAsync();
        Fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("down"));
        Fixture.Service.On(Endpoint.List, _ =>
        {
            // While the question is on its way.
            connection.SubmitAsync(EsimAction.Download, [there], new()).GetAwaiter().GetResult();
            Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            connection.ReceiveCallback(Sample.WithEid(Sample.Callback("down", X.Iccid!, state: "ACTIVE", profileStatus: "DOWNLOAD_DISABLE"), Elsewhere.Eid!));
            Fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("set"));
            connection.SubmitAsync(EsimAction.SetFallback, [iccid], new()).GetAwaiter().GetResult();
            Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            connection.ReceiveCallback(Sample.Callback("set", X.Iccid!, state: "ACTIVE", profileStatus: null));
            return ScriptedService.Answer(200, Sample.Page(false, Listed(X, "active", null)));
        });
        await connection.LookUpAsync([iccid]);
        await SendAsync(connection, EsimAction.Disable, "z", Elsewhere);
        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("z", Elsewhere.Iccid!, state: null, profileStatus: "DISABLE"), Elsewhere.Eid!));

        await AssertRefusedAsync(connection, iccid);
    }

    [Fact]
    public async Task Its_device_was_resumed_before_the_service_lists_it_on_another_one()
    {
        var iccid = new EsimProfile { Iccid = X.Iccid };
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", iccid);
        AssertProven(connection, iccid);
        await SendAsync(connection, EsimAction.DeviceResume, "dev", X);
        connection.ReceiveCallback(DeviceDone.Replace("EID", X.Eid, StringComparison.Ordinal));
        await AssertRefusedAsync(connection, iccid);
        var row = Listed(new EsimProfile { Iccid = X.Iccid, Eid = Elsewhere.Eid }, "active", null).Replace("\"state\": \"active\"", "\"state\": null", StringComparison.Ordinal);
        await ListAsync(connection, iccid, row);

        await AssertRefusedAsync(connection, iccid);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_neighbour_goes_by_a_request_that_names_no_eUICC_after_an_inventory_had_named_a_wrong_one(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", new EsimProfile { Iccid = Y.Iccid, Eid = Elsewhere.Eid });
        await SendAsync(connection, EsimAction.SetFallback, "set", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("set", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));
        AssertProven(connection, X);
        await SendAsync(connection, EsimAction.Delete, "del", new EsimProfile { Iccid = Y.Iccid });
        connection.ReceiveCallback(Sample.Callback("del", Y.Iccid!, state: null, profileStatus: "DELETE"));

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), X);
    }

    [Fact]
    public async Task A_word_on_it_names_no_eUICC_after_an_inventory_had_named_a_wrong_one_and_its_neighbour_goes()
    {
        var iccid = new EsimProfile { Iccid = X.Iccid };
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Activate, "a", new EsimProfile { Iccid = X.Iccid, Eid = Elsewhere.Eid });
        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE", profileStatus: null));
        await SendAsync(connection, EsimAction.SetFallback, "set", iccid);
        connection.ReceiveCallback(Sample.Callback("set", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        AssertProven(connection, iccid);
        await SendAsync(connection, EsimAction.Disable, "y", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "DISABLE")));

        await AssertRefusedAsync(connection, iccid);
    }

    // --- Lines of newer versions and lost lines --------------------------------------------------------------------------

    [Theory]
    [InlineData("\"event\":\"sending\",\"action\":\"device_teleport\",\"profiles\":[{\"eid\":\"EID\"}]")]
    [InlineData("\"event\":\"sending\",\"action\":\"teleport\",\"profiles\":[{\"imei\":\"IMEI\"}]")]
    [InlineData("\"event\":\"outcome\",\"v\":2,\"ids\":[\"EID\"]")]
    [InlineData("\"event\":\"outcome\",\"v\":2,\"ids\":[\"IMEI\"]")]
    [InlineData("\"event\":\"resent\"")]
    [InlineData("\"event\":\"outcome\",\"result\":\"Reverted\",\"ids\":[\"ICCID\"]")]
    public async Task A_line_of_a_newer_version_names_the_device_alone_or_what_nobody_knows(string line)
    {
        var iccid = new EsimProfile { Iccid = X.Iccid };
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", iccid);
        AssertProven(connection, iccid);
        var local = connection.GetRequests().Single().LocalId;
        line = line.Replace("EID", X.Eid, StringComparison.Ordinal).Replace("IMEI", X.Imei, StringComparison.Ordinal).Replace("ICCID", X.Iccid, StringComparison.Ordinal);
        Fixture.WriteJournal("20990101T000000-aaaaaaaa.jsonl", $$"""{"v":1,"at":"{{Clock.ToIso(Fixture.Clock.UtcNow)}}","request":"{{local}}","service":"https://service.test/api",{{line}}}""");
        _ = connection.GetRequests();

        await AssertRefusedAsync(connection, iccid, EsimError.EsimJournalTooNew);
    }

    [Theory]
    [InlineData("device_resume")]
    [InlineData("disable")]
    public async Task The_line_of_a_request_for_its_device_or_its_neighbour_is_damaged_and_that_of_its_outcome_is_not(string action)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");
        if (action == "device_resume")
        {
            await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        }
        else
        {
            await PlaceAsync(connection, Y, "ENABLE");
        }

        AssertProven(connection, X);
        Fixture.WriteJournal(
            "20990101T000000-aaaaaaaa.jsonl",
            """{"v":1,"event":"sen""",
            $$"""{"v":1,"at":"{{Clock.ToIso(Fixture.Clock.UtcNow)}}","event":"outcome","request":"L","service":"https://service.test/api","action":"{{action}}","source":"Callback","result":"Succeeded","proof":true,"ids":["{{(action == "disable" ? Y.Iccid : X.Eid)}}"]}""");
        _ = connection.GetRequests();

        await AssertRefusedAsync(connection, X);
    }

    // --- Entries of messages --------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("ACTIVE", "LOCAL", false)]
    [InlineData("ACTIVE", "LOCAL", true)]
    [InlineData("DEACTIVE", "LEAD", false)]
    [InlineData("DEACTIVE", "LEAD", true)]
    public async Task An_unknown_message_has_an_entry_of_it_beside_that_of_another_one(string state, string role, bool isList)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        var named = isList ? string.Empty : $$""","deviceIds":[{"id":"{{Sample.IccidOf(5)}}","kind":"Iccid"}]""";
        var entries = Entry(5, "DEACTIVE") + "," + Entry(1, state, $",\"profileRole\":\"{role}\"");
        connection.ReceiveCallback($$"""{"requestId":"q","status":"SUCCESS"{{named}},"deviceResponse":{"deviceProfileResponse":[{{entries}}] } }""");

        await AssertRefusedAsync(connection, X, role == "LEAD" ? EsimError.EsimProfileNotDeletable : null);
    }

    [Theory]
    [InlineData("SUCCESS")]
    [InlineData("PENDING")]
    public async Task A_message_of_its_request_about_another_profile_of_it_calls_it_LEAD(string status)
    {
        var connection = await Fixture.OpenAsync();
        var other = Sample.Profile(5);
        await SendAsync(connection, EsimAction.Deactivate, "d", X, other);
        var entries = Entry(5, "DEACTIVE") + "," + Entry(1, "DEACTIVE", ",\"profileRole\":\"LEAD\"");
        connection.ReceiveCallback($$"""{"requestId":"d","status":"{{status}}","deviceIds":[{"id":"{{other.Iccid}}","kind":"Iccid"}],"deviceResponse":{"deviceProfileResponse":[{{entries}}] } }""");
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, role: null));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable);
    }

    [Theory]
    [InlineData("unknown", "DISABLE")]
    [InlineData("unknown", "DELETE")]
    [InlineData("failed", "DISABLE")]
    public async Task The_neighbour_that_was_enabled_is_called_disabled_or_gone_by_words_that_do_not_prove(string who, string status)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.Enable, "y", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "ENABLE")));
        connection.FlushJournal();
        AssertProven(connection, X);
        if (who == "failed")
        {
            await SendAsync(connection, EsimAction.SetFallback, "q", Y);
        }

        connection.ReceiveCallback(WithEid(Sample.Callback("q", Y.Iccid!, who == "failed" ? "FAILED" : "SUCCESS", state: null, profileStatus: status)));

        await AssertRefusedAsync(connection, X);
        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X);
    }
}
