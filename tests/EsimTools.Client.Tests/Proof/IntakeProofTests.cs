// What the taking in of polls and messages hands on to the proof: each test holds one condition of it that no other test would miss.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class IntakeProofTests : ProofScenario
{
    private const string DeviceDone = """{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"EID"}]}""";

    private static readonly EsimProfile Device = new() { Eid = X.Eid };

    private static readonly EsimProfile Iccid = new() { Iccid = X.Iccid };

    private static readonly EsimProfile Elsewhere = Sample.Profile(7);

    // --- Polls ----------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task Of_a_whole_that_failed_a_part_that_succeeded_counts_beside_two_that_failed()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X, Sample.Profile(5), Sample.Profile(6));
        await PollAsync(connection, request, $$"""{"requestId":"d","status":"Failed","subRequests":[{{Part(1, "Success")}},{{Part(5, "Failed")}},{{Part(6, "Failed")}}] }""");

        AssertProven(connection, X);
    }

    [Fact]
    public async Task A_part_that_names_its_profile_and_failed_is_no_inference()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Activate, "a", X);
        await PollAsync(connection, request, $$"""{"requestId":"a","status":"Failed","subRequests":[{{Part(1, "Failed")}}] }""");
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);

        AssertProven(connection, X);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_whole_that_failed_speaks_against_no_success_where_others_failed_or_are_open(bool othersFailed)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X, Sample.Profile(5));
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        if (othersFailed)
        {
            connection.ReceiveCallback(Sample.Callback("d", Sample.IccidOf(5), "FAILED", state: null, profileStatus: null));
        }

        await PollAsync(connection, request, """{"requestId":"d","status":"Failed"}""");

        AssertProven(connection, X);
    }

    [Fact]
    public async Task A_poll_of_a_failure_tells_no_status()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Download, "d", X);
        await PollAsync(connection, request, """{"requestId":"d","status":"Failed"}""");

        Assert.Null(Assert.Single(request.GetResults()).ProfileStatus);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_names_the_device_alone_places_no_profile_there(bool polled)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X);
        if (polled)
        {
            await PollAsync(connection, request, $$"""{"requestId":"d","status":"Success","subRequests":[{"ids":[{"id":"{{X.Eid}}","kind":"eid"}],"status":"Success"}]}""");
        }
        else
        {
            connection.ReceiveCallback($$"""{"requestId":"d","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");
        }

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);
        await SendAsync(connection, EsimAction.DeviceResume, "dev", Elsewhere);

        Assert.Equal(ProofReason.OpenAction, connection.Explain(X).Reason);
    }

    // --- Messages -------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_row_that_names_another_eUICC_than_the_service_did_makes_its_place_uncertain()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", new EsimProfile { Iccid = X.Iccid, Eid = Elsewhere.Eid });
        AssertProven(connection, Iccid);
        await SendAsync(connection, EsimAction.DeviceResume, "dev", Sample.Profile(8));

        Assert.Equal(ProofReason.OpenAction, connection.Explain(Iccid).Reason);
    }

    [Fact]
    public async Task An_entry_of_two_ICCIDs_proves_for_neither_and_takes_away_from_both()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        await SendAsync(connection, EsimAction.Deactivate, "e", Sample.Profile(5));
        var both = $$"""{"deviceIdentifierCollection":[{"id":"{{X.Iccid}}","kind":"Iccid"},{"id":"{{Sample.IccidOf(6)}}","kind":"Iccid"}],"state":"ACTIVE"}""";
        connection.ReceiveCallback($$"""{"requestId":"e","status":"SUCCESS","deviceIds":[{"id":"{{Sample.IccidOf(5)}}","kind":"Iccid"}],"deviceResponse":{"deviceProfileResponse":[{{Entry(5, "DEACTIVE")}},{{both}}] } }""");

        await AssertRefusedAsync(connection, X);
        AssertProven(connection, Sample.Profile(5));
    }

    [Fact]
    public async Task A_message_of_a_request_that_was_taken_settles_no_other_one_in_doubt()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        Fixture.Service.On(Endpoint.Action, 500, "{}");
        var doubt = (await connection.SubmitAsync(EsimAction.Deactivate, [X], new() { Resubmit = true })).Request!;
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        Assert.Equal(EsimRequestStatus.InDoubt, doubt.Status);
        Assert.Equal(EsimRequestStatus.Succeeded, connection.FindRequest("d")!.Status);
    }

    [Fact]
    public async Task A_message_of_a_request_of_an_earlier_session_proves_by_its_twentieth_digit()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection = await NextAsync(connection, inNextSession: true);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        AssertProven(connection, X);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_that_is_not_done_yet_has_an_entry_that_says_ACTIVE(bool isNamed)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "e", Sample.Profile(5));
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        var (about, entry) = isNamed ? (5, Entry(1, "ACTIVE")) : (1, """{"state":"ACTIVE"}""");
        connection.ReceiveCallback($$"""{"requestId":"e","status":"PENDING","deviceIds":[{"id":"{{Sample.IccidOf(about)}}","kind":"Iccid"}],"deviceResponse":{"deviceProfileResponse":[{{entry}}] } }""");

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("ACTIVE", "LOCAL", null)]
    [InlineData("DEACTIVE", "LEAD", EsimError.EsimProfileNotDeletable)]
    public async Task An_unknown_message_names_it_outside_its_entry(string state, string role, EsimError? expected)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        connection.ReceiveCallback($$"""{"requestId":"q","status":"SUCCESS","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"deviceResponse":{"deviceProfileResponse":{"state":"{{state}}","profileRole":"{{role}}"} } }""");

        await AssertRefusedAsync(connection, X, expected);
    }

    [Fact]
    public async Task What_had_failed_by_a_message_in_the_next_session_was_not_confirmed_by_another_one()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection = await NextAsync(connection, inNextSession: true);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null));
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        Assert.Equal(0, connection.Tracker.FindRepeat(EsimAction.Deactivate, X, Sample.Account, new() { SkipConfirmedWithin = TimeSpan.FromHours(1) }));
    }

    // --- Messages about the profiles of a device -------------------------------------------------------------------------

    [Fact]
    public async Task A_member_of_a_device_is_resumed_in_the_next_session()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceResume, "dev", Device);
        connection.ReceiveCallback(DeviceDone.Replace("EID", X.Eid, StringComparison.Ordinal));
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        connection = await NextAsync(connection, inNextSession: true);
        AssertProven(connection, X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "ACTIVE", profileStatus: null)));

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_message_about_a_member_of_a_device_needs_no_EID_where_the_service_has_placed_it()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", Device);
        connection.ReceiveCallback(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: null));
        connection.ReceiveCallback(DeviceDone.Replace("EID", X.Eid, StringComparison.Ordinal));

        AssertProven(connection, X);
    }

    [Theory]
    [InlineData("ACTIVE", "LOCAL", null)]
    [InlineData("DEACTIVE", "LEAD", EsimError.EsimProfileNotDeletable)]
    public async Task A_message_of_a_request_for_another_device_speaks_against_it(string state, string role, EsimError? expected)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", new EsimProfile { Eid = Elsewhere.Eid });
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: state, profileStatus: null, role: role)));

        await AssertRefusedAsync(connection, X, expected);
    }

    [Fact]
    public async Task A_failure_about_a_member_of_a_device_does_not_take_LEAD_back()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("q", X.Iccid!, role: "LEAD"));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", Device);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, "FAILED", state: null, profileStatus: null, role: "LOCAL")));
        connection.ReceiveCallback(DeviceDone.Replace("EID", X.Eid, StringComparison.Ordinal));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable);
    }

    [Fact]
    public async Task A_message_about_a_member_of_a_device_tells_its_status()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", Device);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "SUSPEND", profileStatus: "ENABLE")));
        connection.ReceiveCallback(DeviceDone.Replace("EID", X.Eid, StringComparison.Ordinal));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDisabled);
    }

    [Fact]
    public async Task A_message_about_a_member_of_a_device_whose_ICCID_is_none_is_about_nobody()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.DeviceResume, "dev", Device);
        connection.ReceiveCallback("""{"requestId":"dev","status":"SUCCESS","deviceIds":[{"id":"x","kind":"Iccid"}]}""");

        Assert.Empty(request.GetResults());
    }

    private static string Part(int number, string status) => $$"""{"ids":[{"id":"{{Sample.IccidOf(number)}}","kind":"iccid"}],"status":"{{status}}"}""";
}
