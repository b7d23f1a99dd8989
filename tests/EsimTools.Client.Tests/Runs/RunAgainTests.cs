// The same command again: what is open or confirmed is skipped and its request returned, what is in doubt is refused, the rest is sent.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Runs;

public sealed class RunAgainTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task An_open_one_is_skipped_and_the_rest_is_sent()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("first"));
        var connection = await _fixture.OpenAsync();
        var first = await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profiles(3));

        var again = await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profiles(4));

        Assert.Equal([Sample.IccidOf(4)], again.Request!.Profiles.Select(profile => profile.Iccid));
        Assert.Same(first.Request, Assert.Single(again.Skipped));
        Assert.Empty(again.Refused);
    }

    [Fact]
    public async Task The_request_that_is_returned_holds_none_but_the_profiles_that_were_named()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        var whole = (await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profiles(3))).Request!;
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));

        var part = Assert.Single((await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile(1), Sample.Profile(3))).Skipped);

        Assert.Equal(("r", 2, EsimRequestStatus.Accepted, 1), (part.RequestId, part.Count, part.Status, part.SucceededCount));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2)));
        Assert.Equal(EsimRequestStatus.Accepted, part.Status);
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(3), "Failed"));
        Assert.Equal(EsimRequestStatus.PartlyFailed, part.Status);
        var waited = new List<string?>();
        Assert.True(await connection.WaitAsync(part, result => waited.Add(result.Iccid)));
        Assert.Equal([Sample.IccidOf(1), Sample.IccidOf(3)], waited);
        Assert.Equal(3, whole.Count);
    }

    [Fact]
    public async Task A_poll_for_a_part_settles_the_whole()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r")).On(Endpoint.Status, 200, """{"requestId":"r","status":"Success"}""");
        var connection = await _fixture.OpenAsync();
        var whole = (await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profiles(3))).Request!;
        var part = Assert.Single((await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile(2))).Skipped);

        await connection.PollAsync(part);

        Assert.Equal((EsimRequestStatus.Succeeded, EsimRequestStatus.Succeeded), (part.Status, whole.Status));
    }

    [Theory]
    [InlineData(23.9, 24.0, true)]
    [InlineData(24.1, 24.0, false)]
    [InlineData(0.4, 0.5, true)]
    [InlineData(0.6, 0.5, false)]
    public async Task A_confirmation_counts_for_as_long_as_it_was_asked_to(double ageHours, double withinHours, bool isSkipped)
    {
        var connection = await DeactivatedAsync();
        _fixture.Clock.Advance(TimeSpan.FromHours(ageHours));

        var again = await SubmitAsync(connection, EsimAction.Deactivate, TimeSpan.FromHours(withinHours), Sample.Profile());

        Assert.Equal((isSkipped ? 1 : 0, isSkipped), (again.Skipped.Count, again.Request is null));
    }

    [Fact]
    public async Task A_confirmation_counts_in_a_later_session_too()
    {
        (await DeactivatedAsync()).Dispose();
        var later = await _fixture.OpenAsync();

        var again = await SubmitAsync(later, EsimAction.Deactivate, Sample.Profiles(2));

        Assert.Equal(("r", 1, EsimRequestStatus.Succeeded), (again.Skipped[0].RequestId, again.Skipped[0].Count, again.Skipped[0].Status));
        Assert.Equal([Sample.IccidOf(2)], again.Request!.Profiles.Select(profile => profile.Iccid));
    }

    [Fact]
    public async Task Newer_words_of_the_service_against_it_make_it_worth_sending_again()
    {
        var connection = await DeactivatedAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active")));
        await connection.LookUpAsync([Sample.Profile()]);

        var again = await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile());

        Assert.Empty(again.Skipped);
        Assert.Equal(EsimRequestStatus.Accepted, again.Request!.Status);
    }

    [Fact]
    public async Task Words_from_before_it_do_not_speak_against_it_however_new_the_words_beside_them()
    {
        _fixture.Service
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active")))
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), state: "", "ENABLE")))
            .On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        await connection.LookUpAsync([Sample.Profile()]);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile());
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), state: null, profileStatus: null, role: null));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await connection.LookUpAsync([Sample.Profile()]);

        Assert.Single((await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile())).Skipped);
    }

    [Fact]
    public async Task Another_action_in_between_ends_it()
    {
        var connection = await DeactivatedAsync();
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("a"));
        await SubmitAsync(connection, EsimAction.Activate, Sample.Profile());
        connection.ReceiveCallback(Sample.Callback("a", Sample.IccidOf(1), state: "ACTIVE"));

        Assert.NotNull((await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile())).Request);
    }

    [Fact]
    public async Task A_failure_is_sent_again()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile());
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), "Failed", state: null, profileStatus: null));

        Assert.NotNull((await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile())).Request);
    }

    [Theory]
    [InlineData("M2M Global", true)]
    [InlineData("m2m global", true)]
    [InlineData("Another Plan", false)]
    public async Task Setting_another_plan_is_another_action(string plan, bool isSkipped)
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        await SubmitAsync(connection, EsimAction.ServicePlan, Sample.Profile());
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), state: "ACTIVE"));

        var again = await connection.SubmitAsync(EsimAction.ServicePlan, [Sample.Profile()], new() { ServicePlan = plan, SkipConfirmedWithin = Day });

        Assert.Equal(isSkipped ? 1 : 0, again.Skipped.Count);
    }

    [Fact]
    public async Task A_switch_that_another_switch_undid_is_made_again()
    {
        var eUICC = Sample.EidOf(9);
        EsimProfile[] both = [new() { Iccid = Sample.IccidOf(1), Eid = eUICC }, new() { Iccid = Sample.IccidOf(2), Eid = eUICC }];
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("one")).On(Endpoint.Action, _ => ScriptedService.Taken("two"));
        var connection = await _fixture.OpenAsync();
        await SubmitAsync(connection, EsimAction.Enable, both[0]);
        connection.ReceiveCallback(Sample.Callback("one", Sample.IccidOf(1), state: "ACTIVE"));
        Assert.Single((await SubmitAsync(connection, EsimAction.Enable, both[0])).Skipped);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await SubmitAsync(connection, EsimAction.Enable, both[1]);
        connection.ReceiveCallback(Sample.Callback("two", Sample.IccidOf(2), state: "ACTIVE"));

        Assert.NotNull((await SubmitAsync(connection, EsimAction.Enable, both[0])).Request);
    }

    [Fact]
    public async Task Resubmit_sends_all_the_same()
    {
        var connection = await DeactivatedAsync();

        var again = await connection.SubmitAsync(
            EsimAction.Deactivate, [Sample.Profile()], new() { ServicePlan = "M2M Global", SkipConfirmedWithin = Day, Resubmit = true });

        Assert.Empty(again.Skipped);
        Assert.Equal(1, again.Request!.Count);
    }

    [Fact]
    public async Task A_profile_that_is_named_twice_is_sent_once_and_told()
    {
        var connection = await _fixture.OpenAsync();

        var submission = await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile(1), Sample.Profile(2), Sample.Profile(1));

        Assert.Equal((2, EsimError.EsimProfileDuplicate), (submission.Request!.Count, Assert.Single(submission.Refused).Verdict.Error));
        Assert.Empty(submission.Skipped);
    }

    [Fact]
    public async Task What_another_connection_is_just_sending_is_skipped_too()
    {
        var answer = new TaskCompletionSource();
        _fixture.Service.On(Endpoint.Action, async (_, _) =>
        {
            await answer.Task;
            return ScriptedService.Taken("r");
        });
        var sending = SubmitAsync(await _fixture.OpenAsync(), EsimAction.Deactivate, Sample.Profile());
        var two = await _fixture.OpenAsync();

        var part = Assert.Single((await SubmitAsync(two, EsimAction.Deactivate, Sample.Profile())).Skipped);

        answer.SetResult();
        await sending;
        _ = two.GetRequests();
        Assert.Equal(("r", EsimRequestStatus.Accepted), (part.RequestId, part.Status));
    }

    [Fact]
    public async Task One_in_doubt_is_refused_and_not_skipped()
    {
        _fixture.Service.On(Endpoint.Action, 500, "");
        var connection = await _fixture.OpenAsync();
        await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile());

        var again = await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile());

        Assert.Empty(again.Skipped);
        Assert.Equal(EsimError.EsimOutcomeUnknown, Assert.Single(again.Refused).Verdict.Error);
    }

    private static Task<EsimSubmission> SubmitAsync(EsimConnection connection, EsimAction action, params EsimProfile[] profiles) =>
        SubmitAsync(connection, action, Day, profiles);

    private static Task<EsimSubmission> SubmitAsync(EsimConnection connection, EsimAction action, TimeSpan within, params EsimProfile[] profiles) =>
        connection.SubmitAsync(
            action, profiles, new() { ServicePlan = action == EsimAction.Enable ? null : "M2M Global", SkipConfirmedWithin = within }, serviceWasAsked: true).WaitAsync(ManualClock.HangLimit);

    private async Task<EsimConnection> DeactivatedAsync()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        await SubmitAsync(connection, EsimAction.Deactivate, Sample.Profile());
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        return connection;
    }
}
