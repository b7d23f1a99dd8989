// Ways past a plan, its waves, its approvals or the policy that a fifteenth attack with the source in hand has tried, each named for what should hold.

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EsimTools.Client.Tests.Support;
using EsimTools.Plans;

namespace EsimTools.Client.Tests.Plans;

public sealed class PlanAttackTests : IDisposable
{
    private readonly PlanFixture _fixture = new();
    private readonly AskedHost _host = new();
    private readonly Signers _signers = new();
    private readonly HashSet<string> _failing = [];

    public void Dispose()
    {
        _signers.Dispose();
        _fixture.Dispose();
    }

    // --- Waves -----------------------------------------------------------------------------------------------------------------

    [Fact]
    public async Task The_pause_before_the_next_wave_is_kept_by_the_command_that_goes_on_behind_a_wave()
    {
        var connection = await _fixture.Connections.OpenAsync();
        Confirm(connection);
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2), plan: new() { Waves = new() { Sizes = ["1"], Delay = TimeSpan.FromMinutes(15) } });
        using (var run = connection.StartPlanRun(plan, null, _host))
        {
            _host.WhenWave = _ => run.EndAfterWave();
            run.Complete();
        }

        _host.WhenWave = null;
        var carried = Task.Run(() => Carry(connection));
        while (await _fixture.Clock.NextPauseAsync() != TimeSpan.FromMinutes(15))
        {
        }

        Assert.Single(Sent());
        _fixture.Clock.Advance(TimeSpan.FromMinutes(15));
        await carried.WaitAsync(ManualClock.HangLimit);
        Assert.Equal(2, Sent().Length);
    }

    [Fact]
    public async Task A_wave_that_cannot_be_sent_behind_the_one_that_somebody_went_on_with_holds_the_plan()
    {
        var connection = await _fixture.Connections.OpenAsync();
        Confirm(connection);
        _failing.Add(Sample.IccidOf(1));
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: InOnes);
        Assert.Equal(EsimError.EsimPlanHeld, Assert.Throws<EsimException>(() => Carry(connection)).Error);

        // The second wave is sent; the third one the service refuses.
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("second"));
        _fixture.Service.On(Endpoint.Action, 400, """{"errorCode":"REQUEST_FAILED","errorMessage":"no"}""");
        var held = Record.Exception(() => Carry(connection, new() { Resume = true })) as EsimException;

        Assert.DoesNotContain(_host.Accepted, request => request.Profiles[0].Iccid == Sample.IccidOf(4));
        Assert.Equal(EsimError.EsimPlanHeld, held?.Error);
    }

    [Fact]
    public async Task Waves_that_the_caller_changes_when_the_plan_has_been_written_are_not_those_of_the_plan()
    {
        var connection = await _fixture.Connections.OpenAsync();
        Confirm(connection);
        var sizes = new List<string> { "1" };
        _failing.Add(Sample.IccidOf(1));
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = sizes } });
        sizes[0] = "4";

        using var run = connection.StartPlanRun(plan, null, _host);
        _ = Record.Exception(run.Complete);

        Assert.True(_host.Accepted.Sum(request => request.Count) <= 1);
    }

    [Fact]
    public async Task A_profile_of_which_success_and_failure_are_told_is_none_that_has_succeeded()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _host.WhenAccepted = request => ThreadPool.QueueUserWorkItem(_ =>
        {
            connection.ReceiveCallback(Sample.Callback(request.RequestId!, Sample.IccidOf(1)));
            connection.ReceiveCallback(Sample.Callback(request.RequestId!, Sample.IccidOf(1), "FAILED", state: null, profileStatus: null));
            connection.ReceiveCallback(Sample.Callback(request.RequestId!, Sample.IccidOf(2)));
        });
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"] } });
        var carried = Task.Run(() => Record.Exception(() => Carry(connection)));
        await carried.WaitAsync(ManualClock.HangLimit);

        Assert.Single(Sent());
    }

    [Fact]
    public async Task What_is_told_to_have_failed_while_the_plan_pauses_counts_before_the_next_wave()
    {
        var connection = await _fixture.Connections.OpenAsync();
        Confirm(connection);
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2), plan: new() { Waves = new() { Sizes = ["1"], Delay = TimeSpan.FromMinutes(15) } });
        var carried = Task.Run(() => Record.Exception(() => Carry(connection)));
        while (await _fixture.Clock.NextPauseAsync() != TimeSpan.FromMinutes(15))
        {
        }

        connection.ReceiveCallback(Sample.Callback(_host.Accepted[0].RequestId!, Sample.IccidOf(1), "FAILED", state: null, profileStatus: null));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(15));
        await carried.WaitAsync(ManualClock.HangLimit);

        Assert.Single(Sent());
    }

    [Fact]
    public async Task A_plan_that_is_held_stays_held_when_the_clock_was_set_back_before()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"] } });
        _fixture.Clock.Advance(TimeSpan.FromHours(2));
        _fixture.Service.On(Endpoint.Action, _ =>
        {
            _fixture.Clock.Advance(TimeSpan.FromMinutes(-10));
            return ScriptedService.Answer(400, """{"errorCode":"REQUEST_FAILED","errorMessage":"no"}""");
        });
        Assert.Equal(EsimError.EsimPlanHeld, Assert.Throws<EsimException>(() => Carry(connection)).Error);
        Confirm(connection);

        var again = Record.Exception(() => Carry(connection)) as EsimException;

        Assert.Equal((EsimError.EsimPlanHeld, 1), (again?.Error, Sent().Length));
    }

    [Theory]
    [InlineData("deactivate")]
    [InlineData("delete")]
    public async Task A_request_of_a_plan_that_somebody_else_has_given_up_while_it_waited_does_not_leave(string action)
    {
        var (one, two) = (await _fixture.Connections.OpenAsync(), await _fixture.Connections.OpenAsync());
        _fixture.Lists(Sample.IccidOf(1), "deactive");
        _fixture.Plan(one, EsimAction.Find(action)!, Sample.Profiles(1), action == "deactivate" ? new() { ReasonCode = "FF" } : null);
        var throttled = new TaskCompletionSource();
        _fixture.Service.On(Endpoint.Action, _ =>
        {
            throttled.SetResult();
            return ScriptedService.Answer(429, "");
        });
        var carried = Task.Run(() => Record.Exception(() => Carry(one)));
        await throttled.Task.WaitAsync(ManualClock.HangLimit);

        // Nobody sees any more that the first one is at work.
        Array.ForEach(Directory.GetFiles(_fixture.Connections.JournalPath, "*.open"), File.Delete);
        using (var run = two.StartPlanRun(EsimPlan.Load(_fixture.PlanPath)))
        {
            run.GiveUp();
        }

        for (var i = 0; i < 100 && !carried.IsCompleted; i++)
        {
            _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10);
        }

        await carried.WaitAsync(ManualClock.HangLimit);
        Assert.Single(Sent());
    }

    // --- Each profile once -----------------------------------------------------------------------------------------------------

    [Fact]
    public async Task A_profile_that_the_plan_has_deactivated_and_somebody_has_activated_since_is_not_deactivated_by_it_again()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Lists(Sample.IccidOf(1), "active", "ENABLE");
        _fixture.Plan(connection, EsimAction.Delete, Sample.Profiles(1), new() { DisableFirst = true, ReasonCode = "FF" });

        // The deactivation is confirmed, and the delete that follows it the service refuses.
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("first"));
        _fixture.Service.On(Endpoint.Action, 400, """{"errorCode":"REQUEST_FAILED","errorMessage":"no"}""");
        Confirm(connection);
        Carry(connection);
        Assert.Equal(["deactivate", "delete"], Sent());

        var activation = await connection.SubmitAsync(EsimAction.Activate, Sample.Profiles(1), new() { ServicePlan = "M2M Global" });
        connection.ReceiveCallback(Sample.Callback(activation.Request!.RequestId!, Sample.IccidOf(1), state: "ACTIVE"));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        _fixture.Lists(Sample.IccidOf(1), "active", "ENABLE");
        Carry(connection);

        Assert.Equal(["deactivate", "delete", "activate"], Sent());
    }

    [Fact]
    public async Task A_profile_that_the_plan_only_deletes_is_not_deactivated_by_it_because_a_deactivation_of_others_was_open()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Lists(Sample.IccidOf(1), "deactive");
        _fixture.Plan(connection, EsimAction.Delete, Sample.Profiles(1), new() { DisableFirst = true, ReasonCode = "FF" });
        var other = await connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF" });
        _host.WhenAsked = () => connection.ReceiveCallback(Sample.Callback(other.Request!.RequestId!, Sample.IccidOf(1), "FAILED", state: null, profileStatus: null));
        Confirm(connection);

        Carry(connection);

        Assert.Equal(["deactivate"], Sent().Where(sent => sent == "deactivate"));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("a\\u0007b")]
    public async Task A_plan_with_an_id_that_the_journal_does_not_give_back_is_carried_out_once(string id)
    {
        var connection = await _fixture.Connections.OpenAsync();
        _failing.Add(Sample.IccidOf(1));
        Confirm(connection);
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(1));
        PutPlan(text => text.Replace(plan.Id, id, StringComparison.Ordinal));
        _ = Record.Exception(() => Carry(connection));
        connection.Dispose();

        var later = await _fixture.Connections.OpenAsync();
        Confirm(later);
        var again = Record.Exception(() => Carry(later)) as EsimException;

        Assert.True(Sent().Length <= 1);
        Assert.NotNull(again);
    }

    [Fact]
    public async Task What_was_settled_as_not_done_and_sent_once_more_by_a_machine_whose_clock_is_behind_is_not_sent_a_third_time()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF" }, new() { ExpiresIn = TimeSpan.FromDays(7) });
        connection.Dispose();
        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        var (first, second) = (Clock.ToIso(_fixture.Clock.UtcNow - TimeSpan.FromHours(1)), Clock.ToIso(_fixture.Clock.UtcNow - TimeSpan.FromHours(2)));
        _fixture.Connections.WriteJournal("20260302T120000-aaaaaaaa.jsonl", Step("a", 1, first, plan), $$"""{"v":1,"at":"{{first}}","event":"inDoubt","request":"a"}""", Outcome("a", "NotDone", first));
        _fixture.Connections.WriteJournal("20260303T120000-bbbbbbbb.jsonl", Step("b", 2, second, plan), $$"""{"v":1,"at":"{{second}}","event":"accepted","request":"b","requestId":"id-b"}""", Outcome("b", "Failed", first));

        Carry(await _fixture.Connections.OpenAsync());

        Assert.Empty(Sent());
    }

    [Fact]
    public async Task A_cap_has_no_room_where_a_newer_version_has_sent_what_nobody_here_can_count()
    {
        var connection = await _fixture.Connections.OpenAsync();
        await connection.ChangePolicyAsync(_ => new() { Rules = [new() { Action = "deactivate", Caps = [new(1, TimeSpan.FromHours(1))] }] });
        var at = Clock.ToIso(_fixture.Clock.UtcNow);
        _fixture.Connections.WriteJournal(
            "20260301T110000-cccccccc.jsonl",
            $$"""{"v":2,"at":"{{at}}","event":"sending","request":"n","service":"https://service.test/api","seq":1,"action":"deactivate","account":"{{Sample.Account}}","profiles":[{"iccid":"{{Sample.IccidOf(2)}}"}]}""");

        var submission = await connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF" });

        Assert.Null(submission.Request);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\u00a0")]
    public async Task Blanks_around_the_name_of_an_account_have_no_more_deactivated_than_may_be_deleted(string blank)
    {
        var connection = await _fixture.Connections.OpenAsync();
        Confirm(connection);
        await connection.ChangePolicyAsync(_ => new() { Rules = [new() { Action = "delete", Caps = [new(1, TimeSpan.FromHours(1))] }] });
        _fixture.Lists(Sample.IccidOf(1), "active", "ENABLE");
        _fixture.Lists(Sample.IccidOf(2), "active", "ENABLE");
        EsimProfile[] rows = [new(Sample.Profile(1)) { AccountName = Sample.Account }, new(Sample.Profile(2)) { AccountName = Sample.Account + blank }];

        await connection.RunAsync(EsimAction.Delete, rows, new() { DisableFirst = true, ReasonCode = "FF" }, _host).WaitAsync(ManualClock.HangLimit);

        Assert.Single(_host.Accepted, request => request.Action == "deactivate");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_sent_under_a_read_only_policy_neither_of_callbacks(bool registers)
    {
        var connection = await _fixture.Connections.OpenAsync();
        await connection.ChangePolicyAsync(_ => new() { IsReadOnly = true });
        var before = _fixture.Service.Calls.Count(call => call.Method == HttpMethod.Post || call.Method == HttpMethod.Delete);

        _ = await Record.ExceptionAsync(() => registers
            ? connection.RegisterCallbackAsync(new Uri("https://hooks.example.com"), ["CarrierService"])
            : connection.UnregisterCallbackAsync("CarrierService"));

        Assert.Equal(before, _fixture.Service.Calls.Count(call => call.Method == HttpMethod.Post || call.Method == HttpMethod.Delete));
    }

    [Fact]
    public async Task Two_plans_for_the_same_profiles_on_other_devices_differ()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var one = _fixture.Plan(connection, EsimAction.DeviceSuspend, [Sample.Profile(1)]);
        var two = _fixture.Plan(connection, EsimAction.DeviceSuspend, [new() { Iccid = Sample.IccidOf(1), Eid = Sample.EidOf(2) }]);

        Assert.NotEmpty(EsimPlanChange.Compare(one, two));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_plan_has_sent_and_cannot_be_read_for_a_moment_does_not_count_as_not_sent(bool inWaves)
    {
        var connection = await _fixture.Connections.OpenAsync();
        var plan = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2), new() { ReasonCode = "FF" }, new() { Waves = inWaves ? new() { Sizes = ["1"] } : null });
        connection.Dispose();
        var at = Clock.ToIso(_fixture.Clock.UtcNow);
        var file = _fixture.Connections.WriteJournal(
            "20260301T110000-aaaaaaaa.jsonl", Step("a", 1, at, plan), $$"""{"v":1,"at":"{{at}}","event":"accepted","request":"a","requestId":"id-a"}""", Outcome("a", "Failed", at));
        var later = await _fixture.Connections.OpenAsync();
        Confirm(later);
        File.Move(file, file + ".away");

        _ = Record.Exception(() => Carry(later));

        Assert.DoesNotContain(_fixture.Service.Of(Endpoint.Action), call => call.Body.Contains(Sample.IccidOf(1), StringComparison.Ordinal));
        Assert.True(!inWaves || Sent().Length == 0);
    }

    // --- Approvals -------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("CN=somebody", "team@example.com", "uws-user@example.com")]
    [InlineData("CN=somebody+UID=uws-user", null, null)]
    [InlineData("UID=uws-user,CN=somebody", null, null)]
    [InlineData("CN=uws-user+O=x", null, null)]
    public async Task An_author_is_known_by_each_name_in_the_certificate(string subject, string? email, string? secondEmail)
    {
        var plan = _fixture.Plan(await _fixture.Connections.OpenAsync(), EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF" });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (email is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddEmailAddress(email);
            names.AddEmailAddress(secondEmail!);
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = request.CreateSelfSigned(ManualClock.Start.AddMonths(-6), ManualClock.Start.AddMonths(6));
        var policy = new EsimPolicy { Rules = [new() { Action = "deactivate", Approvals = 1, Approvers = [EsimPolicyApprover.Of(certificate)] }] };

        var refusal = Record.Exception(() => PlanApprovals.Check(plan.Approve(certificate, _fixture.Clock), policy, _fixture.Clock.UtcNow)) as EsimException;

        Assert.Contains("has made the plan", refusal?.Message ?? "approved");
    }

    // --- What held -------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("Finished")]
    [InlineData("Held")]
    [InlineData("GivenUp")]
    public async Task Neither_clearing_nor_copying_a_journal_lets_a_plan_that_is_over_or_held_be_carried_out(string stage)
    {
        var connection = await _fixture.Connections.OpenAsync();
        Confirm(connection);
        _failing.Add(Sample.IccidOf(1));
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2), plan: new() { ExpiresIn = TimeSpan.FromDays(30), Waves = stage == "Finished" ? null : new() { Sizes = ["1"] } });
        _ = Record.Exception(() => Carry(connection));
        if (stage == "GivenUp")
        {
            using var run = connection.StartPlanRun(EsimPlan.Load(_fixture.PlanPath));
            run.GiveUp();
        }

        await Task.WhenAll(connection.GetRequests().Select(request => connection.WaitAsync(request))).WaitAsync(ManualClock.HangLimit);
        connection.Dispose();
        var sent = Sent().Length;
        _fixture.Clock.Advance(TimeSpan.FromDays(10));
        var source = new EsimJournalPlace { Path = _fixture.Connections.JournalPath };
        var target = Path.Combine(_fixture.Connections.Folder.Path, "copied");
        await EsimJournal.ClearAsync(source, _fixture.Clock.UtcNow, clock: _fixture.Clock);
        await EsimJournal.CopyAsync(source, new() { Path = target }, clock: _fixture.Clock);

        foreach (var options in (EsimConnectionOptions[])[_fixture.Connections.Options(), OptionsIn(target)])
        {
            using var later = await EsimConnection.OpenAsync(options);
            Assert.Equal(stage == "Held" ? EsimError.EsimPlanHeld : EsimError.EsimPlanDone, (Record.Exception(() => Carry(later)) as EsimException)?.Error);
        }

        Assert.Equal(sent, Sent().Length);
    }

    [Fact]
    public async Task A_cap_counts_what_is_sent_again_and_what_was_settled_as_not_done()
    {
        var connection = await _fixture.Connections.OpenAsync();
        await connection.ChangePolicyAsync(_ => new() { Rules = [new() { Action = "deactivate", Caps = [new(2, TimeSpan.FromDays(3))] }] });
        _fixture.Service.On(Endpoint.Action, 500, "");
        var doubt = (await connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF" })).Request!;
        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        _fixture.Lists(Sample.IccidOf(1), "active");
        Assert.Equal(EsimResolutionStatus.NotDone, Assert.Single(await connection.ResolveAsync(doubt)).Resolution);
        await connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF", Resubmit = true });

        var third = await connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), new() { ReasonCode = "FF", Resubmit = true });

        Assert.Equal(EsimError.EsimPolicyRefused, Assert.Single(third.Refused).Verdict.Error);
        Assert.Equal(2, Sent().Length);
    }

    // Clocks in Paris go from 2 to 3 in the last night of March on which they are put forward, and twice through the hour before 3 in October.
    [Theory]
    [InlineData("02:15-02:45", "2026-03-29T00:59:00Z", false)]
    [InlineData("02:15-02:45", "2026-03-29T01:00:00Z", false)]
    [InlineData("22:00-05:00", "2026-03-29T02:59:00Z", true)]
    [InlineData("22:00-05:00", "2026-03-29T03:00:00Z", false)]
    [InlineData("02:15-02:45", "2026-10-25T00:30:00Z", true)]
    [InlineData("02:15-02:45", "2026-10-25T00:50:00Z", false)]
    [InlineData("22:00-05:00", "2026-10-25T03:59:00Z", true)]
    [InlineData("22:00-05:00", "2026-10-25T04:00:00Z", false)]
    public void The_hours_of_waves_are_those_of_the_clock_on_the_wall(string hours, string now, bool isOpen) =>
        Assert.Equal(isOpen, TimeWindow.Read(hours, "Europe/Paris").UntilOpen(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)) == TimeSpan.Zero);

    // ---------------------------------------------------------------------------------------------------------------------------

    private static EsimPlanOptions InOnes => new() { Waves = new() { Sizes = ["1"] } };

    private EsimConnectionOptions OptionsIn(string journal) => new()
    {
        ApiCredential = new EsimCredential("api-key", ConnectionFixture.ApiSecret),
        UserCredential = new EsimCredential("uws-user", ConnectionFixture.UserSecret),
        AccountName = Sample.Account,
        BaseUri = new Uri("https://service.test/api"),
        JournalPath = journal,
        Handler = _fixture.Service,
        Clock = _fixture.Clock,
    };

    private string[] Sent() => [.. _fixture.Service.Of(Endpoint.Action).Select(call => call.Path.Split('/')[^1])];

    private void Carry(EsimConnection connection, EsimPlanRunOptions? options = null)
    {
        using var run = connection.StartPlanRun(EsimPlan.Load(_fixture.PlanPath), options, _host);
        run.Complete();
    }

    // The service confirms each profile as soon as it has taken the request, but for those that fail.
    private void Confirm(EsimConnection connection) => _host.WhenAccepted = request => ThreadPool.QueueUserWorkItem(_ =>
    {
        foreach (var profile in request.Profiles)
        {
            connection.ReceiveCallback(Sample.Callback(
                request.RequestId!, profile.Iccid!, _failing.Contains(profile.Iccid!) ? "FAILED" : "SUCCESS", state: request.Action == "delete" ? null : "DEACTIVE", profileStatus: request.Action == "delete" ? "DELETE" : "ENABLE"));
        }
    });

    // The plan's file with something changed in it, and the digest that fits.
    private void PutPlan(Func<string, string> change)
    {
        var text = change(File.ReadAllText(_fixture.PlanPath));
        var start = text.IndexOf("\"plan\": ", StringComparison.Ordinal) + "\"plan\": ".Length;
        var end = text.LastIndexOf(",\n  \"digest\"", StringComparison.Ordinal);
        var plan = text[start..end];
        var digest = PlanDigest.Of(System.Text.Encoding.UTF8.GetBytes(plan));
        File.WriteAllText(_fixture.PlanPath, $"{text[..end]},\n  \"digest\": \"{digest}\",\n  \"signatures\": []\n}}\n");
    }

    private static string Step(string request, int place, string at, EsimPlan plan) =>
        $$"""{"v":1,"at":"{{at}}","event":"sending","request":"{{request}}","service":"https://service.test/api","seq":{{place}},"action":"deactivate","account":"{{Sample.Account}}","run":{"id":"r{{place}}","at":"{{at}}","user":"u","host":"h","process":1,"plan":"{{plan.Id}}"},"profiles":[{"iccid":"{{Sample.IccidOf(1)}}"}]}""";

    private static string Outcome(string request, string result, string at) => $$"""{"v":1,"at":"{{at}}","event":"outcome","request":"{{request}}","result":"{{result}}","ids":["{{Sample.IccidOf(1)}}"]}""";

    private sealed class AskedHost : EsimPlanHost
    {
        public List<EsimRequest> Accepted { get; } = [];

        public Action? WhenAsked { get; set; }

        public Action<EsimRequest>? WhenAccepted { get; set; }

        public Action<EsimPlanWave>? WhenWave { get; set; }

        public override bool Confirm(in EsimRunStep step)
        {
            WhenAsked?.Invoke();
            return true;
        }

        public override void OnAccepted(EsimRequest request)
        {
            Accepted.Add(request);
            WhenAccepted?.Invoke(request);
        }

        public override void OnWave(EsimPlanWave wave) => WhenWave?.Invoke(wave);
    }
}
