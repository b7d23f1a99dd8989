// Carrying a plan out: what it says and nothing else, wave by wave, and never twice.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Plans;

public sealed class PlanRunTests : IDisposable
{
    private readonly PlanFixture _fixture = new();
    private readonly PlanHost _host = new();
    private HashSet<string> _failing = [];

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task What_the_plan_allows_is_sent_with_the_fields_of_the_plan_and_nothing_else()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, [.. Sample.Profiles(3), Sample.Profile(1)], new() { ServicePlan = "M2M Global", ReasonCode = "FF", BatchSize = 2, Reason = "CHG-1" });

        Carry(connection);

        Assert.Equal([1, 2], _host.Accepted.Select(request => request.Count).Order());
        Assert.All(_fixture.Service.Of(Endpoint.Action), call => Assert.Contains("\"reasonCode\":\"FF\"", call.Body));
        Assert.All(_host.Accepted, request => Assert.Equal((plan.Id, "CHG-1", "M2M Global"), (request.Run!.PlanId, request.Run.Reason, request.ServicePlan)));
        Assert.Empty(_host.Problems);
    }

    [Fact]
    public async Task A_plan_is_carried_out_once_whoever_tries_again()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2));
        Carry(connection);

        using var later = await _fixture.Connections.OpenAsync();
        var again = Assert.Throws<EsimException>(() => Carry(later));
        var here = Assert.Throws<EsimException>(() => Carry(connection));

        Assert.Equal((EsimError.EsimPlanDone, EsimError.EsimPlanDone), (again.Error, here.Error));
        Assert.Contains("uws-user", again.Message);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public async Task Another_plan_under_the_same_id_is_not_carried_out()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2));
        Carry(connection);
        var other = new EsimPlan(EsimAction.Deactivate, plan.Options, [.. plan.Profiles.Take(1)])
        {
            Id = plan.Id, Author = plan.Author, CreatedAt = plan.CreatedAt, ExpiresAt = plan.ExpiresAt, Service = plan.Service, AccountName = plan.AccountName,
        };
        other.Save(_fixture.PlanPath, overwrite: true);

        Assert.Equal(EsimError.EsimPlanChanged, Assert.Throws<EsimException>(() => Carry(connection)).Error);
    }

    [Theory]
    [InlineData(24, true)]
    [InlineData(23.9, false)]
    [InlineData(-0.1, true)]
    public async Task A_plan_is_good_for_its_time_alone(double hours, bool isRefused)
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(1));
        _fixture.Clock.Advance(TimeSpan.FromHours(hours));

        if (isRefused)
        {
            Assert.Equal(EsimError.EsimPlanExpired, Assert.Throws<EsimException>(() => Carry(connection)).Error);
        }
        else
        {
            Carry(connection);
        }

        Assert.Equal(isRefused ? 0 : 1, _fixture.Service.Of(Endpoint.Action).Count);
    }

    [Fact]
    public async Task A_plan_for_another_service_is_refused()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(1));
        var other = await _fixture.Connections.OpenAsync("https://another.test/api");

        Assert.Equal(EsimError.EsimPlanUnusable, Assert.Throws<EsimException>(() => Carry(other)).Error);
    }

    [Fact]
    public async Task A_profile_whose_state_has_changed_since_is_left_out_and_named()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var profiles = Sample.Profiles(3);
        foreach (var profile in profiles)
        {
            _fixture.Lists(profile.Iccid!, "deactive", "DISABLE");
        }

        _fixture.Plan(connection, EsimAction.Delete, profiles);
        var later = await _fixture.Connections.OpenAsync();
        _fixture.Lists(profiles[0].Iccid!, "deactive", "DISABLE");
        _fixture.Lists(profiles[1].Iccid!, "deactive", "DOWNLOAD_DISABLE");
        _fixture.Lists(profiles[2].Iccid!, "active", "ENABLE");
        Carry(later);

        Assert.Equal([profiles[0].Iccid], Assert.Single(_host.Accepted).Profiles.Select(profile => profile.Iccid));
        Assert.Equal([EsimError.EsimPlanOutdated, EsimError.EsimPlanOutdated], _host.Problems.Select(problem => problem.Problem.Error));
        Assert.Contains("was DISABLE and is DOWNLOAD_DISABLE", _host.Problems[0].Problem.Message);
        Assert.Equal(EsimError.EsimPlanDone, Assert.Throws<EsimException>(() => Carry(later)).Error);
    }

    [Fact]
    public async Task A_plan_to_delete_what_is_disabled_deactivates_nothing_although_it_may()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Lists(Sample.IccidOf(1), "deactive");
        _fixture.Lists(Sample.IccidOf(2), "active", "ENABLE");
        _fixture.Plan(connection, EsimAction.Delete, Sample.Profiles(2), new() { DisableFirst = true });
        var later = await _fixture.Connections.OpenAsync();
        _fixture.Lists(Sample.IccidOf(1), "active", "ENABLE");
        _fixture.Lists(Sample.IccidOf(2), "deactive");
        Carry(later);

        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
        Assert.Equal([EsimError.EsimPlanOutdated, EsimError.EsimPlanOutdated], _host.Problems.Select(problem => problem.Problem.Error));
    }

    [Fact]
    public async Task Waves_go_in_the_order_of_the_plan_each_when_the_one_before_is_confirmed()
    {
        var connection = await _fixture.Connections.OpenAsync();
        ConfirmEverything(connection);
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(7), plan: new() { Waves = new() { Sizes = ["1", "2"] } });
        Carry(connection);

        Assert.Equal([1, 2, 2, 2], _host.Accepted.Select(request => request.Count));
        Assert.Equal(Sample.Profiles(7).Select(profile => profile.Iccid), _host.Accepted.SelectMany(request => request.Profiles).Select(profile => profile.Iccid));
        Assert.Equal(
            [(1, false, 0), (1, true, 1), (2, false, 1), (2, true, 3), (3, false, 3), (3, true, 5), (4, false, 5), (4, true, 7)],
            _host.Waves.Select(wave => (wave.Number, wave.IsOver, wave.Succeeded)));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(1, null, false)]
    [InlineData(0, null, true)]
    [InlineData(null, 50.0, false)]
    [InlineData(null, 49.0, true)]
    [InlineData(5, 49.0, true)]
    public async Task A_wave_that_fails_too_much_holds_the_plan(int? most, double? percent, bool isHeld)
    {
        var connection = await _fixture.Connections.OpenAsync();
        ConfirmEverything(connection, failing: [Sample.IccidOf(2)]);
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"], MaxFailed = most, MaxFailedPercent = percent } });

        var thrown = Record.Exception(() => Carry(connection));

        Assert.Equal(isHeld ? EsimError.EsimPlanHeld : null, (thrown as EsimException)?.Error);
        Assert.Equal(isHeld ? 1 : 2, _fixture.Service.Of(Endpoint.Action).Count);
    }

    // Confirmed before the command begins to wait; what it does next may be a pause of hours.
    [Fact]
    public async Task When_a_wave_is_over_other_connections_see_that_it_is_confirmed()
    {
        var (connection, other) = (await _fixture.Connections.OpenAsync(), await _fixture.Connections.OpenAsync());
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2), plan: new() { Waves = new() { Sizes = ["1"] } });
        _host.WhenAccepted = request => request.Profiles.ToList().ForEach(profile => connection.ReceiveCallback(Sample.Callback(request.RequestId!, profile.Iccid!)));
        var seen = new List<bool>();
        _host.WhenWave = wave =>
        {
            if (wave.IsOver)
            {
                seen.Add(other.FindRequest(_host.Accepted[^1].RequestId!)!.IsComplete);
            }
        };

        Carry(connection);

        Assert.Equal([true, true], seen);
    }

    [Fact]
    public async Task A_plan_that_is_held_goes_on_when_somebody_says_so_and_sends_nothing_twice()
    {
        var connection = await _fixture.Connections.OpenAsync();
        ConfirmEverything(connection, failing: [Sample.IccidOf(1)]);
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"] } });
        var first = Assert.Throws<EsimException>(() => Carry(connection));

        var later = await _fixture.Connections.OpenAsync();
        ConfirmEverything(later);
        var held = Assert.Throws<EsimException>(() => Carry(later));
        Carry(later, new() { Resume = true });

        Assert.Equal(EsimError.EsimPlanHeld, held.Error);
        Assert.Contains("1 profile has failed", held.Message);
        Assert.All([first, held], error => Assert.Contains($"Get-EsimRun -PlanId {_host.Accepted[0].Run!.PlanId} | Get-EsimResult -Status Failed", error.RecommendedAction));
        Assert.Equal(Sample.Profiles(4).Select(profile => profile.Iccid), _host.Accepted.SelectMany(request => request.Profiles).Select(profile => profile.Iccid));
        Assert.Equal(EsimError.EsimPlanDone, Assert.Throws<EsimException>(() => Carry(later)).Error);
    }

    [Fact]
    public async Task What_failed_before_somebody_decided_to_go_on_counts_no_more_and_what_fails_since_does()
    {
        var connection = await _fixture.Connections.OpenAsync();
        ConfirmEverything(connection, failing: [Sample.IccidOf(1), Sample.IccidOf(3)]);
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(6), plan: new() { Waves = new() { Sizes = ["2"] } });
        Assert.Throws<EsimException>(() => Carry(connection));

        Assert.Equal(EsimError.EsimPlanHeld, Assert.Throws<EsimException>(() => Carry(connection, new() { Resume = true })).Error);

        Assert.Equal(2, _fixture.Service.Of(Endpoint.Action).Count);
    }

    [Fact]
    public async Task What_another_connection_has_sent_of_the_plan_since_this_one_was_opened_is_not_sent_again()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var other = await _fixture.Connections.OpenAsync();
        ConfirmEverything(connection, failing: [Sample.IccidOf(1)]);
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"] } });
        Assert.Throws<EsimException>(() => Carry(connection));

        ConfirmEverything(other);
        Carry(other, new() { Resume = true });

        Assert.Equal(Sample.Profiles(4).Select(profile => profile.Iccid), _host.Accepted.SelectMany(request => request.Profiles).Select(profile => profile.Iccid));
    }

    [Fact]
    public async Task A_plan_is_given_up_by_its_own_file_alone()
    {
        var connection = await _fixture.Connections.OpenAsync();
        ConfirmEverything(connection, failing: [Sample.IccidOf(1)]);
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"] } });
        Assert.Throws<EsimException>(() => Carry(connection));
        var other = new EsimPlan(EsimAction.Deactivate, plan.Options, [.. plan.Profiles.Take(1)])
        {
            Id = plan.Id, Author = plan.Author, CreatedAt = plan.CreatedAt, ExpiresAt = plan.ExpiresAt, Service = plan.Service, AccountName = plan.AccountName,
        };
        other.Save(Path.Combine(_fixture.Connections.Folder.Path, "other.plan"));

        using var run = Begin(connection, other);
        Assert.Equal(EsimError.EsimPlanChanged, Assert.Throws<EsimException>(run.GiveUp).Error);
    }

    [Fact]
    public async Task A_plan_that_was_given_up_is_over()
    {
        var connection = await _fixture.Connections.OpenAsync();
        ConfirmEverything(connection, failing: [Sample.IccidOf(1)]);
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"] } });
        Assert.Throws<EsimException>(() => Carry(connection));
        using (var run = Begin(connection, plan))
        {
            run.GiveUp();
        }

        Assert.Equal(EsimError.EsimPlanDone, Assert.Throws<EsimException>(() => Carry(connection, new() { Resume = true })).Error);
        using var again = Begin(connection, plan);
        Assert.Equal(EsimError.EsimPlanDone, Assert.Throws<EsimException>(again.GiveUp).Error);
    }

    [Fact]
    public async Task A_request_in_doubt_holds_the_plan()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Service.On(Endpoint.Action, new HttpRequestException("cut"));
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"], MaxFailed = 100 } });

        Assert.Contains("in doubt", Assert.Throws<EsimException>(() => Carry(connection)).Message);
        Assert.Contains("in doubt", Assert.Throws<EsimException>(() => Carry(connection, new() { Resume = true })).Message);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public async Task A_wave_that_the_service_refuses_holds_the_plan_and_is_sent_when_somebody_says_so()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Service.On(Endpoint.Action, 400, """{"errorCode":"REQUEST_FAILED","errorMessage":"no"}""");
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"] } });
        Assert.Equal(EsimError.EsimPlanHeld, Assert.Throws<EsimException>(() => Carry(connection)).Error);

        ConfirmEverything(connection);
        Carry(connection, new() { Resume = true });

        Assert.Equal(Sample.Profiles(4).Select(profile => profile.Iccid), _host.Accepted.SelectMany(request => request.Profiles).Select(profile => profile.Iccid));
    }

    [Fact]
    public async Task A_plan_without_waves_that_the_service_refused_goes_on_with_the_rest()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), new() { BatchSize = 2 });
        _fixture.Service.On(Endpoint.Action, 400, """{"errorCode":"REQUEST_FAILED","errorMessage":"no"}""");
        Carry(connection, new() { ThrottleLimit = 1 });
        Carry(connection);

        Assert.Equal(Sample.Profiles(4).Select(profile => profile.Iccid).Order(), _host.Accepted.SelectMany(request => request.Profiles).Select(profile => profile.Iccid).Order());
        Assert.Equal(EsimError.EsimPlanDone, Assert.Throws<EsimException>(() => Carry(connection)).Error);
    }

    [Fact]
    public async Task A_plan_that_another_command_is_carrying_out_is_busy()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var entered = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        _fixture.Service.On(Endpoint.Action, async (_, token) =>
        {
            entered.SetResult();
            await goOn.Task.WaitAsync(token);
            return ScriptedService.Taken("r");
        });
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2));
        var first = Task.Run(() => Carry(connection));
        await entered.Task.WaitAsync(ManualClock.HangLimit);

        using var other = await _fixture.Connections.OpenAsync();
        var errors = new[] { connection, other }.Select(tried => Assert.Throws<EsimException>(() => Carry(tried))).ToArray();
        goOn.SetResult();
        await first.WaitAsync(ManualClock.HangLimit);

        Assert.Equal([EsimError.EsimPlanBusy, EsimError.EsimPlanBusy], errors.Select(error => error.Error));
        Assert.All(errors, error => Assert.Contains(" since 2026-03-01T12:00:00", error.Message, StringComparison.Ordinal));
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public async Task After_a_process_that_ended_in_the_middle_the_rest_is_sent()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2));
        connection.Dispose();
        var at = _fixture.Clock.UtcNow.ToString("O");
        var run = $$"""{"id":"r1","at":"{{at}}","user":"u","host":"h","process":1,"plan":"{{plan.Id}}"}""";
        _fixture.Connections.WriteJournal(
            "killed.jsonl",
            $$"""{"v":1,"at":"{{at}}","event":"plan","service":"https://service.test/api","stage":"Begun","digest":"{{plan.Digest}}","run":{{run}}}""",
            $$"""{"v":1,"at":"{{at}}","event":"sending","request":"l","service":"https://service.test/api","seq":1,"action":"deactivate","account":"{{Sample.Account}}","run":{{run}},"profiles":[{"iccid":"{{Sample.IccidOf(1)}}"}]}""",
            $$"""{"v":1,"at":"{{at}}","event":"accepted","request":"l","requestId":"r"}""");

        Carry(await _fixture.Connections.OpenAsync());

        Assert.Equal([Sample.IccidOf(2)], Assert.Single(_host.Accepted).Profiles.Select(profile => profile.Iccid));
    }

    [Fact]
    public async Task With_disable_first_a_wave_is_deactivated_confirmed_deleted_and_confirmed_before_the_next()
    {
        var connection = await _fixture.Connections.OpenAsync();
        ConfirmEverything(connection);
        for (var i = 1; i <= 4; i++)
        {
            _fixture.Lists(Sample.IccidOf(i), "active", "ENABLE");
        }

        _fixture.Plan(connection, EsimAction.Delete, Sample.Profiles(4), new() { DisableFirst = true }, new() { Waves = new() { Sizes = ["2"] } });
        Carry(connection);

        Assert.Equal(["deactivate", "delete", "deactivate", "delete"], _fixture.Service.Of(Endpoint.Action).Select(call => call.Path.Split('/')[^1]));
        Assert.Empty(_host.Problems);
        Assert.Equal(4, _host.Waves[^1].Succeeded);
    }

    [Fact]
    public async Task Waves_wait_for_their_pause_and_for_their_hours()
    {
        var connection = await _fixture.Connections.OpenAsync();
        ConfirmEverything(connection);
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2), plan: new() { Waves = new() { Sizes = ["1"], Delay = TimeSpan.FromMinutes(5), Between = "13:00-14:00" } });
        var carried = Task.Run(() => Carry(connection));

        // It is 12:00: an hour, looked at every minute, then a wave, then the pause.
        for (var minute = 0; minute < 60; minute++)
        {
            Assert.Equal(TimeSpan.FromMinutes(1), await _fixture.Clock.NextPauseAsync());
            Assert.Empty(_fixture.Service.Of(Endpoint.Action));
            _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["Wave 1 of 2 begins in 01:00:00, at 2026-03-01T13:00:00.000Z (13:00-14:00 UTC)."], _host.Pauses.Select(pause => pause.ToString()));

        while (await _fixture.Clock.NextPauseAsync() != TimeSpan.FromMinutes(5))
        {
        }

        Assert.Single(_fixture.Service.Of(Endpoint.Action));
        var pause = _host.Pauses[^1];
        Assert.Equal((2, 2, "the pause between waves", TimeSpan.FromMinutes(5)), (pause.Number, pause.Waves, pause.Reason, pause.LeftAt(_fixture.Clock.UtcNow)));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(5));
        await carried.WaitAsync(ManualClock.HangLimit);

        Assert.Equal(2, _fixture.Service.Of(Endpoint.Action).Count);
        Assert.Equal(2, _host.Pauses.Count);
        Assert.Equal(TimeSpan.Zero, pause.LeftAt(_fixture.Clock.UtcNow));
    }

    [Fact]
    public async Task Told_to_end_behind_the_wave_it_confirms_the_wave_and_the_same_command_goes_on()
    {
        var connection = await _fixture.Connections.OpenAsync();
        ConfirmEverything(connection);
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"] } });
        using (var run = Begin(connection, plan))
        {
            _host.WhenWave = _ => run.EndAfterWave();
            run.Complete();
        }

        Assert.Single(_host.Accepted);
        Assert.Equal(2, _host.Waves[^1].Succeeded);
        Assert.Equal(EsimRunStage.Stopped, Assert.Single(connection.GetRuns()).Stage);
        _host.WhenWave = null;
        Carry(connection);
        Assert.Equal(EsimRunStage.Ended, connection.GetRuns().First().Stage);
        Assert.Equal(2, _host.Accepted.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_preview_judges_again_and_sends_and_notes_nothing_whatever_it_is_answered(bool agrees)
    {
        var connection = await _fixture.Connections.OpenAsync();
        await connection.ChangePolicyAsync(_ => new() { Rules = [new() { Action = "deactivate", WavesFrom = 2 }] });
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2), plan: new() { Waves = new() { Sizes = ["1"] } });
        var host = new PlanHost { Agrees = agrees };
        using (var run = connection.StartPlanRun(plan, host: host))
        {
            run.Preview();
        }

        Assert.Equal(2, host.Asked);
        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
        Assert.Empty(_fixture.Connections.JournalLines());
        Assert.Empty(host.Warnings);
    }

    private EsimPlanRun Begin(EsimConnection connection, EsimPlan plan, EsimPlanRunOptions? options = null) => connection.StartPlanRun(plan, options, _host);

    private void Carry(EsimConnection connection, EsimPlanRunOptions? options = null)
    {
        using var run = Begin(connection, EsimPlan.Load(_fixture.PlanPath), options);
        run.Complete();
    }

    // The service confirms each profile as soon as it has taken the request.
    private void ConfirmEverything(EsimConnection connection, HashSet<string>? failing = null)
    {
        _failing = failing ?? [];
        _host.WhenAccepted = request => ThreadPool.QueueUserWorkItem(_ =>
        {
            foreach (var profile in request.Profiles)
            {
                connection.ReceiveCallback(Sample.Callback(
                    request.RequestId!, profile.Iccid!, _failing.Contains(profile.Iccid!) ? "FAILED" : "SUCCESS", state: request.Action == "delete" ? null : "DEACTIVE", profileStatus: request.Action == "delete" ? "DELETE" : "ENABLE"));
            }
        });
    }
}
