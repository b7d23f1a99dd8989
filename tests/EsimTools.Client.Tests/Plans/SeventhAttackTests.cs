// Ways past a plan, its approvals or the policy that a seventh attack with the source in hand has tried, each named for the way: what waits while a
// plan's time ends or the policy changes, plans taken up again, waves that are none, names under which somebody may be known.

using EsimTools.Client.Tests.Support;
using EsimTools.Plans;
using EsimTools.Store;
using EsimTools.Store.Folder;
using EsimTools.Store.Lines;

namespace EsimTools.Client.Tests.Plans;

public sealed class SeventhAttackTests : IDisposable
{
    private readonly PlanFixture _fixture = new();
    private readonly PlanHost _host = new();
    private readonly Signers _signers = new();

    public void Dispose()
    {
        _signers.Dispose();
        _fixture.Dispose();
    }

    // --- What waits --------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task The_plan_has_expired_when_a_deactivation_before_is_confirmed()
    {
        var connection = await PlanToDisableFirstAsync();
        Confirm(connection, before: () => _fixture.Clock.Advance(TimeSpan.FromHours(2)));

        Carry(connection);

        Assert.Equal(["deactivate"], Sent());
        Assert.Equal(EsimError.EsimPlanExpired, Assert.Single(_host.Problems).Problem.Error);
    }

    [Fact]
    public async Task The_policy_demands_an_approval_when_a_deactivation_before_is_confirmed()
    {
        var connection = await PlanToDisableFirstAsync();
        Confirm(connection, before: () => connection.ChangePolicyAsync(_ => new() { Rules = [new() { Action = "delete", Approvals = 1 }] }).GetAwaiter().GetResult());

        Carry(connection);

        Assert.Equal(["deactivate"], Sent());
        Assert.Equal(EsimError.EsimPlanNotApproved, Assert.Single(_host.Problems).Problem.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_waits_for_the_service_and_the_policy_closes_meanwhile(bool isReadOnly)
    {
        var connection = await _fixture.Connections.OpenAsync();
        var submission = await WaitAndLeaveAsync(
            () => connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF" }),
            () => connection.ChangePolicyAsync(_ => isReadOnly ? new() { IsReadOnly = true } : new() { Rules = [new() { Action = "deactivate", RequirePlan = true }] }));

        Assert.Equal(EsimError.EsimPolicyRefused, submission.Failure?.Error);
        Assert.Single(Sent());
    }

    [Fact]
    public async Task A_request_of_a_plan_waits_for_the_service_and_the_plan_expires_meanwhile()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF" }, new() { ExpiresIn = TimeSpan.FromSeconds(4) });

        await WaitAndLeaveAsync(
            () => Task.Run(() =>
            {
                Carry(connection);
                return true;
            }),
            () => Task.CompletedTask);

        Assert.Single(Sent());
        Assert.Equal(EsimError.EsimPlanExpired, Assert.Single(_host.Problems).Problem.Error);
    }

    // --- Taken up again ----------------------------------------------------------------------------------------------------

    [Fact]
    public async Task The_journal_hides_identifiers_and_another_process_goes_on()
    {
        var options = _fixture.Connections.Options(hashIdentifiers: true);
        var connection = await _fixture.Connections.OpenAsync(options);
        Confirm(connection, failing: Sample.IccidOf(1));
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"] } });
        Assert.Equal(EsimError.EsimPlanHeld, Assert.Throws<EsimException>(() => Carry(connection)).Error);
        connection.Dispose();

        var later = await _fixture.Connections.OpenAsync(options);
        Confirm(later);
        Carry(later, new() { Resume = true });

        Assert.Equal(Sample.Profiles(4).Select(profile => profile.Iccid), _host.Accepted.SelectMany(request => request.Profiles).Select(profile => profile.Iccid));
    }

    [Fact]
    public async Task A_process_was_killed_when_too_many_deactivations_before_had_failed()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Lists(Sample.IccidOf(1), "active", "ENABLE");
        _fixture.Lists(Sample.IccidOf(2), "active", "ENABLE");
        var plan = _fixture.Plan(connection, EsimAction.Delete, Sample.Profiles(2), new() { DisableFirst = true, ReasonCode = "FF" }, new() { Waves = new() { Sizes = ["1"] } });
        connection.Dispose();
        Killed(plan, "killed.jsonl", Step("deactivate", "l", 1, plan), Accepted("l"), Outcome("l", "Failed", 1));

        var later = await _fixture.Connections.OpenAsync();
        _fixture.Lists(Sample.IccidOf(1), "active", "ENABLE");
        Confirm(later, failing: Sample.IccidOf(1));
        var held = Record.Exception(() => Carry(later));

        Assert.Equal(EsimError.EsimPlanHeld, (held as EsimException)?.Error);
        Assert.Empty(Sent());
    }

    [Fact]
    public async Task What_the_plan_has_sent_for_would_be_archived_before_the_plan_is_over()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2), new() { ReasonCode = "FF" }, new() { ExpiresIn = TimeSpan.FromDays(7) });
        connection.Dispose();
        Killed(plan, "20260301T120000-aaaaaaaa.jsonl", Step("deactivate", "a", 3, plan), Accepted("a"), Outcome("a", "Failed", 3));

        // The connection's second file.
        Killed(plan, "20260301T120000-aaaaaaaa-002.jsonl", false, Step("deactivate", "l", 1, plan, new('x', (int)JournalFolder.LargestFolder)), Accepted("l"), Outcome("l", "Failed", 1));
        _fixture.Clock.Advance(TimeSpan.FromDays(3));

        (await _fixture.Connections.OpenAsync()).Dispose();
        Carry(await _fixture.Connections.OpenAsync());

        Assert.Equal([Sample.IccidOf(2)], _host.Accepted.SelectMany(request => request.Profiles).Select(profile => profile.Iccid));
    }

    [Fact]
    public async Task A_plan_was_made_to_send_again_what_is_in_doubt_and_its_file_does_not_say_so()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Service.On(Endpoint.Action, 500, "");
        await connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF" });

        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF", Resubmit = true });
        using var run = connection.StartPlanRun(plan, null, _host);
        run.Complete();

        Assert.Single(Sent());
    }

    [Fact]
    public async Task Two_threads_of_one_connection_begin_the_plan_in_one_moment()
    {
        using var folder = new TempFolder();
        using var inner = new FolderStore(folder.Path, "https://service.test/api", _fixture.Clock);
        var store = new HookedStore(inner);
        using var tracker = new RequestTracker(store, _fixture.Clock, _ => { });
        JournalLine line(PlanStage stage) => new() { Event = JournalEvent.Plan, At = _fixture.Clock.UtcNow, Service = store.Service, PlanStage = stage, Digest = "d", Run = new() { Id = "r", StartedAt = _fixture.Clock.UtcNow, PlanId = "p" } };
        bool? isBusy = null;
        store.WhenReserved = () => tracker.Plans.BeginAsync(
            "p",
            (progress, busy) =>
            {
                isBusy = busy && progress is not null;
                return line(PlanStage.Begun);
            },
            CancellationToken.None).GetAwaiter().GetResult();

        await tracker.Plans.BeginAsync("p", (_, _) => line(PlanStage.Begun), CancellationToken.None).WaitAsync(ManualClock.HangLimit);

        Assert.True(isBusy);
    }

    [Fact]
    public async Task A_beginning_that_cannot_be_written_down_leaves_the_plan_as_it_stood()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF" });
        var store = (FolderStore)connection.Parts.Store;
        var begin = store.Begin;
        store.Begin = _ => throw new IOException("No space left on device");
        Assert.Equal(EsimError.EsimJournalUnavailable, Assert.Throws<EsimException>(() => Carry(connection)).Error);
        store.Begin = begin;
        Carry(connection);

        Assert.Single(Sent());
    }

    // --- The policy --------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("100%", true)]
    [InlineData("3", true)]
    [InlineData("50%", false)]
    [InlineData("2", false)]
    public async Task A_plan_in_one_wave_is_a_plan_without_waves(string size, bool isRefused)
    {
        var plan = await PlanAsync(new() { Waves = new() { Sizes = [size] } });

        var refusal = Record.Exception(() => PlanApprovals.Check(plan, new() { Rules = [new() { Action = "deactivate", WavesFrom = 3 }] }, _fixture.Clock.UtcNow)) as EsimException;

        Assert.Equal(isRefused ? EsimError.EsimPolicyRefused : null, refusal?.Error);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\u00a0")]
    public async Task A_cap_counts_an_account_however_many_blanks_are_around_its_name(string blank)
    {
        var connection = await _fixture.Connections.OpenAsync();
        await connection.ChangePolicyAsync(_ => new() { Rules = [new() { Action = "deactivate", Caps = [new(1, TimeSpan.FromHours(1))] }] });
        await connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF" });

        var second = await Record.ExceptionAsync(() => connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile(2)], new() { ReasonCode = "FF", AccountName = Sample.Account + blank }));

        Assert.True(second is null or EsimException, second?.ToString());
        Assert.Single(Sent());
    }

    [Fact]
    public async Task The_policy_names_the_authors_certificate_twice_and_says_whose_it_is_once()
    {
        var certificate = _signers.Of("CN=somebody");
        var plan = (await PlanAsync()).Approve(certificate, _fixture.Clock);

        AssertNotApproved(plan, new EsimPolicyApprover { Thumbprint = EsimPolicyApprover.Of(certificate).Thumbprint }, new EsimPolicyApprover { Thumbprint = certificate.Thumbprint, UserNames = ["uws-user"] });
    }

    [Theory]
    [InlineData("\uff21\u0302da")]
    [InlineData("a\u0302da")]
    public async Task An_author_under_another_spelling_of_the_same_letters(string name)
    {
        var certificate = _signers.Of("CN=somebody");
        var made = await PlanAsync();
        var plan = new EsimPlan(made.Kind, made.Options, made.Profiles)
        {
            Id = made.Id, Author = new() { UserName = "\u00c2da", SystemUserName = "x", HostName = "h" }, CreatedAt = made.CreatedAt, ExpiresAt = made.ExpiresAt, Service = made.Service, AccountName = made.AccountName,
        };
        plan.Save(_fixture.PlanPath, overwrite: true);

        AssertNotApproved(plan.Approve(certificate, _fixture.Clock), new EsimPolicyApprover { Thumbprint = certificate.Thumbprint, UserNames = [name] });
    }

    // ------------------------------------------------------------------------------------------------------------------------

    private void AssertNotApproved(EsimPlan plan, params EsimPolicyApprover[] approvers)
    {
        var policy = new EsimPolicy { Rules = [new() { Action = "deactivate", Approvals = 1, Approvers = approvers }] };
        var refusal = Assert.Throws<EsimException>(() => PlanApprovals.Check(plan, policy, _fixture.Clock.UtcNow));
        Assert.Contains("has made the plan", refusal.Message, StringComparison.Ordinal);
    }

    private async Task<EsimPlan> PlanAsync(EsimPlanOptions? plan = null) =>
        _fixture.Plan(await _fixture.Connections.OpenAsync(), EsimAction.Deactivate, Sample.Profiles(3), new() { ReasonCode = "FF" }, plan);

    private async Task<EsimConnection> PlanToDisableFirstAsync()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Lists(Sample.IccidOf(1), "active", "ENABLE");
        _fixture.Plan(connection, EsimAction.Delete, Sample.Profiles(1), new() { DisableFirst = true, ReasonCode = "FF" }, new() { ExpiresIn = TimeSpan.FromHours(1) });
        return connection;
    }

    private string[] Sent() => [.. _fixture.Service.Of(Endpoint.Action).Select(call => call.Path.Split('/')[^1])];

    private void Carry(EsimConnection connection, EsimPlanRunOptions? options = null)
    {
        using var run = connection.StartPlanRun(EsimPlan.Load(_fixture.PlanPath), options, _host);
        run.Complete();
    }

    private void Confirm(EsimConnection connection, string? failing = null, Action? before = null) => _host.WhenAccepted = request => ThreadPool.QueueUserWorkItem(_ =>
    {
        before?.Invoke();
        foreach (var profile in request.Profiles)
        {
            connection.ReceiveCallback(Sample.Callback(
                request.RequestId!, profile.Iccid!, profile.Iccid == failing ? "FAILED" : "SUCCESS", state: request.Action == "delete" ? null : "DEACTIVE", profileStatus: request.Action == "delete" ? "DELETE" : "ENABLE"));
        }
    });

    // The service answers that it has too much to do; when it is asked again something has happened meanwhile.
    private async Task<T> WaitAndLeaveAsync<T>(Func<Task<T>> send, Func<Task> meanwhile)
    {
        var throttled = new TaskCompletionSource();
        _fixture.Service.On(Endpoint.Action, _ =>
        {
            throttled.SetResult();
            return ScriptedService.Answer(429, "");
        });
        var sending = send();
        await throttled.Task.WaitAsync(ManualClock.HangLimit);
        await meanwhile();
        for (var i = 0; i < 100 && !sending.IsCompleted; i++)
        {
            _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10);
        }

        return await sending.WaitAsync(ManualClock.HangLimit);
    }

    private void Killed(EsimPlan plan, string file, params string[] lines) => Killed(plan, file, hasBegun: true, lines);

    private void Killed(EsimPlan plan, string file, bool hasBegun, params string[] lines) => _fixture.Connections.WriteJournal(
        file,
        [
            .. hasBegun ? [$$"""{"v":1,"at":"{{Now}}","event":"plan","service":"https://service.test/api","stage":"Begun","digest":"{{plan.Digest}}","until":"{{Clock.ToIso(plan.ExpiresAt)}}","run":{{RunOf(plan)}}}"""] : (string[])[],
            .. lines,
        ]);

    private string Now => Clock.ToIso(_fixture.Clock.UtcNow);

    private string RunOf(EsimPlan plan) => $$"""{"id":"r1","at":"{{Now}}","user":"u","host":"h","process":1,"plan":"{{plan.Id}}"}""";

    private string Step(string action, string request, int profile, EsimPlan plan, string more = "x") =>
        $$"""{"v":1,"at":"{{Now}}","event":"sending","request":"{{request}}","service":"https://service.test/api","seq":{{profile}},"action":"{{action}}","account":"{{Sample.Account}}","plan":"{{more}}","run":{{RunOf(plan)}},"profiles":[{"iccid":"{{Sample.IccidOf(profile)}}"}]}""";

    private string Accepted(string request) => $$"""{"v":1,"at":"{{Now}}","event":"accepted","request":"{{request}}","requestId":"id-{{request}}"}""";

    private string Outcome(string request, string result, int profile) => $$"""{"v":1,"at":"{{Now}}","event":"outcome","request":"{{request}}","result":"{{result}}","ids":["{{Sample.IccidOf(profile)}}"]}""";
}
