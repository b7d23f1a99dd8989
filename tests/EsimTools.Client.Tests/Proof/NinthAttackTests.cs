// Ways to an unproven delete that a ninth attack with the source in hand has tried, each named for the way: requests that have ended and are told of once
// more, requests of others that are read late, switches whose own message says otherwise, and where a profile is said to be.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class NinthAttackTests : ProofScenario
{
    private const string Done = """{"requestId":"r","status":"Success"}""";

    private static readonly EsimProfile Elsewhere = new() { Iccid = X.Iccid, Eid = Sample.EidOf(9) };

    private static readonly EsimProfile BareX = new() { Iccid = X.Iccid };

    private static readonly EsimProfile BareY = new() { Iccid = Y.Iccid };

    // --- A request has ended, the service says otherwise, and the next session hears more of the request ------------------------

    [Theory]
    [InlineData("deactivate", "device")]
    [InlineData("disable", "device")]
    [InlineData("download", "poll")]
    [InlineData("serviceplan", "poll")]
    [InlineData("setfallbackattribute", "poll")]
    public async Task It_ended_by_a_word_that_proves_nothing_and_is_called_active_and_the_next_session_hears_a_message_that_proves(string action, string how)
    {
        var connection = await Fixture.OpenAsync();
        var request = await EndAsync(connection, action, how);
        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        await ListAsync(connection, X, Listed(X, "active", "ENABLE"));
        connection = await NextAsync(connection, inNextSession: true);
        connection.ReceiveCallback(Disabled("r"));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("sent behind the question")]
    public async Task Likewise_and_another_request_was_sent_for_it(string other)
    {
        var connection = await Fixture.OpenAsync();
        await EndAsync(connection, "disable", "device");
        if (other == "refused")
        {
            Fixture.Service.On(Endpoint.Action, 400, "{}");
            await connection.SubmitAsync(EsimAction.ServicePlan, [X], new() { Resubmit = true, ServicePlan = "Other" });
            await ListAsync(connection, X, Listed(X, "active", "ENABLE"));
        }
        else
        {
            Fixture.Service.On(Endpoint.List, _ =>
            {
                // While the question is on its way.
                SendAsync(connection, EsimAction.ServicePlan, "s", X).GetAwaiter().GetResult();
                return ScriptedService.Answer(200, Sample.Page(false, Listed(X, "active", "ENABLE")));
            });
            await connection.LookUpAsync([X]);
        }

        connection = await NextAsync(connection, inNextSession: true);
        connection.ReceiveCallback(Disabled("r"));

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_device_was_suspended_and_its_profile_called_active_and_the_next_session_is_told_of_the_profile()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "r", X);
        connection.ReceiveCallback(OfDevice(X.Eid!));
        await ListAsync(connection, X, Listed(X, "active", "ENABLE"));
        connection = await NextAsync(connection, inNextSession: true);
        connection.ReceiveCallback(Disabled("r"));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("download")]
    [InlineData("serviceplan")]
    [InlineData("setfallbackattribute")]
    public async Task A_newer_message_of_its_request_called_it_enabled_and_the_next_session_hears_the_older_one(string action)
    {
        var connection = await Fixture.OpenAsync();
        await EndAsync(connection, action, "poll");
        connection.ReceiveCallback(WithEid(Sample.Callback("r", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
        connection = await NextAsync(connection, inNextSession: true);
        connection.ReceiveCallback(Disabled("r"));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("it is enabled")]
    [InlineData("the neighbour is disabled")]
    [InlineData("another message of the switch calls the neighbour disabled")]
    public async Task The_switch_to_its_neighbour_ended_and_the_next_session_hears_on_which_eUICC(string otherwise)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(connection, X);
        await PollAsync(connection, await SendAsync(connection, EsimAction.Enable, "y", BareY), """{"requestId":"y","status":"Success"}""");
        if (otherwise == "it is enabled")
        {
            await PlaceAsync(connection, X, "ENABLE");
        }
        else if (otherwise == "the neighbour is disabled")
        {
            await PlaceAsync(connection, Y, "DISABLE");
        }
        else
        {
            connection.ReceiveCallback(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "DISABLE"));
        }

        connection = await NextAsync(connection, inNextSession: true);
        connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "ENABLE")));

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task It_was_called_enabled_behind_a_confirmed_switch_and_the_next_session_is_told_its_eUICC()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Enable, "x", BareX);
        connection.ReceiveCallback(Sample.Callback("x", X.Iccid!, state: null, profileStatus: "ENABLE"));
        await ConfirmEnabledAsync(connection, Y);
        connection.ReceiveCallback(Sample.Callback("unknown", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        connection = await NextAsync(connection, inNextSession: true);
        await ListAsync(connection, BareX, Listed(X, "active", null));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("deactivate")]
    [InlineData("serviceplan")]
    public async Task A_request_ended_and_the_service_had_called_it_active_before_and_the_next_session_believes_the_message_that_proves(string action)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Listed(X, "active", "ENABLE"));
        await EndAsync(connection, action, "device");
        connection = await NextAsync(connection, inNextSession: true);
        connection.ReceiveCallback(Disabled("r"));

        AssertProven(connection, X);
    }

    // --- Requests of others that had not been read ---------------------------------------------------------------------------

    [Theory]
    [InlineData("deactivate")]
    [InlineData("disable")]
    [InlineData("device_suspend")]
    public async Task A_message_called_it_active_where_another_process_request_had_not_been_read_and_the_next_session_hears_the_confirmation(string action)
    {
        var (one, two) = await OpenTwoAsync();
        await SendAsync(two, EsimAction.Find(action)!, "r", X);
        SayEnabled(one, X.Eid!);
        one.Dispose();
        two.Dispose();
        var connection = await Fixture.OpenAsync();
        connection.ReceiveCallback(Disabled("r"));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("it is enabled")]
    [InlineData("the neighbour is disabled")]
    public async Task Likewise_with_a_switch_to_its_neighbour(string otherwise)
    {
        var (one, two) = await OpenTwoAsync();
        await ConfirmEnabledAsync(two, X);
        await SendAsync(two, EsimAction.Enable, "y", Y);
        one.ReceiveCallback(otherwise == "it is enabled"
            ? Sample.Callback("unknown", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")
            : Sample.Callback("unknown", Y.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        one.Dispose();
        two.Dispose();
        var connection = await Fixture.OpenAsync();
        connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "ENABLE")));

        await AssertRefusedAsync(connection, X);
    }

    // --- Switches whose own message says otherwise -----------------------------------------------------------------------------

    [Theory]
    [InlineData("DISABLE", false)]
    [InlineData("DISABLE", true)]
    [InlineData("NOT_DOWNLOADED", false)]
    [InlineData("NOT_DOWNLOADED", true)]
    [InlineData("ENABLE DISABLE", false)]
    [InlineData("ENABLE DISABLE", true)]
    [InlineData("DISABLE ENABLE", false)]
    [InlineData("DISABLE ENABLE", true)]
    public async Task The_confirmation_of_the_switch_to_its_neighbour_does_not_call_that_one_enabled(string statuses, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(connection, X);
        await SendAsync(connection, EsimAction.Enable, "y", Y);
        foreach (var status in statuses.Split(' '))
        {
            connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: status)));
        }

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), X);
    }

    // --- Messages of unknown requests that end a doubt --------------------------------------------------------------------------

    [Theory]
    [InlineData("profile_suspend", "SUSPEND")]
    [InlineData("deactivate", "DEACTIVE")]
    public async Task A_message_ends_a_doubt_and_calls_it_enabled_behind_the_answer_that_called_it_disabled(string action, string state)
    {
        var connection = await Fixture.OpenAsync();
        Fixture.Service.On(Endpoint.Action, 500, "");
        var submission = await connection.SubmitAsync(EsimAction.Find(action)!, [X], new());
        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure?.Error);
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ListAsync(connection, X, Listed(X, "active", "DISABLE"));
        connection.ReceiveCallback(Sample.Callback("unknown", X.Iccid!, state: state, profileStatus: "ENABLE"));

        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        Assert.NotEqual(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, X).Decision);
    }

    // --- Where it is ----------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("serviceplan")]
    [InlineData("setfallbackattribute")]
    public async Task An_inventory_names_a_wrong_EID_for_an_action_that_does_not_go_to_the_eUICC_and_its_neighbour_is_disabled(string action)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Find(action)!, "s", Elsewhere);
        connection.ReceiveCallback(Sample.Callback("s", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        AssertProven(connection, Elsewhere);
        await SendAsync(connection, EsimAction.Disable, "y", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));

        await AssertRefusedAsync(connection, Elsewhere);
    }

    [Theory]
    [InlineData("list", false)]
    [InlineData("list", true)]
    [InlineData("message", false)]
    [InlineData("message", true)]
    [InlineData("confirmation", false)]
    [InlineData("confirmation", true)]
    public async Task It_is_said_to_be_on_another_device_which_is_resumed(string how, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(connection, X);
        await ConfirmEnabledAsync(connection, Y);
        if (how == "list")
        {
            await ListAsync(connection, X, Listed(Elsewhere, "active", "ENABLE"));
        }
        else if (how == "message")
        {
            SayEnabled(connection, Elsewhere.Eid!);
        }

        await SendAsync(connection, EsimAction.Deactivate, "d", BareX);
        var confirmation = Sample.Callback("d", X.Iccid!);
        connection.ReceiveCallback(how == "confirmation" ? Sample.WithEid(confirmation, Elsewhere.Eid!) : confirmation);
        await SendAsync(connection, EsimAction.DeviceResume, "r", new EsimProfile { Eid = Elsewhere.Eid });
        connection.ReceiveCallback(OfDevice(Elsewhere.Eid!));

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), BareX);
    }

    [Theory]
    [InlineData("list", "gone", false)]
    [InlineData("list", "gone", true)]
    [InlineData("list", "elsewhere", false)]
    [InlineData("list", "elsewhere", true)]
    [InlineData("message", "gone", false)]
    [InlineData("message", "gone", true)]
    [InlineData("message", "elsewhere", false)]
    [InlineData("message", "elsewhere", true)]
    public async Task It_is_said_not_to_be_on_its_eUICC_any_more_and_then_a_third_one_there_is_enabled(string how, string said, bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(connection, X);
        await ConfirmEnabledAsync(connection, Y);
        var (status, profile) = said == "gone" ? ("NOT_DOWNLOADED", X) : ("ENABLE", Elsewhere);
        if (how == "list")
        {
            await ListAsync(connection, X, Listed(profile, "active", status));
        }
        else
        {
            connection.ReceiveCallback(Sample.WithEid(Sample.Callback("unknown", X.Iccid!, state: "ACTIVE", profileStatus: status), profile.Eid!));
            Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await ConfirmEnabledAsync(connection, new() { Iccid = Sample.IccidOf(3), Eid = X.Eid }, "third");

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), X);
    }

    [Fact]
    public async Task It_is_said_to_be_elsewhere_and_then_there_again_and_its_neighbour_is_enabled()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmEnabledAsync(connection, X);
        SayEnabled(connection, Elsewhere.Eid!);
        await PlaceAsync(connection, X, "ENABLE");
        await ConfirmEnabledAsync(connection, Y);

        AssertProven(connection, X);
    }

    private static string Disabled(string requestId) => WithEid(Sample.Callback(requestId, X.Iccid!, state: "DEACTIVE", profileStatus: "DISABLE"));

    // A message that names the device alone.
    private static string OfDevice(string eid) => $$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{eid}}"}]}""";

    private async Task<EsimRequest> EndAsync(EsimConnection connection, string action, string how)
    {
        var request = await SendAsync(connection, EsimAction.Find(action)!, "r", X);
        if (how == "device")
        {
            connection.ReceiveCallback(OfDevice(X.Eid!));
        }
        else
        {
            await PollAsync(connection, request, Done);
        }

        return request;
    }

    private async Task ConfirmEnabledAsync(EsimConnection connection, EsimProfile profile, string? requestId = null)
    {
        var id = requestId ?? (profile == X ? "x" : "y");
        await SendAsync(connection, EsimAction.Enable, id, profile);
        connection.ReceiveCallback(WithEid(Sample.Callback(id, profile.Iccid!, state: null, profileStatus: "ENABLE")));
    }

    private void SayEnabled(EsimConnection connection, string eid)
    {
        connection.ReceiveCallback(Sample.WithEid(Sample.Callback("unknown", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"), eid));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
    }
}
