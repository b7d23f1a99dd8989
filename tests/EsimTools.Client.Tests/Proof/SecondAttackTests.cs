// Ways to an unproven delete that a second attack with the source in hand has tried, each named for the way.

using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;
using EsimTools.Proof;

namespace EsimTools.Client.Tests.Proof;

public sealed class SecondAttackTests : IDisposable
{
    private static readonly EsimProfile X = Sample.Profile(1);

    // Another profile of the same eUICC, and another eUICC.
    private static readonly EsimProfile Y = new() { Iccid = Sample.IccidOf(2), Eid = X.Eid };
    private static readonly EsimProfile IccidOfX = new() { Iccid = X.Iccid };
    private static readonly string Elsewhere = Sample.EidOf(77);

    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    // --- Messages -----------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_message_that_came_before_its_request_had_left()
    {
        var connection = await _bench.OpenAsync();
        connection.ReceiveCallback(Sample.Callback("again", X.Iccid!));
        _bench.Clock.Advance(TimeSpan.FromHours(2));

        await SendAsync(connection, EsimAction.Deactivate, "again", X);

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_message_that_came_before_the_request_to_activate_had_left()
    {
        var connection = await _bench.OpenAsync();
        connection.ReceiveCallback(Sample.Callback("again", X.Iccid!, state: "ACTIVE"));
        await SendAsync(connection, EsimAction.Activate, "again", X);

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_message_that_came_before_the_list_was_asked_for()
    {
        var connection = await _bench.OpenAsync();
        connection.ReceiveCallback(Sample.Callback("again", X.Iccid!));
        _bench.Clock.Advance(TimeSpan.FromHours(2));

        _ = connection.Tracker.AwaitList("again", connection.Tracker.Ask(), Sample.Account);

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("SUCCESS", "FAILED", false)]
    [InlineData("FAILED", "SUCCESS", false)]
    [InlineData("SUCCESS", "FAILED", true)]
    [InlineData("FAILED", "SUCCESS", true)]
    public async Task Success_and_failure_for_one_profile_of_a_device(string first, string second, bool inNextSession)
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, first)));
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, second)));
        connection.ReceiveCallback($$"""{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");

        connection = await NextAsync(connection, inNextSession);
        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task LEAD_in_the_failure_of_one_profile_of_a_device()
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, "FAILED", role: "LEAD")));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable, resubmit: true);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(15)]
    public async Task A_message_with_another_identifier_in_the_place_of_the_iccid(int digits)
    {
        // The inventory has the identifiers of another device in this row.
        var row = new EsimProfile { Iccid = X.Iccid, Eid = Sample.EidOf(9), Imei = Sample.ImeiOf(9) };
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", row);

        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceIds":[{"kind":"Iccid","id":"{{(digits == 32 ? row.Eid : row.Imei)}}"}]}""");

        await AssertRefusedAsync(connection, row, resubmit: true);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(15)]
    public async Task A_part_with_another_identifier_in_the_place_of_the_iccid(int digits)
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        _bench.Service.On(Endpoint.Status, 200, $$"""
            {"requestId":"r","status":"Pending","subRequests":[{"ids":[{"id":"{{(digits == 32 ? X.Eid : X.Imei)}}","kind":"iccid"}],"status":"Success"}]}
            """);
        await connection.PollAsync(request);

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Theory]
    [InlineData("SUCCESS", "DEACTIVE", "ACTIVE")]
    [InlineData("warning", "ACTIVE", null)]
    public async Task A_request_that_had_succeeded_is_heard_of_again_and_its_profile_is_active(string status, string one, string? other)
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!));
        Assert.True(connection.Explain(X).IsProven);

        var entries = string.Join(",", new[] { one, other }.OfType<string>().Select(state => Entry(1, state)));
        connection.ReceiveCallback($$"""{"requestId":"r","deviceIds":[{"id":"{{X.Iccid}}","kind":"Iccid"}],"status":"{{status}}","deviceResponse":{"deviceProfileResponse":[{{entries}}]} }""");

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("ACTIVE", "LOCAL")]
    [InlineData("DEACTIVE", "LEAD")]
    public void A_listener_takes_a_message_that_says_something_else_for_no_repeated_one(string state, string role)
    {
        var (first, second) = (EsimCallback.Parse(Sample.Callback("r", X.Iccid!)), EsimCallback.Parse(Sample.Callback("r", X.Iccid!, state: state, role: role)));

        Assert.NotEqual(RecentCallbacks.KeyOf(first), RecentCallbacks.KeyOf(second));
        Assert.Equal(RecentCallbacks.KeyOf(first), RecentCallbacks.KeyOf(EsimCallback.Parse(Sample.Callback("r", X.Iccid!))));
    }

    [Theory]
    [InlineData("\"faultResponse\":{\"faultcode\":\"X\",\"faultstring\":\"y\"},", "")]
    [InlineData("", ",\"faultResponse\":{\"faultcode\":\"X\",\"faultstring\":\"y\"}")]
    public async Task A_status_answer_of_success_that_carries_a_failure(string whole, string part)
    {
        var connection = await _bench.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        var parts = part.Length == 0 ? "" : $$""","subRequests":[{"ids":[{"id":"{{X.Iccid}}","kind":"iccid"}],"status":"Success"{{part}}}]""";
        _bench.Service.On(Endpoint.Status, 200, $$"""{"requestId":"r",{{whole}}"status":"Success"{{parts}}}""");
        await connection.PollAsync(request);

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Theory]
    [InlineData("warning")]
    [InlineData("PENDING")]
    public async Task A_list_by_callback_that_is_not_an_answer_yet(string status)
    {
        var connection = await _bench.OpenAsync();
        _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);
        connection.ReceiveCallback(Sample.Callback("list", X.Iccid!, status));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("deactive\\u200b")]
    [InlineData("\\u200bdeactive")]
    [InlineData("deact\\u0131ve")]
    [InlineData("deact\\u0130ve")]
    [InlineData("deactive ")]
    [InlineData("deactive\\u0000")]
    public async Task A_state_word_that_only_looks_like_the_right_one(string word)
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, word));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("DI\\u017fABLE")]
    [InlineData("DISABLE\\ufe0f")]
    public async Task A_status_word_that_only_looks_like_the_right_one(string word)
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", word));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData("profileStatus")]
    [InlineData("PROFILESTATUS")]
    public async Task A_row_with_two_statuses_under_two_spellings(string key)
    {
        var connection = await _bench.OpenAsync();
        var row = Sample.Listed(X.Iccid!, "active", "DISABLE").Replace("\"extendedAttributes\": [", $$"""
            "extendedAttributes": [ { "key": "{{key}}", "value": "ENABLE" },
            """, StringComparison.Ordinal);
        await ListAsync(connection, X, row);

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_confirmation_by_nineteen_digits_proves_no_other_twentieth_digit_in_a_later_session_either()
    {
        var twin = new EsimProfile { Iccid = X.Iccid![..19] + (char)('0' + ((X.Iccid![19] - '0' + 1) % 10)) };
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection = await NextAsync(connection, inNextSession: true);

        connection.ReceiveCallback(Sample.Callback("r", X.Iccid[..19]));
        Assert.False(connection.Explain(twin).IsProven);

        connection = await NextAsync(connection, inNextSession: true);
        Assert.False(connection.Explain(twin).IsProven);
    }

    // --- The eUICC ----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("8904901100000000000000000000001")]
    [InlineData("490154203237518")]
    [InlineData("8")]
    [InlineData("00000000000000000000000000000000")]
    public async Task What_the_service_says_in_the_place_of_an_eid_places_no_profile(string eid)
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Listed(X, "deactive", "DISABLE").Replace(X.Eid!, eid, StringComparison.Ordinal));
        await SendAsync(connection, EsimAction.DeviceResume, "res", X);
        connection.ReceiveCallback($$"""{"requestId":"res","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");

        await AssertRefusedAsync(connection, IccidOfX);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_profile_that_our_own_request_has_put_on_another_eUICC_and_the_neighbour_there_is_deleted(bool inNextSession)
    {
        var (moved, neighbour) = (new EsimProfile { Iccid = X.Iccid, Eid = Elsewhere }, new EsimProfile { Iccid = Sample.IccidOf(3), Eid = Elsewhere });
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "NOT_DOWNLOADED");
        await SendAsync(connection, EsimAction.Download, "down", moved);
        connection.ReceiveCallback(Sample.Callback("down", X.Iccid!, state: "ACTIVE", profileStatus: "DOWNLOAD_DISABLE"));
        await ListAsync(connection, neighbour, Listed(neighbour, "deactive", "ENABLE"));
        await SendAsync(connection, EsimAction.Delete, "del", neighbour);
        await AssertRefusedAsync(connection, IccidOfX, resubmit: true);
        connection.ReceiveCallback(Sample.Callback("del", neighbour.Iccid!, state: "UNKNOWN", profileStatus: "DELETE"));

        connection = await NextAsync(connection, inNextSession);
        await AssertRefusedAsync(connection, IccidOfX);
    }

    [Fact]
    public async Task A_profile_that_our_own_request_has_put_on_another_eUICC_and_the_device_is_resumed()
    {
        var moved = new EsimProfile { Iccid = X.Iccid, Eid = Elsewhere };
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "NOT_DOWNLOADED");
        await SendAsync(connection, EsimAction.Download, "down", moved);
        connection.ReceiveCallback(Sample.Callback("down", X.Iccid!, state: "ACTIVE", profileStatus: "DOWNLOAD_DISABLE"));
        await SendAsync(connection, EsimAction.Deactivate, "d", IccidOfX);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        await SendAsync(connection, EsimAction.DeviceResume, "res", moved);
        await AssertRefusedAsync(connection, IccidOfX, resubmit: true);
        connection.ReceiveCallback($$"""{"requestId":"res","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{Elsewhere}}"}]}""");

        await AssertRefusedAsync(connection, IccidOfX);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_service_has_not_said_on_which_eUICC_it_is_and_the_enabled_one_of_some_eUICC_is_deleted(bool isOpen)
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, Y, Listed(Y, "deactive", "ENABLE"));
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active", "DISABLE"));
        await SendAsync(connection, EsimAction.Delete, "del", Y);
        if (!isOpen)
        {
            connection.ReceiveCallback(Sample.Callback("del", Y.Iccid!, state: "UNKNOWN", profileStatus: "DELETE"));
        }

        await AssertRefusedAsync(connection, IccidOfX);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_profile_is_enabled_on_another_eUICC_than_the_service_has_placed_it_on(bool inNextSession)
    {
        var moved = new EsimProfile { Iccid = Y.Iccid, Eid = Elsewhere };
        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "NOT_DOWNLOADED");
        await SendAsync(connection, EsimAction.DownloadEnable, "down", moved);
        connection.ReceiveCallback(Sample.Callback("down", Y.Iccid!, state: "ACTIVE", profileStatus: "DOWNLOAD_ENABLE"));

        connection = await NextAsync(connection, inNextSession);
        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_delete_that_had_failed_and_has_succeeded_all_the_same()
    {
        var (lost, other) = (new EsimProfile { Iccid = Sample.IccidOf(5) }, new EsimProfile { Iccid = Sample.IccidOf(6) });
        var connection = await _bench.OpenAsync();
        foreach (var (id, profile) in new[] { ("del", lost), ("del2", other) })
        {
            await ListAsync(connection, profile, Sample.Listed(profile.Iccid!, "deactive", "ENABLE"));
            await SendAsync(connection, EsimAction.Delete, id, profile);
            connection.ReceiveCallback(Sample.Callback(id, profile.Iccid!, "FAILED"));
        }

        await PlaceAsync(connection, X, "DISABLE");
        Assert.True(connection.Explain(X).IsProven);
        connection.ReceiveCallback(Sample.Callback("del", lost.Iccid!, state: "UNKNOWN", profileStatus: "DELETE"));

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task Two_requests_of_ours_have_named_two_eUICCs_and_the_neighbour_on_the_first_one_is_deleted()
    {
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Disable, "dis", X);
        connection.ReceiveCallback(Sample.Callback("dis", X.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        await SendAsync(connection, EsimAction.ServicePlan, "p", new EsimProfile { Iccid = X.Iccid, Eid = Elsewhere });
        connection.ReceiveCallback(Sample.Callback("p", X.Iccid!, state: "ACTIVE", profileStatus: null));
        await ListAsync(connection, Y, Listed(Y, "deactive", "ENABLE"));
        await SendAsync(connection, EsimAction.Delete, "del", Y);
        connection.ReceiveCallback(Sample.Callback("del", Y.Iccid!, state: "UNKNOWN", profileStatus: "DELETE"));

        await AssertRefusedAsync(connection, IccidOfX);
    }

    [Fact]
    public async Task Of_many_that_are_disabled_at_once_each_is_proven()
    {
        var profiles = Sample.Profiles(3);
        var connection = await _bench.OpenAsync();
        await SendAsync(connection, EsimAction.Disable, "dis", profiles);
        foreach (var profile in profiles)
        {
            connection.ReceiveCallback(Sample.Callback("dis", profile.Iccid!, state: "ACTIVE", profileStatus: "DISABLE"));
        }

        Assert.All(profiles, profile => Assert.True(connection.Explain(profile).IsProven, connection.Explain(profile).ToString()));
    }

    [Fact]
    public async Task A_profile_of_which_the_device_alone_is_known()
    {
        var device = new EsimProfile { Eid = X.Eid };
        var connection = await _bench.OpenAsync();
        Assert.Equal(EsimError.EsimIccidMissing, (await Assert.ThrowsAsync<EsimException>(() => SendAsync(connection, EsimAction.Deactivate, "r", device))).Error);
        _bench.Service.On(Endpoint.List, 200, Sample.Page(false, Listed(X, "deactive", "DISABLE")));
        await connection.LookUpAsync([device]);

        Assert.False(connection.Explain(device).IsProven);
        Assert.Equal(EsimError.EsimIccidMissing, (await Assert.ThrowsAsync<EsimException>(() => SendAsync(connection, EsimAction.Delete, "del", device))).Error);
    }

    // --- Several processes ----------------------------------------------------------------------------------------------

    [Fact]
    public async Task Another_process_has_heard_that_the_enabling_of_the_neighbour_failed()
    {
        string Outcome(string id, string result, string words) =>
            $$"""{"v":1,"at":"{{Iso(0)}}","event":"outcome","request":"{{id}}","source":"Callback","result":"{{result}}"{{words}},"ids":["{{Y.Iccid}}"]}""";

        var connection = await _bench.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        _ = connection.GetRequests().ToArray();
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        _bench.WriteJournal("20260301T080000-00000000.jsonl", [.. Sent("e", 1, "enable", Y), .. Sent("p", 2, "serviceplan", Y)]);
        _bench.WriteJournal("20260301T090000-00000001.jsonl", Outcome("e", "Succeeded", ",\"proof\":true,\"profileStatus\":\"ENABLE\""));
        _bench.WriteJournal("20260301T100000-00000002.jsonl", Outcome("e", "Failed", ""));
        _ = connection.GetRequests().ToArray();

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_younger_question_has_been_answered_otherwise_before_the_other_process_was_heard_of()
    {
        // Its clock is half a minute ahead.
        var connection = await _bench.OpenAsync();
        var sent = Sent("d", 1, "deactivate", X, seconds: 30);
        _bench.Clock.Advance(TimeSpan.FromSeconds(10));
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active"));
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        _bench.WriteJournal(
            "20260301T080000-00000000.jsonl",
            [.. sent, $$"""{"v":1,"at":"{{Iso(0)}}","event":"outcome","request":"d","source":"Callback","result":"Succeeded","proof":true,"state":"DEACTIVE","ids":["{{X.Iccid}}"]}"""]);
        _ = connection.GetRequests().ToArray();

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task What_another_process_has_done_since_proves()
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active"));
        _ = connection.GetRequests().ToArray();
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        _bench.WriteJournal(
            "20260301T080000-00000000.jsonl",
            [.. Sent("d", 1, "deactivate", X), $$"""{"v":1,"at":"{{Iso(0)}}","event":"outcome","request":"d","source":"Callback","result":"Succeeded","proof":true,"state":"DEACTIVE","ids":["{{X.Iccid}}"]}"""]);
        _ = connection.GetRequests().ToArray();

        Assert.True(connection.Explain(X).IsProven, connection.Explain(X).ToString());
    }

    [Theory]
    [InlineData("https://service.test/API")]
    [InlineData("https://SERVICE.test:443/x/../api//")]
    public async Task An_activation_is_open_that_was_sent_over_another_spelling_of_the_address(string address)
    {
        var other = await _bench.OpenAsync(address);
        await SendAsync(other, EsimAction.Activate, "a", X);

        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileBusy);
        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_delete_that_waits_behind_a_throttled_answer_while_another_process_activates_its_profile()
    {
        var connection = await _bench.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        var refused = new TaskCompletionSource();
        _bench.Service.On(Endpoint.Action, _ =>
        {
            refused.SetResult();
            return ScriptedService.Answer(429, "");
        });
        var deleting = connection.SubmitAsync(EsimAction.Delete, [X], new());
        await refused.Task.WaitAsync(ManualClock.HangLimit);

        var other = await _bench.OpenAsync();
        _bench.Service.On(Endpoint.Action, _ => ScriptedService.Taken("a"));
        await other.SubmitAsync(EsimAction.Activate, [X], new() { Resubmit = true });
        other.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE"));
        for (var i = 0; i < 100 && !deleting.IsCompleted; i++)
        {
            _bench.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10);
        }

        var submission = await deleting.WaitAsync(ManualClock.HangLimit);
        Assert.NotNull(submission.Failure);
        Assert.Single(_bench.Service.Of(Endpoint.Action), call => call.Path.EndsWith("/delete", StringComparison.Ordinal));
    }

    // --- The journal ----------------------------------------------------------------------------------------------------

    [Fact]
    public async Task The_line_of_an_activation_is_damaged_and_its_outcome_is_not()
    {
        _bench.WriteJournal(
            "20260301T080000-00000000.jsonl",
            [
                .. Sent("d", 1, "deactivate", X),
                $$"""{"v":1,"at":"{{Iso(0)}}","event":"outcome","request":"d","source":"Callback","result":"Succeeded","proof":true,"state":"DEACTIVE","ids":["{{X.Iccid}}"]}""",
                Sent("a", 2, "activate", X)[0][..^20],
                Sent("a", 2, "activate", X)[1],
                $$"""{"v":1,"at":"{{Iso(0)}}","event":"outcome","request":"a","service":"https://service.test/api","action":"activate","source":"Poll","result":"Succeeded","ids":["{{X.Iccid}}"]}""",
            ]);

        await AssertRefusedAsync(await _bench.OpenAsync(), X);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("")]
    public async Task An_activation_in_doubt_for_an_account_without_a_name(string account)
    {
        var connection = await _bench.OpenAsync();
        _bench.Service.On(Endpoint.Action, 500, "");
        await connection.SubmitAsync(EsimAction.Activate, [X], new() { AccountName = account });

        connection = await NextAsync(connection, inNextSession: true);
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        await AssertRefusedAsync(connection, X, EsimError.EsimOutcomeUnknown);
        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_activation_is_open_in_a_journal_of_hashes_whose_key_is_gone(bool hashAgain)
    {
        using (var first = await _bench.OpenAsync(_bench.Options(hashIdentifiers: true)))
        {
            await SendAsync(first, EsimAction.Activate, "a", X);
        }

        File.Delete(Path.Combine(_bench.JournalPath, "identifiers.key"));
        try
        {
            var connection = await _bench.OpenAsync(_bench.Options(hashIdentifiers: hashAgain));
            await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
            await AssertRefusedAsync(connection, X, EsimError.EsimProfileBusy);
        }
        catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    // --- The rule -------------------------------------------------------------------------------------------------------

    [Fact]
    public void Accounts_beyond_those_that_have_a_number_are_not_taken_for_one()
    {
        var word = new Spoken(new(100, 5), 0, ushort.MaxValue, Spoken.NoCheckDigit);
        var known = new ProofState().With(word, SpokenKind.Disabled, SpokenKind.None, 100);

        var weighed = ProofRule.Weigh(known, default, default, new(default, ushort.MaxValue, Spoken.NoCheckDigit, 200, 0, 0, 0, 0));

        Assert.Equal(ProofReason.OtherAccount, weighed.Reason);
    }

    // ------------------------------------------------------------------------------------------------------------------

    private string Iso(int seconds) => Clock.ToIso(_bench.Clock.UtcNow.AddSeconds(seconds));

    private string[] Sent(string id, int place, string action, EsimProfile profile, int seconds = 0) =>
    [
        $$"""{"v":1,"at":"{{Iso(seconds)}}","event":"sending","request":"{{id}}","service":"https://service.test/api","seq":{{place}},"action":"{{action}}","account":"{{Sample.Account}}","profiles":[{"iccid":"{{profile.Iccid}}"}]}""",
        $$"""{"v":1,"at":"{{Iso(seconds)}}","event":"accepted","request":"{{id}}","requestId":"r-{{id}}"}""",
    ];

    private static string Entry(int number, string state) =>
        $$"""{"deviceIdentifierCollection":[{"id":"{{Sample.IccidOf(number)}}","kind":"Iccid"}],"state":"{{state}}"}""";

    private static string WithEid(string callback) =>
        callback.Replace("\"kind\": \"Iccid\" } ]", $"\"kind\": \"Iccid\" }}, {{ \"id\": \"{X.Eid}\", \"kind\": \"Eid\" }} ]", StringComparison.Ordinal);

    private static string Listed(EsimProfile profile, string state, string status) =>
        Sample.Listed(profile.Iccid!, state, status).Replace("\"kind\": \"iccId\" }", $"\"kind\": \"iccId\" }}, {{ \"id\": \"{profile.Eid}\", \"kind\": \"eid\" }}", StringComparison.Ordinal);

    private async Task<EsimConnection> NextAsync(EsimConnection connection, bool inNextSession)
    {
        if (!inNextSession)
        {
            return connection;
        }

        connection.Dispose();
        return await _bench.OpenAsync();
    }

    private async Task AssertRefusedAsync(EsimConnection connection, EsimProfile profile, EsimError? expected = null, bool resubmit = false)
    {
        var before = _bench.Service.Of(Endpoint.Action).Count;
        var verdict = connection.Judge(EsimAction.Delete, profile, serviceWasAsked: true, resubmit);
        Assert.True(verdict.Decision == GuardDecision.Refused, $"{verdict.Decision}: {connection.Explain(profile)}");
        Assert.True(verdict.Error == expected || expected is null, $"{verdict.Error}: {verdict.Reason}");
        Assert.True(expected is not null || !connection.Explain(profile).IsProven, $"{connection.Explain(profile)}");
        var submission = await connection.SubmitAsync(EsimAction.Delete, [profile], new() { Resubmit = resubmit }, serviceWasAsked: true);
        Assert.Null(submission.Request);
        Assert.Equal(before, _bench.Service.Of(Endpoint.Action).Count);
    }

    private async Task<EsimRequest> SendAsync(EsimConnection connection, EsimAction action, string requestId, params EsimProfile[] profiles)
    {
        _bench.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        var submission = await connection.SubmitAsync(action, profiles, OptionsOf(action)).WaitAsync(ManualClock.HangLimit);
        Assert.Empty(submission.Refused);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        return submission.Request!;
    }

    private static EsimActionOptions OptionsOf(EsimAction action) => new()
    {
        Resubmit = true,
        ServicePlan = action == EsimAction.ServicePlan ? "Other" : null,
        SmsrOid = action == EsimAction.Disable ? "1.2.3" : null,
    };

    private async Task PlaceAsync(EsimConnection connection, EsimProfile profile, string status) =>
        await ListAsync(connection, profile, Listed(profile, "active", status));

    private async Task ListAsync(EsimConnection connection, EsimProfile profile, string row)
    {
        _bench.Service.On(Endpoint.List, 200, Sample.Page(false, row));
        await connection.LookUpAsync([profile]);
        _bench.Clock.Advance(TimeSpan.FromSeconds(1));
    }
}
