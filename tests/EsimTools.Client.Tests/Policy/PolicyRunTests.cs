// The policy in the client: what it refuses, in which words, at which moment, and what does not free a cap.

using EsimTools.Client.Tests.Runs;
using EsimTools.Client.Tests.Support;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Policy;

public sealed class PolicyRunTests : IDisposable
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly ConnectionFixture _fixture = new();
    private readonly ListeningHost _host = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Read_only_refuses_a_run_at_once_and_a_single_request_when_it_is_to_leave()
    {
        var connection = await OpenAsync(new() { IsReadOnly = true });

        var atOnce = Assert.Throws<EsimException>(() => connection.StartRun(EsimAction.Activate, new()));
        var refusal = Assert.Single((await ConnectionFixture.DeactivateAsync(connection, Sample.Profile())).Refused);

        Assert.Equal(EsimError.EsimPolicyRefused, atOnce.Error);
        Assert.Equal("'activate' was not begun: the policy is read-only: nothing may be sent.", atOnce.Message);
        Assert.Equal((EsimError.EsimPolicyRefused, "the policy is read-only: nothing may be sent"), (refusal.Verdict.Error, refusal.Verdict.Reason));
        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
        Assert.Empty(_fixture.Service.Of(Endpoint.List));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task An_action_that_needs_a_plan_is_refused_without_one_also_before_another_one(bool requirePlan, int approvals)
    {
        var connection = await OpenAsync(new() { Rules = [new() { Action = "deactivate", RequirePlan = requirePlan, Approvals = approvals }] });

        var first = Assert.Throws<EsimException>(() => connection.StartRun(EsimAction.Delete, new() { DisableFirst = true, ReasonCode = "FF" }));
        var refusal = Assert.Single((await ConnectionFixture.DeactivateAsync(connection, Sample.Profile())).Refused);

        Assert.Equal("'delete' was not begun: the policy allows 'deactivate' for a plan only.", first.Message);
        Assert.Contains("New-EsimPlan", first.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(EsimError.EsimPolicyRefused, refusal.Verdict.Error);
        connection.StartRun(EsimAction.Delete, new()).Dispose();
    }

    [Fact]
    public async Task For_a_plan_it_is_sent_and_a_cap_counts_all_the_same()
    {
        var connection = await OpenAsync(new() { Rules = [new() { Action = "deactivate", RequirePlan = true, WavesFrom = 1, Caps = [new(2, s_hour)] }] });

        var run = await RunAsync(connection, Sample.Profiles(3), new() { PlanId = "p", ReasonCode = "FF" });

        Assert.Equal((2, 1), (run.Counts.Accepted, run.Counts.KeptBack));
        Assert.Equal("p", run.Info.PlanId);
    }

    [Fact]
    public async Task The_first_that_fit_are_sent_and_the_rest_is_told_once_with_the_rule_and_when_there_is_room()
    {
        var connection = await OpenAsync(Cap("5/1h", "8/24h"));
        await RunAsync(connection, Sample.Profiles(3));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(10));

        var run = await RunAsync(connection, Sample.Profiles(9, first: 11), new() { BatchSize = 4, ReasonCode = "FF", ThrottleLimit = 1 });

        Assert.Equal([Sample.IccidOf(11), Sample.IccidOf(12)], run.GetRequests().SelectMany(request => request.Profiles).Select(profile => profile.Iccid).Order());
        Assert.Equal((2, 7), (run.Counts.Accepted, run.Counts.KeptBack));
        var (problem, target) = Assert.Single(_host.Problems);
        Assert.Equal(EsimError.EsimPolicyRefused, problem.Error);
        Assert.Equal(
            $"'deactivate' was not sent for 7 profiles (the first is {Sample.Profile(13)}): the policy allows 'deactivate' for 5 profiles of account {Sample.Account} in 1h; "
            + $"5 were sent since {Clock.ToIso(_fixture.Clock.UtcNow - s_hour)}; the next may be sent at {Clock.ToIso(ManualClock.Start + s_hour)}.",
            problem.Message);
        Assert.Equal(7, Assert.IsType<List<EsimProfile>>(target).Count);

        _fixture.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(3, (await RunAsync(connection, Sample.Profiles(7, first: 13))).Counts.Accepted);
        _fixture.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(0, (await RunAsync(connection, Sample.Profiles(4, first: 16))).Counts.Accepted);
        Assert.Contains("in 24h; 8 were sent since", _host.Problems[^1].Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cap_counts_its_own_action_and_account_and_not_what_the_service_refused()
    {
        var connection = await OpenAsync(Cap("2/1h"));
        await RunAsync(connection, [new() { Iccid = Sample.IccidOf(1), AccountName = "Other" }, new() { Iccid = Sample.IccidOf(2), AccountName = "Other" }]);
        await connection.SubmitAsync(EsimAction.ProfileSuspend, Sample.Profiles(2, first: 3), new());
        _fixture.Service.On(Endpoint.Action, 400, """{"errorCode":"x","errorMessage":"no"}""");
        await RunAsync(connection, Sample.Profiles(2, first: 5));

        Assert.Equal(2, (await RunAsync(connection, Sample.Profiles(3, first: 7))).Counts.Accepted);
        Assert.Equal(1, _host.Problems.Count(problem => problem.Problem.Error == EsimError.EsimPolicyRefused));
    }

    [Fact]
    public async Task A_request_in_doubt_counts()
    {
        var connection = await OpenAsync(Cap("2/1h"));
        _fixture.Service.On(Endpoint.Action, 500, "no");
        await RunAsync(connection, Sample.Profiles(2));

        Assert.Equal(0, (await RunAsync(connection, Sample.Profiles(1, first: 3))).Counts.Accepted);
    }

    [Fact]
    public async Task A_cap_counts_what_others_have_sent_and_what_was_sent_before_it_was_set()
    {
        var connection = await _fixture.OpenAsync();
        await RunAsync(connection, Sample.Profiles(2));
        var other = await OpenAsync(Cap("3/1h"));

        Assert.Equal(1, (await RunAsync(other, Sample.Profiles(2, first: 3))).Counts.Accepted);
        Assert.Equal(0, (await RunAsync(connection, Sample.Profiles(1, first: 6))).Counts.Accepted);
    }

    [Fact]
    public async Task With_disable_first_the_deactivations_count_for_deactivate()
    {
        var connection = await OpenAsync(Cap("1/1h"));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "active", "ENABLE")));
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(2), "active", "ENABLE")));

        await connection.RunAsync(
            EsimAction.Delete, Sample.Profiles(2), new() { DisableFirst = true, ReasonCode = "FF", Confirmation = new() { Timeout = TimeSpan.Zero } }, _host).WaitAsync(ManualClock.HangLimit);

        Assert.Equal(1, Assert.Single(_host.Accepted).Count);
        Assert.Contains("'deactivate' was not sent for", Assert.Single(_host.Problems, problem => problem.Problem.Error == EsimError.EsimPolicyRefused).Problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_was_set_back_for_a_while_does_not_free_a_cap()
    {
        var connection = await OpenAsync(Cap("3/1h"));
        await RunAsync(connection, Sample.Profiles(1));

        // Three hours back: what was sent lies in the future now, and what is sent now would be long past when the clock is right again.
        _fixture.Clock.Advance(ManualClock.Start - TimeSpan.FromHours(3) - _fixture.Clock.UtcNow);
        Assert.Equal(1, (await RunAsync(connection, Sample.Profiles(1, first: 2))).Counts.Accepted);
        _fixture.Clock.Advance(ManualClock.Start + TimeSpan.FromMinutes(30) - _fixture.Clock.UtcNow);

        Assert.Equal(1, (await RunAsync(connection, Sample.Profiles(2, first: 3))).Counts.Accepted);
        using var later = await _fixture.OpenAsync();
        Assert.Equal(0, (await RunAsync(later, Sample.Profiles(1, first: 6))).Counts.Accepted);
    }

    [Fact]
    public async Task What_is_dated_in_the_future_counts_until_it_is_past_and_moves_nothing_else()
    {
        var connection = await OpenAsync(Cap("2/1h"));
        _fixture.Clock.Advance(ManualClock.Start.AddYears(7900) - _fixture.Clock.UtcNow);
        await RunAsync(connection, Sample.Profiles(1));
        _fixture.Clock.Advance(ManualClock.Start - _fixture.Clock.UtcNow);
        await RunAsync(connection, Sample.Profiles(1, first: 2));
        Assert.Equal(0, (await RunAsync(connection, Sample.Profiles(1, first: 3))).Counts.Accepted);
        _fixture.Clock.Advance(s_hour);

        Assert.Equal(1, (await RunAsync(connection, Sample.Profiles(2, first: 4))).Counts.Accepted);
    }

    [Fact]
    public async Task From_so_many_profiles_on_a_run_without_a_plan_is_refused_the_rest()
    {
        var connection = await OpenAsync(new() { Rules = [new() { Action = "deactivate", WavesFrom = 4 }] });

        var run = await RunAsync(connection, Sample.Profiles(6), new() { BatchSize = 2, ReasonCode = "FF", ThrottleLimit = 1 });

        Assert.Equal((3, 3), (run.Counts.Accepted, run.Counts.KeptBack));
        Assert.Contains("'deactivate' was not sent for 3 profiles (the first is ", Assert.Single(_host.Problems).Problem.Message, StringComparison.Ordinal);
        Assert.EndsWith("the policy allows 'deactivate' for 4 profiles and more in the waves of a plan only.", _host.Problems[0].Problem.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await RunAsync(connection, Sample.Profiles(3, first: 11))).Counts.Accepted);
    }

    [Fact]
    public async Task A_policy_that_is_set_while_a_run_is_under_way_counts_from_the_next_request_on()
    {
        var connection = await _fixture.OpenAsync();
        using var run = connection.StartRun(EsimAction.Deactivate, new() { ReasonCode = "FF", BatchSize = 1 }, _host);
        run.Add(Sample.Profile(1));
        run.Complete();
        using var next = connection.StartRun(EsimAction.Deactivate, new() { ReasonCode = "FF", BatchSize = 1 }, _host);
        await connection.ChangePolicyAsync(_ => new() { IsReadOnly = true });
        next.Add(Sample.Profile(2));
        next.Complete();

        Assert.Equal((1, 0, 1), (run.Counts.Accepted, next.Counts.Accepted, next.Counts.KeptBack));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"version":1,"weekends":false}""")]
    [InlineData("""{"version":2}""")]
    public async Task A_policy_that_is_not_understood_closes_everything_until_it_is_taken_away(string text)
    {
        var connection = await OpenAsync(new());
        using var begun = connection.StartRun(EsimAction.Activate, new(), _host);
        File.WriteAllText(PolicyPath, text);

        begun.Add(Sample.Profile());
        begun.Complete();
        Assert.Equal(EsimError.EsimPolicyUnusable, Assert.Single(_host.Problems).Problem.Error);
        Assert.Equal(EsimError.EsimPolicyUnusable, Assert.Throws<EsimException>(() => connection.StartRun(EsimAction.Activate, new())).Error);
        Assert.Equal(EsimError.EsimPolicyUnusable, (await Assert.ThrowsAsync<EsimException>(() => ConnectionFixture.DeactivateAsync(connection, Sample.Profile()))).Error);
        Assert.Equal(EsimError.EsimPolicyUnusable, Assert.Throws<EsimException>(() => connection.GetPolicy()).Error);
        Assert.Equal(EsimError.EsimPolicyUnusable, (await Assert.ThrowsAsync<EsimException>(() => connection.ChangePolicyAsync(_ => new()))).Error);
        Assert.Empty(_fixture.Service.Of(Endpoint.Action));

        await connection.RemovePolicyAsync();
        Assert.Equal(1, (await RunAsync(connection, Sample.Profiles(1))).Counts.Accepted);
    }

    [Fact]
    public async Task A_policy_that_cannot_be_opened_or_is_no_text_closes_everything()
    {
        var connection = await _fixture.OpenAsync();
        File.WriteAllBytes(PolicyPath, [(byte)'{', 0xFF, (byte)'}']);
        Assert.Equal(EsimError.EsimPolicyUnusable, Assert.Throws<EsimException>(() => connection.GetPolicy()).Error);
        File.Delete(PolicyPath);
        Directory.CreateDirectory(PolicyPath);
        Assert.Equal(EsimError.EsimPolicyUnusable, Assert.Throws<EsimException>(() => connection.GetPolicy()).Error);
        Directory.Delete(PolicyPath);
        Assert.Null(connection.GetPolicy());
    }

    [Fact]
    public async Task The_file_is_its_owners_alone_and_belongs_to_the_journal()
    {
        await OpenAsync(Cap("1/1h"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PolicyPath));

            // What is not the journal's own would keep a folder from being taken over that others may look into.
            File.SetUnixFileMode(_fixture.JournalPath, (UnixFileMode)0b111_101_101);
            File.SetUnixFileMode(PolicyPath, (UnixFileMode)0b110_100_100);
        }

        using var again = await _fixture.OpenAsync();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PolicyPath));
        }

        Assert.Equal("deactivate: at most 1/1h", again.GetPolicy()!.ToString());
        Assert.Single(Directory.GetFiles(_fixture.JournalPath, PolicyFile.FileName + "*"));
    }

    [Fact]
    public async Task Two_who_change_it_at_once_lose_nothing()
    {
        var connection = await _fixture.OpenAsync();
        var other = await _fixture.OpenAsync();

        await Task.WhenAll(EsimAction.All.Select((action, i) =>
            (i % 2 == 0 ? connection : other).ChangePolicyAsync(policy => (policy ?? new()).With(new() { Action = action.Name, RequirePlan = true })))).WaitAsync(ManualClock.HangLimit);

        Assert.Equal(EsimAction.All.Select(action => action.Name).Order(StringComparer.Ordinal), other.GetPolicy()!.Rules.Select(rule => rule.Action));
    }

    [Fact]
    public async Task A_plan_can_be_made_of_what_needs_one_and_says_what_would_be_refused()
    {
        var connection = await OpenAsync(new() { Rules = [new() { Action = "deactivate", RequirePlan = true, Caps = [new(2, s_hour)] }] });

        Plan(connection, 5);
        Assert.Equal(
            $"'deactivate' for 3 of 5 profiles of account {Sample.Account} would be refused now: the policy allows 'deactivate' for 2 profiles of account {Sample.Account} in 1h; 0 were sent since {Clock.ToIso(_fixture.Clock.UtcNow - s_hour)}.",
            Assert.Single(_host.Warnings));

        await connection.ChangePolicyAsync(policy => policy! with { IsReadOnly = true, Rules = [] });
        Plan(connection, 1);
        Assert.Equal("It would be refused now. 'deactivate' was not begun: the policy is read-only: nothing may be sent.", _host.Warnings[^1]);
    }

    [Fact]
    public async Task A_file_of_the_journal_that_a_cap_still_counts_is_not_archived()
    {
        var sent = Clock.ToIso(_fixture.Clock.UtcNow - TimeSpan.FromDays(3));
        var path = _fixture.WriteJournal(
            "20260226T000000-aaaaaaaa.jsonl",
            $$"""{"v":1,"at":"{{sent}}","event":"sending","request":"a","service":"https://service.test/api","action":"deactivate","account":"{{Sample.Account}}","plan":"{{new string('x', (int)JournalFolder.LargestFolder)}}","profiles":[{"iccid":"{{Sample.IccidOf(1)}}"}]}""",
            $$"""{"v":1,"at":"{{sent}}","event":"refused","request":"b"}""",
            $$"""{"v":1,"at":"{{sent}}","event":"accepted","request":"a","requestId":"ra"}""",
            $$"""{"v":1,"at":"{{sent}}","event":"outcome","request":"a","result":"Succeeded","ids":["{{Sample.IccidOf(1)}}"]}""");
        File.WriteAllText(PolicyPath, new EsimPolicy { Rules = [new() { Action = "deactivate", Caps = [new(1, TimeSpan.FromDays(7))] }] }.ToJson());

        var connection = await _fixture.OpenAsync();
        Assert.Equal(0, (await RunAsync(connection, Sample.Profiles(1, first: 2))).Counts.Accepted);
        Assert.True(File.Exists(path));

        File.WriteAllText(PolicyPath, "{");
        (await _fixture.OpenAsync()).Dispose();
        Assert.True(File.Exists(path));

        await connection.RemovePolicyAsync();
        (await _fixture.OpenAsync()).Dispose();
        Assert.False(File.Exists(path));
    }

    private string PolicyPath => Path.Combine(_fixture.JournalPath, PolicyFile.FileName);

    private static EsimPolicy Cap(params string[] caps) => new() { Rules = [new() { Action = "deactivate", Caps = [.. caps.Select(EsimPolicyCap.Parse)] }] };

    private async Task<EsimConnection> OpenAsync(EsimPolicy policy)
    {
        var connection = await _fixture.OpenAsync();
        await connection.ChangePolicyAsync(_ => policy);
        return connection;
    }

    private void Plan(EsimConnection connection, int count)
    {
        using var planner = connection.StartPlan(EsimAction.Deactivate, new() { ReasonCode = "FF" }, null, _host);
        Sample.Profiles(count).ToList().ForEach(planner.Add);
        planner.Complete();
    }

    private Task<EsimRun> RunAsync(EsimConnection connection, IEnumerable<EsimProfile> profiles, EsimRunOptions? options = null) =>
        connection.RunAsync(EsimAction.Deactivate, profiles, options ?? new() { ReasonCode = "FF" }, _host).WaitAsync(ManualClock.HangLimit);
}
