// The edges of what takes a proof away: how far a clock may step, whose words count, what settles a doubt, and what a finding names.

using EsimTools.Client.Tests.Support;
using EsimTools.Proof;

namespace EsimTools.Client.Tests.Proof;

public sealed class LostProofTests : ProofScenario
{
    // --- Clocks -------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_clock_that_goes_back_by_a_minute_has_not_been_set_back_and_small_steps_add_up()
    {
        var connection = await Fixture.OpenAsync();
        await ListStateAsync(connection, X, "deactive");
        Fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.True(connection.Explain(X).IsProven);

        Fixture.Clock.Advance(-TimeSpan.FromMinutes(1));
        Assert.True(connection.Explain(X).IsProven);

        Fixture.Clock.Advance(-TimeSpan.FromTicks(1));
        Assert.Equal(ProofReason.ClockSetBack, connection.Explain(X).Reason);
    }

    [Fact]
    public async Task After_a_step_back_the_clock_may_step_back_again()
    {
        var connection = await Fixture.OpenAsync();
        Fixture.Clock.Advance(-TimeSpan.FromHours(2));
        await ListStateAsync(connection, X, "deactive");
        Fixture.Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(connection.Explain(X).IsProven);

        Fixture.Clock.Advance(-TimeSpan.FromMinutes(30));

        Assert.Equal(ProofReason.ClockSetBack, connection.Explain(X).Reason);
    }

    // --- What a finding names -----------------------------------------------------------------------------------------

    [Fact]
    public async Task A_finding_names_the_word_and_what_stands_against_it()
    {
        var connection = await Fixture.OpenAsync();
        Assert.Equal(new ProofFinding(ProofReason.NothingSaid), connection.Explain(X));

        var asked = Fixture.Clock.UtcNow;
        await ListStateAsync(connection, X, "deactive");
        Assert.Equal(new ProofFinding(ProofReason.Sound, asked), connection.Explain(X));

        await SendAsync(connection, EsimAction.Activate, "a", X);
        Assert.Equal(new ProofFinding(ProofReason.OpenAction, Against: "activate", AgainstId: "a"), connection.Explain(X));

        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, "Failed", null, null));
        Assert.Equal(new ProofFinding(ProofReason.Superseded, asked, Against: "activate", AgainstId: "a"), connection.Explain(X));

        var sent = Fixture.Clock.UtcNow;
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        Assert.Equal(new ProofFinding(ProofReason.Sound, sent, "d", "deactivate"), connection.Explain(X));
    }

    [Fact]
    public async Task A_finding_tells_until_when_what_was_inferred_may_still_arrive()
    {
        var connection = await Fixture.OpenAsync();
        var sent = Fixture.Clock.UtcNow;
        await SendAsync(connection, EsimAction.Activate, "a", X, Sample.Profile(3));
        Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"a","status":"Failed"}""");
        await connection.PollAsync(connection.FindRequest("a")!);
        await ListStateAsync(connection, X, "deactive");

        var finding = connection.Explain(X);

        Assert.Equal((ProofReason.MayStillArrive, "activate", "a", sent + DoubtRule.DefaultNotDoneAfter), (finding.Reason, finding.Against, finding.AgainstId, finding.Until!.Value));
    }

    // --- Whose words take proof away ----------------------------------------------------------------------------------

    [Theory]
    [InlineData("deactive", null, "ACTIVE", null, false)]
    [InlineData("deactive", null, "SUSPEND", null, false)]
    [InlineData("deactive", null, "DEACTIVE", null, true)]
    [InlineData("deactive", null, "PENDING", null, false)]
    [InlineData("deactive", null, null, "ENABLE", true)]
    [InlineData("active", "DISABLE", null, "ENABLE", false)]
    [InlineData("active", "DISABLE", null, "DOWNLOAD_ENABLE", false)]
    [InlineData("active", "DISABLE", null, "DISABLE", true)]
    [InlineData("active", "DISABLE", "ACTIVE", null, true)]
    public async Task A_message_of_an_unknown_request_takes_away_what_it_contradicts_and_no_more(
        string listedState, string? listedStatus, string? state, string? status, bool isProven)
    {
        var connection = await Fixture.OpenAsync();
        await ListStateAsync(connection, X, listedState, listedStatus);

        connection.ReceiveCallback(Sample.Callback("foreign", X.Iccid!, state: state, profileStatus: status));

        Assert.Equal(isProven, connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData("ACTIVE", null, false)]
    [InlineData("SUSPEND", null, false)]
    [InlineData("PENDING", null, false)]
    [InlineData("DEACTIVE", null, true)]
    [InlineData(null, null, true)]
    public async Task A_failure_that_calls_the_profile_anything_but_deactivated_takes_proof_away(string? state, string? status, bool isProven)
    {
        var connection = await Fixture.OpenAsync();
        await ListStateAsync(connection, X, "deactive");
        await SendAsync(connection, EsimAction.ServicePlan, "p", X);

        connection.ReceiveCallback(Sample.Callback("p", X.Iccid!, "Failed", state, status));

        Assert.Equal(isProven, connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData("ENABLE", false)]
    [InlineData("DOWNLOAD", false)]
    [InlineData("DISABLE", true)]
    public async Task A_failure_that_calls_the_profile_anything_but_disabled_takes_proof_away(string status, bool isProven)
    {
        var connection = await Fixture.OpenAsync();
        await ListStateAsync(connection, X, "active", "DISABLE");
        await SendAsync(connection, EsimAction.ServicePlan, "p", X);

        connection.ReceiveCallback(Sample.Callback("p", X.Iccid!, "Failed", null, status));

        Assert.Equal(isProven, connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_failed_request_for_one_profile_is_as_good_as_the_services_word_that_it_was_not_done()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Activate, "a", X);
        Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"a","status":"Failed"}""");
        await connection.PollAsync(connection.FindRequest("a")!);

        await ListStateAsync(connection, X, "deactive");

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_confirmation_that_names_another_twentieth_digit_settles_and_proves_nothing()
    {
        var twin = X.Iccid![..19] + (char)('0' + ((X.Iccid[19] - '0' + 1) % 10));
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(Sample.Callback("r", twin));

        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        Assert.False(connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_confirmation_that_names_nineteen_digits_proves()
    {
        var connection = await Fixture.OpenAsync();
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
        Fixture.Service.On(Endpoint.Action, 500, "");
        var connection = await Fixture.OpenAsync();
        var sent = Fixture.Clock.UtcNow;
        var request = (await ConnectionFixture.DeactivateAsync(connection, X)).Request!;
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var callback = EsimCallback.Parse(Sample.Callback("foreign", X.Iccid!));
        callback.ReceivedAt = sent.AddTicks(ticks);

        connection.ReceiveCallback(callback);

        Assert.Equal(settles ? EsimRequestStatus.Succeeded : EsimRequestStatus.InDoubt, request.Status);
    }

    [Fact]
    public async Task A_connection_that_was_closed_listens_no_more()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection.Dispose();

        connection.Tracker.Hear(EsimCallback.Parse(Sample.Callback("r", X.Iccid!)));

        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
    }

    // --- Lists by callback --------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_list_whose_answer_came_first_is_answered_and_one_with_the_id_of_a_request_never_is()
    {
        var connection = await Fixture.OpenAsync();
        var asked = connection.Tracker.Ask();
        connection.ReceiveCallback(Sample.Callback("list", X.Iccid!));
        Assert.False(connection.Tracker.Knows("list"));

        var answered = connection.Tracker.AwaitList("list", asked, Sample.Account);

        Assert.True(answered.IsCompletedSuccessfully);
        Assert.True(connection.Tracker.Knows("list"));
        Assert.Equal("DEACTIVE", connection.Tracker.Profiles.StatementOf(X).State);

        await SendAsync(connection, EsimAction.ServicePlan, "p", Sample.Profile(5));
        Assert.True(connection.Tracker.Knows("p"));
        var never = connection.Tracker.AwaitList("p", connection.Tracker.Ask(), Sample.Account);
        connection.ReceiveCallback(Sample.Callback("p", Sample.IccidOf(5)));
        Assert.False(never.IsCompleted);

        var (one, again) = (connection.Tracker.AwaitList("other", connection.Tracker.Ask(), Sample.Account), connection.Tracker.AwaitList("other", connection.Tracker.Ask(), Sample.Account));
        Assert.False(one.IsCompleted);
        connection.ReceiveCallback(Sample.Callback("other", Sample.IccidOf(6)));
        Assert.True(one.IsCompletedSuccessfully && again.IsCompletedSuccessfully);
    }

    private Task ListStateAsync(EsimConnection connection, EsimProfile profile, string state, string? status = null) =>
        ListAsync(connection, profile, Sample.Listed(profile.Iccid!, state, status));
}
