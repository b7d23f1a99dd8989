// The way back of a run, as a plan: what was confirmed, as far as there is a way.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Plans;

public sealed class UndoTests : IDisposable
{
    private readonly PlanFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("deactivate", "activate", "termination fee is not refunded")]
    [InlineData("activate", "deactivate", "billed is not refunded")]
    [InlineData("profile_suspend", "profile_resume", "resumes service")]
    [InlineData("profile_resume", "profile_suspend", "suspends it again")]
    public async Task What_was_confirmed_is_planned_back_with_its_account_and_plan(string action, string back, string words)
    {
        var connection = await _fixture.Connections.OpenAsync();
        var kind = EsimAction.Find(action)!;
        var run = await RunAsync(connection, kind, Sample.Profiles(3), kind == EsimAction.Deactivate || kind == EsimAction.Activate ? new() { ServicePlan = "M2M Global", AccountName = "Other" } : new() { AccountName = "Other" });
        Confirm(connection, run, Sample.IccidOf(1), Sample.IccidOf(2));

        var plan = connection.PlanUndo([run.Info.Id], null, new());

        Assert.Equal((back, run.Info.Id, 2), (plan.Action, plan.UndoOf, plan.Count));
        Assert.Contains(words, plan.Undoes);
        Assert.All(plan.Profiles, profile => Assert.Equal(("Other", run.GetRequests()[0].ServicePlan, EsimPlanVerdict.Allowed), (profile.AccountName, profile.ServicePlan, profile.Verdict)));
        plan.Save(_fixture.PlanPath);
        var read = EsimPlan.Load(_fixture.PlanPath);
        Assert.Equal((plan.UndoOf, plan.Undoes), (read.UndoOf, read.Undoes));
    }

    [Fact]
    public async Task The_runs_of_one_plan_are_undone_together_and_others_are_not()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var first = await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(2), new() { PlanId = "p" });
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(2, first: 3), new() { PlanId = "P" });
        var other = await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(1, first: 5));
        Confirm(connection, first, Sample.IccidOf(1), Sample.IccidOf(2));
        Confirm(connection, second, Sample.IccidOf(4));

        var plan = connection.PlanUndo([second.Info.Id, first.Info.Id], null, new());

        Assert.Equal([Sample.IccidOf(1), Sample.IccidOf(2), Sample.IccidOf(4)], plan.Profiles.Select(profile => profile.Iccid));
        Assert.Equal($"{second.Info.Id}, {first.Info.Id}", plan.UndoOf);
        Assert.Contains($"of the runs {plan.UndoOf}", plan.Undoes);
        foreach (var runs in (string[][])[[first.Info.Id, other.Info.Id], [other.Info.Id, other.Info.Id]])
        {
            Assert.Equal(EsimError.EsimParameterInvalid, Assert.Throws<EsimException>(() => connection.PlanUndo(runs, null, new())).Error);
        }
    }

    [Fact]
    public async Task Those_that_are_given_alone_are_undone()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var run = await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(3));
        Confirm(connection, run, Sample.IccidOf(1), Sample.IccidOf(2), Sample.IccidOf(3));

        var plan = connection.PlanUndo([run.Info.Id], [Sample.Profile(2), Sample.Profile(9)], new());

        Assert.Equal([Sample.IccidOf(2)], plan.Profiles.Select(profile => profile.Iccid));
        Assert.Equal(EsimError.EsimInputInvalid, Assert.Throws<EsimException>(() => connection.PlanUndo([run.Info.Id], [], new())).Error);
    }

    [Fact]
    public async Task A_deletion_has_no_way_back_and_what_a_run_disabled_without_deleting_it_has()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Lists(Sample.IccidOf(1), "active", "ENABLE");
        _fixture.Lists(Sample.IccidOf(2), "active", "ENABLE");
        var carried = connection.RunAsync(EsimAction.Delete, Sample.Profiles(2), new() { DisableFirst = true }, new Confirming(connection, refused: Sample.IccidOf(2)));
        var run = await carried.WaitAsync(ManualClock.HangLimit);
        Assert.True(await run.WaitAsync().WaitAsync(ManualClock.HangLimit));

        var plan = connection.PlanUndo([run.Info.Id], null, new());

        Assert.Equal("activate", plan.Action);
        Assert.Equal([(EsimPlanVerdict.Refused, "It has been deleted, and there is no way back from that."), (EsimPlanVerdict.Allowed, null)], plan.Profiles.Select(profile => (profile.Verdict, profile.Because)));
    }

    [Fact]
    public async Task What_cannot_be_undone_is_said_so()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var run = await RunAsync(connection, EsimAction.Download, Sample.Profiles(1));

        Assert.EndsWith(
            "cannot be undone by a plan. Way back from 'download': a delete takes it off the eUICC again.",
            Assert.Throws<EsimException>(() => connection.PlanUndo([run.Info.Id], null, new())).Message);
        Assert.Equal(EsimError.EsimRequestNotFound, Assert.Throws<EsimException>(() => connection.PlanUndo(["nobody"], null, new())).Error);
    }

    [Fact]
    public async Task The_former_service_plan_comes_from_the_inventory_of_before()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var run = await RunAsync(connection, EsimAction.ServicePlan, Sample.Profiles(2), new() { ServicePlan = "New" });
        Confirm(connection, run, Sample.IccidOf(1), Sample.IccidOf(2));

        var blind = connection.PlanUndo([run.Info.Id], null, new());
        var plan = connection.PlanUndo([run.Info.Id], [new() { Iccid = Sample.IccidOf(1), ServicePlan = "Old" }, Sample.Profile(2)], new());

        Assert.All(blind.Profiles, profile => Assert.Equal(EsimPlanVerdict.Refused, profile.Verdict));
        Assert.Equal([("Old", EsimPlanVerdict.Allowed), (null, EsimPlanVerdict.Refused)], plan.Profiles.Select(profile => (profile.ServicePlan, profile.Verdict)));
        plan.Save(_fixture.PlanPath);
        using var carried = connection.StartPlanRun(EsimPlan.Load(_fixture.PlanPath));
        carried.Complete();
        Assert.Contains("\"servicePlan\":\"Old\"", _fixture.Service.Of(Endpoint.Action)[^1].Body);
    }

    [Fact]
    public async Task A_change_of_profile_is_undone_by_the_former_profiles()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var run = await RunAsync(connection, EsimAction.Enable, Sample.Profiles(2));
        Confirm(connection, run, Sample.IccidOf(1), Sample.IccidOf(2));
        var former = new EsimProfile { Iccid = Sample.IccidOf(50), Eid = Sample.EidOf(1) };

        var plan = connection.PlanUndo([run.Info.Id], [former, new() { Iccid = Sample.IccidOf(60), Eid = Sample.EidOf(60) }], new());

        Assert.Equal("enable", plan.Action);
        Assert.Equal([(Sample.IccidOf(2), EsimPlanVerdict.Refused), (Sample.IccidOf(50), EsimPlanVerdict.Allowed)], plan.Profiles.Select(profile => (profile.Iccid!, profile.Verdict)));
    }

    [Fact]
    public async Task A_device_is_undone_by_its_EID()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var run = await RunAsync(connection, EsimAction.DeviceSuspend, [new() { Eid = Sample.EidOf(1) }]);
        var request = run.GetRequests()[0];
        _fixture.Service.On(Endpoint.Status, 200, $$"""{"requestId":"{{request.RequestId}}","status":"Success"}""");
        await connection.PollAsync(request);

        var plan = connection.PlanUndo([run.Info.Id], null, new());

        Assert.Equal(("device_resume", Sample.EidOf(1)), (plan.Action, Assert.Single(plan.Profiles).Eid));
    }

    private static Task<EsimRun> RunAsync(EsimConnection connection, EsimAction action, EsimProfile[] profiles, EsimRunOptions? options = null) =>
        connection.RunAsync(action, profiles, options ?? new()).WaitAsync(ManualClock.HangLimit);

    private static void Confirm(EsimConnection connection, EsimRun run, params string[] iccids)
    {
        var request = run.GetRequests()[^1];
        foreach (var iccid in iccids)
        {
            connection.ReceiveCallback(Sample.Callback(request.RequestId!, iccid, state: request.Action is "activate" or "profile_resume" ? "ACTIVE" : request.Action == "profile_suspend" ? "SUSPEND" : "DEACTIVE"));
        }
    }

    /// <summary>Confirms what is accepted, but for one profile whose deletion fails.</summary>
    private sealed class Confirming(EsimConnection connection, string refused) : EsimRunHost
    {
        public override void OnAccepted(EsimRequest request) => ThreadPool.QueueUserWorkItem(_ =>
        {
            foreach (var profile in request.Profiles)
            {
                var fails = request.Action == "delete" && profile.Iccid == refused;
                connection.ReceiveCallback(Sample.Callback(
                    request.RequestId!, profile.Iccid!, fails ? "FAILED" : "SUCCESS", state: "DEACTIVE", profileStatus: request.Action == "delete" && !fails ? "DELETE" : "ENABLE"));
            }
        });
    }
}
