// A word proves nothing any more once something newer may have happened: actions under way or in doubt, old questions, clocks set back or ahead.

using EsimTools.Client.Tests.Support;
using EsimTools.Proof;

namespace EsimTools.Client.Tests.Proof;

public sealed class OutdatedProofTests : ProofScenario
{
    [Fact]
    public async Task A_list_answer_is_as_old_as_its_question()
    {
        var connection = await Fixture.OpenAsync();
        var arrived = new TaskCompletionSource();
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        Fixture.Service.On(Endpoint.List, (_, _) =>
        {
            arrived.SetResult();
            return answer.Task;
        });
        var asking = connection.LookUpAsync([X]);
        await arrived.Task.WaitAsync(ManualClock.HangLimit);
        await ConfirmAsync(connection, EsimAction.Activate, "a", X, state: "ACTIVE");
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        answer.SetResult(ScriptedService.Answer(200, Sample.Page(false, Sample.Listed(X.Iccid!, "deactive"))));
        await asking.WaitAsync(ManualClock.HangLimit);

        await AssertNotProvenAsync(connection, X, EsimError.EsimProfileNotDisabled, alsoUnknown: true);
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
        var connection = await Fixture.OpenAsync();
        var state = action switch { "enable" or "download_enable" => "active", "profile_resume" => "suspend", _ => "deactive" };
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, state, "DISABLE"));
        AssertProven(connection, X);
        if (isInDoubt)
        {
            Fixture.Service.On(Endpoint.Action, 500, "");
            await connection.SubmitAsync(ends, [X], new() { Resubmit = true });
        }
        else
        {
            await SendAsync(connection, ends, "b", X);
        }

        if (inNextSession)
        {
            connection.Dispose();
            connection = await Fixture.OpenAsync();
        }

        // What the service says meanwhile is true of a moment that may be over already; and a confirmed deactivation may have been overtaken.
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive", "DISABLE"));
        await AssertNotProvenAsync(connection, X, resubmit: true);
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        await AssertNotProvenAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task What_was_sent_behind_an_open_activation_proves_nothing_after_that_one_has_ended_either()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Activate, "a", X);
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE"));

        await AssertNotProvenAsync(connection, X);
        connection.Dispose();
        connection = await Fixture.OpenAsync();
        await AssertNotProvenAsync(connection, X);

        // A list asked for now decides.
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);
    }

    [Fact]
    public async Task An_action_whose_fate_was_only_inferred_may_still_arrive_for_a_day_and_an_hour()
    {
        Fixture.Service.On(Endpoint.Action, 500, "");
        var connection = await Fixture.OpenAsync();
        var doubt = (await connection.SubmitAsync(EsimAction.Activate, [X], new())).Request!;
        Fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(X.Iccid!, "active")));
        await connection.ResolveAsync(doubt);
        Assert.Equal(EsimRequestStatus.Succeeded, doubt.Status);

        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        Assert.Equal(ProofReason.MayStillArrive, connection.Explain(X).Reason);
        await AssertNotProvenAsync(connection, X);

        Fixture.Clock.Advance(DoubtRule.DefaultNotDoneAfter + TimeSpan.FromSeconds(1));
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);
    }

    [Fact]
    public async Task A_device_wide_message_that_is_repeated_is_as_old_as_its_request()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        var message = WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: "DISABLE"));
        connection.ReceiveCallback(message);
        connection.ReceiveCallback($$"""{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");
        AssertProven(connection, X);
        await ConfirmAsync(connection, EsimAction.Activate, "a", X, state: "ACTIVE");
        connection.Dispose();

        connection = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromMinutes(5));
        connection.ReceiveCallback(message);

        await AssertNotProvenAsync(connection, X, EsimError.EsimProfileNotDisabled, alsoUnknown: true);
    }

    [Fact]
    public async Task A_device_wide_message_about_an_euicc_that_is_not_in_the_request_proves_nothing()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", Sample.Profile(2));

        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "DEACTIVE", profileStatus: "DISABLE")));

        await AssertNotProvenAsync(connection, X);
    }

    [Fact]
    public async Task Deleting_the_enabled_profile_of_an_euicc_takes_away_that_another_one_is_disabled()
    {
        var neighbour = new EsimProfile { Iccid = Sample.IccidOf(2), Eid = X.Eid };
        var connection = await Fixture.OpenAsync();
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
        Fixture.WriteJournal("20260301T080000-aaaaaaaa.jsonl", [.. Lines("ahead", "2031-01-01T00:00:00.000Z", 1, "deactivate"), Outcome("ahead", "2031-01-01T00:00:01.000Z")]);
        var connection = await Fixture.OpenAsync();
        Assert.Equal(ProofReason.FromTheFuture, connection.Explain(X).Reason);
        await AssertNotProvenAsync(connection, X);
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);

        Fixture.WriteJournal("20260301T090000-bbbbbbbb.jsonl", Lines("open", "2026-03-01T11:00:00.000Z", 2, "activate"));
        var later = await Fixture.OpenAsync();

        Assert.Equal(EsimError.EsimProfileBusy, later.Judge(EsimAction.Delete, X).Error);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_makes_no_old_word_young()
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        Fixture.Clock.Advance(TimeSpan.FromHours(30));
        Assert.Equal(ProofReason.TooOld, connection.Explain(X).Reason);

        Fixture.Clock.Advance(-TimeSpan.FromHours(20));

        Assert.Equal(ProofReason.ClockSetBack, connection.Explain(X).Reason);
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);
    }

    [Theory]
    [InlineData(30, 20, true)]
    [InlineData(30, 30, false)]
    [InlineData(1, 30, false)]
    public async Task A_clock_that_is_set_back_while_nobody_looks_makes_no_old_word_young(int hours, int shown, bool isSetBack)
    {
        Fixture.Clock.Monotonic = TimeSpan.Zero;
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        Fixture.Clock.Monotonic += TimeSpan.FromHours(hours);
        Fixture.Clock.Advance(TimeSpan.FromHours(shown));

        Assert.Equal(isSetBack ? ProofReason.ClockSetBack : ProofReason.TooOld, connection.Explain(X).Reason);
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        AssertProven(connection, X);
    }

    [Fact]
    public async Task An_activation_sent_after_the_clock_was_set_back_still_comes_after_the_proof()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        Fixture.Clock.Advance(-TimeSpan.FromSeconds(30));
        await ConfirmAsync(connection, EsimAction.Activate, "a", X, state: "ACTIVE");
        Fixture.Clock.Advance(TimeSpan.FromHours(1));

        await AssertNotProvenAsync(connection, X, EsimError.EsimProfileNotDisabled, alsoUnknown: true);
        connection.Dispose();
        await AssertNotProvenAsync(await Fixture.OpenAsync(), X, EsimError.EsimProfileNotDisabled, alsoUnknown: true);
    }
}
