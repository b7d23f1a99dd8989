// Ways to an unproven delete that a fourteenth attack with the source in hand has tried, each named for the way: words that two processes are told in turn, what
// is read and not passed on, requests whose lines or objects are gone, and words that name two profiles.

using EsimTools.Store;

namespace EsimTools.Client.Tests.Proof;

public sealed class FourteenthAttackTests : ProofScenario
{
    private const string List = "77777777-0000-0000-0000-000000000000";

    // --- Two processes that are told in turn ----------------------------------------------------------------------------------------

    // What the adversary's seed 11555 found: the last request, a deactivation, stood for the one before it, and tells no status.
    [Fact]
    public async Task One_process_is_told_that_it_is_enabled_and_the_other_one_a_status_by_a_request_that_ended_before_the_last_one()
    {
        var (one, two) = await OpenTwoAsync();
        await SendAsync(one, EsimAction.DeviceSuspend, "s", Sample.Profile(5));
        await PollAsync(two, await SendAsync(two, EsimAction.SetFallback, "f", X), """{"requestId":"f","status":"Success"}""");
        var deactivation = await SendAsync(one, EsimAction.Deactivate, "d", X);
        await ListAsync(two, X, Listed(X, "active", "ENABLE"));
        one.ReceiveCallback(Sample.Callback("f", X.Iccid!, profileStatus: "DOWNLOAD_DISABLE"));
        await PollAsync(one, deactivation, """{"requestId":"d","status":"Success"}""");

        await AssertRefusedAsync(Read(one), X);
    }

    [Theory]
    [InlineData("list", EsimActionName.Deactivate, "deactive", null)]
    [InlineData("message", EsimActionName.Deactivate, "deactive", null)]
    [InlineData("list", EsimActionName.Disable, "active", "DISABLE")]
    [InlineData("message", EsimActionName.Disable, "active", "DISABLE")]
    [InlineData("list", EsimActionName.Deactivate, "active", "DISABLE")]
    [InlineData("message", EsimActionName.Deactivate, "active", "DISABLE")]
    [InlineData("list", EsimActionName.Deactivate, "deactive", null, 3)]
    [InlineData("message", EsimActionName.Disable, "active", "DISABLE", 3)]
    [InlineData("list", EsimActionName.Deactivate, "active", "DISABLE", 3)]
    public async Task One_process_is_told_each_time_that_it_is_disabled_and_the_other_one_behind_it_that_it_is_not(string how, string action, string state, string? status, int days = 0)
    {
        var (one, two) = await OpenTwoAsync();
        await ConfirmAsync(one, EsimAction.Find(action)!, "d", X);
        one.FlushJournal();
        Fixture.Clock.Advance(TimeSpan.FromDays(days));
        for (var time = 0; time < 3; time++)
        {
            await ListAsync(one, X, Listed(X, state, status));
            AssertProven(one, X);
            await TellActiveAsync(two, how);

            Assert.False(Read(one).Explain(X).IsProven, $"{time}: {one.Explain(X)}");
        }
    }

    [Theory]
    [InlineData("list", EsimActionName.Deactivate, "deactive", null)]
    [InlineData("message", EsimActionName.Deactivate, "deactive", null)]
    [InlineData("list", EsimActionName.Disable, "active", "DISABLE")]
    [InlineData("list", EsimActionName.DeviceSuspend, "deactive", null)]
    [InlineData("list", "failed", "deactive", null)]
    [InlineData("message", "failed", "deactive", null)]
    public async Task It_was_deactivated_days_ago_one_process_is_told_that_it_still_is_and_the_other_one_behind_it_that_it_is_not(string how, string action, string state, string? status)
    {
        var (one, two) = await OpenTwoAsync();
        if (action == EsimActionName.DeviceSuspend)
        {
            await SendAsync(one, EsimAction.DeviceSuspend, "d", new EsimProfile { Eid = X.Eid });
            one.ReceiveCallback(WithEid(Sample.Callback("d", X.Iccid!, profileStatus: null)));
            one.ReceiveCallback(OfDevice("d"));
        }
        else if (action == "failed")
        {
            await SendAsync(one, EsimAction.Deactivate, "d", X);
            one.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null));
        }
        else
        {
            await ConfirmAsync(one, EsimAction.Find(action)!, "d", X);
        }

        one.FlushJournal();
        Fixture.Clock.Advance(TimeSpan.FromDays(3));
        await ListAsync(one, X, Listed(X, state, status));
        AssertProven(one, X);
        await TellActiveAsync(two, how);

        Assert.False(Read(one).Explain(X).IsProven, one.Explain(X).ToString());
        await ListAsync(one, X, Listed(X, state, status));
        AssertProven(one, X);
    }

    // --- Read, and not passed on ------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("failed", "looks")]
    [InlineData("failed", "refused")]
    [InlineData("failed", "flush")]
    [InlineData("active", "looks")]
    [InlineData("active", "refused")]
    [InlineData("active", "flush")]
    public async Task One_process_is_handed_a_message_before_it_has_read_of_the_deactivation_that_it_speaks_against(string what, string then)
    {
        var (one, two) = await OpenTwoAsync();
        await ConfirmAsync(one, EsimAction.Deactivate, "d", X);
        one.FlushJournal();
        two.ReceiveCallback(what == "failed"
            ? Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null, role: null)
            : Sample.Callback("q", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE", role: null));
        switch (then)
        {
            case "looks":
                Read(two);
                break;
            case "refused":
                await two.SubmitAsync(EsimAction.Delete, [X], new(), serviceWasAsked: true);
                break;
            default:
                two.FlushJournal();
                break;
        }

        await AssertRefusedAsync(Read(one), X);
    }

    // --- Objects and lines that are gone ------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_repeated_success_says_LEAD_within_the_second_of_the_first_one_and_its_object_is_gone(bool isMadeAgain)
    {
        var connection = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromTicks(5_001_234));
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        Forget();
        var held = isMadeAgain ? connection.FindRequest("d") : null;
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, role: "LEAD"));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable);
        GC.KeepAlive(held);
        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X, EsimError.EsimProfileNotDeletable);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_journal_is_cleared_and_who_was_idle_hears_that_a_request_has_failed_whose_lines_are_elsewhere_now(bool isOfDevice, bool inNextSession)
    {
        var sender = await Fixture.OpenAsync();
        await ConfirmAsync(sender, EsimAction.Deactivate, "old", Sample.Profile(9));
        Fixture.Clock.Advance(TimeSpan.FromDays(60));
        if (isOfDevice)
        {
            await SendAsync(sender, EsimAction.DeviceSuspend, "d", new EsimProfile { Eid = X.Eid });
            sender.ReceiveCallback(WithEid(Sample.Callback("d", X.Iccid!, profileStatus: null)));
            sender.ReceiveCallback(OfDevice("d"));
        }
        else
        {
            await ConfirmAsync(sender, EsimAction.Deactivate, "d", X);
            await SendAsync(sender, EsimAction.ServicePlan, "s", X);
            sender.ReceiveCallback(Sample.Callback("s", X.Iccid!, state: null, profileStatus: null));
        }

        sender.Dispose();
        var idle = await Fixture.OpenAsync();
        AssertProven(idle, X);
        var cleared = await EsimJournal.ClearAsync(new() { Path = Fixture.JournalPath }, Fixture.Clock.UtcNow.AddDays(-30), clock: Fixture.Clock);
        Assert.Equal(1, cleared.RequestsRemoved);
        Forget();
        idle.ReceiveCallback(WithEid(Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null)));

        await AssertRefusedAsync(await NextAsync(idle, inNextSession), X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_profile_is_deleted_on_the_eUICC_that_its_row_names_and_its_object_is_gone(bool isGone)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", Y);
        await SendAsync(connection, EsimAction.Delete, "e", Y);
        await ListAsync(connection, Y, Listed(new() { Iccid = Y.Iccid, Eid = Sample.EidOf(77) }, "deactive", null));
        await ListAsync(connection, X, Listed(X, "active", "DISABLE"));
        var held = isGone ? null : connection.FindRequest("e");
        Forget(isGone);
        connection.ReceiveCallback(Sample.Callback("e", Y.Iccid!, state: null, profileStatus: "DELETE"));
        GC.KeepAlive(held);

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    // --- Deleted already ------------------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_list_says_DELETE_of_a_profile_that_no_request_names_behind_the_suspension_of_its_device()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "s", new EsimProfile { Eid = X.Eid });
        connection.ReceiveCallback(WithEid(Sample.Callback("s", X.Iccid!, profileStatus: null, role: null)));
        connection.ReceiveCallback(OfDevice("s"));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        AssertProven(connection, X);
        await ListAsync(connection, X, Listed(X, "deactive", "DELETE"));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileAlreadyDeleted);
        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X, EsimError.EsimProfileAlreadyDeleted);
    }

    // --- Words that name two profiles -------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("row", "first")]
    [InlineData("row", "second")]
    [InlineData("entry", "first")]
    [InlineData("entry", "second")]
    [InlineData("message", "first")]
    [InlineData("message", "second")]
    [InlineData("unknown", "first")]
    [InlineData("unknown", "second")]
    [InlineData("list", "first")]
    [InlineData("list", "second")]
    public async Task A_word_that_it_is_active_names_two_ICCIDs(string how, string place)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        string[] named = place == "first" ? [X.Iccid!, Sample.IccidOf(5)] : [Sample.IccidOf(5), X.Iccid!];
        var ids = string.Join(",", named.Select(iccid => $$"""{"id":"{{iccid}}","kind":"Iccid"}"""));
        var entry = $$"""{"deviceIdentifierCollection":[{{ids}}],"state":"ACTIVE","profileStatus":"ENABLE"}""";
        switch (how)
        {
            case "row":
                await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", "ENABLE").Replace($$"""{ "id": "{{X.Iccid}}", "kind": "iccId" }""", ids, StringComparison.Ordinal));
                break;
            case "entry":
                connection.ReceiveCallback($$"""{"requestId":"q","status":"SUCCESS","deviceIds":[{"id":"{{Sample.IccidOf(6)}}","kind":"Iccid"}],"deviceResponse":{"deviceProfileResponse":[{{Entry(6, "ACTIVE")}},{{entry}}]} }""");
                break;
            case "message":
                connection.ReceiveCallback($$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{{ids}}],"deviceResponse":{"deviceProfileResponse":[{"state":"ACTIVE"}]} }""");
                break;
            case "unknown":
                connection.ReceiveCallback($$"""{"requestId":"q","status":"SUCCESS","deviceIds":[{{ids}}],"deviceResponse":{"deviceProfileResponse":[{"state":"ACTIVE"}]} }""");
                break;
            case "list":
                _ = connection.Tracker.AwaitList(List, connection.Tracker.Ask(), Sample.Account);
                connection.ReceiveCallback($$"""{"requestId":"{{List}}","deviceResponse":{"deviceProfileResponse":[{{entry}},{{Entry(6, "ACTIVE")}}]} }""");
                break;
        }

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("entry")]
    [InlineData("list")]
    public async Task A_word_that_it_is_LEAD_names_two_ICCIDs(string how)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        var entry = $$"""{"deviceIdentifierCollection":[{"id":"{{Sample.IccidOf(5)}}","kind":"Iccid"},{"id":"{{X.Iccid}}","kind":"Iccid"}],"state":"DEACTIVE","profileRole":"LEAD"}""";
        if (how == "list")
        {
            _ = connection.Tracker.AwaitList(List, connection.Tracker.Ask(), Sample.Account);
        }

        connection.ReceiveCallback($$"""{"requestId":"{{(how == "list" ? List : "q")}}","deviceResponse":{"deviceProfileResponse":[{{entry}},{{Entry(6, "DEACTIVE")}}]} }""");

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable);
    }

    // --- Hashes ------------------------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task The_answer_to_a_list_names_its_profile_by_a_hash_and_proves_for_every_twentieth_digit()
    {
        var connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        _ = connection.Tracker.AwaitList(List, connection.Tracker.Ask(), Sample.Account);
        connection.ReceiveCallback(Sample.Callback(List, IdentifierKeys.Shown(connection.Tracker.KeyOf(X.Iccid)!.Value), profileStatus: null));

        await AssertRefusedAsync(connection, X);
    }

    private async Task TellActiveAsync(EsimConnection connection, string how)
    {
        if (how == "list")
        {
            await ListAsync(connection, X, Listed(X, "active", "ENABLE"));
            return;
        }

        Read(connection).ReceiveCallback(Sample.Callback("unknown", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE", role: null));
        connection.FlushJournal();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private static string OfDevice(string request) => $$"""{"requestId":"{{request}}","deviceIds":[{"id":"{{X.Eid}}","kind":"Eid"}],"status":"SUCCESS"}""";

    private static class EsimActionName
    {
        public const string Deactivate = "deactivate";
        public const string Disable = "disable";
        public const string DeviceSuspend = "device_suspend";
    }
}
