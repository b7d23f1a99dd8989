// Ways to an unproven delete that an eighth attack with the source in hand has tried, each named for the way: what one session has heard against a
// confirmation and the next one does not know, a delete that waits while its profile becomes the enabled one, and ICCIDs of twenty digits.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class EighthAttackTests : ProofScenario
{
    // --- What this session has heard and the next one does not know -------------------------------------------------------

    [Theory]
    [InlineData("list", "callback")]
    [InlineData("list", "poll")]
    [InlineData("message", "callback")]
    public async Task The_service_has_called_it_active_before_the_deactivation_that_was_carried_out_earlier_is_confirmed(string how, string confirmed)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);

        // It has been deactivated, and another hand has activated it again.
        await SayActiveAsync(connection, how);
        if (confirmed == "poll")
        {
            await PollAsync(connection, request, """{"requestId":"d","status":"Success"}""");
        }
        else
        {
            connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        }

        await AssertRefusedAsync(connection, X);
        await AssertNotProvenAsync(await NextAsync(connection, inNextSession: true), X);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("message")]
    public async Task The_service_has_called_it_active_in_an_earlier_session_than_the_deactivation_is_confirmed(string how)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        await SayActiveAsync(connection, how);
        connection = await NextAsync(connection, inNextSession: true);
        Assert.Equal(EsimRequestStatus.Accepted, connection.FindRequest("d")!.Status);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        Assert.Equal(EsimRequestStatus.Succeeded, connection.FindRequest("d")!.Status);

        await AssertNotProvenAsync(connection, X);
        await ListAsync(connection, X, Listed(X, "deactive", null));
        AssertProven(connection, X);
    }

    [Fact]
    public async Task The_service_has_called_it_active_before_the_suspension_of_its_device_calls_it_DEACTIVE()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        await SayActiveAsync(connection, "list");
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: null)));
        connection.ReceiveCallback($$"""{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");

        await AssertRefusedAsync(connection, X);
        await AssertNotProvenAsync(await NextAsync(connection, inNextSession: true), X);
    }

    [Theory]
    [InlineData("active")]
    [InlineData("deactive")]
    [InlineData("deactive active")]
    public async Task Another_process_deactivates_it_and_the_service_then_calls_it_active_here_where_it_has_been_asked_before(string before)
    {
        var one = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var two = await Fixture.OpenAsync();
        foreach (var state in before.Split(' '))
        {
            await ListAsync(one, X, Listed(X, state, null));
        }

        await ConfirmAsync(two, EsimAction.Deactivate, "d", X);
        two.FlushJournal();
        await SayActiveAsync(one, "list");
        one.Dispose();
        two.Dispose();

        await AssertNotProvenAsync(await Fixture.OpenAsync(), X);
    }

    [Theory]
    [InlineData("it is enabled")]
    [InlineData("a message says that it is enabled")]
    [InlineData("the neighbour is disabled")]
    public async Task The_service_has_said_otherwise_before_the_switch_to_its_neighbour_that_was_carried_out_earlier_is_confirmed(string otherwise)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Enable, "x", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("x", X.Iccid!, state: null, profileStatus: "ENABLE")));
        await SendAsync(connection, EsimAction.Enable, "y", Y);

        // The neighbour was the enabled one for a moment.
        await (otherwise switch
        {
            "it is enabled" => PlaceAsync(connection, X, "ENABLE"),
            "the neighbour is disabled" => PlaceAsync(connection, Y, "DISABLE"),
            _ => SayActiveAsync(connection, "message"),
        });
        connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "ENABLE")));

        await AssertRefusedAsync(connection, X);
        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X);
    }

    // --- A delete that waits ------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_profile_becomes_the_enabled_one_while_its_delete_waits_and_the_eUICC_falls_back_to_another_one()
    {
        var (one, other) = (new EsimProfile { Iccid = X.Iccid }, new EsimProfile { Iccid = Y.Iccid });
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, one, Sample.Listed(one.Iccid!, "active", "DISABLE"));
        await ListAsync(connection, other, Sample.Listed(other.Iccid!, "active", "DISABLE"));
        await SendAsync(connection, EsimAction.Deactivate, "d", one);
        var refused = new TaskCompletionSource();
        Fixture.Service.On(Endpoint.Action, _ => refused.TrySetResult() ? ScriptedService.Answer(429, "") : ScriptedService.Taken("x"));
        var deleting = connection.SubmitAsync(EsimAction.Delete, [one], new() { Resubmit = true });
        await refused.Task.WaitAsync(ManualClock.HangLimit);

        // Another hand has enabled it. Nothing stands against its delete: its service has ended.
        connection.ReceiveCallback(Sample.Callback("d", one.Iccid!));
        for (var i = 0; i < 100 && !deleting.IsCompleted; i++)
        {
            Fixture.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10);
        }

        Assert.Null((await deleting.WaitAsync(ManualClock.HangLimit)).Failure);
        connection.ReceiveCallback(Sample.Callback("x", one.Iccid!, state: null, profileStatus: "DELETE"));

        await AssertRefusedAsync(connection, other);
    }

    // --- Twenty digits --------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task The_profile_that_the_service_has_placed_beside_the_one_that_was_enabled_has_another_twentieth_digit()
    {
        var nineteen = Sample.IccidOf(1).Substring(0, 19);
        var (one, two) = (new EsimProfile { Iccid = nineteen + "1", Eid = X.Eid }, new EsimProfile { Iccid = nineteen + "2", Eid = X.Eid });
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, two, "DISABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        await SendAsync(connection, EsimAction.Enable, "y", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("y", Y.Iccid!, state: null, profileStatus: "ENABLE")));

        AssertProven(connection, two);
        await AssertRefusedAsync(connection, one);
    }

    private async Task SayActiveAsync(EsimConnection connection, string how)
    {
        if (how == "message")
        {
            connection.ReceiveCallback(Sample.Callback("unknown", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        }
        else
        {
            await ListAsync(connection, X, Listed(X, "active", "ENABLE"));
        }
    }
}
