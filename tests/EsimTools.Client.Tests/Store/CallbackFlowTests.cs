// Callbacks as they really arrive: early, twice, warning first, for foreign requests, after the end, and for requests nobody holds any more.

using System.Runtime.CompilerServices;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Store;

public sealed class CallbackFlowTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_callback_settles_its_profile_with_the_services_words()
    {
        var (connection, request) = await SubmitAsync(Sample.Profiles(3));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(2));

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2)));
        connection.ReceiveCallback($$$"""
            {"requestId":"R","deviceIds":[{"id":"{{{Sample.IccidOf(3)}}}","kind":"iccid"}],"status":"Failed",
             "faultResponse":{"faultcode":"X.REQUEST_FAILED.DeviceNotFound","faultstring":"no device"}}
            """);

        Assert.Equal((EsimRequestStatus.Accepted, 1, 1), (request.Status, request.SucceededCount, request.FailedCount));
        var results = request.GetResults();
        Assert.Equal([Sample.IccidOf(2), Sample.IccidOf(3)], results.Select(result => result.Iccid));
        var good = results[0];
        Assert.Equal((Sample.EidOf(2), Sample.ImeiOf(2), "r", "deactivate", Sample.Account), (good.Eid, good.Imei, good.RequestId, good.Action, good.AccountName));
        Assert.Equal((OutcomeStatus.Succeeded, "DEACTIVE", "ENABLE", "LOCAL"), (good.Status, good.State, good.ProfileStatus, good.ProfileRole));
        Assert.Equal((ManualClock.Start.AddMinutes(2), EvidenceSource.Callback), (good.ReceivedAt, good.Source));
        var bad = results[1];
        Assert.Equal((OutcomeStatus.Failed, "X.REQUEST_FAILED.DeviceNotFound", "no device", null), (bad.Status, bad.ErrorCode, bad.ErrorMessage, bad.State));

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        Assert.Equal(EsimRequestStatus.PartlyFailed, request.Status);
    }

    [Theory]
    [InlineData("SUCCESS", EsimRequestStatus.Succeeded)]
    [InlineData("Failed", EsimRequestStatus.Failed)]
    public async Task A_request_ends_with_its_last_profile(string status, EsimRequestStatus expected)
    {
        var (connection, request) = await SubmitAsync(Sample.Profiles(2));

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), status));
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2), status));

        Assert.Equal(expected, request.Status);
    }

    [Fact]
    public async Task A_callback_that_overtakes_the_answer_is_kept_for_it()
    {
        EsimConnection? connection = null;
        _fixture.Service.On(Endpoint.Action, _ =>
        {
            connection!.ReceiveCallback(Sample.Callback("early", Sample.IccidOf(1)));
            connection.ReceiveCallback(Sample.Callback("early", Sample.IccidOf(2), "warning"));
            return ScriptedService.Taken("early");
        });
        connection = await _fixture.OpenAsync();

        var request = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(2))).Request!;

        Assert.Equal((EsimRequestStatus.Accepted, 1), (request.Status, request.SucceededCount));
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
    }

    [Fact]
    public async Task A_repeated_callback_counts_once()
    {
        var (connection, request) = await SubmitAsync(Sample.Profiles(2));
        var told = new List<EsimResult>();
        request.Subscribe(told.Add);

        for (var i = 0; i < 4; i++)
        {
            connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        }

        Assert.Equal((1, 1, EsimRequestStatus.Accepted), (told.Count, request.SucceededCount, request.Status));
        connection.Dispose();
        Assert.Single(_fixture.JournalLines(), line => line.Contains("\"outcome\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_the_final_word_another_one_changes_no_result()
    {
        var (connection, request) = await SubmitAsync(Sample.Profiles(1));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), "Failed"));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), "warning"));

        Assert.Equal((EsimRequestStatus.Succeeded, 1, 0), (request.Status, request.SucceededCount, request.FailedCount));
        Assert.Equal(OutcomeStatus.Succeeded, Assert.Single(request.GetResults()).Status);
    }

    [Fact]
    public async Task A_warning_leaves_the_profile_open_until_the_final_word()
    {
        var (connection, request) = await SubmitAsync(Sample.Profiles(1));

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), "warning"));
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.Delete, Sample.Profile()).Error);

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
    }

    [Fact]
    public async Task Callbacks_for_other_programs_requests_and_profiles_are_harmless()
    {
        var (connection, request) = await SubmitAsync(Sample.Profiles(1));

        connection.ReceiveCallback(Sample.Callback("somebody-elses", Sample.IccidOf(1)));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(77)));

        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.Delete, Sample.Profile()).Error);
        Assert.Null(connection.FindRequest("somebody-elses"));
    }

    [Fact]
    public async Task A_failed_deactivation_proves_nothing()
    {
        var (connection, _) = await SubmitAsync(Sample.Profiles(1));

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), "Failed", state: null, profileStatus: null));

        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, Sample.Profile()).Decision);
    }

    [Fact]
    public async Task A_confirmation_without_words_proves_what_its_action_does()
    {
        var (connection, _) = await SubmitAsync(Sample.Profiles(1));

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), state: null, profileStatus: null, role: null));

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile()).Decision);
        _fixture.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, Sample.Profile()).Decision);
    }

    [Fact]
    public async Task A_confirmed_delete_is_never_sent_again()
    {
        var (connection, _) = await SubmitAsync(Sample.Profiles(1));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("del"));
        await connection.SubmitAsync(EsimAction.Delete, Sample.Profiles(1), new EsimActionOptions());
        connection.ReceiveCallback(Sample.Callback("del", Sample.IccidOf(1), state: "UNKNOWN", profileStatus: "DELETE"));
        _fixture.Clock.Advance(TimeSpan.FromDays(400));

        foreach (var action in EsimAction.All.Where(action => !action.IsForDevice))
        {
            Assert.Equal(EsimError.EsimProfileAlreadyDeleted, connection.Judge(action, Sample.Profile()).Error);
        }
    }

    [Theory]
    [InlineData("eid")]
    [InlineData("imei")]
    public async Task A_callback_without_iccid_is_matched_by_the_identifier_it_has(string kind)
    {
        var (connection, request) = await SubmitAsync(Sample.Profiles(3));

        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"kind":"{{kind}}","id":"{{(kind == "eid" ? Sample.EidOf(2) : Sample.ImeiOf(2))}}"}]}""");

        Assert.Equal(Sample.IccidOf(2), Assert.Single(request.GetResults()).Iccid);
    }

    [Fact]
    public async Task An_eid_that_several_profiles_share_tells_none_of_them()
    {
        var (connection, request) = await SubmitAsync(
            new EsimProfile { Iccid = Sample.IccidOf(1), Eid = Sample.Eid }, new EsimProfile { Iccid = Sample.IccidOf(2), Eid = Sample.Eid }, new EsimProfile { Iccid = Sample.IccidOf(3), Eid = Sample.Eid });

        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"kind":"eid","id":"{{Sample.Eid}}"}]}""");
        Assert.Empty(request.GetResults());

        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"kind":"eid","id":"{{Sample.Eid}}"},{"kind":"iccid","id":"{{Sample.IccidOf(3)}}"}]}""");
        Assert.Equal(Sample.IccidOf(3), Assert.Single(request.GetResults()).Iccid);
    }

    [Fact]
    public async Task A_callback_that_is_none_is_an_error_and_changes_nothing()
    {
        var (connection, request) = await SubmitAsync(Sample.Profiles(1));

        Assert.Equal(EsimError.EsimCallbackInvalid, Assert.Throws<EsimException>(() => connection.ReceiveCallback("{}")).Error);
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
    }

    [Fact]
    public async Task A_request_that_nobody_holds_is_settled_and_made_again_from_the_journal_with_its_outcomes()
    {
        var connection = await _fixture.OpenAsync();
        var (id, gone) = await SubmitAndForgetAsync(connection, "forgotten");
        AssertCollected(gone);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(3));

        connection.ReceiveCallback(Sample.Callback(id, Sample.IccidOf(1)));
        connection.ReceiveCallback(Sample.Callback(id, Sample.IccidOf(1), "Failed"));
        connection.ReceiveCallback(Sample.Callback(id, Sample.IccidOf(2), "Failed"));

        // Success and failure for one profile of one request: neither proves anything.
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);

        var request = connection.FindRequest(id)!;
        Assert.Equal((EsimRequestStatus.Accepted, 1, 1, 3), (request.Status, request.SucceededCount, request.FailedCount, request.Count));
        Assert.Equal(("deactivate", Sample.Account, "M2M Global", ManualClock.Start), (request.Action, request.AccountName, request.ServicePlan, request.SubmittedAt));
        var result = request.GetResults()[0];
        Assert.Equal((Sample.IccidOf(1), Sample.EidOf(1), OutcomeStatus.Succeeded, "DEACTIVE", id), (result.Iccid, result.Eid, result.Status, result.State, result.RequestId));
        Assert.Equal(ManualClock.Start.AddMinutes(3), result.ReceivedAt);

        // The rebuilt one is alive again.
        connection.ReceiveCallback(Sample.Callback(id, Sample.IccidOf(3)));
        Assert.Equal(EsimRequestStatus.PartlyFailed, request.Status);
        Assert.Same(request, connection.FindRequest(id));
    }

    // Without ICCID, and with one that is written otherwise than in the request (its check digit left off).
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_nobody_holds_is_settled_by_eid_too(bool withShortIccid)
    {
        var iccid = withShortIccid ? $$"""{"kind":"iccid","id":"{{Sample.IccidOf(2)[..19]}}"},""" : string.Empty;
        var connection = await _fixture.OpenAsync();
        var (id, gone) = await SubmitAndForgetAsync(connection, "forgotten");
        AssertCollected(gone);

        connection.ReceiveCallback($$"""{"requestId":"{{id}}","status":"SUCCESS","deviceIds":[{{iccid}}{"kind":"eid","id":"{{Sample.EidOf(2)}}"}]}""");

        Assert.Equal(Sample.IccidOf(2), Assert.Single(connection.FindRequest(id)!.GetResults()).Iccid);
    }

    private static void AssertCollected(WeakReference request)
    {
        for (var i = 0; i < 10 && request.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(request.IsAlive, "the request is still held by something, so this test would prove nothing");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<(string Id, WeakReference Request)> SubmitAndForgetAsync(EsimConnection connection, string id)
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken(id));
        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(3));
        return (submission.Request!.RequestId!, new WeakReference(submission.Request));
    }

    private async Task<(EsimConnection Connection, EsimRequest Request)> SubmitAsync(params EsimProfile[] profiles)
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        return (connection, (await ConnectionFixture.DeactivateAsync(connection, profiles)).Request!);
    }
}
