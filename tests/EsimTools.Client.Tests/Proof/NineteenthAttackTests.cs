// What a nineteenth attack on unproven deletes, with the source in hand, has found. Each way was seen red without its mend; the cases beside them are controls.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class NineteenthAttackTests : ProofScenario
{
    private static readonly string Elsewhere = Sample.EidOf(77);

    private static readonly EsimProfile Z = new() { Iccid = Sample.IccidOf(3), Eid = X.Eid };

    private static string Enabled(string id, EsimProfile profile) => Sample.WithEid(Sample.Callback(id, profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"), profile.Eid!);

    private static EsimProfile Bare(EsimProfile profile) => new() { Iccid = profile.Iccid };

    private static EsimProfile There(EsimProfile profile) => new() { Iccid = profile.Iccid, Eid = Elsewhere };

    // The switch was the proof when the delete was reserved. When it is gone an older word counts again, and what had voided that hides behind the delete itself.
    [Theory]
    [InlineData("nothing", true)]
    [InlineData("disputed", false)]
    [InlineData("told", false)]
    public async Task A_delete_that_waits_does_not_leave_on_an_older_word_than_it_was_reserved_on(string meanwhile, bool leaves)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");
        await PlaceAsync(connection, Y, "ENABLE");
        await PlaceAsync(connection, Z, "DISABLE");
        await SendAsync(connection, EsimAction.Disable, "dy", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("dy", Y.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        await SendAsync(connection, EsimAction.Enable, "ez", Z);
        connection.ReceiveCallback(Enabled("ez", Z));
        AssertProven(connection, X);
        var refused = new TaskCompletionSource();
        Fixture.Service.On(Endpoint.Action, _ => refused.TrySetResult() ? ScriptedService.Answer(429, "") : ScriptedService.Taken("x"));
        var deleting = connection.SubmitAsync(EsimAction.Delete, [X, Y], new());
        await refused.Task.WaitAsync(ManualClock.HangLimit);
        if (meanwhile == "disputed")
        {
            connection.ReceiveCallback(Sample.Callback("ez", Z.Iccid!, "FAILED", null, null));
        }
        else if (meanwhile == "told")
        {
            connection.ReceiveCallback(Sample.Callback("foreign", Z.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        }

        var failure = (await EndAsync(deleting)).Failure;
        Assert.True(leaves == failure is null, "the delete " + (failure is null ? "left" : failure.Message));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_place_that_is_told_again_late_does_not_reach_back_over_another_one(bool isRepeated)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Disable, "dx", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dx", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ListAsync(connection, X, Listed(There(X), "active", "ENABLE"));
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Enabled("ey", Y));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));

        // Another hand has put it there since, enabled.
        await ListAsync(connection, X, Listed(X, "active", null));
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        if (isRepeated)
        {
            connection.ReceiveCallback(WithEid(Sample.Callback("dx", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));
        }

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData("request", null)]
    [InlineData("request", "ENABLE")]
    [InlineData("list", null)]
    public async Task A_profile_of_which_a_late_answer_tells_that_it_is_there_may_have_come_behind_the_switch(string how, string? status)
    {
        var connection = await Fixture.OpenAsync();
        using var source = connection.ExpectCallbacks();
        await ListAsync(connection, X, Listed(There(X), "active", "ENABLE"));
        Task? asking = null;
        if (how == "request")
        {
            await SendAsync(connection, EsimAction.ProfileSuspend, "s", Bare(X));
        }
        else
        {
            Fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(9)))).On(Endpoint.Other, _ => ScriptedService.Taken("list"));
            asking = connection.LookUpAsync([new EsimProfile { Iccid = Sample.IccidOf(9) }]);
            await Fixture.Clock.NextPauseAsync();
        }

        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Enabled("ey", Y));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());

        // Another hand has put it there since, enabled.
        connection.ReceiveCallback(WithEid(Sample.Callback(how == "request" ? "s" : "list", X.Iccid!, state: how == "request" ? "SUSPEND" : "ACTIVE", profileStatus: status)));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(40));
        if (asking is not null)
        {
            await asking.WaitAsync(ManualClock.HangLimit);
        }

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_may_have_fallen_back_anywhere_stays_with_a_profile_that_the_confirmation_of_an_older_request_places(bool isTold)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.ProfileSuspend, "s", Bare(X));
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", "DISABLE"));
        var other = new EsimProfile { Iccid = Sample.IccidOf(3), Eid = Elsewhere };
        await SendAsync(connection, EsimAction.Disable, "d", other);
        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("d", other.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"), Elsewhere));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());

        // It has been the enabled one there, and has been moved since.
        if (isTold)
        {
            connection.ReceiveCallback(WithEid(Sample.Callback("s", X.Iccid!, state: "SUSPEND", profileStatus: null)));
        }

        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_place_from_before_the_clock_was_set_back_is_of_no_age_that_is_known_for_who_reads_it_later(bool isRead)
    {
        var (one, other) = await OpenTwoAsync();
        await SendAsync(other, EsimAction.Enable, "ex", X);
        other.ReceiveCallback(Enabled("ex", X));
        other.FlushJournal();
        if (isRead)
        {
            Read(one);
        }

        Fixture.Clock.Advance(TimeSpan.FromHours(-20));
        Assert.False(one.Explain(X).IsProven, one.Explain(X).ToString());
        Assert.False(other.Explain(X).IsProven, other.Explain(X).ToString());
        Read(one);
        Fixture.Clock.Advance(TimeSpan.FromHours(30));

        // It is thirty hours ago, and somebody has moved it since.
        await SendAsync(one, EsimAction.Enable, "ey", Y);
        one.ReceiveCallback(Enabled("ey", Y));
        Assert.False(one.Explain(X).IsProven, one.Explain(X).ToString());
    }

    [Theory]
    [InlineData("device_resume", true)]
    [InlineData("disable", true)]
    [InlineData("device_resume", false)]
    [InlineData("disable", false)]
    public async Task What_another_process_has_done_on_the_former_eUICC_counts_where_that_is_read_behind_the_word_on_the_new_one(string action, bool isUnread)
    {
        var (one, other) = await OpenTwoAsync();
        if (action == "disable")
        {
            await SendAsync(one, EsimAction.Disable, "dx", X);
            one.ReceiveCallback(WithEid(Sample.Callback("dx", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));
        }
        else
        {
            await PlaceAsync(one, X, "ENABLE");
            await ConfirmAsync(one, EsimAction.Deactivate, "dx", X);
        }

        AssertProven(one, X);
        await SendAsync(one, EsimAction.SetFallback, "s", Bare(X));
        one.FlushJournal();
        if (action == "disable")
        {
            await SendAsync(other, EsimAction.Disable, "dy", Y);
            other.ReceiveCallback(WithEid(Sample.Callback("dy", Y.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));
        }
        else
        {
            await SendAsync(other, EsimAction.DeviceResume, "r", new EsimProfile { Eid = X.Eid });
            other.ReceiveCallback(WithEid("""{"requestId":"r","status":"SUCCESS","deviceIds":[{"id":"$","kind":"eid"}]}""".Replace("$", X.Eid, StringComparison.Ordinal)));
        }

        other.FlushJournal();
        if (!isUnread)
        {
            Read(one);
        }

        // Another hand has moved it since.
        one.ReceiveCallback(Sample.WithEid(Sample.Callback("s", X.Iccid!, state: null, profileStatus: null), Elsewhere));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        Read(one);
        Assert.False(one.Explain(Bare(X)).IsProven, one.Explain(Bare(X)).ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_third_process_is_told_against_a_switch_counts_where_an_older_switch_stands_in_a_later_file(bool hasOlder)
    {
        var (one, other) = await OpenTwoAsync();
        await PlaceAsync(one, X, "ENABLE");
        if (hasOlder)
        {
            await SendAsync(other, EsimAction.Enable, "ez", Z);
            other.ReceiveCallback(Enabled("ez", Z));
            other.FlushJournal();
        }

        await SendAsync(one, EsimAction.Enable, "ey", Y);
        one.ReceiveCallback(Enabled("ey", Y));
        one.FlushJournal();
        AssertProven(one, X);

        // Another hand enables it again, and a third process is told.
        var third = await Fixture.OpenAsync();
        await PlaceAsync(third, X, "ENABLE");
        third.FlushJournal();
        Read(one);
        Assert.False(one.Explain(X).IsProven, one.Explain(X).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("damaged")]
    [InlineData("tool")]
    public async Task That_a_profile_is_elsewhere_counts_where_the_line_is_an_orphan_or_a_tool_has_written_it(string how)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Enable, "ex", X);
        connection.ReceiveCallback(Enabled("ex", X));
        connection.FlushJournal();
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Enabled("ey", Y));
        connection.FlushJournal();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        var last = await SendAsync(connection, EsimAction.SetFallback, "s", Bare(X));
        connection.ReceiveCallback(Sample.Callback("s", X.Iccid!, state: null, profileStatus: null));
        connection.FlushJournal();
        await ListAsync(connection, X, Listed(There(X), "deactive", null));
        connection.FlushJournal();
        await SendAsync(connection, EsimAction.DeviceResume, "r", new EsimProfile { Eid = Elsewhere });
        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"id":"{{Elsewhere}}","kind":"eid"}]}""");
        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());
        connection.Dispose();
        foreach (var file in Directory.GetFiles(Fixture.JournalPath, "*.jsonl"))
        {
            var lines = File.ReadAllLines(file);
            if (how == "damaged")
            {
                lines = Array.ConvertAll(lines, line => line.Contains("\"sending\"", StringComparison.Ordinal) && line.Contains("setfallbackattribute", StringComparison.Ordinal) ? line.Substring(0, 40) : line);
            }
            else if (how == "tool")
            {
                lines = Array.ConvertAll(lines, line => line.Replace($"\"eids\":[\"{Elsewhere}\"]", $"\"eids\":\"{Elsewhere}\"", StringComparison.Ordinal));
                Assert.Contains(lines, line => line.Contains($"\"eids\":\"{Elsewhere}\"", StringComparison.Ordinal));
            }

            File.WriteAllText(file, string.Concat(lines.Select(line => line + "\n")));
        }

        connection = await Fixture.OpenAsync();
        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());
    }

    [Fact]
    public async Task What_another_process_has_done_on_the_former_eUICC_counts_where_a_late_list_moves_the_profile()
    {
        var (one, other) = await OpenTwoAsync();
        using var source = one.ExpectCallbacks();
        await PlaceAsync(one, X, "ENABLE");
        await ConfirmAsync(one, EsimAction.Deactivate, "dx", X);
        Fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(9)))).On(Endpoint.Other, _ => ScriptedService.Taken("list"));
        var asking = one.LookUpAsync([new EsimProfile { Iccid = Sample.IccidOf(9) }]);
        await Fixture.Clock.NextPauseAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(40));
        await asking.WaitAsync(ManualClock.HangLimit);
        AssertProven(one, X);
        await SendAsync(other, EsimAction.DeviceResume, "r", new EsimProfile { Eid = X.Eid });
        other.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"id":"{{X.Eid}}","kind":"eid"}]}""");
        other.FlushJournal();

        // Another hand has moved it since.
        one.ReceiveCallback(Sample.WithEid(Sample.Callback("list", X.Iccid!, state: null, profileStatus: null), Elsewhere));
        Read(one);
        Assert.False(one.Explain(Bare(X)).IsProven, one.Explain(Bare(X)).ToString());
    }

    [Theory]
    [InlineData("row", "$X,$E")]
    [InlineData("row", "$X,$H,$E")]
    [InlineData("row", "$X,$Z,$E")]
    [InlineData("entry", "$X,$E")]
    [InlineData("entry", "$X,$H,$E")]
    [InlineData("entry", "$X,$Z,$E")]
    public async Task A_row_or_an_entry_that_names_two_of_a_kind_may_tell_that_the_profile_is_elsewhere(string how, string ids)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        ids = ids.Replace("$X", One(X.Iccid!, "iccId"), StringComparison.Ordinal).Replace("$Z", One(Sample.IccidOf(50), "iccId"), StringComparison.Ordinal)
            .Replace("$H", One(X.Eid!, "eid"), StringComparison.Ordinal).Replace("$E", One(Elsewhere, "eid"), StringComparison.Ordinal);
        if (how == "row")
        {
            await ListAsync(connection, X, $$"""{"accountName":"{{Sample.Account}}","carrierInformations":[{"state":"deactive"}],"deviceIds":[{{ids}}]}""");
        }
        else
        {
            connection.ReceiveCallback($$"""{"requestId":"foreign","status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[{"deviceIdentifierCollection":[{{ids}}],"state":"DEACTIVE"} ] } }""");
        }

        AssertProven(connection, Bare(X));
        await SendAsync(connection, EsimAction.DeviceResume, "r", new EsimProfile { Eid = Elsewhere });
        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"id":"{{Elsewhere}}","kind":"eid"}]}""");
        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());

        static string One(string id, string kind) => $$"""{"id":"{{id}}","kind":"{{kind}}"}""";
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_messages_on_a_place_whose_requests_were_open_at_once_nobody_knows_which_is_the_newer(bool isLate)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        await SendAsync(connection, EsimAction.SetFallback, "s1", Bare(X));
        await SendAsync(connection, EsimAction.ServicePlan, "s2", X);

        // It was there when the second one was carried out; another hand has moved it then; and the first one's message tells so.
        if (!isLate)
        {
            connection.ReceiveCallback(WithEid(Sample.Callback("s2", X.Iccid!, state: null, profileStatus: null)));
        }

        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("s1", X.Iccid!, state: null, profileStatus: null), Elsewhere));
        if (isLate)
        {
            connection.ReceiveCallback(WithEid(Sample.Callback("s2", X.Iccid!, state: null, profileStatus: null)));
        }

        await SendAsync(connection, EsimAction.DeviceResume, "r", new EsimProfile { Eid = Elsewhere });
        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"id":"{{Elsewhere}}","kind":"eid"}]}""");
        Assert.False(connection.Explain(Bare(X)).IsProven, connection.Explain(Bare(X)).ToString());
    }

    [Theory]
    [InlineData("", true, false)]
    [InlineData("", false, false)]
    [InlineData("pending", false, false)]
    [InlineData("", true, true)]
    [InlineData("", false, true)]
    public async Task Where_a_request_has_failed_as_a_whole_and_the_parts_of_all_others_have_succeeded_the_rest_is_not_proven(string rest, bool isCallbackFirst, bool nextSession)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X, Y);
        if (isCallbackFirst)
        {
            connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        }

        var parts = Part(Y, "Success") + (rest == "pending" ? "," + Part(X, "Pending") : "");
        await PollAsync(connection, request, $$"""{"requestId":"d","status":"Failed","subRequests":[{{parts}}]}""");
        if (!isCallbackFirst)
        {
            connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        }

        connection = await NextAsync(connection, nextSession);
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());

        static string Part(EsimProfile profile, string status) => $$"""{"status":"{{status}}","ids":[{"id":"{{profile.Iccid}}","kind":"iccid"}] }""";
    }

    [Theory]
    [InlineData("""{"requestId":"d","status":"Failed","subRequests":[{"status":"Pending","ids":[{"id":"$","kind":"iccid"}]}]}""", true)]
    [InlineData("""{"requestId":"d","status":"Failed","subRequests":[{"status":"Pending","ids":[{"id":"$","kind":"iccid"}]}]}""", false)]
    [InlineData("""{"requestId":"d","status":"Failed","subRequests":[{"status":"Success","ids":[{"id":"$","kind":"iccid"}]}]}""", true)]
    [InlineData("""{"requestId":"d","status":"Failed","subRequests":[{"status":"Success","ids":[{"id":"5551234567","kind":"mdn"}]}]}""", true)]
    [InlineData("""{"requestId":"d","status":"Failed","subRequests":[{"status":"Pending"}]}""", true)]
    [InlineData("""{"requestId":"d","status":"Failed","subRequests":[{"status":"Pending"}]}""", false)]
    public async Task A_request_for_one_profile_that_has_failed_as_a_whole_has_failed_for_that_one_whatever_its_parts_say(string answer, bool isCallbackFirst)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        if (isCallbackFirst)
        {
            connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        }

        await PollAsync(connection, request, answer.Replace("$", X.Iccid, StringComparison.Ordinal));
        if (!isCallbackFirst)
        {
            connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        }

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData("Success", "Success,$", false)]
    [InlineData("Pending", "Success,$", false)]
    [InlineData("Success", "Pending,5551234567", true)]
    [InlineData("Pending", "Pending,5551234567", true)]
    [InlineData("Success", "Success,$", true)]
    public async Task A_status_answer_that_carries_a_fault_beside_its_parts_has_failed_for_somebody(string whole, string part, bool isCallbackFirst)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        if (isCallbackFirst)
        {
            connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        }

        var (status, id) = (part.Split(',')[0], part.Split(',')[1].Replace("$", X.Iccid, StringComparison.Ordinal));
        var kind = id == X.Iccid ? "iccid" : "mdn";
        await PollAsync(
            connection,
            request,
            $$"""{"requestId":"d","status":"{{whole}}","faultResponse":{"faultcode":"x","faultstring":"y"},"subRequests":[{"status":"{{status}}","ids":[{"id":"{{id}}","kind":"{{kind}}"}] }]}""");
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_profile_that_was_taken_off_and_has_come_back_behind_the_switch_is_not_told_of_by_that()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.ProfileSuspend, "s", Bare(X));
        await PlaceAsync(connection, X, "DISABLE");
        await ListAsync(connection, X, Listed(There(X), "active", "ENABLE"));
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(Enabled("ey", Y));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ListAsync(connection, X, Listed(X, "active", null));
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        connection.ReceiveCallback(WithEid(Sample.Callback("s", X.Iccid!, state: "SUSPEND", profileStatus: null)));
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_delete_that_waits_does_not_leave_on_an_older_confirmation_than_it_was_reserved_on()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        await SendAsync(connection, EsimAction.Disable, "dx", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dx", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));
        await SendAsync(connection, EsimAction.Disable, "dy", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("dy", Y.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        await SendAsync(connection, EsimAction.Enable, "ez", Z);
        connection.ReceiveCallback(Enabled("ez", Z));
        AssertProven(connection, X);
        AssertProven(connection, Y);
        var refused = new TaskCompletionSource();
        Fixture.Service.On(Endpoint.Action, _ => refused.TrySetResult() ? ScriptedService.Answer(429, "") : ScriptedService.Taken("x"));
        var deleting = connection.SubmitAsync(EsimAction.Delete, [X, Y], new());
        await refused.Task.WaitAsync(ManualClock.HangLimit);
        connection.ReceiveCallback(Sample.Callback("ez", Z.Iccid!, "FAILED", null, null));
        Assert.NotNull((await EndAsync(deleting)).Failure);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task What_one_process_is_told_before_it_has_read_a_request_of_another_one_counts_against_an_answer_to_that_one(bool isSaidBefore, bool isPlaced)
    {
        var (a, b) = await OpenTwoAsync();
        if (isSaidBefore)
        {
            a.ReceiveCallback(Sample.WithEid(Sample.Callback("f0", X.Iccid!, state: "DEACTIVE", profileStatus: "DISABLE"), Elsewhere));
            Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            a.FlushJournal();
        }

        await SendAsync(b, EsimAction.Deactivate, "r1", Bare(X));
        b.FlushJournal();
        await ListAsync(b, X, isPlaced ? Listed(X, "deactive", "DISABLE") : Sample.Listed(X.Iccid!, "deactive", "DISABLE"));
        b.FlushJournal();
        Assert.True(b.Explain(Bare(X)).IsProven, b.Explain(Bare(X)).ToString());
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        a.ReceiveCallback(Sample.Callback("ff", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        a.FlushJournal();
        Read(b);
        Assert.False(b.Explain(Bare(X)).IsProven, b.Explain(Bare(X)) + "\n" + string.Join("\n", Fixture.JournalLines()));
    }

    // Time passes as soon as somebody waits for it.
    private async Task<EsimSubmission> EndAsync(Task<EsimSubmission> deleting)
    {
        var pause = Fixture.Clock.NextPauseAsync();
        while (await Task.WhenAny(deleting, pause) != deleting)
        {
            Fixture.Clock.Advance(await pause);
            pause = Fixture.Clock.NextPauseAsync();
        }

        return await deleting;
    }
}
