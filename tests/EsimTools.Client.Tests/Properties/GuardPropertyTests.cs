// The guard's promises, for any evidence: what allows a deletion, what an inventory can and cannot do, and that neither old news nor the
// order of its arrival changes a verdict.

using EsimTools.Client.Tests.Support;
using EsimTools.Model;
using EsimTools.Store;
using FsCheck;
using FsCheck.Fluent;

namespace EsimTools.Client.Tests.Properties;

[Collection(PropertyRun.Name)]
public sealed class GuardPropertyTests
{
    private static readonly string?[] s_states = [null, "ACTIVE", "active", "DEACTIVE", "deactive", "Deactivated", "SUSPEND", "PENDING", "brand new"];
    private static readonly string?[] s_statuses = [null, "ENABLE", "DISABLE", "Disable", "DOWNLOAD_ENABLE", "DOWNLOAD_DISABLE", "NOT_DOWNLOADED", "DELETE", "brand new"];
    private static readonly string?[] s_roles = [null, "LEAD", "lead", "LOCAL", "DEFAULT"];

    private static readonly EsimAction[] s_actions =
    [
        EsimAction.Activate, EsimAction.Download, EsimAction.DownloadEnable, EsimAction.Enable, EsimAction.Deactivate, EsimAction.Disable, EsimAction.Delete, EsimAction.ProfileSuspend,
        EsimAction.ProfileResume, EsimAction.DeviceSuspend, EsimAction.DeviceResume, EsimAction.ServicePlan, EsimAction.SetFallback,
    ];

    [Fact]
    public void A_deletion_is_allowed_only_on_the_services_own_fresh_word_that_the_profile_is_off() => PropertyCheck.Holds(
        Evidence,
        evidence =>
        {
            if (Weighing.Judge(EsimAction.Delete, evidence).Decision != GuardDecision.Allowed)
            {
                return;
            }

            var service = evidence.Service;
            Assert.True(Is(service.State, "DEACTIVE", "DEACTIVATED") || Is(service.ProfileStatus, "DISABLE", "DOWNLOAD_DISABLE"));
            Assert.False(Is(service.ProfileRole, "LEAD"));
            Assert.False(Is(service.ProfileStatus, "DELETE"));
            Assert.True(evidence.Now - service.At <= TimeSpan.FromHours(24));
            Assert.Null(evidence.OpenRequest);
            AssertNoVeto(evidence);
        });

    [Fact]
    public void An_open_request_forbids_every_action() => PropertyCheck.Holds(
        Gen.Elements(s_actions).SelectMany(action => Evidence.Select(evidence => (action, evidence: evidence with { OpenRequest = "r", OpenAction = EsimAction.Enable }))),
        input =>
        {
            var verdict = Weighing.Judge(input.action, input.evidence);
            Assert.Equal(GuardDecision.Refused, verdict.Decision);
            Assert.Equal(input.evidence.OpenIsInDoubt ? EsimError.EsimOutcomeUnknown : EsimError.EsimProfileBusy, verdict.Error);
        });

    [Fact]
    public void An_inventory_never_makes_a_verdict_milder() => PropertyCheck.Holds(
        Gen.Elements(s_actions).SelectMany(action => Evidence.Select(evidence => (action, evidence))),
        input => Assert.True(Weighing.Judge(input.action, input.evidence).Decision >= Weighing.Judge(input.action, input.evidence with { Inventory = default }).Decision));

    [Fact]
    public void An_inventory_without_a_date_can_always_veto_a_deletion() => PropertyCheck.Holds(
        from evidence in Evidence
        from veto in Gen.Elements<ProfileState>(
            new(EvidenceSource.Inventory, ProfileRole: "LEAD"), new(EvidenceSource.Inventory, ProfileStatus: "DELETE"), new(EvidenceSource.Inventory, State: "ACTIVE", ProfileStatus: "ENABLE"),
            new(EvidenceSource.Inventory, ProfileStatus: "DOWNLOAD_ENABLE"))
        select evidence with { Inventory = veto },
        evidence => Assert.Equal(GuardDecision.Refused, Weighing.Judge(EsimAction.Delete, evidence).Decision));

    [Fact]
    public void Once_the_service_was_asked_there_is_an_answer() => PropertyCheck.Holds(
        Gen.Elements(s_actions).SelectMany(action => Evidence.Select(evidence => (action, evidence: evidence with { ServiceWasAsked = true }))),
        input =>
        {
            var verdict = Weighing.Judge(input.action, input.evidence);
            Assert.NotEqual(GuardDecision.AskService, verdict.Decision);
            Assert.Equal(verdict.Decision == GuardDecision.Refused, verdict is { Error: not null, Reason.Length: > 0, RecommendedAction.Length: > 0 });
        });

    [Fact]
    public void An_older_word_changes_no_verdict_that_newer_whole_words_gave() => PropertyCheck.Holds(
        from newest in Statements.Where(statement => statement is { State: not null, ProfileStatus: not null, ProfileRole: not null })
        from older in Statements.ListOf()
        from age in Gen.Choose(1, 3_000)
        select (newest, Older: older.Select(statement => statement with { At = newest.At - TimeSpan.FromMinutes(age) }).ToArray()),
        input => Assert.Equal(Verdicts([input.newest]), Verdicts([input.newest, .. input.Older])));

    [Fact]
    public void The_order_in_which_dated_whole_words_arrive_changes_no_verdict() => PropertyCheck.Holds(
        Shuffled(Statements.Where(statement => statement is { State: not null, ProfileStatus: not null, ProfileRole: not null })),
        input => Assert.Equal(Verdicts(input.Dated), Verdicts(input.Shuffled)));

    [Fact]
    public void The_order_in_which_dated_words_arrive_changes_no_verdict() => PropertyCheck.Holds(Shuffled(Statements), input => Assert.Equal(Verdicts(input.Dated), Verdicts(input.Shuffled)));

    private static Gen<(ProfileState[] Dated, ProfileState[] Shuffled)> Shuffled(Gen<ProfileState> statements) =>
        from some in statements.NonEmptyListOf()
        let dated = some.Select((statement, i) => statement with { At = ManualClock.Start - TimeSpan.FromHours(7 * i) }).ToArray()
        from shuffled in Gen.Shuffle(dated)
        select (dated, shuffled.ToArray());

    private static Gen<ProfileState> Statements =>
        from source in Gen.Elements(EvidenceSource.ServiceList, EvidenceSource.Poll, EvidenceSource.Callback)
        from minutes in Gen.Choose(-10, 3_000)
        from state in Gen.Elements(s_states)
        from status in Gen.Elements(s_statuses)
        from role in Gen.Elements(s_roles)
        select new ProfileState(source, ManualClock.Start - TimeSpan.FromMinutes(minutes), state, status, role);

    private static Gen<ProfileEvidence> Evidence =>
        from service in Gen.Frequency((1, Gen.Constant(default(ProfileState))), (5, Statements))
        from inventory in Gen.Frequency((1, Gen.Constant(default(ProfileState))), (2, Statements), (2, Statements.Select(statement => statement with { At = null })))
        from open in Gen.Frequency((1, Gen.Constant((string?)"r")), (5, Gen.Constant((string?)null)))
        from flags in Gen.Elements(true, false).ArrayOf(2)
        from connected in Gen.Elements<bool?>(null, true, false)
        select new ProfileEvidence(
            service, inventory with { Source = EvidenceSource.Inventory }, ManualClock.Start, open, open is null ? null : EsimAction.Deactivate, flags[0], flags[1], connected);

    private static bool Is(string? word, params string[] words) => words.Contains(word, StringComparer.OrdinalIgnoreCase);

    private static void AssertNoVeto(ProfileEvidence evidence)
    {
        var (service, inventory) = (evidence.Service, evidence.Inventory);
        var isSilenced = inventory.At <= service.At;
        Assert.False(Is(inventory.ProfileRole, "LEAD") && !(isSilenced && service.ProfileRole is not null));
        Assert.False(Is(inventory.ProfileStatus, "DELETE") && !(isSilenced && service.ProfileStatus is not null));
        Assert.False(Is(inventory.ProfileStatus, "ENABLE", "DOWNLOAD_ENABLE") && !Is(inventory.State, "DEACTIVE", "DEACTIVATED") && !isSilenced);
    }

    private static GuardVerdict[] Verdicts(IEnumerable<ProfileState> statements)
    {
        var ledger = new ProfileLedger(new EventOrder(new ManualClock()));
        var key = IdentifierKey.Of(Sample.Iccid)!.Value;
        foreach (var statement in statements)
        {
            ledger.Note(key, statement);
        }

        var service = ledger.StatementOf(key, default);
        return [.. s_actions.Select(action => Weighing.Judge(action, new(service, default, ManualClock.Start, ServiceWasAsked: true)))];
    }
}
