// The run: one command over one fleet, whatever the service does and however often it is given.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Runs;

public sealed class RunTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();
    private readonly ListeningHost _host = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_fleet_is_cut_into_requests_by_account_plan_and_size()
    {
        var connection = await _fixture.OpenAsync();
        var profiles = Sample.Profiles(5).Select((profile, i) => new EsimProfile { Iccid = profile.Iccid, Eid = profile.Eid, ServicePlan = i < 3 ? "A" : "B" });

        var run = await RunAsync(connection, EsimAction.Deactivate, profiles, new() { ReasonCode = "FF", BatchSize = 2 });

        Assert.Equal([("A", 1), ("A", 2), ("B", 2)], _host.Accepted.Select(request => (request.ServicePlan!, request.Count)).Order());
        Assert.Equal(new EsimRunCounts(5, 0, 0, 0, 5, 0, 0), run.Counts);
        Assert.Equal(_host.Accepted.Select(request => request.LocalId).Order(), run.GetRequests().Select(request => request.LocalId).Order());
        Assert.Null(run.WhatNext());
    }

    [Fact]
    public async Task Who_where_when_and_why_stand_in_the_journal_and_in_each_request()
    {
        var connection = await _fixture.OpenAsync();
        var run = await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(1), new() { Reason = "CHG-4711" });
        var alone = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(2))).Request!;

        using var later = await _fixture.OpenAsync();
        var request = later.FindRequest(_host.Accepted[0].RequestId!)!;

        Assert.Equal(run.Info, request.Run);
        Assert.Equal(("CHG-4711", "uws-user", Environment.MachineName, Environment.ProcessId), (run.Info.Reason, run.Info.UserName, run.Info.HostName, run.Info.ProcessId));
        Assert.Equal(_fixture.Clock.UtcNow, run.Info.StartedAt);
        Assert.NotEqual(run.Info.Id, alone.Run!.Id);
        Assert.Null(alone.Run.Reason);
    }

    [Fact]
    public async Task A_journal_from_before_there_were_runs_is_read()
    {
        _fixture.WriteJournal(
            "old.jsonl",
            $$"""{"v":1,"at":"{{_fixture.Clock.UtcNow:O}}","event":"sending","request":"l","service":"https://service.test/api","action":"deactivate","account":"{{Sample.Account}}","profiles":[{"iccid":"{{Sample.Iccid}}"}]}""",
            $$"""{"v":1,"at":"{{_fixture.Clock.UtcNow:O}}","event":"accepted","request":"l","requestId":"r"}""");

        var connection = await _fixture.OpenAsync();

        Assert.Null(connection.FindRequest("r")!.Run);
    }

    [Fact]
    public async Task A_repeated_row_is_served_once_and_told()
    {
        var connection = await _fixture.OpenAsync();
        var profiles = Sample.Profiles(2);

        var run = await RunAsync(connection, EsimAction.Deactivate, [.. profiles, profiles[0]], new() { BatchSize = 1 });

        Assert.Equal(EsimError.EsimProfileDuplicate, Assert.Single(_host.Problems).Problem.Error);
        Assert.Equal(new EsimRunCounts(3, 0, 1, 0, 2, 0, 0), run.Counts);
    }

    [Fact]
    public async Task Two_runs_with_the_same_rows_send_them_once_and_neither_calls_them_repeated()
    {
        var connection = await _fixture.OpenAsync();
        var profiles = Sample.Profiles(50);
        var (one, two) = (new ListeningHost(), new ListeningHost());

        var runs = await Task.WhenAll(
            connection.RunAsync(EsimAction.Deactivate, profiles, new(), one), connection.RunAsync(EsimAction.Deactivate, profiles, new(), two));

        Assert.Empty(one.Problems.Concat(two.Problems).Select(problem => problem.Problem.Message));
        Assert.Equal(50, runs.Sum(run => run.Counts.Accepted));
        Assert.Equal(50, runs.Sum(run => run.Counts.Skipped));
        Assert.Equal(50, one.Skipped.Concat(two.Skipped).Sum(request => request.Count));
    }

    [Fact]
    public async Task Given_again_it_skips_what_is_open_and_says_so_once()
    {
        var connection = await _fixture.OpenAsync();
        await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(3), new(), new ListeningHost());

        var run = await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(4), new());

        Assert.Equal(new EsimRunCounts(4, 3, 0, 0, 1, 0, 0), run.Counts);
        Assert.Equal(3, Assert.Single(_host.Skipped).Count);
        var line = Assert.Single(_host.Warnings);
        Assert.StartsWith("3 profiles skipped", line);
        Assert.DoesNotContain("-Resubmit", line);
    }

    [Theory]
    [InlineData("deactivate")]
    [InlineData("delete")]
    public async Task For_an_action_that_ends_service_a_deleted_profile_has_reached_its_end(string action)
    {
        var connection = await _fixture.OpenAsync();
        var profiles = Sample.Profiles(3);
        await DeletedAsync(connection, profiles);
        _fixture.Clock.Advance(TimeSpan.FromHours(30));

        var run = await RunAsync(connection, EsimAction.Find(action)!, profiles, new());

        Assert.Empty(_host.Problems);
        Assert.Equal(new EsimRunCounts(3, 3, 0, 0, 0, 0, 0), run.Counts);
        Assert.Equal("3 profiles skipped: they are deleted already. Nothing is left to do for them here.", Assert.Single(_host.Warnings));
    }

    [Fact]
    public async Task For_an_action_that_does_not_end_service_a_deleted_profile_is_kept_back()
    {
        var connection = await _fixture.OpenAsync();
        await DeletedAsync(connection, Sample.Profiles(2));

        var run = await RunAsync(connection, EsimAction.Activate, Sample.Profiles(2), new() { ServicePlan = "A" });

        Assert.Equal(2, _host.Problems.Count(problem => problem.Problem.Error == EsimError.EsimProfileAlreadyDeleted));
        Assert.Equal(2, run.Counts.KeptBack);
    }

    [Fact]
    public async Task What_an_inventory_alone_calls_deleted_is_kept_back_with_its_name()
    {
        var connection = await _fixture.OpenAsync();

        var run = await RunAsync(connection, EsimAction.Delete, [new() { Iccid = Sample.Iccid, ProfileStatus = "DELETE" }], new());

        Assert.Equal(EsimError.EsimProfileAlreadyDeleted, Assert.Single(_host.Problems).Problem.Error);
        Assert.Equal(1, run.Counts.KeptBack);
    }

    [Fact]
    public async Task A_request_in_doubt_is_one_error_with_its_count()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.Action, 504, "{}");
        var first = await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(20), new(), new ListeningHost());

        var again = await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(21), new());

        Assert.Equal((20, 0), (first.Counts.InDoubt, first.Counts.NotSent));
        Assert.Contains("Resolve-EsimRequest", first.WhatNext());
        var (problem, target) = Assert.Single(_host.Problems);
        Assert.Equal(EsimError.EsimOutcomeUnknown, problem.Error);
        Assert.Contains("20 profiles", problem.Message);
        Assert.Equal((20, first.GetRequests()[0].LocalId), (((EsimRequest)target!).Count, ((EsimRequest)target).LocalId));
        Assert.Equal(new EsimRunCounts(21, 0, 20, 0, 1, 0, 0), again.Counts);
    }

    [Fact]
    public async Task Who_declines_sends_nothing()
    {
        var connection = await _fixture.OpenAsync();
        var host = new ListeningHost(agrees: profile => profile.Iccid == Sample.IccidOf(2));

        var run = await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(3), new(), host);

        Assert.Equal(new EsimRunCounts(3, 0, 0, 2, 1, 0, 0), run.Counts);
        Assert.Equal(Sample.IccidOf(2), Assert.Single(Assert.Single(host.Accepted).Profiles).Iccid);
        Assert.All(host.Asked, asked => Assert.Contains("ends carrier service", asked));
    }

    [Fact]
    public async Task Who_is_asked_is_told_the_service_plan_where_the_request_names_one()
    {
        var connection = await _fixture.OpenAsync();
        var host = new ListeningHost(agrees: _ => false);

        await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(1), new() { ServicePlan = "M2M Global" }, host);
        await RunAsync(connection, EsimAction.Deactivate, [new() { Iccid = Sample.IccidOf(2) }], new(), host);
        await RunAsync(connection, EsimAction.DeviceSuspend, [new() { Eid = Sample.EidOf(3), ServicePlan = "M2M Global" }], new(), host);

        Assert.Contains(", service plan 'M2M Global'", host.Asked[0]);
        Assert.Equal(3, host.Asked.Count);
        Assert.All(host.Asked.Skip(1), asked => Assert.DoesNotContain("service plan", asked));
    }

    [Fact]
    public async Task It_ends_after_so_many_requests_in_a_row_that_were_not_accepted()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.Action, 400, "{}").On(Endpoint.Action, 400, "{}");
        using var run = connection.StartRun(EsimAction.Deactivate, new() { BatchSize = 1, ThrottleLimit = 1, MaxErrorCount = 2 }, _host);

        var end = Assert.Throws<EsimException>(() =>
        {
            Array.ForEach(Sample.Profiles(5), profile => run.Add(profile));
            run.Complete();
        });

        Assert.Equal(EsimError.EsimTooManyErrors, end.Error);
        Assert.Equal(2, _fixture.Service.Of(Endpoint.Action).Count);
        Assert.NotNull(run.LastFailed);
        Assert.Equal(2, run.Counts.Refused);
    }

    [Fact]
    public async Task Stopped_it_knows_what_was_accepted_and_what_was_not_sent()
    {
        var connection = await _fixture.OpenAsync();
        using var stop = new CancellationTokenSource();
        using var run = connection.StartRun(EsimAction.Deactivate, new() { BatchSize = 2, ThrottleLimit = 1 }, _host, stop.Token);
        Array.ForEach(Sample.Profiles(2), profile => run.Add(profile));
        Assert.True(SpinWait.SpinUntil(() => run.Counts.Accepted == 2, ManualClock.HangLimit));
        run.Add(Sample.Profile(3));
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(run.Complete);

        Assert.Equal((3, 2, 1), (run.Counts.Given, run.Counts.Accepted, run.Counts.NotSent));
        Assert.Equal("'deactivate': accepted for 2 profiles, 1 not sent", run.ToString());
        Assert.Contains("Run the same command again", run.WhatNext());
    }

    [Fact]
    public async Task It_disables_first_and_deletes_what_the_service_has_confirmed()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active", "ENABLE")));
        _fixture.Service.On(Endpoint.Action, call =>
        {
            connection.ReceiveCallback(Sample.Callback("first", Sample.IccidOf(1)));
            return ScriptedService.Taken("first");
        });

        var run = await RunAsync(connection, EsimAction.Delete, Sample.Profiles(1), new() { DisableFirst = true, ReasonCode = "FF", ServicePlan = "M2M Global" });

        Assert.Equal(["deactivate", "delete"], _host.Accepted.Select(request => request.Action));
        Assert.Equal(["FF"], _fixture.Service.Of(Endpoint.Action).Where(call => call.Body.Contains("reasonCode", StringComparison.Ordinal)).Select(_ => "FF"));
        Assert.Equal((1, 1, 1), (run.Counts.Given, run.Counts.Deactivated, run.Counts.Accepted));
        Assert.Contains("then delete", Assert.Single(_host.Asked));
        Assert.Equal(run.Info, _host.Accepted[0].Run);
    }

    [Fact]
    public async Task With_room_for_one_request_alone_it_disables_first_and_ends()
    {
        var connection = await _fixture.OpenAsync();
        var profiles = Sample.Profiles(5);
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, [.. profiles.Select(profile => Sample.Listed(profile.Iccid!, "active", "ENABLE"))]));
        for (var i = 0; i < 2 * profiles.Length; i++)
        {
            var id = "r" + i;
            _fixture.Service.On(Endpoint.Action, call =>
            {
                if (call.Body.Contains("reasonCode", StringComparison.Ordinal))
                {
                    connection.ReceiveCallback(Sample.Callback(id, profiles.Single(profile => call.Body.Contains(profile.Iccid!, StringComparison.Ordinal)).Iccid!));
                }

                return ScriptedService.Taken(id);
            });
        }

        // A result that starts the next request must not wait for those that wait for it.
        var run = await RunAsync(connection, EsimAction.Delete, profiles, new() { DisableFirst = true, ReasonCode = "FF", ServicePlan = "M2M Global", BatchSize = 1, ThrottleLimit = 1 });

        Assert.Equal((5, 5, 5), (run.Counts.Given, run.Counts.Deactivated, run.Counts.Accepted));
    }

    [Fact]
    public async Task It_waits_for_the_outcomes_of_its_requests()
    {
        var connection = await _fixture.OpenAsync();
        var run = await RunAsync(connection, EsimAction.Deactivate, Sample.Profiles(2), new() { BatchSize = 1 });
        var results = new System.Collections.Concurrent.ConcurrentBag<EsimResult>();
        var wait = run.WaitAsync(results.Add);

        foreach (var request in _host.Accepted)
        {
            connection.ReceiveCallback(Sample.Callback(request.RequestId!, request.Profiles[0].Iccid!));
        }

        Assert.True(await wait.WaitAsync(ManualClock.HangLimit));
        Assert.Equal(2, results.Count);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(10_001, null)]
    [InlineData(1, 501)]
    public async Task Options_that_cannot_be_are_refused_before_anything_is_taken_up(int batch, int? reason)
    {
        var connection = await _fixture.OpenAsync();

        var refusal = Assert.Throws<EsimException>(() => connection.StartRun(EsimAction.Delete, new() { BatchSize = batch, Reason = reason is { } length ? new('x', length) : null }));

        Assert.Equal(EsimError.EsimParameterInvalid, refusal.Error);
    }

    private async Task<EsimRun> RunAsync(EsimConnection connection, EsimAction action, IEnumerable<EsimProfile> profiles, EsimRunOptions options, ListeningHost? host = null) =>
        await connection.RunAsync(action, profiles, options, host ?? _host).WaitAsync(ManualClock.HangLimit);

    // Deactivated, confirmed, deleted, confirmed.
    private async Task DeletedAsync(EsimConnection connection, EsimProfile[] profiles)
    {
        foreach (var (action, status) in ((EsimAction, string)[])[(EsimAction.Deactivate, "ENABLE"), (EsimAction.Delete, "DELETE")])
        {
            var host = new ListeningHost();
            await RunAsync(connection, action, profiles, new(), host);
            var request = Assert.Single(host.Accepted);
            Array.ForEach(profiles, profile => connection.ReceiveCallback(Sample.Callback(request.RequestId!, profile.Iccid!, profileStatus: status)));
            _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
