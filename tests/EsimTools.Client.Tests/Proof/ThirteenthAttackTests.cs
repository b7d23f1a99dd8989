// Ways to an unproven delete that a thirteenth attack with the source in hand has tried, each named for the way: what forbids for ever and was said beside a
// confirmation, two profiles that one key stands for, and a journal that is cleared under somebody's hands.

using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Proof;

public sealed class ThirteenthAttackTests : ProofScenario
{
    private const string List = "77777777-0000-0000-0000-000000000000";

    private static string OtherTwentieth => X.Iccid!.Substring(0, 19) + (X.Iccid[19] == '7' ? '8' : '7');

    // --- LEAD -----------------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("list", false)]
    [InlineData("list", true)]
    [InlineData("unknown", false)]
    [InlineData("unknown", true)]
    [InlineData("entry", true)]
    [InlineData("repeated", true)]
    [InlineData("third", true)]
    [InlineData("pending", true)]
    [InlineData("member", true)]
    public async Task LEAD_is_said_behind_a_confirmation_and_who_has_not_heard_it_believes_that(string how, bool inNextSession)
    {
        var (one, two) = await OpenTwoAsync();
        if (how == "member")
        {
            await SendAsync(one, EsimAction.DeviceSuspend, "s", new EsimProfile { Eid = Sample.EidOf(77) });
        }

        await ConfirmWithoutRoleAsync(one, X);
        AssertProven(one, X);
        await SayLeadAsync(one, how);
        await AssertRefusedAsync(one, X, EsimError.EsimProfileNotDeletable);
        one.FlushJournal();

        await AssertRefusedAsync(inNextSession ? await NextAsync(one, inNextSession: true) : Read(two), X, EsimError.EsimProfileNotDeletable);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("unknown")]
    public async Task LEAD_is_said_before_the_confirmation_and_the_next_session_believes_that(string how)
    {
        var connection = await Fixture.OpenAsync();
        await SayLeadAsync(connection, how);
        await ConfirmWithoutRoleAsync(connection, X);
        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable);

        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X, EsimError.EsimProfileNotDeletable);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LEAD_is_said_of_a_profile_that_no_request_names_and_the_suspension_of_its_device_calls_it_deactivated(bool isSaidBefore)
    {
        var connection = await Fixture.OpenAsync();
        if (isSaidBefore)
        {
            await SayLeadAsync(connection, "list");
        }

        await SendAsync(connection, EsimAction.DeviceSuspend, "s", new EsimProfile { Eid = X.Eid });
        connection.ReceiveCallback(WithEid(Sample.Callback("s", X.Iccid!, profileStatus: null, role: null)));
        connection.ReceiveCallback($$"""{"requestId":"s","deviceIds":[{"id":"{{X.Eid}}","kind":"Eid"}],"status":"SUCCESS"}""");
        if (!isSaidBefore)
        {
            AssertProven(connection, X);
            await SayLeadAsync(connection, "list");
        }

        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X, EsimError.EsimProfileNotDeletable);
    }

    [Fact]
    public async Task LEAD_that_a_newer_word_has_taken_back_does_not_come_back_with_the_next_session()
    {
        var connection = await Fixture.OpenAsync();
        await SayLeadAsync(connection, "list");
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        await SayLeadAsync(connection, "unknown");
        await ConfirmAsync(connection, EsimAction.Deactivate, "again", X);

        AssertProven(await NextAsync(connection, inNextSession: true), X);
    }

    [Fact]
    public async Task The_line_of_a_request_is_damaged_whose_outcome_says_LEAD()
    {
        var at = Clock.ToIso(Fixture.Clock.UtcNow);
        Fixture.WriteJournal(
            "20260228T000000-0000000a.jsonl",
            $$"""{"v":1,"at":"{{at}}","event":"outcome","request":"lost","requestId":"l","service":"https://service.test/api","action":"serviceplan","source":"callback","result":"failed","profileRole":"LEAD","ids":["{{X.Iccid}}"]}""");
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var connection = await Fixture.OpenAsync();
        await ConfirmWithoutRoleAsync(connection, X);

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable);
    }

    [Fact]
    public async Task A_list_says_DELETE_behind_a_confirmation_and_the_next_session_deletes_it_once_more()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmWithoutRoleAsync(connection, X);
        await ListAsync(connection, X, Listed(X, "deactive", "DELETE"));
        await AssertRefusedAsync(connection, X, EsimError.EsimProfileAlreadyDeleted);

        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X, EsimError.EsimProfileAlreadyDeleted);
    }

    // --- Twenty digits ----------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("here")]
    [InlineData("elsewhere")]
    [InlineData("open")]
    [InlineData("unplaced")]
    public async Task A_neighbour_that_differs_in_its_twentieth_digit_alone_is_disabled_and_the_eUICC_may_fall_back(string how)
    {
        var neighbour = new EsimProfile { Iccid = OtherTwentieth, Eid = X.Eid };
        var (one, two) = await OpenTwoAsync();
        await ListAsync(one, X, how == "unplaced" ? Sample.Listed(X.Iccid!, "active", "DISABLE") : Listed(X, "active", "DISABLE"));
        AssertProven(one, X);
        var sender = how == "elsewhere" ? two : one;
        await SendAsync(sender, EsimAction.Disable, "d", neighbour);
        if (how != "open")
        {
            sender.ReceiveCallback(Sample.Callback("d", neighbour.Iccid!, "FAILED", state: null, profileStatus: null));
            sender.FlushJournal();
        }

        Assert.False(Read(one).Explain(X).IsProven, one.Explain(X).ToString());
        if (how != "open")
        {
            // The first question finds out where it is.
            await ListAsync(one, X, Listed(X, "active", "DISABLE"));
            await ListAsync(one, X, Listed(X, "active", "DISABLE"));
            AssertProven(one, X);
        }
    }

    [Fact]
    public async Task In_a_journal_of_hashes_another_process_disables_a_neighbour_that_differs_in_its_twentieth_digit_alone()
    {
        var one = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        var two = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        await ListAsync(one, X, Listed(X, "active", "DISABLE"));
        AssertProven(one, X);
        await SendAsync(two, EsimAction.Disable, "d", new EsimProfile { Iccid = OtherTwentieth, Eid = X.Eid });

        Assert.False(Read(one).Explain(X).IsProven, one.Explain(X).ToString());
        two.ReceiveCallback(Sample.Callback("d", OtherTwentieth, "FAILED", state: null, profileStatus: null));
        two.FlushJournal();
        Assert.False(Read(one).Explain(X).IsProven, one.Explain(X).ToString());
        await ListAsync(one, X, Listed(X, "active", "DISABLE"));
        AssertProven(one, X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_profile_that_is_written_with_nineteen_digits_and_with_twenty_stays_one(bool isShort)
    {
        var connection = await Fixture.OpenAsync();
        var other = new EsimProfile { Iccid = X.Iccid!.Substring(0, 19), Eid = X.Eid };
        var (first, then) = isShort ? (other, X) : (X, other);
        await PlaceAsync(connection, first, "ENABLE");
        await SendAsync(connection, EsimAction.Disable, "d", then);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, state: null, profileStatus: "DISABLE"));

        AssertProven(connection, X);
    }

    [Theory]
    [InlineData("X")]
    [InlineData("\"\\u0038Y\"")]
    public async Task A_tool_has_written_the_ICCID_of_a_confirmation_as_a_number_or_with_an_escape(string written)
    {
        var at = Clock.ToIso(Fixture.Clock.UtcNow);
        Fixture.WriteJournal(
            "20260228T000000-0000000a.jsonl",
            $$"""{"v":1,"at":"{{at}}","event":"sending","request":"d","service":"https://service.test/api","seq":1,"account":"{{Sample.Account}}","action":"deactivate","profiles":[{"iccid":"{{X.Iccid}}"}]}""",
            $$"""{"v":1,"at":"{{at}}","event":"accepted","request":"d","requestId":"d"}""",
            $$"""{"v":1,"at":"{{at}}","event":"outcome","request":"d","requestId":"d","source":"callback","result":"succeeded","state":"DEACTIVE","proof":true,"ids":[{{written.Replace("X", X.Iccid, StringComparison.Ordinal).Replace("Y", X.Iccid!.Substring(1), StringComparison.Ordinal)}}]}""");
        var connection = await Fixture.OpenAsync();

        AssertProven(connection, X);
        await AssertRefusedAsync(connection, new() { Iccid = OtherTwentieth });
    }

    // --- A journal that is cleared ------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_connection_begins_its_file_while_the_journal_is_cleared_and_what_it_sends_then_is_lost()
    {
        Fixture.WriteJournal(
            "20250101T000000-0000000a.jsonl",
            $$"""{"v":1,"at":"2025-01-01T00:00:00.000Z","event":"sending","request":"old","service":"https://service.test/api","seq":1,"action":"deactivate","profiles":[{"iccid":"{{Sample.IccidOf(9)}}"}]}""",
            """{"v":1,"at":"2025-01-01T00:00:01.000Z","event":"accepted","request":"old","requestId":"o"}""",
            $$"""{"v":1,"at":"2025-01-01T00:00:02.000Z","event":"outcome","request":"old","requestId":"o","source":"callback","result":"succeeded","proof":true,"action":"deactivate","service":"https://service.test/api","ids":["{{Sample.IccidOf(9)}}"]}""",
            $$"""{"v":1,"at":"2025-01-01T00:00:03.000Z","event":"sending","request":"last","service":"https://service.test/api","seq":2,"action":"deactivate","profiles":[{"iccid":"{{Sample.IccidOf(8)}}"}]}""");
        var (one, two) = await OpenTwoAsync();
        using (var kept = KeptFolder.Open(Fixture.JournalPath, mustExist: true, Fixture.Clock))
        {
            await kept.EnterAsync([], default);
            Assert.Empty(kept.Writers());

            // Late as it is, it needs no right to reserve.
            one.ReceiveCallback(Sample.Callback("o", Sample.IccidOf(9), "FAILED", state: null, profileStatus: null));
            one.FlushJournal();
            kept.Remove(["old"], line => line.Line.LocalId == "old");
            kept.End();
        }

        await SendAsync(one, EsimAction.Activate, "a", X);

        Assert.Equal(EsimError.EsimProfileBusy, Read(two).Judge(EsimAction.Deactivate, X).Error);
    }

    [Fact]
    public async Task Who_was_idle_reads_a_journal_once_more_that_has_been_cleared_and_believes_no_more_than_before()
    {
        var (at, old) = (Fixture.Clock.UtcNow.AddHours(-1), Fixture.Clock.UtcNow.AddDays(-60));
        Fixture.WriteJournal(
            "20260101T000000-0000000a.jsonl",
            [
                .. Request("old", 1, "deactivate", 9, old),
                Outcome("old", "deactivate", 9, old, "\"result\":\"succeeded\",\"proof\":true"),
                .. Request("failed", 2, "deactivate", 1, at),
                Outcome("failed", "deactivate", 1, at, "\"result\":\"succeeded\",\"proof\":true"),
                Outcome("failed", "deactivate", 1, at, "\"result\":\"failed\""),
                .. Request("against", 3, "deactivate", 2, at),
                Outcome("against", "deactivate", 2, at, "\"result\":\"succeeded\",\"proof\":true"),
                Outcome("against", "deactivate", 2, at, "\"result\":\"succeeded\",\"state\":\"UNKNOWN\",\"profileStatus\":\"UNKNOWN\""),
                .. Request("on", 5, "activate", 4, at),
                Outcome("on", "activate", 4, at, "\"result\":\"failed\""),
                .. Request("before", 4, "deactivate", 4, at),
                Outcome("before", "deactivate", 4, at, "\"result\":\"succeeded\",\"proof\":true"),
                .. Request("sound", 6, "deactivate", 3, at),
                Outcome("sound", "deactivate", 3, at, "\"result\":\"succeeded\",\"proof\":true"),
            ]);
        var idle = await Fixture.OpenAsync();
        Assert.Equal([3], Proven());
        var cleared = await EsimJournal.ClearAsync(new() { Path = Fixture.JournalPath }, Fixture.Clock.UtcNow.AddDays(-30), clock: Fixture.Clock);
        Assert.Equal(1, cleared.RequestsRemoved);
        Read(idle);

        Assert.Equal([3], Proven());

        IEnumerable<int> Proven() => Enumerable.Range(1, 4).Where(number => idle.Explain(new() { Iccid = Sample.IccidOf(number) }).IsProven);

        static string[] Request(string id, int place, string action, int number, DateTimeOffset at) =>
        [
            $$"""{"v":1,"at":"{{Clock.ToIso(at)}}","event":"sending","request":"{{id}}","service":"https://service.test/api","seq":{{place}},"account":"{{Sample.Account}}","action":"{{action}}","profiles":[{"iccid":"{{Sample.IccidOf(number)}}"}]}""",
            $$"""{"v":1,"at":"{{Clock.ToIso(at)}}","event":"accepted","request":"{{id}}","requestId":"{{id}}"}""",
        ];

        static string Outcome(string id, string action, int number, DateTimeOffset at, string more) =>
            $$"""{"v":1,"at":"{{Clock.ToIso(at)}}","event":"outcome","request":"{{id}}","requestId":"{{id}}","service":"https://service.test/api","action":"{{action}}","source":"callback",{{more}},"ids":["{{Sample.IccidOf(number)}}"]}""";
    }

    private async Task ConfirmWithoutRoleAsync(EsimConnection connection, EsimProfile profile)
    {
        await SendAsync(connection, EsimAction.Deactivate, "d", profile);
        connection.ReceiveCallback(Sample.Callback("d", profile.Iccid!, profileStatus: null, role: null));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private Task SayLeadAsync(EsimConnection connection, string how)
    {
        var lead = Sample.Callback("q", X.Iccid!, state: "DEACTIVE", profileStatus: null, role: "LEAD");
        switch (how)
        {
            case "list":
                _ = connection.Tracker.AwaitList(List, connection.Tracker.Ask(), Sample.Account);
                connection.ReceiveCallback(lead.Replace("\"q\"", $"\"{List}\"", StringComparison.Ordinal));
                break;
            case "unknown":
                connection.ReceiveCallback(lead);
                break;
            case "entry":
                connection.ReceiveCallback($$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{"id":"{{Sample.IccidOf(5)}}","kind":"Iccid"}],"deviceResponse":{"deviceProfileResponse":[{{Entry(5, "DEACTIVE")}},{{Entry(1, "DEACTIVE", ",\"profileRole\":\"LEAD\"")}}]} }""");
                break;
            case "repeated":
                connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, profileStatus: null, role: "LEAD"));
                break;
            case "third":
                connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null, role: null));
                connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null, role: "LEAD"));
                break;
            case "pending":
                connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "PENDING", state: "DEACTIVE", profileStatus: null, role: "LEAD"));
                break;
            case "member":
                connection.ReceiveCallback(WithEid(Sample.Callback("s", X.Iccid!, state: "DEACTIVE", profileStatus: null, role: "LEAD")));
                break;
        }

        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        return Task.CompletedTask;
    }
}
