// Ways to an unproven delete that a second attack with the source in hand has tried by eUICCs, processes and the journal, each named for the way.

using EsimTools.Client.Tests.Support;
using EsimTools.Proof;

namespace EsimTools.Client.Tests.Proof;

public sealed class SecondAttackTests : ProofScenario
{
    private static readonly EsimProfile IccidOfX = new() { Iccid = X.Iccid };
    private static readonly string Elsewhere = Sample.EidOf(77);

    // --- The eUICC ----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("8904901100000000000000000000001")]
    [InlineData("490154203237518")]
    [InlineData("8")]
    [InlineData("00000000000000000000000000000000")]
    public async Task What_the_service_says_in_the_place_of_an_eid_places_no_profile(string eid)
    {
        var connection = await Fixture.OpenAsync();
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
        var connection = await Fixture.OpenAsync();
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
        var connection = await Fixture.OpenAsync();
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
        var connection = await Fixture.OpenAsync();
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
        var connection = await Fixture.OpenAsync();
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
        var connection = await Fixture.OpenAsync();
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
        var connection = await Fixture.OpenAsync();
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
        var connection = await Fixture.OpenAsync();
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
        var connection = await Fixture.OpenAsync();
        Assert.Equal(EsimError.EsimIccidMissing, (await Assert.ThrowsAsync<EsimException>(() => SendAsync(connection, EsimAction.Deactivate, "r", device))).Error);
        Fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Listed(X, "deactive", "DISABLE")));
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

        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        _ = connection.GetRequests().ToArray();
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Fixture.WriteJournal("20260301T080000-00000000.jsonl", [.. Sent("e", 1, "enable", Y), .. Sent("p", 2, "serviceplan", Y)]);
        Fixture.WriteJournal("20260301T090000-00000001.jsonl", Outcome("e", "Succeeded", ",\"proof\":true,\"profileStatus\":\"ENABLE\""));
        Fixture.WriteJournal("20260301T100000-00000002.jsonl", Outcome("e", "Failed", ""));
        _ = connection.GetRequests().ToArray();

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_younger_question_has_been_answered_otherwise_before_the_other_process_was_heard_of()
    {
        // Its clock is half a minute ahead.
        var connection = await Fixture.OpenAsync();
        var sent = Sent("d", 1, "deactivate", X, seconds: 30);
        Fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active"));
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Fixture.WriteJournal(
            "20260301T080000-00000000.jsonl",
            [.. sent, $$"""{"v":1,"at":"{{Iso(0)}}","event":"outcome","request":"d","source":"Callback","result":"Succeeded","proof":true,"state":"DEACTIVE","ids":["{{X.Iccid}}"]}"""]);
        _ = connection.GetRequests().ToArray();

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task What_another_process_has_done_since_proves()
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active"));
        _ = connection.GetRequests().ToArray();
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Fixture.WriteJournal(
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
        var other = await Fixture.OpenAsync(address);
        await SendAsync(other, EsimAction.Activate, "a", X);

        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileBusy);
        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_delete_that_waits_behind_a_throttled_answer_while_another_process_activates_its_profile()
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        var refused = new TaskCompletionSource();
        Fixture.Service.On(Endpoint.Action, _ =>
        {
            refused.SetResult();
            return ScriptedService.Answer(429, "");
        });
        var deleting = connection.SubmitAsync(EsimAction.Delete, [X], new());
        await refused.Task.WaitAsync(ManualClock.HangLimit);

        var other = await Fixture.OpenAsync();
        Fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("a"));
        await other.SubmitAsync(EsimAction.Activate, [X], new() { Resubmit = true });
        other.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE"));
        for (var i = 0; i < 100 && !deleting.IsCompleted; i++)
        {
            Fixture.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10);
        }

        var submission = await deleting.WaitAsync(ManualClock.HangLimit);
        Assert.NotNull(submission.Failure);
        Assert.Single(Fixture.Service.Of(Endpoint.Action), call => call.Path.EndsWith("/delete", StringComparison.Ordinal));
    }

    // --- The journal ----------------------------------------------------------------------------------------------------

    [Fact]
    public async Task The_line_of_an_activation_is_damaged_and_its_outcome_is_not()
    {
        Fixture.WriteJournal(
            "20260301T080000-00000000.jsonl",
            [
                .. Sent("d", 1, "deactivate", X),
                $$"""{"v":1,"at":"{{Iso(0)}}","event":"outcome","request":"d","source":"Callback","result":"Succeeded","proof":true,"state":"DEACTIVE","ids":["{{X.Iccid}}"]}""",
                Sent("a", 2, "activate", X)[0][..^20],
                Sent("a", 2, "activate", X)[1],
                $$"""{"v":1,"at":"{{Iso(0)}}","event":"outcome","request":"a","service":"https://service.test/api","action":"activate","source":"Poll","result":"Succeeded","ids":["{{X.Iccid}}"]}""",
            ]);

        await AssertRefusedAsync(await Fixture.OpenAsync(), X);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("")]
    public async Task An_activation_in_doubt_for_an_account_without_a_name(string account)
    {
        var connection = await Fixture.OpenAsync();
        Fixture.Service.On(Endpoint.Action, 500, "");
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
        using (var first = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true)))
        {
            await SendAsync(first, EsimAction.Activate, "a", X);
        }

        File.Delete(Path.Combine(Fixture.JournalPath, "identifiers.key"));
        try
        {
            var connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: hashAgain));
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

    private string Iso(int seconds) => Clock.ToIso(Fixture.Clock.UtcNow.AddSeconds(seconds));

    private string[] Sent(string id, int place, string action, EsimProfile profile, int seconds = 0) =>
    [
        $$"""{"v":1,"at":"{{Iso(seconds)}}","event":"sending","request":"{{id}}","service":"https://service.test/api","seq":{{place}},"action":"{{action}}","account":"{{Sample.Account}}","profiles":[{"iccid":"{{profile.Iccid}}"}]}""",
        $$"""{"v":1,"at":"{{Iso(seconds)}}","event":"accepted","request":"{{id}}","requestId":"r-{{id}}"}""",
    ];
}
