// What holds a plan, what is not touched because of it, and what the plan does when somebody decides to go on.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Plans;

public sealed class HeldPlanTests : IDisposable
{
    private readonly PlanFixture _fixture = new();
    private readonly PlanHost _host = new();
    private readonly HashSet<string> _failing = [];

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_wave_of_which_the_policy_refuses_a_part_holds_the_plan_also_when_somebody_goes_on_too_early()
    {
        var connection = await OpenAsync(new() { Action = "deactivate", Caps = [new(3, TimeSpan.FromHours(1))] });
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(8), plan: InTwos);

        var held = Assert.Throws<EsimException>(() => Carry(connection));
        var again = Assert.Throws<EsimException>(() => Carry(connection, new() { Resume = true }));

        Assert.All([held, again], error => Assert.Equal(EsimError.EsimPlanHeld, error.Error));
        Assert.All([held, again], error => Assert.Contains("the policy allows 'deactivate' for 3 profiles", error.Message));
        Assert.Equal(3, _host.Accepted.Sum(request => request.Count));
        Assert.All(connection.GetRuns(), run => Assert.Equal((EsimRunStage.Held, true), (run.Stage, run.HeldBecause!.StartsWith("The plan is held: part of the wave", StringComparison.Ordinal))));
        Assert.Equal([1, 2, 2], _host.Waves.Where(wave => !wave.IsOver).Select(wave => wave.Number));

        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("the policy allows", Assert.Throws<EsimException>(() => Carry(connection, new() { Resume = true })).Message);
        Assert.Equal(6, _host.Accepted.Sum(request => request.Count));
    }

    [Fact]
    public async Task Nothing_of_a_wave_is_deactivated_that_the_policy_would_not_let_be_deleted()
    {
        var connection = await OpenAsync(new() { Action = "delete", Caps = [new(3, TimeSpan.FromHours(1))] });
        List(6);
        _fixture.Plan(connection, EsimAction.Delete, Sample.Profiles(6), new() { DisableFirst = true }, InTwos);

        var held = Assert.Throws<EsimException>(() => Carry(connection));
        Assert.Equal(EsimError.EsimPlanHeld, held.Error);
        Assert.Contains("nothing of wave 2 is deactivated", held.Message);
        Assert.Contains($"2 were sent since {Clock.ToIso(ManualClock.Start - TimeSpan.FromHours(1))}; there is room for 2 at {Clock.ToIso(ManualClock.Start + TimeSpan.FromHours(1))}", held.Message);
        Assert.Equal(["deactivate", "delete"], Sent());

        Assert.Contains("nothing of wave 2", Assert.Throws<EsimException>(() => Carry(connection, new() { Resume = true })).Message);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("nothing of wave 3", Assert.Throws<EsimException>(() => Carry(connection, new() { Resume = true })).Message);
        Assert.Equal(["deactivate", "delete", "deactivate", "delete"], Sent());
        Assert.Equal(4, _host.Accepted.Where(request => request.Action == "deactivate").Sum(request => request.Count));
    }

    [Theory]
    [InlineData(3, null, 3)]
    [InlineData(null, 4, 3)]
    [InlineData(0, null, 0)]
    public async Task Without_a_plan_too_only_those_are_deactivated_that_may_be_deleted(int? cap, int? wavesFrom, int sent)
    {
        var connection = await OpenAsync(new() { Action = "delete", WavesFrom = wavesFrom, Caps = cap is { } most ? [new(most, TimeSpan.FromHours(1))] : [] });
        List(7);

        var run = await connection.RunAsync(EsimAction.Delete, Sample.Profiles(7), new() { DisableFirst = true, BatchSize = 2 }, _host).WaitAsync(ManualClock.HangLimit);

        Assert.Equal((sent, sent, 7 - sent), (run.Counts.Deactivated, run.Counts.Accepted, run.Counts.KeptBack));
        var (problem, _) = Assert.Single(_host.Problems);
        Assert.Equal(EsimError.EsimPolicyRefused, problem.Error);
        Assert.StartsWith($"'delete' was not sent for {7 - sent} profiles", problem.Message);
    }

    [Fact]
    public async Task A_profile_whose_deactivation_has_failed_makes_room_for_another_one()
    {
        var connection = await OpenAsync(new() { Action = "delete", Caps = [new(2, TimeSpan.FromHours(1))] });
        _failing.Add(Sample.IccidOf(1));
        List(4);

        var run = await connection.RunAsync(EsimAction.Delete, Sample.Profiles(4), new() { DisableFirst = true, BatchSize = 1, ThrottleLimit = 1 }, _host).WaitAsync(ManualClock.HangLimit);

        Assert.Equal((2, 2, 2), (run.Counts.Deactivated - 1, run.Counts.Accepted, run.Counts.KeptBack));
    }

    [Fact]
    public async Task What_could_not_be_deactivated_is_not_sent_again_when_somebody_goes_on()
    {
        var connection = await OpenAsync(null);
        List(4);
        _failing.Add(Sample.IccidOf(1));
        _fixture.Plan(connection, EsimAction.Delete, Sample.Profiles(4), new() { DisableFirst = true }, InTwos);
        Assert.Throws<EsimException>(() => Carry(connection));
        _failing.Clear();

        Carry(connection, new() { Resume = true });

        Assert.Equal(Sample.Profiles(4).Select(profile => profile.Iccid), _host.Accepted.Where(request => request.Action == "deactivate").SelectMany(request => request.Profiles).Select(profile => profile.Iccid));
        Assert.Equal((3, 1), (_host.Waves[^1].Succeeded, _host.Waves[^1].Failed));
    }

    private static EsimPlanOptions InTwos => new() { Waves = new() { Sizes = ["2"] } };

    private async Task<EsimConnection> OpenAsync(EsimPolicyRule? rule)
    {
        var connection = await _fixture.Connections.OpenAsync();
        if (rule is not null)
        {
            await connection.ChangePolicyAsync(_ => new() { Rules = [rule] });
        }

        // The service confirms each profile as soon as it has taken the request.
        _host.WhenAccepted = request => ThreadPool.QueueUserWorkItem(_ =>
        {
            foreach (var profile in request.Profiles)
            {
                connection.ReceiveCallback(Sample.Callback(
                    request.RequestId!, profile.Iccid!, _failing.Contains(profile.Iccid!) ? "FAILED" : "SUCCESS", state: request.Action == "delete" ? null : "DEACTIVE", profileStatus: request.Action == "delete" ? "DELETE" : "ENABLE"));
            }
        });
        return connection;
    }

    private void List(int profiles)
    {
        for (var i = 1; i <= profiles; i++)
        {
            _fixture.Lists(Sample.IccidOf(i), "active", "ENABLE");
        }
    }

    private IEnumerable<string> Sent() => _fixture.Service.Of(Endpoint.Action).Select(call => call.Path.Split('/')[^1]);

    private void Carry(EsimConnection connection, EsimPlanRunOptions? options = null)
    {
        using var run = connection.StartPlanRun(EsimPlan.Load(_fixture.PlanPath), options, _host);
        run.Complete();
    }
}
