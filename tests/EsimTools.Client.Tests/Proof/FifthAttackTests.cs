// Ways to an unproven delete that a fifth attack with the source in hand has tried, each named for the way: what is heard before others' lines are read,
// what has gathered and cannot be written, and what the next session makes of the journal.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class FifthAttackTests : ProofScenario
{
    private const string DeviceDone = """{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"EID"}]}""";

    // --- What is heard before others' lines are read -------------------------------------------------------------------

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_member_of_a_device_was_resumed_behind_a_deactivation_that_was_not_read_yet(bool inTheSameSession)
    {
        var one = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var two = await Fixture.OpenAsync();
        await SendAsync(one, EsimAction.DeviceResume, "dev", X);
        one.ReceiveCallback(DeviceDone.Replace("EID", X.Eid, StringComparison.Ordinal));
        one.FlushJournal();
        await SendAsync(two, EsimAction.Deactivate, "d", X);
        two.ReceiveCallback(Sample.Callback("d", X.Iccid!, profileStatus: null));
        two.FlushJournal();
        one.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "ACTIVE", profileStatus: null)));
        if (inTheSameSession)
        {
            _ = one.GetRequests().ToArray();
            await AssertRefusedAsync(one, X);
        }

        one.Dispose();
        two.Dispose();
        await AssertRefusedAsync(await Fixture.OpenAsync(), X);
    }

    // --- What has gathered and cannot be written ------------------------------------------------------------------------

    [Theory]
    [InlineData("asked")]
    [InlineData("disputed")]
    public async Task What_speaks_against_a_confirmation_gathers_while_the_disk_is_full_for_a_moment(string how)
    {
        var connection = await Fixture.OpenAsync();
        var disk = FillingDisk.Under(connection);
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        connection.FlushJournal();
        disk().Room = 0;
        if (how == "asked")
        {
            await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active"));
        }
        else
        {
            connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null));
        }

        connection.FlushJournal();
        disk().Room = long.MaxValue;
        await AssertRefusedAsync(connection, X);

        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X);
    }

    [Theory]
    [InlineData("told")]
    [InlineData("disputed")]
    [InlineData("LEAD")]
    public async Task What_speaks_against_a_confirmation_is_heard_while_the_line_of_the_delete_waits_for_the_disk(string how)
    {
        var connection = await Fixture.OpenAsync();
        var disk = FillingDisk.Under(connection);
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        connection.FlushJournal();

        // A request that its caller has let go is read from the disk again, and would wait behind the line.
        var requests = connection.GetRequests().ToArray();
        using var hanging = new ManualResetEventSlim();
        disk().Hanging = hanging;
        var submitting = Task.Run(() => connection.SubmitAsync(EsimAction.Delete, [X], new(), serviceWasAsked: true));
        Assert.True(disk().IsWaitedFor.Wait(ManualClock.HangLimit));

        var message = how switch
        {
            "told" => Sample.Callback("q", X.Iccid!, state: "ACTIVE"),
            "disputed" => Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null),
            _ => Sample.Callback("q", X.Iccid!, role: "LEAD"),
        };
        await Task.Run(() => connection.ReceiveCallback(message)).WaitAsync(ManualClock.HangLimit);
        disk().Hanging = null;
        hanging.Set();
        var submission = await submitting.WaitAsync(ManualClock.HangLimit);

        Assert.Equal(EsimError.EsimProfileStateUnknown, submission.Failure?.Error);
        Assert.Single(Fixture.Service.Of(Endpoint.Action));
        GC.KeepAlive(requests);
    }

    // --- What the next session makes of the journal ----------------------------------------------------------------------

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_activation_that_had_failed_has_succeeded_a_day_later_behind_a_deactivation(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Activate, "a", X);
        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, "FAILED", state: null, profileStatus: null));
        Fixture.Clock.Advance(TimeSpan.FromHours(25));
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE"));

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_activation_that_had_succeeded_has_failed_behind_a_deactivation_that_is_read_first(bool inTheSameSession)
    {
        var two = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var one = await Fixture.OpenAsync();
        await SendAsync(one, EsimAction.Activate, "a", X);
        one.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE"));
        one.FlushJournal();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ConfirmAsync(two, EsimAction.Deactivate, "d", X);
        two.FlushJournal();
        one.ReceiveCallback(Sample.Callback("a", X.Iccid!, "FAILED", state: null, profileStatus: null));
        if (inTheSameSession)
        {
            _ = one.GetRequests().ToArray();
            await AssertRefusedAsync(one, X);
        }

        one.Dispose();
        two.Dispose();
        await AssertRefusedAsync(await Fixture.OpenAsync(), X);
    }

    [Theory]
    [InlineData("asked")]
    [InlineData("told")]
    public async Task The_service_has_called_it_disabled_twice_and_then_ACTIVE(string how)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);
        if (how == "asked")
        {
            await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active"));
        }
        else
        {
            connection.ReceiveCallback(Sample.Callback("q", X.Iccid!, state: "ACTIVE"));
        }

        await AssertRefusedAsync(connection, X);
        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_other_profile_of_the_eUICC_was_enabled_and_the_service_has_spoken_against_that_since(bool ofTheOther)
    {
        var connection = await Fixture.OpenAsync();
        foreach (var (id, profile) in new[] { ("x", X), ("y", Y) })
        {
            await SendAsync(connection, EsimAction.Enable, id, profile);
            connection.ReceiveCallback(WithEid(Sample.Callback(id, profile.Iccid!, state: null, profileStatus: "ENABLE")));
        }

        connection.FlushJournal();
        AssertProven(connection, X);
        AssertProven(await Fixture.OpenAsync(), X);
        await ListAsync(connection, ofTheOther ? Y : X, Listed(ofTheOther ? Y : X, "active", ofTheOther ? "DISABLE" : "ENABLE"));
        await AssertRefusedAsync(connection, X);

        await AssertRefusedAsync(await NextAsync(connection, inNextSession: true), X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_service_places_it_on_another_eUICC_than_a_confirmation_did(bool inNextSession)
    {
        var iccid = new EsimProfile { Iccid = X.Iccid };
        var elsewhere = Sample.Profile(7);
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Enable, "x", iccid);
        connection.ReceiveCallback(WithEid(Sample.Callback("x", X.Iccid!, state: null, profileStatus: "ENABLE")));
        await ListAsync(connection, iccid, Listed(new EsimProfile { Iccid = X.Iccid, Eid = elsewhere.Eid }, "active", null));
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", iccid);
        AssertProven(connection, iccid);
        await SendAsync(connection, EsimAction.DeviceResume, "dev", elsewhere);
        connection.ReceiveCallback(DeviceDone.Replace("EID", elsewhere.Eid, StringComparison.Ordinal));

        await AssertRefusedAsync(await NextAsync(connection, inNextSession), iccid);
    }
}
