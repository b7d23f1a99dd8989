// Every way that once led to a delete of a profile that was, or may have been, enabled, and the honest ways beside them.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class ProofTests : IDisposable
{
    private static readonly EsimProfile X = Sample.Profile(1);
    private static readonly string Digits19 = Sample.IccidOf(1)[..19];

    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    // --- The honest ways ----------------------------------------------------------------------------------------------

    [Fact]
    public async Task The_documents_own_callback_proves()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!));

        AssertProven(connection, X);
        Assert.Contains("the confirmation of the 'deactivate' request r", connection.Explain(X).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_polled_success_proves()
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        await PollAsync(connection, request, """{"requestId":"r","status":"Success"}""");

        AssertProven(connection, X);
    }

    [Theory]
    [InlineData("deactive", null)]
    [InlineData("active", "DISABLE")]
    public async Task The_list_proves(string state, string? status)
    {
        var connection = await _bench.OpenAsync();

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, state, status));

        AssertProven(connection, X);
        Assert.Contains("the service's answer to a question", connection.Explain(X).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_confirmation_proves_in_a_later_session_too()
    {
        using (var first = await _bench.OpenAsync())
        {
            await SendAsync(first, EsimAction.Deactivate, "r", X);
            first.ReceiveCallback(Sample.Callback("r", X.Iccid!));
        }

        AssertProven(await _bench.OpenAsync(), X);
    }

    [Fact]
    public async Task After_an_activation_a_new_deactivation_proves_again()
    {
        var connection = await _bench.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Activate, "a", X, state: "ACTIVE");
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);

        AssertProven(connection, X);
        connection.Dispose();
        AssertProven(await _bench.OpenAsync(), X);
    }

    // --- Its own word -------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_failed_callback_that_carries_DEACTIVE_proves_nothing()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, "Failed", "DEACTIVE", "DISABLE"));

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_success_that_carries_a_failure_is_neither()
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback($$"""
            {"requestId":"r","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"status":"SUCCESS","faultResponse":{"faultcode":"X","faultstring":"y"},
             "deviceResponse":{"deviceProfileResponse":{"state":"DEACTIVE","profileStatus":"DISABLE"} } }
            """);

        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_message_of_an_unknown_request_proves_nothing_and_takes_proof_away()
    {
        var connection = await _bench.OpenAsync();
        connection.ReceiveCallback(Sample.Callback("somebody-elses", X.Iccid!));
        Assert.False(connection.Explain(X).IsProven);

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        connection.ReceiveCallback(Sample.Callback("somebody-elses", X.Iccid!, state: "ACTIVE"));

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_message_that_settles_a_doubt_proves_nothing()
    {
        _bench.Service.On(Endpoint.Action, 500, "");
        var connection = await _bench.OpenAsync();
        var request = (await Bench.DeactivateAsync(connection, X)).Request!;

        connection.ReceiveCallback(Sample.Callback("somebody-elses", X.Iccid!));

        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        await AssertRefusedAsync(connection, X);
    }

    // --- Of that very profile -----------------------------------------------------------------------------------------

    [Theory]
    [InlineData("imei", false)]
    [InlineData("mdn", false)]
    [InlineData("eid", false)]
    [InlineData("19 digits", true)]
    [InlineData("spaces", true)]
    [InlineData("18 digits and more", false)]
    public async Task A_part_of_a_status_answer_proves_for_the_iccid_that_it_names(string named, bool proves)
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X, Sample.Profile(2));
        var (kind, id) = named switch
        {
            "imei" => ("imei", X.Imei!),
            "mdn" => ("mdn", "5551234567"),
            "eid" => ("eid", X.Eid!),
            "19 digits" => ("iccid", Digits19),
            "spaces" => ("iccid", string.Join(" ", X.Iccid!.Chunk(4).Select(part => new string(part)))),
            _ => ("iccid", X.Iccid! + "7"),
        };

        await PollAsync(connection, request, $$"""{"requestId":"r","status":"Success","subRequests":[{"ids":[{"id":"{{id}}","kind":"{{kind}}"}],"status":"Success"}]}""");

        await AssertAsync(proves, connection, X);
        await AssertAsync(false, connection, Sample.Profile(3));
    }

    [Theory]
    [InlineData("ids")]
    [InlineData("deviceIds")]
    public async Task A_part_may_name_its_identifiers_in_either_member(string member)
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        await PollAsync(connection, request, $$"""{"requestId":"r","status":"Pending","subRequests":[{"{{member}}":[{"id":"{{X.Iccid}}","kind":"iccid"}],"status":"Success"}]}""");

        AssertProven(connection, X);
    }

    [Fact]
    public async Task Of_a_callback_with_two_entries_the_profiles_own_counts()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.ServicePlan, "r", X);

        connection.ReceiveCallback(TwoEntries("r", Entry(2, "DEACTIVE", "DISABLE"), Entry(1, "ACTIVE", "ENABLE")));
        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDisabled);

        await SendAsync(connection, EsimAction.Deactivate, "r2", X);
        connection.ReceiveCallback(TwoEntries("r2", Entry(2, "ACTIVE", "ENABLE"), Entry(1, "DEACTIVE", "ENABLE")));
        AssertProven(connection, X);
    }

    [Fact]
    public async Task A_callback_whose_only_entry_is_about_another_profile_settles_nothing()
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(TwoEntries("r", Entry(2, "DEACTIVE", "DISABLE")));

        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task An_eid_that_only_the_inventory_gives_places_no_profile()
    {
        // Excel's fill-down has put one EID into every row.
        var (filled, other) = (new EsimProfile { Iccid = Sample.IccidOf(1), Eid = Sample.Eid }, new EsimProfile { Iccid = Sample.IccidOf(2), Eid = Sample.Eid });
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, filled, Sample.Listed(filled.Iccid!, "active"));
        await ConfirmAsync(connection, EsimAction.Enable, "e", other, state: "ACTIVE");

        await AssertRefusedAsync(connection, filled);
    }

    [Fact]
    public async Task A_callback_whose_iccid_is_8_is_nobodys()
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        connection.ReceiveCallback(Sample.Callback("r", "8"));

        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Theory]
    [InlineData(19, 20)]
    [InlineData(20, 19)]
    public async Task LEAD_under_one_spelling_forbids_a_delete_under_the_other(int said, int asked)
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        connection.ReceiveCallback(Sample.Callback("somebody-elses", X.Iccid![..said], role: "LEAD"));

        Assert.Equal(EsimError.EsimProfileNotDeletable, connection.Judge(EsimAction.Delete, new EsimProfile { Iccid = X.Iccid![..asked] }).Error);
    }

    [Fact]
    public async Task A_request_under_one_spelling_holds_the_profile_under_the_other()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);

        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.Activate, new EsimProfile { Iccid = Digits19 }).Error);
        connection.Dispose();
        Assert.Equal(EsimError.EsimProfileBusy, (await _bench.OpenAsync()).Judge(EsimAction.Activate, new EsimProfile { Iccid = Digits19 }).Error);
    }

    [Fact]
    public async Task Another_twentieth_digit_is_not_proven_by_the_services_word()
    {
        // One of the two is mistyped, or the last digit is no check digit and they are two profiles.
        var twin = new EsimProfile { Iccid = Digits19 + (char)('0' + ((X.Iccid![19] - '0' + 1) % 10)) };
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        Assert.Equal(ProofReason.OtherCheckDigit, connection.Explain(twin).Reason);
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, twin).Decision);
    }

    [Fact]
    public async Task Evidence_of_another_account_does_not_count_for_this_one()
    {
        var connection = await _bench.OpenAsync();
        _bench.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        await connection.SubmitAsync(EsimAction.Deactivate, [X], new() { AccountName = "0000999999-00001" });
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!));

        Assert.Equal(ProofReason.OtherAccount, connection.Explain(X).Reason);
        Assert.True(connection.Explain(X, "0000999999-00001").IsProven);
    }

    // --- Undisputed ---------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("FAILED", "SUCCESS", false)]
    [InlineData("SUCCESS", "FAILED", false)]
    [InlineData("FAILED", "SUCCESS", true)]
    [InlineData("SUCCESS", "FAILED", true)]
    public async Task Success_and_failure_of_one_request_prove_nothing(string first, string second, bool inNextSession)
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, first));
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, second));
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, first));
        if (inNextSession)
        {
            connection.Dispose();
            connection = await _bench.OpenAsync();
        }

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_polled_success_and_a_failed_callback_prove_nothing()
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        await PollAsync(connection, request, """{"requestId":"r","status":"Success"}""");

        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, "Failed"));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("Pending")]
    [InlineData("Failed")]
    [InlineData(null)]
    [InlineData("brand new")]
    public async Task An_overall_success_settles_nobody_where_a_part_is_not_a_success(string? partStatus)
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X, Sample.Profile(2));
        var status = partStatus is null ? "" : $$""","status":"{{partStatus}}" """;

        await PollAsync(connection, request, $$"""{"requestId":"r","status":"Success","subRequests":[{"ids":[{"id":"{{Sample.IccidOf(2)}}","kind":"iccid"}]{{status}}}]}""");

        Assert.Null(request.ResultAt(0));
        await AssertRefusedAsync(connection, X, resubmit: true);
        await AssertRefusedAsync(connection, Sample.Profile(2), resubmit: true);
    }

    [Theory]
    [InlineData("Success", "Failed")]
    [InlineData("Failed", "Success")]
    [InlineData("Success", "Pending")]
    public async Task A_part_that_stands_twice_with_different_words_proves_nothing(string one, string other)
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        string Part(string status) => $$"""{"ids":[{"id":"{{X.Iccid}}","kind":"iccid"}],"status":"{{status}}"}""";

        await PollAsync(connection, request, $$"""{"requestId":"r","status":"Success","subRequests":[{{Part(one)}},{{Part(other)}}]}""");

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_status_answer_about_another_request_is_no_answer()
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);

        var error = await Assert.ThrowsAsync<EsimException>(() => PollAsync(connection, request, """{"requestId":"another","status":"Success"}"""));

        Assert.Equal(EsimError.EsimAnswerInvalid, error.Error);
        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Theory]
    [InlineData("deactive", "active")]
    [InlineData("active", "deactive")]
    public async Task A_row_with_two_states_tells_none(string one, string other)
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        var row = Sample.Listed(X.Iccid!, one).Replace("\"carrierInformations\": [", $"\"carrierInformations\": [ {{ \"carrierName\": \"Other\", \"state\": \"{other}\" }},", StringComparison.Ordinal);

        await ListAsync(connection, X, row);

        await AssertRefusedAsync(connection, X);
    }

    // --- Newest -------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_list_answer_is_as_old_as_its_question()
    {
        var connection = await _bench.OpenAsync();
        var arrived = new TaskCompletionSource();
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        _bench.Service.On(Endpoint.List, (_, _) =>
        {
            arrived.SetResult();
            return answer.Task;
        });
        var asking = connection.LookUpAsync([X]);
        await arrived.Task.WaitAsync(ManualClock.HangLimit);
        await ConfirmAsync(connection, EsimAction.Activate, "a", X, state: "ACTIVE");
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));

        answer.SetResult(ScriptedService.Answer(200, Sample.Page(false, Sample.Listed(X.Iccid!, "deactive"))));
        await asking.WaitAsync(ManualClock.HangLimit);

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDisabled, alsoUnknown: true);
    }

    [Theory]
    [InlineData("activate", false, false)]
    [InlineData("enable", false, false)]
    [InlineData("download_enable", false, false)]
    [InlineData("profile_resume", false, false)]
    [InlineData("device_resume", false, false)]
    [InlineData("activate", true, false)]
    [InlineData("activate", true, true)]
    [InlineData("device_resume", true, true)]
    public async Task Behind_an_open_or_doubtful_action_that_ends_disabled_nothing_proves(string action, bool isInDoubt, bool inNextSession)
    {
        var ends = EsimAction.Find(action)!;
        var connection = await _bench.OpenAsync();
        var state = action switch { "enable" or "download_enable" => "active", "profile_resume" => "suspend", _ => "deactive" };
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, state, "DISABLE"));
        AssertProven(connection, X);
        if (isInDoubt)
        {
            _bench.Service.On(Endpoint.Action, 500, "");
            await connection.SubmitAsync(ends, [X], new() { Resubmit = true });
        }
        else
        {
            await SendAsync(connection, ends, "b", X);
        }

        if (inNextSession)
        {
            connection.Dispose();
            connection = await _bench.OpenAsync();
        }

        // What the service says meanwhile is true of a moment that may be over already; and a confirmed deactivation may have been overtaken.
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive", "DISABLE"));
        await AssertRefusedAsync(connection, X, resubmit: true);
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task What_was_sent_behind_an_open_activation_proves_nothing_after_that_one_has_ended_either()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Activate, "a", X);
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE"));

        await AssertRefusedAsync(connection, X);
        connection.Dispose();
        connection = await _bench.OpenAsync();
        await AssertRefusedAsync(connection, X);

        // A list asked for now decides.
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);
    }

    [Fact]
    public async Task An_action_whose_fate_was_only_inferred_may_still_arrive_for_a_day()
    {
        _bench.Service.On(Endpoint.Action, 500, "");
        var connection = await _bench.OpenAsync();
        var doubt = (await connection.SubmitAsync(EsimAction.Activate, [X], new())).Request!;
        _bench.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(X.Iccid!, "active")));
        await connection.ResolveAsync(doubt);
        Assert.Equal(EsimRequestStatus.Succeeded, doubt.Status);

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        Assert.Equal(ProofReason.MayStillArrive, connection.Explain(X).Reason);
        await AssertRefusedAsync(connection, X);

        _bench.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1));
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);
    }

    [Fact]
    public async Task A_device_wide_message_that_is_repeated_is_as_old_as_its_request()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        var message = WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: "DISABLE"));
        connection.ReceiveCallback(message);
        connection.ReceiveCallback($$"""{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");
        AssertProven(connection, X);
        await ConfirmAsync(connection, EsimAction.Activate, "a", X, state: "ACTIVE");
        connection.Dispose();

        connection = await _bench.OpenAsync();
        _bench.Clock.Advance(TimeSpan.FromMinutes(5));
        connection.ReceiveCallback(message);

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDisabled, alsoUnknown: true);
    }

    [Fact]
    public async Task A_device_wide_message_about_an_euicc_that_is_not_in_the_request_proves_nothing()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", Sample.Profile(2));

        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: "DISABLE")));

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task Deleting_the_enabled_profile_of_an_euicc_takes_away_that_another_one_is_disabled()
    {
        var neighbour = new EsimProfile { Iccid = Sample.IccidOf(2), Eid = X.Eid };
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", "DISABLE"));
        await ListAsync(connection, neighbour, Sample.Listed(neighbour.Iccid!, "deactive", "ENABLE"));
        AssertProven(connection, X);

        await SendAsync(connection, EsimAction.Delete, "del", neighbour);
        Assert.Equal(ProofReason.OpenAction, connection.Explain(X).Reason);
        connection.ReceiveCallback(Sample.Callback("del", neighbour.Iccid!, state: "UNKNOWN", profileStatus: "DELETE"));

        Assert.Equal(ProofReason.Superseded, connection.Explain(X).Reason);
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", "DISABLE"));
        AssertProven(connection, X);
    }

    // --- Clocks -------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_journal_of_a_machine_whose_clock_is_ahead_proves_nothing_and_hides_no_open_request()
    {
        string[] Lines(string id, string at, int place, string action) =>
        [
            $$"""{"v":1,"at":"{{at}}","event":"sending","request":"{{id}}","service":"https://service.test/api","seq":{{place}},"action":"{{action}}","account":"{{Sample.Account}}","profiles":[{"iccid":"{{X.Iccid}}"}]}""",
            $$"""{"v":1,"at":"{{at}}","event":"accepted","request":"{{id}}","requestId":"r-{{id}}"}""",
        ];
        string Outcome(string id, string at) =>
            $$"""{"v":1,"at":"{{at}}","event":"outcome","request":"{{id}}","source":"Callback","result":"Succeeded","proof":true,"state":"DEACTIVE","ids":["{{X.Iccid}}"]}""";

        // Deactivated first, by a machine whose clock is years ahead; then activated by one whose clock is right, which is still open.
        _bench.WriteJournal("20260301T080000-aaaaaaaa.jsonl", [.. Lines("ahead", "2031-01-01T00:00:00.000Z", 1, "deactivate"), Outcome("ahead", "2031-01-01T00:00:01.000Z")]);
        var connection = await _bench.OpenAsync();
        Assert.Equal(ProofReason.FromTheFuture, connection.Explain(X).Reason);
        await AssertRefusedAsync(connection, X);
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);

        _bench.WriteJournal("20260301T090000-bbbbbbbb.jsonl", Lines("open", "2026-03-01T11:00:00.000Z", 2, "activate"));
        var later = await _bench.OpenAsync();

        Assert.Equal(EsimError.EsimProfileBusy, later.Judge(EsimAction.Delete, X).Error);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_makes_no_old_word_young()
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        _bench.Clock.Advance(TimeSpan.FromHours(30));
        Assert.Equal(ProofReason.TooOld, connection.Explain(X).Reason);

        _bench.Clock.Advance(-TimeSpan.FromHours(20));

        Assert.Equal(ProofReason.ClockSetBack, connection.Explain(X).Reason);
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);
    }

    [Fact]
    public async Task An_activation_sent_after_the_clock_was_set_back_still_comes_after_the_proof()
    {
        var connection = await _bench.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        _bench.Clock.Advance(-TimeSpan.FromSeconds(30));
        await ConfirmAsync(connection, EsimAction.Activate, "a", X, state: "ACTIVE");
        _bench.Clock.Advance(TimeSpan.FromHours(1));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDisabled, alsoUnknown: true);
        connection.Dispose();
        await AssertRefusedAsync(await _bench.OpenAsync(), X, EsimError.EsimProfileNotDisabled, alsoUnknown: true);
    }

    // --- Words --------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_flood_of_foreign_words_leaves_LEAD_its_place()
    {
        var connection = await _bench.OpenAsync();
        for (var i = 0; i < 300; i++)
        {
            await ListAsync(connection, Sample.Profile(i + 10), Sample.Listed(Sample.IccidOf(i + 10), $"foreign word {i}"));
        }

        await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!, role: "LEAD"));

        Assert.Equal(EsimError.EsimProfileNotDeletable, connection.Judge(EsimAction.Delete, X).Error);
    }

    // ------------------------------------------------------------------------------------------------------------------

    private static void AssertProven(EsimConnection connection, EsimProfile profile)
    {
        Assert.True(connection.Explain(profile).IsProven, connection.Explain(profile).ToString());
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, profile).Decision);
    }

    // Neither judging nor submitting lets it through, whatever the caller says of having asked.
    private async Task AssertRefusedAsync(
        EsimConnection connection, EsimProfile profile, EsimError expected = EsimError.EsimProfileStateUnknown, bool resubmit = false, bool alsoUnknown = false)
    {
        var before = _bench.Service.Of(Endpoint.Action).Count(call => call.Path.EndsWith("/delete", StringComparison.Ordinal));
        var verdict = connection.Judge(EsimAction.Delete, profile, serviceWasAsked: true, resubmit);
        Assert.True(verdict.Error == expected || (alsoUnknown && verdict.Error == EsimError.EsimProfileStateUnknown), $"{verdict.Decision} {verdict.Error}: {verdict.Reason}");
        Assert.NotEmpty(verdict.Reason!);
        var submission = await connection.SubmitAsync(EsimAction.Delete, [profile], new() { Resubmit = resubmit }, serviceWasAsked: true);
        Assert.Null(submission.Request);
        Assert.Equal(before, _bench.Service.Of(Endpoint.Action).Count(call => call.Path.EndsWith("/delete", StringComparison.Ordinal)));
    }

    private async Task AssertAsync(bool proven, EsimConnection connection, EsimProfile profile)
    {
        if (proven)
        {
            AssertProven(connection, profile);
        }
        else
        {
            await AssertRefusedAsync(connection, profile, resubmit: true);
        }
    }

    private async Task<EsimRequest> SendAsync(EsimConnection connection, EsimAction action, string requestId, params EsimProfile[] profiles)
    {
        _bench.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        var submission = await connection.SubmitAsync(action, profiles, new() { Resubmit = true, ServicePlan = action == EsimAction.ServicePlan ? "Other" : null }).WaitAsync(ManualClock.HangLimit);
        Assert.Empty(submission.Refused);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        return submission.Request!;
    }

    private async Task ConfirmAsync(EsimConnection connection, EsimAction action, string requestId, EsimProfile profile, string state = "DEACTIVE")
    {
        await SendAsync(connection, action, requestId, profile);
        connection.ReceiveCallback(Sample.Callback(requestId, profile.Iccid!, state: state));
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private async Task PollAsync(EsimConnection connection, EsimRequest request, string answer)
    {
        _bench.Service.On(Endpoint.Status, 200, answer);
        await connection.PollAsync(request);
    }

    private async Task ListAsync(EsimConnection connection, EsimProfile profile, string row)
    {
        _bench.Service.On(Endpoint.List, 200, Sample.Page(false, row));
        await connection.LookUpAsync([profile]);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private static string Entry(int number, string state, string status) =>
        $$"""{"deviceIdentifierCollection":[{"id":"{{Sample.IccidOf(number)}}","kind":"Iccid"}],"state":"{{state}}","profileStatus":"{{status}}"}""";

    private static string TwoEntries(string requestId, params string[] entries) =>
        $$"""{"requestId":"{{requestId}}","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[{{string.Join(",", entries)}}] } }""";

    private static string WithEid(string callback) =>
        callback.Replace("\"kind\": \"Iccid\" } ]", $"\"kind\": \"Iccid\" }}, {{ \"id\": \"{X.Eid}\", \"kind\": \"Eid\" }} ]", StringComparison.Ordinal);
}
