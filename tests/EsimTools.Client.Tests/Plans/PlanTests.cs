// Making a plan: every profile is judged as the action would, and nothing is sent.

using EsimTools.Client.Tests.Runs;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Plans;

public sealed class PlanTests : IDisposable
{
    private readonly PlanFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Every_profile_has_its_verdict_its_reason_and_its_evidence()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var (disabled, enabled, silent, repeated, nameless) = (Sample.Profile(1), Sample.Profile(2), Sample.Profile(3), Sample.Profile(1), new EsimProfile { Eid = Sample.EidOf(9) });
        var lead = new EsimProfile { Iccid = Sample.IccidOf(4), ProfileRole = "LEAD", Source = EvidenceSource.Inventory };
        _fixture.Lists(disabled.Iccid!, "deactive");
        _fixture.Lists(enabled.Iccid!, "active", "ENABLE");

        var plan = _fixture.Plan(connection, EsimAction.Delete, [disabled, enabled, silent, repeated, nameless, lead]);

        Assert.Equal(
            [
                (EsimPlanVerdict.Allowed, null),
                (EsimPlanVerdict.Refused, EsimError.EsimProfileNotDisabled),
                (EsimPlanVerdict.Unknown, EsimError.EsimProfileStateUnknown),
                (EsimPlanVerdict.Refused, EsimError.EsimProfileDuplicate),
                (EsimPlanVerdict.Refused, EsimError.EsimIccidMissing),
                (EsimPlanVerdict.Refused, (EsimError?)EsimError.EsimProfileNotDeletable),
            ],
            plan.Profiles.Select(profile => (profile.Verdict, profile.ErrorId)));
        Assert.Contains("says that it is disabled", plan.Profiles[0].Because);
        Assert.Equal(("DEACTIVE", EvidenceSource.ServiceList), (plan.Profiles[0].State, plan.Profiles[0].Source));
        Assert.Equal(("ENABLE", EvidenceSource.ServiceList), (plan.Profiles[1].ProfileStatus, plan.Profiles[1].Source));
        Assert.Equal(("LEAD", EvidenceSource.Inventory), (plan.Profiles[5].ProfileRole, plan.Profiles[5].Source));
        Assert.Equal((6, 1, 0, 4, 1, 1), (plan.Count, plan.Allowed, plan.Skipped, plan.Refused, plan.Unknown, plan.Requests));
        Assert.Equal(1, plan.Refusals.Single(refusals => refusals.ErrorId == EsimError.EsimProfileDuplicate).Count);
    }

    [Fact]
    public async Task Nothing_is_sent_and_nothing_is_written_to_the_journal()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(3), new() { ReasonCode = "FF" });

        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
        Assert.Empty(_fixture.Connections.JournalLines());
    }

    [Fact]
    public async Task With_disable_first_those_that_are_enabled_are_planned_with_their_deactivation()
    {
        var connection = await _fixture.Connections.OpenAsync();
        _fixture.Lists(Sample.IccidOf(1), "active", "ENABLE");
        _fixture.Lists(Sample.IccidOf(2), "deactive");

        var plan = _fixture.Plan(connection, EsimAction.Delete, Sample.Profiles(2), new() { DisableFirst = true, ServicePlan = "M2M Global", ReasonCode = "FF" });

        Assert.Equal([EsimPlanVerdict.DisablesFirst, EsimPlanVerdict.Allowed], plan.Profiles.Select(profile => profile.Verdict));
        Assert.Equal((2, 1, 2), (plan.Allowed, plan.DisablesFirst, plan.Requests));
        Assert.Contains("termination fee", plan.Effect);
    }

    [Fact]
    public async Task What_is_open_or_confirmed_already_is_skipped_and_a_request_in_doubt_refuses_its_profiles()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var profiles = Sample.Profiles(4);
        await connection.SubmitAsync(EsimAction.Deactivate, profiles[..1], new());
        _fixture.Service.On(Endpoint.Action, new HttpRequestException("cut"));
        await connection.SubmitAsync(EsimAction.Deactivate, profiles[1..3], new());

        var plan = _fixture.Plan(connection, EsimAction.Deactivate, profiles);

        Assert.Equal([EsimPlanVerdict.Skipped, EsimPlanVerdict.Refused, EsimPlanVerdict.Refused, EsimPlanVerdict.Allowed], plan.Profiles.Select(profile => profile.Verdict));
        Assert.Equal([null, EsimError.EsimOutcomeUnknown, EsimError.EsimOutcomeUnknown, null], plan.Profiles.Select(profile => profile.ErrorId));
    }

    [Fact]
    public async Task A_service_that_cannot_be_asked_leaves_profiles_unknown_and_is_told()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var host = new ListeningHost();
        _fixture.Service.On(Endpoint.List, 400, """{"errorCode":"REQUEST_FAILED","errorMessage":"no"}""");

        var plan = _fixture.Plan(connection, EsimAction.Delete, Sample.Profiles(1), host: host);

        Assert.Equal(EsimPlanVerdict.Unknown, Assert.Single(plan.Profiles).Verdict);
        Assert.Contains("could not be asked", plan.Profiles[0].Because);
        Assert.Single(host.Problems);
    }

    [Fact]
    public async Task A_device_is_planned_once_whichever_of_its_profiles_are_given()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var rows = new[] { new EsimProfile { Iccid = Sample.IccidOf(1), Eid = Sample.EidOf(1) }, new EsimProfile { Iccid = Sample.IccidOf(2), Eid = Sample.EidOf(1) } };

        var plan = _fixture.Plan(connection, EsimAction.DeviceSuspend, rows);

        Assert.Equal(Sample.EidOf(1), Assert.Single(plan.Profiles).Eid);
    }

    [Fact]
    public async Task The_first_profiles_alone_can_be_planned_and_a_random_sample_can_go_first()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var profiles = Sample.Profiles(400);
        var waves = new EsimWaves { Sizes = ["20"], Canary = EsimCanary.Random };

        var first = _fixture.Plan(connection, EsimAction.Deactivate, profiles, plan: new() { First = 20 });
        var random = _fixture.Plan(connection, EsimAction.Deactivate, profiles, plan: new() { Waves = waves });

        Assert.Equal(profiles[..20].Select(profile => profile.Iccid), first.Profiles.Select(profile => profile.Iccid));
        Assert.NotEqual(profiles[..20].Select(profile => profile.Iccid).Order(), random.Profiles.Take(20).Select(profile => profile.Iccid).Order());
        Assert.Equal(profiles.Select(profile => profile.Iccid).Order(), random.Profiles.Select(profile => profile.Iccid).Order());
        var sample = random.Profiles.Take(20).Select(profile => profile.Iccid).ToHashSet();
        Assert.Equal(profiles.Select(profile => profile.Iccid).Where(iccid => !sample.Contains(iccid)), random.Profiles.Skip(20).Select(profile => profile.Iccid));
    }

    [Theory]
    [InlineData(new[] { "10", "100" }, 250, new[] { 10, 100, 100, 40 })]
    [InlineData(new[] { "1%", "50%" }, 250, new[] { 3, 125, 122 })]
    [InlineData(new[] { "300" }, 250, new[] { 250 })]
    [InlineData(new[] { "0.1%" }, 3, new[] { 1, 1, 1 })]
    [InlineData(new[] { "5" }, 0, new int[0])]
    public void Waves_are_cut_by_number_or_share_and_the_last_size_repeats(string[] sizes, int profiles, int[] expected) =>
        Assert.Equal(expected, new EsimWaves { Sizes = sizes }.Cut(profiles));

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("101%")]
    [InlineData("0%")]
    [InlineData("1e3")]
    [InlineData("ten")]
    [InlineData("")]
    public async Task A_wave_of_another_size_is_refused(string size)
    {
        var connection = await _fixture.Connections.OpenAsync();

        var thrown = Assert.Throws<EsimException>(() => connection.StartPlan(EsimAction.Delete, new(), new() { Waves = new() { Sizes = ["10", size] } }));

        Assert.Equal(EsimError.EsimParameterInvalid, thrown.Error);
    }

    [Fact]
    public async Task A_change_from_one_plan_to_the_next_is_added_gone_or_another_verdict()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var profiles = Sample.Profiles(3);
        _fixture.Lists(profiles[0].Iccid!, "active", "ENABLE");
        _fixture.Lists(profiles[1].Iccid!, "deactive");
        var before = _fixture.Plan(connection, EsimAction.Delete, profiles[..2]);
        _fixture.Lists(profiles[0].Iccid!, "deactive");
        _fixture.Lists(profiles[2].Iccid!, "deactive");
        var after = _fixture.Plan(connection, EsimAction.Delete, [profiles[0], profiles[2]]);

        var changes = EsimPlanChange.Compare(before, after).ToArray();

        Assert.Equal(
            [
                (profiles[0].Iccid, EsimPlanChangeKind.Changed, EsimPlanVerdict.Refused, EsimPlanVerdict.Allowed),
                (profiles[2].Iccid, EsimPlanChangeKind.Added, null, (EsimPlanVerdict?)EsimPlanVerdict.Allowed),
                (profiles[1].Iccid, EsimPlanChangeKind.Gone, EsimPlanVerdict.Allowed, null),
            ],
            changes.Select(change => (change.Iccid, change.Kind, change.VerdictBefore, change.VerdictAfter)));
        Assert.Empty(EsimPlanChange.Compare(after, after));
    }

    [Theory]
    [InlineData("deactivate", 1, 1, 1, 1, "")]
    [InlineData("deactivate", 1, 2, 1, 1, "Changed")]
    [InlineData("deactivate", 1, 1, 1, 2, "Changed")]
    [InlineData("deactivate", 2, 1, 1, 1, "Added, Gone")]
    [InlineData("device_suspend", 1, 1, 1, 1, "")]
    [InlineData("device_suspend", 2, 1, 1, 1, "Changed")]
    [InlineData("device_suspend", 1, 2, 1, 1, "Added, Gone")]
    [InlineData("device_suspend", 0, 1, 1, 1, "Changed")]
    [InlineData("device_suspend", 0, 2, 1, 1, "Added, Gone")]
    public async Task What_a_request_would_say_of_a_row_is_compared_too(string action, int iccid, int eid, int imeiBefore, int imeiAfter, string changes)
    {
        var connection = await _fixture.Connections.OpenAsync();
        var before = _fixture.Plan(connection, EsimAction.Find(action)!, [Row(1, 1, imeiBefore)]);
        var after = _fixture.Plan(connection, EsimAction.Find(action)!, [Row(iccid, eid, imeiAfter)]);

        Assert.Equal(changes, string.Join(", ", EsimPlanChange.Compare(before, after).Select(change => change.Kind)));

        static EsimProfile Row(int iccid, int eid, int imei) =>
            new() { Iccid = iccid == 0 ? null : Sample.IccidOf(iccid), Eid = Sample.EidOf(eid), Imei = imei == 1 ? "990013907835573" : "356938035643809" };
    }

    [Fact]
    public async Task Fields_and_limits_that_differ_are_changes_too()
    {
        var connection = await _fixture.Connections.OpenAsync();
        var before = _fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(2), new() { ReasonCode = "FF" }, new() { Waves = new() { Sizes = ["10", "40"], MaxFailed = 1 } });
        var after = _fixture.Plan(
            connection, EsimAction.Deactivate, Sample.Profiles(2), new() { ReasonCode = "AB", EtfWaiver = true }, new() { ExpiresIn = TimeSpan.FromHours(2), Waves = new() { Sizes = ["10", "400"], MaxFailedPercent = 2.5, Between = "22:00-05:00" } });

        var changes = EsimPlanChange.Compare(before, after).ToArray();

        Assert.All(changes, change => Assert.Equal((EsimPlanChangeKind.Field, null, null), (change.Kind, change.Iccid, change.Because)));
        Assert.Equal(
            [
                ("EtfWaiver", null, "True"), ("ReasonCode", "FF", "AB"), ("ExpiresIn", "1.00:00:00", "02:00:00"), ("Wave", "10, 40", "10, 400"), ("MaxFailed", "1", null),
                ("MaxFailedPercent", null, "2.5"), ("Between", null, "22:00-05:00"), ("TimeZone", null, "UTC"),
            ],
            changes.Select(change => (change.Field!, change.ValueBefore, change.ValueAfter)));
    }

    [Fact]
    public void Waves_say_all_of_their_limits()
    {
        Assert.Equal("10, 100; held when one has failed", new EsimWaves { Sizes = ["10", "100"] }.ToString());
        Assert.Equal(
            "5%; held when more than 3 or more than 2.5% have failed; the first wave is a random sample; 00:10:00 between waves; they begin 22:00-05:00 UTC; held where one is not confirmed within 02:00:00",
            new EsimWaves { Sizes = ["5%"], Canary = EsimCanary.Random, MaxFailed = 3, MaxFailedPercent = 2.5, Delay = TimeSpan.FromMinutes(10), Between = "22:00-05:00", Timeout = TimeSpan.FromHours(2) }.ToString());
    }
}
