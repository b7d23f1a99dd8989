// The edges of what the tracker remembers for a proof: how far a clock may step, whose words take proof away, and what a finding names.

using EsimTools.Client.Tests.Support;

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

    // --- What stands behind what --------------------------------------------------------------------------------------

    [Fact]
    public async Task A_deactivation_proves_while_a_neighbour_is_being_deleted()
    {
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        await SendAsync(connection, EsimAction.Delete, "del", Y);

        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData("disable", 1)]
    [InlineData("enable", 2)]
    public async Task A_disable_proves_behind_an_open_one_and_behind_an_open_switch_to_a_neighbour(string open, int profile)
    {
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        await SendAsync(connection, EsimAction.Find(open)!, "open", profile == 1 ? X : Y);

        await SendAsync(connection, EsimAction.Disable, "dis", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dis", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE")));

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_switch_that_is_told_again_does_not_undo_a_newer_one()
    {
        var connection = await _bench.OpenAsync();
        var first = WithEid(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        await PlaceAsync(connection, X, "DISABLE");
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(first);
        await SendAsync(connection, EsimAction.Enable, "ex", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("ex", X.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));

        connection.ReceiveCallback(first);

        Assert.True(connection.Explain(Y).IsProven, connection.Explain(Y).ToString());
        Assert.False(connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_switch_proves_in_a_later_session_too(bool hashIdentifiers)
    {
        using (var first = await _bench.OpenAsync(_bench.Options(hashIdentifiers: hashIdentifiers)))
        {
            foreach (var (id, profile) in new[] { ("ex", X), ("ey", Y) })
            {
                await SendAsync(first, EsimAction.Enable, id, profile);
                first.ReceiveCallback(WithEid(Sample.Callback(id, profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));
            }
        }

        var connection = await _bench.OpenAsync(_bench.Options(hashIdentifiers: hashIdentifiers));

        Assert.True(connection.Explain(X).IsBySwitch, connection.Explain(X).ToString());
        Assert.True(connection.Explain(X).IsProven);
        Assert.False(connection.Explain(Y).IsProven);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_polled_switch_proves_for_the_others_where_its_part_names_profile_and_eUICC(bool namesEuicc)
    {
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        var request = await SendAsync(connection, EsimAction.Enable, "ey", Y);
        var eid = namesEuicc ? $$""",{"id":"{{Y.Eid}}","kind":"eid"}""" : string.Empty;
        _bench.Service.On(Endpoint.Status, 200, $$"""{"requestId":"ey","status":"Success","subRequests":[{"ids":[{"id":"{{Y.Iccid}}","kind":"iccid"}{{eid}}],"status":"Success"}]}""");

        await connection.PollAsync(request);

        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        Assert.Equal(namesEuicc, connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task A_failure_tells_nothing_of_whether_the_profile_is_on_its_eUICC()
    {
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await SendAsync(connection, EsimAction.ServicePlan, "p", X);
        connection.ReceiveCallback(Sample.Callback("p", X.Iccid!, "Failed", null, "NOT_DOWNLOADED"));
        await SendAsync(connection, EsimAction.Enable, "ey", Y);
        connection.ReceiveCallback(WithEid(Sample.Callback("ey", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE")));

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task Two_lines_without_a_place_in_the_folders_line_leave_those_with_one_in_order()
    {
        string[] Sent(string id, string place, string action, int profile) =>
        [
            $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"{{id}}","service":"https://service.test/api",{{place}}"action":"{{action}}","account":"{{Sample.Account}}","profiles":[{"iccid":"{{Sample.IccidOf(profile)}}"}]}""",
            $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"accepted","request":"{{id}}","requestId":"r-{{id}}"}""",
        ];
        _bench.WriteJournal(
            "20260301T080000-00000000.jsonl",
            [
                .. Sent("d", "\"seq\":5,", "deactivate", 1),
                $$"""{"v":1,"at":"2026-03-01T11:30:00.000Z","event":"outcome","request":"d","source":"Callback","result":"Succeeded","proof":true,"state":"DEACTIVE","ids":["{{X.Iccid}}"]}""",
                .. Sent("p", "", "profile_suspend", 7),
                .. Sent("q", "", "profile_suspend", 8),
            ]);

        var connection = await _bench.OpenAsync();

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData("DISABLE", "ENABLE")]
    [InlineData("ENABLE", "DISABLE")]
    public async Task A_row_with_two_statuses_tells_none(string one, string other)
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, "active", "DISABLE");
        Assert.True(connection.Explain(X).IsProven);

        await HearAsync(connection, X, Sample.Listed(X.Iccid!, "active", one).Replace(
            "\"extendedAttributes\": [", $"\"extendedAttributes\": [ {{ \"key\": \"ProfileStatus\", \"value\": \"{other}\" }},", StringComparison.Ordinal));

        Assert.Equal(ProofReason.SaysOtherwise, connection.Explain(X).Reason);
    }

    // --- Messages without an ICCID, and about devices -----------------------------------------------------------------

    [Theory]
    [InlineData("deactivate", "Imei", false, true)]
    [InlineData("activate", "Imei", true, false)]
    [InlineData("activate", "Eid", true, true)]
    [InlineData("activate", "Eid", false, false)]
    public async Task Without_its_iccid_a_message_ends_an_action_that_can_end_disabled_only_where_the_service_has_placed_the_profile(
        string action, string kind, bool isPlaced, bool ends)
    {
        var connection = await _bench.OpenAsync();
        if (isPlaced)
        {
            await PlaceAsync(connection, X, "ENABLE");
        }

        var request = await SendAsync(connection, EsimAction.Find(action)!, "r", X);

        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"kind":"{{kind}}","id":"{{(kind == "Eid" ? X.Eid : X.Imei)}}"}]}""");

        Assert.Equal(ends ? EsimRequestStatus.Succeeded : EsimRequestStatus.Accepted, request.Status);
        Assert.False(connection.Explain(X).IsProven);
    }

    [Fact]
    public async Task What_a_device_wide_message_says_of_a_profile_is_known_in_a_later_session()
    {
        using (var first = await _bench.OpenAsync())
        {
            await SendAsync(first, EsimAction.DeviceSuspend, "dev", X);
            first.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: "DISABLE")));
            Assert.Equal("DEACTIVE", first.Tracker.StatementOf(X).State);
            first.ReceiveCallback($$"""{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");
        }

        var connection = await _bench.OpenAsync();

        Assert.Equal("DEACTIVE", connection.Tracker.StatementOf(X).State);
        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Fact]
    public async Task A_device_wide_failure_tells_no_state_of_a_profile_and_disputes_the_success()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);

        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, "Failed", "ACTIVE", "ENABLE")));
        var told = connection.Tracker.StatementOf(X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: "DISABLE")));

        Assert.Equal((null, null), (told.State, told.ProfileStatus));
        Assert.False(connection.Explain(X).IsProven);
    }

    [Theory]
    [InlineData(true, EsimRequestStatus.Accepted)]
    [InlineData(false, EsimRequestStatus.Succeeded)]
    public async Task A_part_about_a_profile_of_a_device_does_not_end_the_request_for_the_device(bool namesProfile, EsimRequestStatus expected)
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        var iccid = namesProfile ? $$"""{"id":"{{X.Iccid}}","kind":"iccid"},""" : string.Empty;
        _bench.Service.On(Endpoint.Status, 200, $$"""{"requestId":"dev","status":"Pending","subRequests":[{"ids":[{{iccid}}{"id":"{{X.Eid}}","kind":"eid"}],"status":"Success"}]}""");

        await connection.PollAsync(request);

        Assert.Equal(expected, request.Status);
    }

    // --- Lists by callback --------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_list_whose_answer_came_first_is_answered_and_one_with_the_id_of_a_request_never_is()
    {
        var connection = await _bench.OpenAsync();
        var asked = connection.Tracker.Ask();
        connection.ReceiveCallback(Sample.Callback("list", X.Iccid!));
        Assert.False(connection.Tracker.Knows("list"));

        var answered = connection.Tracker.AwaitList("list", asked, Sample.Account);

        Assert.True(answered.IsCompletedSuccessfully);
        Assert.True(connection.Tracker.Knows("list"));
        Assert.Equal("DEACTIVE", connection.Tracker.StatementOf(X).State);

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

    // ------------------------------------------------------------------------------------------------------------------

    private static string WithEid(string callback) =>
        callback.Replace("\"kind\": \"Iccid\" } ]", $"\"kind\": \"Iccid\" }}, {{ \"id\": \"{X.Eid}\", \"kind\": \"Eid\" }} ]", StringComparison.Ordinal);

    private async Task<EsimRequest> SendAsync(EsimConnection connection, EsimAction action, string requestId, params EsimProfile[] profiles)
    {
        _bench.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        var options = new EsimActionOptions { Resubmit = true, ServicePlan = action == EsimAction.ServicePlan ? "Other" : null, SmsrOid = action == EsimAction.Disable ? "1.2.3" : null };
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
