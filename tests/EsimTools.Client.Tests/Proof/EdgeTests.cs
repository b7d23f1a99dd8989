// The edges of what the tracker remembers for a proof: how far a clock may step, whose words take proof away, and what a finding names.

using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;
using EsimTools.Identity;
using EsimTools.Proof;
using EsimTools.Requests;

namespace EsimTools.Client.Tests.Proof;

public sealed class EdgeTests : IDisposable
{
    private static readonly EsimProfile X = Sample.Profile(1);

    // Another profile of the same eUICC.
    private static readonly EsimProfile Y = new() { Iccid = Sample.IccidOf(2), Eid = X.Eid };

    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    // --- Clocks -------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_clock_that_goes_back_by_a_minute_has_not_been_set_back_and_small_steps_add_up()
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, "deactive");
        _bench.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.True(connection.Explain(X).IsProven);

        _bench.Clock.Advance(-TimeSpan.FromMinutes(1));
        Assert.True(connection.Explain(X).IsProven);

        _bench.Clock.Advance(-TimeSpan.FromTicks(1));
        Assert.Equal(ProofReason.ClockSetBack, connection.Explain(X).Reason);
    }

    [Fact]
    public async Task After_a_step_back_the_clock_may_step_back_again()
    {
        var connection = await _bench.OpenAsync();
        _bench.Clock.Advance(-TimeSpan.FromHours(2));
        await ListAsync(connection, X, "deactive");
        _bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(connection.Explain(X).IsProven);

        _bench.Clock.Advance(-TimeSpan.FromMinutes(30));

        Assert.Equal(ProofReason.ClockSetBack, connection.Explain(X).Reason);
    }

    // --- What a finding names -----------------------------------------------------------------------------------------

    [Fact]
    public async Task A_finding_names_the_word_and_what_stands_against_it()
    {
        var connection = await _bench.OpenAsync();
        Assert.Equal(new ProofFinding(ProofReason.NothingSaid), connection.Explain(X));

        var asked = _bench.Clock.UtcNow;
        await ListAsync(connection, X, "deactive");
        Assert.Equal(new ProofFinding(ProofReason.Sound, asked), connection.Explain(X));

        await SendAsync(connection, EsimAction.Activate, "a", X);
        Assert.Equal(new ProofFinding(ProofReason.OpenAction, Against: "activate", AgainstId: "a"), connection.Explain(X));

        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, "Failed", null, null));
        Assert.Equal(new ProofFinding(ProofReason.Superseded, asked, Against: "activate", AgainstId: "a"), connection.Explain(X));

        var sent = _bench.Clock.UtcNow;
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        Assert.Equal(new ProofFinding(ProofReason.Sound, sent, "d", "deactivate"), connection.Explain(X));
    }

    [Fact]
    public async Task A_finding_tells_until_when_what_was_inferred_may_still_arrive()
    {
        var connection = await _bench.OpenAsync();
        var sent = _bench.Clock.UtcNow;
        await SendAsync(connection, EsimAction.Activate, "a", X, Sample.Profile(3));
        _bench.Service.On(Endpoint.Status, 200, """{"requestId":"a","status":"Failed"}""");
        await connection.PollAsync(connection.FindRequest("a")!);
        await ListAsync(connection, X, "deactive");

        var finding = connection.Explain(X);

        Assert.Equal((ProofReason.MayStillArrive, "activate", "a", sent.AddHours(24)), (finding.Reason, finding.Against, finding.AgainstId, finding.Until!.Value));
    }

    // --- Whose words take proof away ----------------------------------------------------------------------------------

    [Theory]
    [InlineData("deactive", null, "ACTIVE", null, false)]
    [InlineData("deactive", null, "SUSPEND", null, false)]
    [InlineData("deactive", null, "DEACTIVE", null, true)]
    [InlineData("deactive", null, "PENDING", null, true)]
    [InlineData("deactive", null, null, "ENABLE", true)]
    [InlineData("active", "DISABLE", null, "ENABLE", false)]
    [InlineData("active", "DISABLE", null, "DOWNLOAD_ENABLE", false)]
    [InlineData("active", "DISABLE", null, "DISABLE", true)]
    [InlineData("active", "DISABLE", "ACTIVE", null, true)]
    public async Task A_message_of_an_unknown_request_takes_away_what_it_contradicts_and_no_more(
        string listedState, string? listedStatus, string? state, string? status, bool isProven)
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, listedState, listedStatus);

        connection.ReceiveCallback(Sample.Callback("foreign", X.Iccid!, state: state, profileStatus: status));

        Assert.Equal(isProven, connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData("ACTIVE", null, false)]
    [InlineData("SUSPEND", null, false)]
    [InlineData("PENDING", null, true)]
    [InlineData(null, null, true)]
    public async Task A_failure_that_tells_that_the_profile_is_on_takes_proof_away(string? state, string? status, bool isProven)
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, "deactive");
        await SendAsync(connection, EsimAction.ServicePlan, "p", X);

        connection.ReceiveCallback(Sample.Callback("p", X.Iccid!, "Failed", state, status));

        Assert.Equal(isProven, connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData("ENABLE", false)]
    [InlineData("DOWNLOAD", true)]
    public async Task A_failure_that_tells_that_the_profile_is_enabled_takes_proof_away(string status, bool isProven)
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, "active", "DISABLE");
        await SendAsync(connection, EsimAction.ServicePlan, "p", X);

        connection.ReceiveCallback(Sample.Callback("p", X.Iccid!, "Failed", null, status));

        Assert.Equal(isProven, connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_failed_request_for_one_profile_is_as_good_as_the_services_word_that_it_was_not_done()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Activate, "a", X);
        _bench.Service.On(Endpoint.Status, 200, """{"requestId":"a","status":"Failed"}""");
        await connection.PollAsync(connection.FindRequest("a")!);

        await ListAsync(connection, X, "deactive");

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_confirmation_that_names_another_twentieth_digit_settles_and_proves_nothing()
    {
        var twin = X.Iccid![..19] + (char)('0' + ((X.Iccid[19] - '0' + 1) % 10));
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(Sample.Callback("r", twin));

        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        Assert.False(connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_confirmation_that_names_nineteen_digits_proves()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(Sample.Callback("r", X.Iccid![..19]));

        Assert.True(connection.Explain(X).IsProven);
    }

    // --- Doubts -------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public async Task A_message_of_an_unknown_request_settles_a_doubt_unless_it_is_older_than_the_request(int ticks, bool settles)
    {
        _bench.Service.On(Endpoint.Action, 500, "");
        var connection = await _bench.OpenAsync();
        var sent = _bench.Clock.UtcNow;
        var request = (await Bench.DeactivateAsync(connection, X)).Request!;
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        var callback = EsimCallback.Parse(Sample.Callback("foreign", X.Iccid!));
        callback.ReceivedAt = sent.AddTicks(ticks);

        connection.ReceiveCallback(callback);

        Assert.Equal(settles ? EsimRequestStatus.Succeeded : EsimRequestStatus.InDoubt, request.Status);
    }

    [Fact]
    public async Task A_connection_that_was_closed_listens_no_more()
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection.Dispose();

        connection.Tracker.Observe(EsimCallback.Parse(Sample.Callback("r", X.Iccid!)));

        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
    }

    // --- The eUICC ----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task A_switch_proves_for_the_others_where_the_message_names_profile_and_eUICC(bool namesEuicc, bool isProven)
    {
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        var message = Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE");

        connection.ReceiveCallback(namesEuicc ? WithEid(message) : message);

        Assert.Equal((isProven, isProven), (connection.Explain(X).IsProven, connection.Explain(X).IsBySwitch));
        Assert.False(connection.Explain(Y).IsProven);
    }

    [Fact]
    public async Task A_switch_that_is_disputed_proves_for_nobody()
    {
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
        Assert.True(connection.Explain(X).IsProven);

        connection.ReceiveCallback(WithEid(Sample.Callback("ey", Y.Iccid!, "Failed", null, null)));

        Assert.False(connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_request_that_the_service_refused_stands_against_nothing()
    {
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        foreach (var (action, profile) in new[] { (EsimAction.Activate, X), (EsimAction.Delete, Y), (EsimAction.DeviceResume, X) })
        {
            _bench.Service.On(Endpoint.Action, 400, """{"errorCode":"INPUT_INVALID","errorMessage":"no"}""");
            await connection.SubmitAsync(action, [profile], new(), serviceWasAsked: true);
            _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await PlaceAsync(connection, X, "DISABLE");

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, X).Decision);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_open_action_for_the_device_stands_against_its_profiles_by_whatever_names_the_device(bool rowNamesDevice)
    {
        var connection = await _bench.OpenAsync();
        if (!rowNamesDevice)
        {
            await PlaceAsync(connection, X, "DISABLE");
        }

        await SendAsync(connection, EsimAction.DeviceResume, "res", Y);
        var row = rowNamesDevice ? X : new EsimProfile { Iccid = X.Iccid };

        Assert.Equal((ProofReason.OpenAction, "res"), (connection.Explain(row).Reason, connection.Explain(row).AgainstId));
    }

    [Fact]
    public async Task An_open_action_for_another_device_stands_against_no_profile_that_the_service_has_placed()
    {
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "DISABLE");

        await SendAsync(connection, EsimAction.DeviceResume, "res", Sample.Profile(5));

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_part_of_a_request_is_resolved_at_its_place_in_the_whole()
    {
        var connection = await _bench.OpenAsync();
        var whole = await SendAsync(connection, EsimAction.Deactivate, "r", Sample.Profiles(3));
        var part = Assert.Single((await connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile(3)], new() { SkipConfirmedWithin = TimeSpan.FromHours(24) })).Skipped);
        _bench.Service.On(Endpoint.Status, 200, """{"requestId":"r","status":"Pending"}""")
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(3), "deactive")));

        await connection.ResolveAsync(part);

        Assert.Equal([null, null, OutcomeStatus.Succeeded], Enumerable.Range(0, 3).Select(place => whole.ResultAt(place)?.Status));
    }

    // ------------------------------------------------------------------------------------------------------------------

    private static string WithEid(string callback) =>
        callback.Replace("\"kind\": \"Iccid\" } ]", $"\"kind\": \"Iccid\" }}, {{ \"id\": \"{X.Eid}\", \"kind\": \"Eid\" }} ]", StringComparison.Ordinal);

    private async Task<EsimRequest> SendAsync(EsimConnection connection, EsimAction action, string requestId, params EsimProfile[] profiles)
    {
        _bench.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        var options = new EsimActionOptions { Resubmit = true, ServicePlan = action == EsimAction.ServicePlan ? "Other" : null };
        var submission = await connection.SubmitAsync(action, profiles, options).WaitAsync(ManualClock.HangLimit);
        Assert.Empty(submission.Refused);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        return submission.Request!;
    }

    private async Task ListAsync(EsimConnection connection, EsimProfile profile, string state, string? status = null) =>
        await HearAsync(connection, profile, Sample.Listed(profile.Iccid!, state, status));

    // The service tells on which eUICC it is.
    private async Task PlaceAsync(EsimConnection connection, EsimProfile profile, string status) =>
        await HearAsync(connection, profile, Sample.Listed(profile.Iccid!, "active", status).Replace(
            "\"kind\": \"iccId\" }", $"\"kind\": \"iccId\" }}, {{ \"id\": \"{profile.Eid}\", \"kind\": \"eid\" }}", StringComparison.Ordinal));

    private async Task HearAsync(EsimConnection connection, EsimProfile profile, string row)
    {
        _bench.Service.On(Endpoint.List, 200, Sample.Page(false, row));
        await connection.LookUpAsync([profile]);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
    }
}
