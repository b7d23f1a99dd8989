// Ways to an unproven delete that a fourth attack with the source in hand has tried, each named for the way: journal and memory, what the caller's
// own objects say, messages of odd form.

using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;
using EsimTools.Protocol;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Proof;

public sealed class FourthAttackTests : ProofScenario
{
    private static readonly EsimProfile IccidOfX = new() { Iccid = X.Iccid };

    // --- Journal and memory -------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_failure_that_names_the_device_alone_is_no_more_certain_in_the_next_session()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.Activate, "a", X);
        connection.ReceiveCallback($$"""{"requestId":"a","status":"FAILED","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");
        await ListAsync(connection, X, Listed(X, "deactive", "ENABLE"));
        Assert.Equal(ProofReason.MayStillArrive, connection.Explain(X).Reason);

        connection = await NextAsync(connection, inNextSession: true);
        await ListAsync(connection, X, Listed(X, "deactive", "ENABLE"));

        await AssertNotProvenAsync(connection, X);
    }

    [Fact]
    public async Task LEAD_in_the_third_of_three_words_on_one_request()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, role: null));
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", role: null));
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", role: "LEAD"));
        await ListAsync(connection, X, Listed(X, "deactive", "ENABLE"));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable);
    }

    [Theory]
    [InlineData("asked")]
    [InlineData("told")]
    [InlineData("told, and read since")]
    public async Task One_process_is_told_ACTIVE_before_it_has_read_the_confirmation_of_another(string how)
    {
        var other = await Fixture.OpenAsync();
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(other, EsimAction.Deactivate, "d", X);
        other.Dispose();
        if (how == "asked")
        {
            await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active"));
        }
        else
        {
            connection.ReceiveCallback(Sample.Callback("q", X.Iccid!, state: "ACTIVE"));
        }

        if (how == "told, and read since")
        {
            _ = connection.GetRequests().ToArray();
        }

        connection.Dispose();
        await AssertRefusedAsync(await Fixture.OpenAsync(), X);
    }

    [Fact]
    public async Task A_journal_file_of_another_process_cannot_be_read_for_a_moment()
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);
        var other = await Fixture.OpenAsync();
        await SendAsync(other, EsimAction.Activate, "a", X);
        other.Dispose();
        using (new FileStream(Directory.GetFiles(Fixture.JournalPath, "*.jsonl").Single(), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            var refusal = await Record.ExceptionAsync(() => connection.SubmitAsync(EsimAction.Delete, [X], new(), serviceWasAsked: true));
            Assert.Equal(EsimError.EsimJournalUnavailable, Assert.IsType<EsimException>(refusal).Error);
        }

        Assert.Single(Fixture.Service.Of(Endpoint.Action));
        _ = connection.GetRequests().ToArray();
        await AssertNotProvenAsync(connection, X, EsimError.EsimProfileBusy);
    }

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("490154203237518")]
    public async Task A_recorded_message_names_what_is_no_EID_in_a_journal_of_hashes(string eid)
    {
        var first = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        await SendAsync(first, EsimAction.Deactivate, "d", IccidOfX);
        using (var record = CallbackRecord.Begin(Fixture.JournalPath, "https://service.test/api", Fixture.Clock.UtcNow))
        {
            using var message = LenientJson.TryParse(System.Text.Encoding.UTF8.GetBytes(Sample.WithEid(Sample.Callback("d", X.Iccid!), eid)), out _);
            record.Record(new(CallbackRecord.LineOf(message!.RootElement, Fixture.Clock.UtcNow, HasherKey.Open(Fixture.JournalPath, create: false))));
        }

        first.Dispose();
        var connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        Assert.Equal(1, connection.FindRequest("d")!.SucceededCount);
        await ListAsync(connection, IccidOfX, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, IccidOfX);
        await SendAsync(connection, EsimAction.DeviceResume, "dev", X);

        await AssertRefusedAsync(connection, IccidOfX, resubmit: true);
    }

    [Fact]
    public void An_identifier_with_spaces_is_hidden_in_a_recorded_message_too()
    {
        var spaced = X.Iccid!.Insert(4, " ").Insert(9, "-");
        using var message = LenientJson.TryParse(System.Text.Encoding.UTF8.GetBytes(Sample.Callback("d", spaced)), out _);
        Directory.CreateDirectory(Fixture.JournalPath);
        var line = System.Text.Encoding.UTF8.GetString(CallbackRecord.LineOf(message!.RootElement, Fixture.Clock.UtcNow, HasherKey.Open(Fixture.JournalPath, create: true)));

        Assert.DoesNotContain(spaced, line, StringComparison.Ordinal);
        Assert.Contains(HasherKey.Open(Fixture.JournalPath, create: false)!.Hide(X.Iccid!), line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_is_stopped_that_has_heard_of_a_request_of_another_process()
    {
        var connection = await Fixture.OpenAsync();
        var intake = new CallbackIntake(connection.Parts.Inbox, _ => { }, new());
        var other = await Fixture.OpenAsync();
        var request = await SendAsync(other, EsimAction.Deactivate, "d", X);
        await PollAsync(other, request, """{"requestId":"d","status":"Success"}""");
        other.Dispose();
        var failed = EsimCallback.Parse(Sample.Callback("d", X.Iccid!, "FAILED", state: null, profileStatus: null, role: null));
        await intake.TakeAsync([(byte)'{', (byte)'}', (byte)'\n'], failed);

        intake.Dispose();

        // It goes on behind that where the machine is busy.
        Assert.True(SpinWait.SpinUntil(() => LeftBehindCallbacks.FindIn(Fixture.JournalPath).Count == 0, ManualClock.HangLimit));
        await AssertRefusedAsync(await Fixture.OpenAsync(), X);
    }

    // --- What the caller's own objects say ----------------------------------------------------------------------------

    [Theory]
    [InlineData("ACTIVE")]
    [InlineData("SUSPEND")]
    public async Task An_object_with_a_date_says_that_the_profile_has_been_enabled_since(string state)
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        AssertProven(connection, X);
        Fixture.Clock.Advance(TimeSpan.FromHours(1));
        var listed = new EsimProfile { Iccid = X.Iccid, Eid = X.Eid, State = state, Source = EvidenceSource.ServiceList, AsOf = Fixture.Clock.UtcNow };
        Fixture.Clock.Advance(TimeSpan.FromHours(1));

        var verdict = connection.Judge(EsimAction.Delete, listed);
        Assert.NotEqual(GuardDecision.Allowed, verdict.Decision);
        var submission = await connection.SubmitAsync(EsimAction.Delete, [listed], new(), serviceWasAsked: true);
        Assert.Null(submission.Request);
    }

    [Theory]
    [InlineData(" ", null)]
    [InlineData(null, "-")]
    public async Task An_action_for_an_identifier_that_is_not_in_digits(string? inIccid, string? inEid)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        var spelled = new EsimProfile { Iccid = inIccid is null ? X.Iccid : X.Iccid!.Insert(4, inIccid), Eid = inEid is null ? X.Eid : X.Eid!.Insert(8, inEid) };
        var action = inIccid is null ? EsimAction.DeviceResume : EsimAction.Activate;

        var refusal = await Record.ExceptionAsync(() => connection.SubmitAsync(action, [spelled], new()));
        var host = new Runs.ListeningHost();
        await connection.RunAsync(action, [spelled], new(), host).WaitAsync(ManualClock.HangLimit);

        Assert.Equal(EsimError.EsimParameterInvalid, Assert.IsType<EsimException>(refusal).Error);
        Assert.Equal(EsimError.EsimParameterInvalid, Assert.Single(host.Problems).Problem.Error);
        Assert.Empty(Fixture.Service.Of(Endpoint.Action));
    }

    // --- Messages of odd form -----------------------------------------------------------------------------------------

    [Fact]
    public async Task A_row_with_two_profile_statuses_of_which_one_is_empty()
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", "DISABLE").Replace("\"extendedAttributes\": [", "\"extendedAttributes\": [ { \"key\": \"ProfileStatus\", \"value\": null },", StringComparison.Ordinal));

        await AssertNotProvenAsync(connection, X);
    }

    [Theory]
    [InlineData("failure")]
    [InlineData("second thoughts")]
    [InlineData("failed list")]
    public async Task What_called_the_profile_LEAD_is_taken_back_by_what_tells_nothing(string by)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, role: "LEAD"));
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        if (by == "failed list")
        {
            _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);
            connection.ReceiveCallback($$"""{"requestId":"list","status":"FAILED","deviceResponse":{"deviceProfileResponse":[{{Entry(1, "DEACTIVE", ",\"profileRole\":\"LOCAL\"")}}]} }""");
        }
        else
        {
            await SendAsync(connection, EsimAction.ServicePlan, "p", X);
            connection.ReceiveCallback(Sample.Callback(by == "failure" ? "p" : "d", X.Iccid!, "FAILED"));
        }

        await ListAsync(connection, X, Listed(X, "deactive", "ENABLE"));
        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable, resubmit: true);
    }

    [Theory]
    [InlineData("PENDING_ACTIVATION", null)]
    [InlineData(null, "ENABLED")]
    public async Task A_message_of_an_unknown_request_says_otherwise_in_words_that_nobody_documents(string? state, string? status)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Listed(X, state is null ? "active" : "deactive", state is null ? "DISABLE" : "ENABLE"));
        AssertProven(connection, X);

        connection.ReceiveCallback(Sample.Callback("q", X.Iccid!, state: state, profileStatus: status));

        await AssertRefusedAsync(connection, X);
    }
}
