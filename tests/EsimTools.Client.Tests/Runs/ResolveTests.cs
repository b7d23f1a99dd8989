// A request of which nobody knows whether it was taken: what settles it, what does not, and that the word stays with the journal.

using System.Globalization;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Runs;

public sealed class ResolveTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task The_list_that_shows_the_effect_proves_that_it_was_done()
    {
        var (connection, request) = await DoubtAsync(1);
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "deactive")));

        var told = Assert.Single(await connection.ResolveAsync(request));

        Assert.Equal((EsimResolutionStatus.Done, EvidenceSource.ServiceList, "DEACTIVE"), (told.Resolution, told.Source, told.State));
        Assert.Contains("DEACTIVE", told.Evidence, StringComparison.Ordinal);
        Assert.Equal((EsimRequestStatus.Succeeded, request.LocalId), (request.Status, told.RequestId));
        Assert.True(await connection.WaitAsync(request));
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile()).Decision);
    }

    [Theory]
    [InlineData("active", 1, 24, EsimResolutionStatus.Unknown)]
    [InlineData("active", 25, 24, EsimResolutionStatus.NotDone)]
    [InlineData("suspend", 25, 24, EsimResolutionStatus.NotDone)]
    [InlineData("active", 1, 0.5, EsimResolutionStatus.NotDone)]
    [InlineData("pending deactivation", 25, 24, EsimResolutionStatus.Unknown)]
    [InlineData("deactive", 0.1, 24, EsimResolutionStatus.Done)]
    public async Task A_profile_that_is_as_it_was_counts_as_not_acted_on_only_after_a_while(string state, double hours, double notDoneAfter, EsimResolutionStatus expected)
    {
        var (connection, request) = await DoubtAsync(1);
        _fixture.Clock.Advance(TimeSpan.FromHours(hours));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), state)));

        var told = Assert.Single(await connection.ResolveAsync(request, TimeSpan.FromHours(notDoneAfter)));

        Assert.Equal(expected, told.Resolution);
        Assert.Equal(
            expected switch { EsimResolutionStatus.Unknown => EsimRequestStatus.InDoubt, EsimResolutionStatus.Done => EsimRequestStatus.Succeeded, _ => EsimRequestStatus.Failed },
            request.Status);
        Assert.Equal(
            expected == EsimResolutionStatus.Unknown ? EsimError.EsimOutcomeUnknown : null,
            connection.Judge(EsimAction.Deactivate, Sample.Profile()).Error);
    }

    [Theory]
    [InlineData(90 * 60, "1.5 hours")]
    [InlineData(90, "1.5 minutes")]
    [InlineData(1.5, "1.5 seconds")]
    public async Task The_evidence_reads_the_same_in_every_culture(double notDoneAfterSeconds, string expected)
    {
        var (connection, request) = await DoubtAsync(1);
        _fixture.Clock.Advance(TimeSpan.FromHours(2));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active")));
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new("") { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            Assert.Contains(expected, Assert.Single(await connection.ResolveAsync(request, TimeSpan.FromSeconds(notDoneAfterSeconds))).Evidence, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public async Task A_profile_that_the_service_does_not_list_stays_unknown()
    {
        var (connection, request) = await DoubtAsync(1);
        _fixture.Clock.Advance(TimeSpan.FromDays(3));

        var told = Assert.Single(await connection.ResolveAsync(request));

        Assert.Equal((EsimResolutionStatus.Unknown, EsimRequestStatus.InDoubt), (told.Resolution, request.Status));
        Assert.Contains("said nothing", told.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_settled_stays_so_in_a_later_session_and_the_rest_stays_in_doubt()
    {
        var (connection, request) = await DoubtAsync(3);
        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        _fixture.Service
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "deactive")))
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(2), "active")));
        Assert.Equal(
            [EsimResolutionStatus.Done, EsimResolutionStatus.NotDone, EsimResolutionStatus.Unknown],
            (await connection.ResolveAsync(request)).Select(told => told.Resolution));
        connection.Dispose();

        var later = await _fixture.OpenAsync();

        var again = Assert.Single(later.GetRequests());
        Assert.Equal((EsimRequestStatus.InDoubt, 1, 1), (again.Status, again.SucceededCount, again.FailedCount));

        // What was inferred from a list is no confirmation: the service is asked again.
        Assert.Equal(GuardDecision.AskService, later.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
        Assert.Equal(GuardDecision.Allowed, later.Judge(EsimAction.Deactivate, Sample.Profile(2)).Decision);
        Assert.Equal(EsimError.EsimOutcomeUnknown, later.Judge(EsimAction.Deactivate, Sample.Profile(3)).Error);
        Assert.Equal(
            [EsimResolutionStatus.Done, EsimResolutionStatus.NotDone, EsimResolutionStatus.Unknown],
            (await later.ResolveAsync(again)).Select(told => told.Resolution));
    }

    [Fact]
    public async Task A_callback_that_shows_the_effect_settles_the_doubt_by_itself()
    {
        var (connection, request) = await DoubtAsync(2);

        connection.ReceiveCallback(Sample.Callback("unheard-of", Sample.IccidOf(1)));

        // It ends the doubt and proves nothing: it may answer another program's request.
        Assert.Equal((EsimRequestStatus.InDoubt, 1), (request.Status, request.SucceededCount));
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
        Assert.Equal(EsimError.EsimOutcomeUnknown, connection.Judge(EsimAction.Delete, Sample.Profile(2)).Error);
    }

    [Fact]
    public async Task A_callback_that_came_before_the_connection_broke_settles_it_too()
    {
        EsimConnection? connection = null;
        _fixture.Service.On(Endpoint.Action, _ =>
        {
            connection!.ReceiveCallback(Sample.Callback("unheard-of", Sample.IccidOf(1)));
            return ScriptedService.Answer(500, "");
        });
        connection = await _fixture.OpenAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal((EsimError.EsimOutcomeUnknown, EsimRequestStatus.Succeeded), (submission.Failure!.Error, submission.Request!.Status));
    }

    [Theory]
    [InlineData("Failed", null)]
    [InlineData("SUCCESS", "ACTIVE")]
    [InlineData("SUCCESS", null)]
    [InlineData("warning", "DEACTIVE")]
    public async Task A_callback_that_does_not_show_the_effect_settles_nothing(string status, string? state)
    {
        var (connection, request) = await DoubtAsync(1);

        connection.ReceiveCallback(Sample.Callback("unheard-of", Sample.IccidOf(1), status, state));

        Assert.Equal((EsimRequestStatus.InDoubt, 0, 0), (request.Status, request.SucceededCount, request.FailedCount));
    }

    [Fact]
    public async Task A_message_of_unknown_age_settles_nothing()
    {
        var (connection, request) = await DoubtAsync(1);

        connection.ReceiveCallback(EsimTools.EsimCallback.Parse(Sample.Callback("unheard-of", Sample.IccidOf(1))));

        Assert.Equal(0, request.SucceededCount);
    }

    [Fact]
    public async Task A_service_that_cannot_be_asked_settles_nothing()
    {
        var (connection, request) = await DoubtAsync(1);
        _fixture.Service.On(Endpoint.List, 400, """{"errorCode":"UnifiedWebService.REQUEST_FAILED.X","errorMessage":"no"}""");

        await Assert.ThrowsAsync<EsimException>(() => connection.ResolveAsync(request));

        Assert.Equal(EsimRequestStatus.InDoubt, request.Status);
    }

    [Theory]
    [InlineData("M2M Global", 0, EsimResolutionStatus.Done)]
    [InlineData("Another", 0, EsimResolutionStatus.Unknown)]
    [InlineData("Another", 25, EsimResolutionStatus.NotDone)]
    public async Task A_change_of_plan_is_seen_in_the_plan(string sent, int hours, EsimResolutionStatus expected)
    {
        _fixture.Service.On(Endpoint.Action, 500, "");
        var connection = await _fixture.OpenAsync();
        var request = (await connection.SubmitAsync(EsimAction.ServicePlan, [Sample.Profile()], new() { ServicePlan = sent }, serviceWasAsked: true)).Request!;
        _fixture.Clock.Advance(TimeSpan.FromHours(hours));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1))));

        Assert.Equal(expected, Assert.Single(await connection.ResolveAsync(request)).Resolution);
    }

    [Fact]
    public async Task A_word_from_before_the_request_left_proves_nothing_however_new_the_words_beside_it()
    {
        var (connection, request) = await DoubtAsync(EsimAction.Activate, Sample.Listed(Sample.IccidOf(1), "active"));
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), state: "", "ENABLE")));

        var told = Assert.Single(await connection.ResolveAsync(request));

        Assert.Equal((EsimResolutionStatus.Unknown, EsimRequestStatus.InDoubt), (told.Resolution, request.Status));
        Assert.Equal((null, "ENABLE", _fixture.Clock.UtcNow), (told.State, told.ProfileStatus, told.AsOf));
        Assert.Contains("does not tell", told.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task That_nothing_was_done_is_as_old_as_the_word_that_shows_it()
    {
        var (connection, request) = await DoubtAsync(1);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active")));
        await connection.LookUpAsync([Sample.Profile()]);
        _fixture.Clock.Advance(TimeSpan.FromHours(25));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), state: "", "ENABLE")));

        var told = Assert.Single(await connection.ResolveAsync(request));

        Assert.Equal((EsimResolutionStatus.Unknown, EsimRequestStatus.InDoubt), (told.Resolution, request.Status));
        Assert.Equal(("ACTIVE", ManualClock.Start + TimeSpan.FromHours(1)), (told.State, told.AsOf));
    }

    [Theory]
    [InlineData("activate")]
    [InlineData("serviceplan")]
    public async Task An_old_word_beside_it_does_not_make_the_proof_older(string action)
    {
        var (connection, request) = await DoubtAsync(EsimAction.Find(action)!, Sample.Listed(Sample.IccidOf(1), "suspend", "DOWNLOAD_DISABLE"));
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active")));

        var told = Assert.Single(await connection.ResolveAsync(request));

        Assert.Equal((EsimResolutionStatus.Done, "ACTIVE", _fixture.Clock.UtcNow), (told.Resolution, told.State, told.AsOf));

        // Nor does the proof make the old word younger.
        _fixture.Clock.Advance(Guard.ProofLifetime - TimeSpan.FromMinutes(30));
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, Sample.Profile()).Decision);
    }

    [Theory]
    [InlineData(1, EsimResolutionStatus.Unknown)]
    [InlineData(25, EsimResolutionStatus.NotDone)]
    public async Task A_switch_to_another_profile_of_the_eUICC_shows_that_this_one_is_not_enabled(int hours, EsimResolutionStatus expected)
    {
        var eUICC = Sample.EidOf(9);
        EsimProfile[] both = [new() { Iccid = Sample.IccidOf(1), Eid = eUICC }, new() { Iccid = Sample.IccidOf(2), Eid = eUICC }];
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active", "ENABLE")));
        await connection.LookUpAsync([both[0]]);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        _fixture.Service.On(Endpoint.Action, 500, "").On(Endpoint.Action, _ => ScriptedService.Taken("other"));
        var request = (await connection.SubmitAsync(EsimAction.Enable, [both[0]], new(), serviceWasAsked: true)).Request!;
        _fixture.Clock.Advance(TimeSpan.FromHours(hours));
        await connection.SubmitAsync(EsimAction.Enable, [both[1]], new(), serviceWasAsked: true);
        connection.ReceiveCallback(Sample.Callback("other", Sample.IccidOf(2), state: "ACTIVE"));

        var told = Assert.Single(await connection.ResolveAsync(request));

        Assert.Equal((expected, EvidenceSource.Callback, "DISABLE"), (told.Resolution, told.Source, told.ProfileStatus));
    }

    [Fact]
    public async Task A_request_that_is_on_its_way_is_not_asked_about()
    {
        EsimConnection? connection = null;
        IReadOnlyList<EsimResolution>? told = null;
        _fixture.Service.On(Endpoint.Action, async (_, cancellationToken) =>
        {
            told = await connection!.ResolveAsync(connection.GetRequests().Single(), cancellationToken: cancellationToken);
            return ScriptedService.Answer(500, "");
        });
        connection = await _fixture.OpenAsync();

        await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(2));

        Assert.Equal([Sample.IccidOf(1), Sample.IccidOf(2)], told!.Select(resolution => resolution.Iccid));
        Assert.All(told!, resolution => Assert.Equal(
            (EsimResolutionStatus.Unknown, "the request is being sent right now", EvidenceSource.None), (resolution.Resolution, resolution.Evidence, resolution.Source)));
        Assert.Empty(_fixture.Service.Of(Endpoint.List));
        Assert.Empty(_fixture.Service.Of(Endpoint.Status));
    }

    [Fact]
    public async Task What_was_told_of_some_profiles_stands_and_only_the_others_are_asked_for()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r")).On(Endpoint.Status, 200, """{"requestId":"r","status":"Pending"}""")
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(4), "active", "ENABLE")));
        var request = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(4))).Request!;
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), profileStatus: "DISABLE"));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2), "Failed", null, null));
        connection.ReceiveCallback($$"""
            {"requestId":"r","status":"FAILED","deviceIds":[{"id":"{{Sample.IccidOf(3)}}","kind":"Iccid"}],"faultResponse":{"faultcode":"X","faultstring":"no such device"} }
            """);

        var told = await connection.ResolveAsync(request);

        Assert.Equal(
            [EsimResolutionStatus.Done, EsimResolutionStatus.NotDone, EsimResolutionStatus.NotDone, EsimResolutionStatus.Unknown], told.Select(resolution => resolution.Resolution));
        Assert.Equal("the service has confirmed it", told[0].Evidence);
        Assert.Equal("the service has reported that it failed", told[1].Evidence);
        Assert.StartsWith("the service has reported that it failed: ", told[2].Evidence, StringComparison.Ordinal);
        Assert.Contains("no such device", told[2].Evidence, StringComparison.Ordinal);
        Assert.Equal((EvidenceSource.Callback, "DEACTIVE", "DISABLE", _fixture.Clock.UtcNow), (told[0].Source, told[0].State, told[0].ProfileStatus, told[0].AsOf!.Value));
        Assert.Equal(("ACTIVE", "ENABLE"), (told[3].State, told[3].ProfileStatus));
        Assert.All(told, resolution => Assert.Equal((Sample.Account, "r", "deactivate"), (resolution.AccountName, resolution.RequestId, resolution.Action)));
        Assert.Single(_fixture.Service.Of(Endpoint.List));
    }

    [Fact]
    public async Task What_was_settled_is_told_again_with_its_reason()
    {
        var (connection, request) = await DoubtAsync(1);
        _fixture.Clock.Advance(TimeSpan.FromHours(25));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active")));
        var first = Assert.Single(await connection.ResolveAsync(request));

        var second = Assert.Single(await connection.ResolveAsync(request));

        Assert.Equal((EsimResolutionStatus.NotDone, EsimResolutionStatus.NotDone), (first.Resolution, second.Resolution));
        Assert.Contains("more than 25 hours after the request was made", second.Evidence, StringComparison.Ordinal);
        Assert.Equal((first.Evidence, first.AsOf), (second.Evidence, second.AsOf));
    }

    [Fact]
    public async Task What_was_settled_is_in_the_journal_at_once()
    {
        var (connection, request) = await DoubtAsync(1);
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "deactive")));

        await connection.ResolveAsync(request);

        Assert.Contains(_fixture.JournalLines(), line => line.Contains("\"event\":\"outcome\"", StringComparison.Ordinal) && line.Contains("Succeeded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plan_is_as_old_as_the_list_and_not_as_a_message_that_came_meanwhile()
    {
        var (connection, request) = await DoubtAsync(EsimAction.ServicePlan, Sample.Listed(Sample.IccidOf(1), "active"));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(30));
        _fixture.Service.On(Endpoint.List, _ =>
        {
            _fixture.Clock.Advance(TimeSpan.FromHours(1));
            connection.Tracker.Observe(
                new(new(Sample.IccidOf(1), null, null, null), null, null, "active", null, null, null, null, null, null), connection.Tracker.Ask(), Sample.Account);
            return ScriptedService.Answer(200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active").Replace("M2M Global", "Another", StringComparison.Ordinal)));
        });

        Assert.Equal(EsimResolutionStatus.Unknown, Assert.Single(await connection.ResolveAsync(request, TimeSpan.FromHours(1))).Resolution);
    }

    [Fact]
    public async Task An_outcome_is_as_old_as_the_word_that_shows_it()
    {
        var (connection, request) = await DoubtAsync(1);
        var asked = _fixture.Clock.UtcNow;
        _fixture.Service.On(Endpoint.List, _ =>
        {
            _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
            return ScriptedService.Answer(200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "deactive")));
        });
        await connection.ResolveAsync(request);

        Assert.Equal(asked, Assert.Single(request.GetResults()).ReceivedAt);
    }

    [Fact]
    public async Task An_activation_that_was_settled_as_not_done_may_still_come()
    {
        var profile = Sample.Profile();
        _fixture.Service.On(Endpoint.Action, 500, "").On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(profile.Iccid!, "deactive")));
        var connection = await _fixture.OpenAsync();
        var request = (await connection.SubmitAsync(EsimAction.Activate, [profile], new())).Request!;
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await connection.ResolveAsync(request, TimeSpan.Zero);
        Assert.Equal(OutcomeStatus.NotDone, Assert.Single(request.GetResults()).Status);
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("d"));
        await ConnectionFixture.DeactivateAsync(connection, profile);
        connection.ReceiveCallback(Sample.Callback("d", profile.Iccid!));

        Assert.Equal(ProofReason.MayStillArrive, connection.Explain(profile).Reason);
    }

    // The list says something of the profile, and an hour later the request is sent.
    private async Task<(EsimConnection Connection, EsimRequest Request)> DoubtAsync(EsimAction action, string listed)
    {
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, listed)).On(Endpoint.Action, 500, "");
        var connection = await _fixture.OpenAsync();
        await connection.LookUpAsync([Sample.Profile()]);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        return (connection, (await connection.SubmitAsync(action, [Sample.Profile()], new() { ServicePlan = "M2M Global" }, serviceWasAsked: true)).Request!);
    }

    private async Task<(EsimConnection Connection, EsimRequest Request)> DoubtAsync(int count)
    {
        _fixture.Service.On(Endpoint.Action, 500, "");
        var connection = await _fixture.OpenAsync();
        return (connection, (await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(count))).Request!);
    }
}
