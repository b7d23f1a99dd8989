// Ways to an unproven delete that a tenth attack with the source in hand has tried, each named for the way: who may say where a profile is and how old that
// is, messages of requests of our own that tell no success, and digits and devices that a message names and its request does not.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class TenthAttackTests : ProofScenario
{
    private const string Done = """{"requestId":"ID","status":"Success"}""";

    // The same profile on another eUICC, and with none.
    private static readonly EsimProfile Elsewhere = new() { Iccid = X.Iccid, Eid = Sample.EidOf(9) };

    private static readonly EsimProfile BareX = new() { Iccid = X.Iccid };

    private static readonly EsimProfile Third = new() { Iccid = Sample.IccidOf(3), Eid = X.Eid };

    // --- Where it is: an older word comes behind a newer one -------------------------------------------------------------------

    [Theory]
    [InlineData("list", false)]
    [InlineData("list", true)]
    [InlineData("message", false)]
    [InlineData("message", true)]
    [InlineData("activate", false)]
    [InlineData("activate", true)]
    [InlineData("serviceplan", false)]
    [InlineData("serviceplan", true)]
    public async Task It_is_said_to_be_on_another_device_and_then_an_older_message_comes_once_more(string how, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(connection, X);
        await ConfirmEnabledAsync(connection, Y);
        if (how is "list" or "message")
        {
            await SayEnabledAsync(connection, Elsewhere, how);
        }
        else
        {
            await ConfirmAsync(connection, EsimAction.Find(how)!, "n", Elsewhere, "ACTIVE");
        }

        await ConfirmAsync(connection, EsimAction.Deactivate, "d", BareX);
        connection = Read(await NextAsync(connection, inNextSession));
        connection.ReceiveCallback(Enabled("x", X));
        await ResumeAsync(connection, Elsewhere.Eid!);

        await AssertRefusedAsync(connection, BareX);
        await AssertProvenByListAsync(connection, BareX);
    }

    [Theory]
    [InlineData("list", false)]
    [InlineData("list", true)]
    [InlineData("message", false)]
    [InlineData("message", true)]
    public async Task Likewise_where_nothing_had_placed_it_before(string how, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await EndAsync(connection, EsimAction.Enable, "x", X);
        await SayEnabledAsync(connection, Elsewhere, how);
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", BareX);
        connection = Read(await NextAsync(connection, inNextSession));
        connection.ReceiveCallback(Enabled("x", X));
        await ResumeAsync(connection, Elsewhere.Eid!);

        await AssertRefusedAsync(connection, BareX);
        await AssertProvenByListAsync(connection, BareX);
    }

    [Theory]
    [InlineData("deactivate", false)]
    [InlineData("deactivate", true)]
    [InlineData("serviceplan", false)]
    [InlineData("serviceplan", true)]
    public async Task A_request_that_does_not_go_to_the_eUICC_has_named_another_device_which_is_resumed(string action, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(connection, X);
        await ConfirmAsync(connection, EsimAction.Find(action)!, "n", Elsewhere);
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", BareX);
        await ResumeAsync(connection, Elsewhere.Eid!);

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), BareX);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_device_was_resumed_when_nobody_had_said_on_which_it_is_and_then_the_service_says_so(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", BareX);
        await ResumeAsync(connection, Elsewhere.Eid!);
        connection = await NextAsync(connection, inNextSession);
        await ListAsync(connection, BareX, Listed(X, "active", null).Replace("\"state\": \"active\"", "\"state\": null", StringComparison.Ordinal));

        await AssertRefusedAsync(connection, BareX);
        await AssertProvenByListAsync(connection, BareX);
    }

    [Theory]
    [InlineData("message", false)]
    [InlineData("message", true)]
    [InlineData("message to an earlier session", false)]
    public async Task A_message_said_that_the_neighbour_is_on_another_eUICC_and_then_the_switch_to_it_is_confirmed(string how, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(connection, X);
        await SendAsync(connection, EsimAction.Enable, "y", Y);
        await SayEnabledAsync(connection, new() { Iccid = Y.Iccid, Eid = Sample.EidOf(9) }, "message");
        connection = await NextAsync(connection, inNextSession: how != "message");
        connection.ReceiveCallback(Enabled("y", Y));

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), X);
    }

    [Fact]
    public async Task Another_process_disables_the_neighbour_where_its_row_says_and_the_service_had_placed_that_elsewhere()
    {
        var one = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var two = await Fixture.OpenAsync();
        await ListAsync(one, Y, Listed(new() { Iccid = Y.Iccid, Eid = Sample.EidOf(9) }, "active", "ENABLE"));
        await SendAsync(two, EsimAction.Disable, "y", Y);
        await PlaceAsync(one, X, "DISABLE");
        two.ReceiveCallback(Sample.Callback("y", Y.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        two.FlushJournal();

        // The eUICC has fallen back to it.
        await AssertRefusedAsync(one, X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_said_that_it_is_on_another_device_where_another_process_switch_to_it_had_not_been_read(bool inNextSession)
    {
        var one = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var two = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(two, X);
        await ConfirmEnabledAsync(two, Y);
        two.FlushJournal();
        await SayEnabledAsync(one, Elsewhere, "message");
        await ConfirmAsync(one, EsimAction.Deactivate, "d", BareX);
        await ResumeAsync(one, Elsewhere.Eid!);
        two.Dispose();

        await AssertRefusedAsync(await NextAsync(one, inNextSession), BareX);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Likewise_that_it_is_not_on_its_eUICC_any_more_and_then_a_third_one_there_is_enabled(bool inNextSession)
    {
        var one = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var two = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(two, X);
        await ConfirmEnabledAsync(two, Y);
        two.FlushJournal();
        one.ReceiveCallback(Sample.Callback("unknown", X.Iccid!, state: "ACTIVE", profileStatus: "NOT_DOWNLOADED"));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ConfirmEnabledAsync(one, Third);
        two.Dispose();

        await AssertRefusedAsync(await NextAsync(one, inNextSession), X);
    }

    [Fact]
    public async Task A_message_called_the_neighbour_disabled_where_the_switch_to_it_had_not_been_read_and_then_an_older_question_is_answered()
    {
        var one = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var two = await Fixture.OpenAsync();
        _ = one.Tracker.AwaitList("list", one.Tracker.Ask(), Sample.Account);
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ConfirmEnabledAsync(two, X);
        await SendAsync(two, EsimAction.Enable, "y", Y);
        one.ReceiveCallback(Sample.Callback("unknown", Y.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        one.ReceiveCallback(Sample.Callback("list", Y.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        one.Dispose();
        two.Dispose();
        var connection = await Fixture.OpenAsync();
        connection.ReceiveCallback(Enabled("y", Y));

        await AssertRefusedAsync(connection, X);
    }

    // --- Where it is: who cannot place it --------------------------------------------------------------------------------------

    [Theory]
    [InlineData("enable", false)]
    [InlineData("enable", true)]
    [InlineData("serviceplan", false)]
    [InlineData("serviceplan", true)]
    public async Task A_failure_names_the_eUICC_that_the_inventory_had_wrong(string action, bool isPlaced)
    {
        var connection = await Fixture.OpenAsync();
        if (isPlaced)
        {
            await ConfirmEnabledAsync(connection, X);
        }

        await SendAsync(connection, EsimAction.Find(action)!, "f", Elsewhere);
        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("f", X.Iccid!, "FAILED", state: null, profileStatus: null), Elsewhere.Eid!));
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", BareX);
        await ResumeAsync(connection, X.Eid!);

        await AssertRefusedAsync(connection, BareX);
        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), BareX);
    }

    [Theory]
    [InlineData("FAILED")]
    [InlineData("WARNING")]
    public async Task A_list_by_callback_that_is_no_answer_names_another_eUICC(string status)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", BareX);
        _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);
        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("list", X.Iccid!, status, state: null, profileStatus: null), Elsewhere.Eid!));
        await ResumeAsync(connection, X.Eid!);

        await AssertRefusedAsync(connection, BareX);
    }

    [Fact]
    public async Task A_message_of_an_unknown_request_ends_a_doubt_and_names_another_eUICC()
    {
        var connection = await Fixture.OpenAsync();
        Fixture.Service.On(Endpoint.Action, 500, "");
        await connection.SubmitAsync(EsimAction.Deactivate, [BareX], new());
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("unknown", X.Iccid!), Elsewhere.Eid!));
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", BareX);
        await ResumeAsync(connection, X.Eid!);

        await AssertRefusedAsync(connection, BareX);
    }

    // --- Messages of requests of our own that tell no success ------------------------------------------------------------------

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_warning_of_a_newer_request_calls_it_active_before_that_ends(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        var request = await SendAsync(connection, EsimAction.ServicePlan, "s", X);
        connection.ReceiveCallback(Sample.Callback("s", X.Iccid!, "WARNING", "ACTIVE"));
        await PollAsync(connection, request, Done.Replace("ID", "s", StringComparison.Ordinal));

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), X);
    }

    [Fact]
    public async Task A_warning_of_the_deactivation_itself_calls_it_active_and_its_confirmation_is_believed()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.ServicePlan, "s", X, "ACTIVE");
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "WARNING", "ACTIVE"));
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        AssertProven(connection, X);
        AssertProven(await NextAsync(connection, inNextSession: true), X);
    }

    [Theory]
    [InlineData("FAILED", false)]
    [InlineData("FAILED", true)]
    [InlineData("WARNING", false)]
    [InlineData("WARNING", true)]
    public async Task A_message_of_its_request_says_that_it_is_not_on_its_eUICC_any_more_and_then_a_third_one_there_is_enabled(string status, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(connection, X);
        await ConfirmEnabledAsync(connection, Y);
        var request = await SendAsync(connection, EsimAction.ServicePlan, "s", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("s", X.Iccid!, status, "ACTIVE", "NOT_DOWNLOADED")));
        await PollAsync(connection, request, """{"requestId":"s","status":"Failed"}""");
        await ConfirmEnabledAsync(connection, Third);

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_list_says_that_it_is_not_on_its_eUICC_and_an_older_message_that_it_is_and_then_a_third_one_there_is_enabled(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await EndAsync(connection, EsimAction.ServicePlan, "s", X);
        await ListAsync(connection, X, Listed(X, "active", "NOT_DOWNLOADED"));
        connection = Read(await NextAsync(connection, inNextSession));
        connection.ReceiveCallback(Enabled("s", X));
        await ConfirmEnabledAsync(connection, Third);

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_third_word_on_a_request_that_is_disputed_calls_it_active_and_the_next_session_hears_an_older_confirmation()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(OfDevice("d", X.Eid!));
        await SendAsync(connection, EsimAction.ServicePlan, "s", X);
        foreach (var (status, state) in (ReadOnlySpan<(string, string?)>)[("SUCCESS", null), ("FAILED", null), ("FAILED", "ACTIVE")])
        {
            connection.ReceiveCallback(Sample.Callback("s", X.Iccid!, status, state, profileStatus: null));
        }

        connection = await NextAsync(connection, inNextSession: true);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        await AssertRefusedAsync(connection, X);
    }

    // --- Resumed devices ---------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_resumed_device_is_told_to_have_had_it_behind_its_deactivation_and_nobody_has_said_where_it_is(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await ResumeAsync(connection, X.Eid!);
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", BareX);
        AssertProven(connection, BareX);
        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"kind":"Iccid","id":"{{X.Iccid}}"}]}""");

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), BareX);
    }

    [Fact]
    public async Task A_resume_had_failed_for_it_as_active_and_is_told_to_have_succeeded_behind_its_deactivation()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.DeviceResume, "r", new EsimProfile { Eid = X.Eid });
        connection.ReceiveCallback(WithEid(Sample.Callback("r", X.Iccid!, "FAILED", "ACTIVE", null)));
        connection.ReceiveCallback(OfDevice("r", X.Eid!));
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        connection.ReceiveCallback(WithEid(Sample.Callback("r", X.Iccid!, state: "ACTIVE", profileStatus: null)));

        await AssertRefusedAsync(connection, X);
    }

    // --- Twentieth digits ----------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("callback", false)]
    [InlineData("callback", true)]
    [InlineData("poll", false)]
    [InlineData("poll", true)]
    public async Task It_was_deactivated_by_nineteen_digits_and_the_service_has_named_the_twentieth(string how, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", new EsimProfile { Iccid = X.Iccid!.Substring(0, 19) });
        if (how == "poll")
        {
            await PollAsync(connection, request, $$"""{"requestId":"d","status":"Success","subRequests":[{"status":"Success","ids":[{"kind":"iccid","id":"{{X.Iccid}}"}]}]}""");
        }
        else
        {
            connection.ReceiveCallback(Sample.Callback("d", X.Iccid));
        }

        GC.KeepAlive(request);
        connection = await NextAsync(connection, inNextSession);

        AssertProven(connection, BareX);
        await AssertRefusedAsync(connection, new EsimProfile { Iccid = OtherTwentieth });
    }

    [Fact]
    public async Task A_message_about_another_twentieth_digit_names_another_eUICC()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.ServicePlan, "s", X);
        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("s", OtherTwentieth), Elsewhere.Eid!));
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", BareX);
        await ResumeAsync(connection, X.Eid!);

        await AssertRefusedAsync(connection, BareX);
    }

    private static string OtherTwentieth => X.Iccid!.Substring(0, 19) + (X.Iccid[19] == '7' ? '8' : '7');

    private static string Enabled(string requestId, EsimProfile profile) => WithEid(Sample.Callback(requestId, profile.Iccid!, state: null, profileStatus: "ENABLE"));

    // A message that names the device alone.
    private static string OfDevice(string requestId, string eid) => $$"""{"requestId":"{{requestId}}","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{eid}}"}]}""";

    private async Task AssertProvenByListAsync(EsimConnection connection, EsimProfile profile)
    {
        await ListAsync(connection, profile, Listed(Elsewhere, "deactive", "ENABLE"));
        AssertProven(connection, profile);
    }

    private async Task ConfirmEnabledAsync(EsimConnection connection, EsimProfile profile)
    {
        var id = profile == X ? "x" : profile == Y ? "y" : "third";
        await SendAsync(connection, EsimAction.Enable, id, profile);
        connection.ReceiveCallback(Enabled(id, profile));
    }

    private async Task EndAsync(EsimConnection connection, EsimAction action, string requestId, EsimProfile profile) =>
        await PollAsync(connection, await SendAsync(connection, action, requestId, profile), Done.Replace("ID", requestId, StringComparison.Ordinal));

    private async Task ResumeAsync(EsimConnection connection, string eid)
    {
        await SendAsync(connection, EsimAction.DeviceResume, "r", new EsimProfile { Eid = eid });
        connection.ReceiveCallback(OfDevice("r", eid));
    }

    private async Task SayEnabledAsync(EsimConnection connection, EsimProfile profile, string how)
    {
        if (how == "list")
        {
            await ListAsync(connection, profile, Listed(profile, "active", "ENABLE"));
        }
        else
        {
            connection.ReceiveCallback(Sample.WithEid(Sample.Callback("unknown", profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"), profile.Eid!));
            Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
