// The guard, row by row of the plan's section 5, then every combination of evidence against a second reading of the same table.

using System.Globalization;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class GuardTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // A statement is written "state/status/role@minutes": what is empty was not said, and minutes are its age (none for an inventory without date).
    [Theory]

    // Row 1: DEACTIVE, DISABLE or DOWNLOAD_DISABLE allows.
    [InlineData("DEACTIVE/ENABLE/LOCAL@60", "", false, "Allowed")]
    [InlineData("DEACTIVE//@60", "", false, "Allowed")]
    [InlineData("DEACTIVE/DOWNLOAD_ENABLE/LOCAL@60", "", false, "Allowed")]
    [InlineData("DEACTIVE/UNKNOWN/LOCAL@60", "", false, "Allowed")]
    [InlineData("DEACTIVATED/ENABLE/LOCAL@60", "", false, "Allowed")]
    [InlineData("ACTIVE/DISABLE/LOCAL@60", "", false, "Allowed")]
    [InlineData("/DISABLE/@60", "", true, "Allowed")]
    [InlineData("ACTIVE/DOWNLOAD_DISABLE/LOCAL@60", "", false, "Allowed")]
    [InlineData("SUSPEND/DISABLE/DEFAULT@60", "", true, "Allowed")]
    [InlineData("deactive/enable/local@60", "", false, "Allowed")]
    [InlineData("active/Disable/Local@60", "", false, "Allowed")]

    // Row 2: ENABLE or DOWNLOAD_ENABLE while not DEACTIVE refuses, once the service has been asked; before that it may have changed.
    [InlineData("ACTIVE/ENABLE/LOCAL@1", "", true, "EsimProfileNotDisabled")]
    [InlineData("ACTIVE/DOWNLOAD_ENABLE/LOCAL@1", "", true, "EsimProfileNotDisabled")]
    [InlineData("/ENABLE/@1", "", true, "EsimProfileNotDisabled")]
    [InlineData("SUSPEND/ENABLE/@1", "", true, "EsimProfileNotDisabled")]
    [InlineData("PENDING_DEACTIVATION/ENABLE/@1", "", true, "EsimProfileNotDisabled")]
    [InlineData("active/download_enable/@1", "", true, "EsimProfileNotDisabled")]
    [InlineData("ACTIVE/ENABLE/LOCAL@1", "", false, "AskService")]
    [InlineData("ACTIVE/ENABLE/LOCAL@3000", "", true, "EsimProfileNotDisabled")]

    // Row 3: LEAD refuses, whatever else is said and however old the word is.
    [InlineData("DEACTIVE/DISABLE/LEAD@60", "", false, "EsimProfileNotDeletable")]
    [InlineData("ACTIVE/ENABLE/LEAD@60", "", false, "EsimProfileNotDeletable")]
    [InlineData("//LEAD@60", "", false, "EsimProfileNotDeletable")]
    [InlineData("//Lead@100000", "", false, "EsimProfileNotDeletable")]
    [InlineData("DEACTIVE/DISABLE/LEAD@100000", "", true, "EsimProfileNotDeletable")]
    [InlineData("ACTIVE/DELETE/LEAD@60", "", true, "EsimProfileNotDeletable")]

    // Row 5: DELETE refuses, however old the word is.
    [InlineData("UNKNOWN/DELETE/LOCAL@60", "", false, "EsimProfileAlreadyDeleted")]
    [InlineData("DEACTIVE/DELETE/LOCAL@60", "", true, "EsimProfileAlreadyDeleted")]
    [InlineData("/delete/@100000", "", false, "EsimProfileAlreadyDeleted")]
    [InlineData("/DELETE/@100000", "", true, "EsimProfileAlreadyDeleted")]

    // Row 6: nothing known, or nothing that proves it: ask, then refuse.
    [InlineData("", "", false, "AskService")]
    [InlineData("", "", true, "EsimProfileStateUnknown")]
    [InlineData("ACTIVE//@1", "", false, "AskService")]
    [InlineData("ACTIVE//@1", "", true, "EsimProfileStateUnknown")]
    [InlineData("ACTIVE/NOT_DOWNLOADED/LOCAL@1", "", false, "AskService")]
    [InlineData("ACTIVE/NOT_DOWNLOADED/LOCAL@1", "", true, "EsimProfileStateUnknown")]
    [InlineData("ACTIVE/UNKNOWN/LOCAL@1", "", true, "EsimProfileStateUnknown")]
    [InlineData("ACTIVE/DOWNLOAD/LOCAL@1", "", true, "EsimProfileStateUnknown")]
    [InlineData("DEACTIVATE/DISABLED/LOCAL@1", "", true, "EsimProfileStateUnknown")]
    [InlineData("PURGED/something new/LOCAL@1", "", true, "EsimProfileStateUnknown")]

    // A proof lives 24 hours.
    [InlineData("DEACTIVE/ENABLE/LOCAL@1440", "", false, "Allowed")]
    [InlineData("DEACTIVE/ENABLE/LOCAL@1441", "", false, "AskService")]
    [InlineData("DEACTIVE/ENABLE/LOCAL@1441", "", true, "EsimProfileStateUnknown")]
    [InlineData("ACTIVE/DISABLE/LOCAL@1441", "", false, "AskService")]
    [InlineData("ACTIVE/DISABLE/LOCAL@1441", "", true, "EsimProfileStateUnknown")]

    // An inventory vetoes without a look-up and never vouches.
    [InlineData("", "ACTIVE/ENABLE/LOCAL", false, "EsimProfileNotDisabled")]
    [InlineData("", "/DOWNLOAD_ENABLE/", false, "EsimProfileNotDisabled")]
    [InlineData("DEACTIVE/ENABLE/LOCAL@60", "ACTIVE/ENABLE/LOCAL", false, "EsimProfileNotDisabled")]
    [InlineData("DEACTIVE/DISABLE/LOCAL@60", "//LEAD", false, "EsimProfileNotDeletable")]
    [InlineData("DEACTIVE/DISABLE/LOCAL@60", "/DELETE/", true, "EsimProfileAlreadyDeleted")]
    [InlineData("", "DEACTIVE/DISABLE/LOCAL", false, "AskService")]
    [InlineData("", "DEACTIVE/DISABLE/LOCAL", true, "EsimProfileStateUnknown")]
    [InlineData("", "ACTIVE/DOWNLOAD_DISABLE/LOCAL", false, "AskService")]
    [InlineData("", "DEACTIVE/DISABLE/LOCAL@1", false, "AskService")]
    [InlineData("", "DEACTIVE/ENABLE/LOCAL", false, "AskService")]
    [InlineData("ACTIVE/ENABLE/LOCAL@1", "DEACTIVE/DISABLE/LOCAL", true, "EsimProfileNotDisabled")]
    [InlineData("DEACTIVE/DISABLE/LOCAL@1500", "DEACTIVE/DISABLE/LOCAL@1", true, "EsimProfileStateUnknown")]

    // An object with a date is silenced by newer words of the service; LEAD and DELETE only by a newer role or status.
    [InlineData("DEACTIVE/ENABLE/LOCAL@60", "ACTIVE/ENABLE/LOCAL@61", false, "Allowed")]
    [InlineData("DEACTIVE/ENABLE/LOCAL@60", "ACTIVE/ENABLE/LOCAL@60", false, "Allowed")]
    [InlineData("DEACTIVE/ENABLE/LOCAL@60", "ACTIVE/ENABLE/LOCAL@59", false, "EsimProfileNotDisabled")]
    [InlineData("ACTIVE//@1", "ACTIVE/ENABLE/LOCAL@61", false, "AskService")]
    [InlineData("DEACTIVE//@60", "//LEAD@61", false, "EsimProfileNotDeletable")]
    [InlineData("DEACTIVE//LOCAL@60", "//LEAD@61", false, "Allowed")]
    [InlineData("DEACTIVE//@60", "/DELETE/@61", false, "EsimProfileAlreadyDeleted")]
    [InlineData("ACTIVE/DISABLE/@60", "/DELETE/@61", false, "Allowed")]
    [InlineData("", "ACTIVE/ENABLE/LOCAL@100000", false, "EsimProfileNotDisabled")]
    public void Delete_is_judged_by_the_table(string service, string inventory, bool asked, string expected) =>
        Assert.Equal(expected, Word(Weighing.Judge(EsimAction.Delete, new(
            Statement(service, EvidenceSource.Callback), Statement(inventory, EvidenceSource.Inventory), Now, ServiceWasAsked: asked))));

    // Row 4: an open request refuses everything, whatever else is known.
    [Theory]
    [InlineData("deactivate")]
    [InlineData("disable")]
    [InlineData("delete")]
    public void An_open_request_makes_the_profile_busy(string action)
    {
        foreach (var service in new[] { "", "DEACTIVE/DISABLE/LOCAL@1", "ACTIVE/ENABLE/LOCAL@1", "//LEAD@1", "/DELETE/@1" })
        {
            var evidence = new ProfileEvidence(Statement(service, EvidenceSource.Poll), default, Now, "request-7", EsimAction.Deactivate, ServiceWasAsked: true);

            var busy = Guard.Judge(EsimAction.Find(action)!, evidence);
            Assert.Equal("EsimProfileBusy", Word(busy));
            Assert.Contains("'deactivate'", busy.Reason, StringComparison.Ordinal);
            Assert.Contains("request-7", busy.Reason, StringComparison.Ordinal);
            Assert.Contains("request-7", busy.RecommendedAction, StringComparison.Ordinal);

            var doubt = Guard.Judge(EsimAction.Find(action)!, evidence with { OpenIsInDoubt = true });
            Assert.Equal("EsimOutcomeUnknown", Word(doubt));
            Assert.Contains("request-7", doubt.Reason, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", "", "Allowed")]
    [InlineData("ACTIVE/ENABLE/LOCAL@1", "", "Allowed")]
    [InlineData("DEACTIVE/ENABLE/LEAD@1", "", "Allowed")]
    [InlineData("", "ACTIVE/ENABLE/LEAD", "Allowed")]
    [InlineData("UNKNOWN/DELETE/LOCAL@100000", "", "EsimProfileAlreadyDeleted")]
    [InlineData("", "/delete/", "EsimProfileAlreadyDeleted")]
    public void Deactivate_has_no_precondition_but_that_the_profile_exists(string service, string inventory, string expected) =>
        Assert.Equal(expected, Word(Guard.Judge(EsimAction.Deactivate, new(Statement(service, EvidenceSource.Callback), Statement(inventory, EvidenceSource.Inventory), Now))));

    // The other actions: a refusal where the documents are plain, a warning where they are silent, nothing where they allow.
    [Theory]
    [InlineData("activate", "DEACTIVE/ENABLE/LOCAL", "Allowed")]
    [InlineData("activate", "ACTIVE//", "Warned")]
    [InlineData("activate", "SUSPEND//", "Warned")]
    [InlineData("download", "ACTIVE/NOT_DOWNLOADED/LOCAL", "Allowed")]
    [InlineData("download", "ACTIVE//LEAD", "EsimProfileStateInvalid")]
    [InlineData("download", "DEACTIVE//", "EsimProfileStateInvalid")]
    [InlineData("download", "/DOWNLOAD_DISABLE/", "Warned")]
    [InlineData("download_enable", "ACTIVE//LEAD", "EsimProfileStateInvalid")]
    [InlineData("download_enable", "DEACTIVE//", "EsimProfileStateInvalid")]
    [InlineData("download_enable", "/ENABLE/", "Warned")]
    [InlineData("enable", "ACTIVE/DISABLE/LOCAL", "Allowed")]
    [InlineData("enable", "ACTIVE/DISABLE/LEAD", "Allowed")]
    [InlineData("enable", "DEACTIVE/DISABLE/", "EsimProfileStateInvalid")]
    [InlineData("enable", "ACTIVE/NOT_DOWNLOADED/", "EsimProfileStateInvalid")]
    [InlineData("enable", "ACTIVE/ENABLE/", "Warned")]
    [InlineData("deactivate", "DEACTIVE//", "Warned")]
    [InlineData("deactivate", "SUSPEND//", "Warned")]
    [InlineData("disable", "ACTIVE/ENABLE/LOCAL", "Allowed")]
    [InlineData("disable", "ACTIVE/ENABLE/LEAD", "EsimProfileStateInvalid")]
    [InlineData("disable", "/NOT_DOWNLOADED/", "EsimProfileStateInvalid")]
    [InlineData("disable", "/DISABLE/", "Warned")]
    [InlineData("profile_suspend", "ACTIVE/ENABLE/LOCAL", "Allowed")]
    [InlineData("profile_suspend", "ACTIVE//LEAD", "EsimProfileStateInvalid")]
    [InlineData("profile_suspend", "DEACTIVE//", "EsimProfileStateInvalid")]
    [InlineData("profile_suspend", "SUSPEND//", "Warned")]
    [InlineData("profile_resume", "SUSPEND/ENABLE/LOCAL", "Allowed")]
    [InlineData("profile_resume", "SUSPEND/ENABLE/LEAD", "Allowed")]
    [InlineData("profile_resume", "active//", "EsimProfileStateInvalid")]
    [InlineData("profile_resume", "DEACTIVE//", "EsimProfileStateInvalid")]
    [InlineData("serviceplan", "ACTIVE/ENABLE/LEAD", "Allowed")]
    [InlineData("serviceplan", "SUSPEND//", "Warned")]
    [InlineData("serviceplan", "DEACTIVE//", "Warned")]
    [InlineData("setfallbackattribute", "ACTIVE/DISABLE/", "Allowed")]
    [InlineData("setfallbackattribute", "/NOT_DOWNLOADED/", "Warned")]
    public void The_other_actions_are_judged_by_the_transition_table(string action, string statement, string expected)
    {
        string Judged(string service, string inventory)
        {
            var verdict = Guard.Judge(EsimAction.Find(action)!, new(Statement(service, EvidenceSource.Callback), Statement(inventory, EvidenceSource.Inventory), Now));
            return verdict.Warning is not null ? "Warned" : Word(verdict);
        }

        Assert.Equal(expected, Judged(statement + "@60", ""));
        Assert.Equal(expected, Judged("", statement));
        Assert.Equal(expected, Judged(statement.ToLowerInvariant() + "@60", ""));

        // A word of the service that is older than a day tells nothing of today, and an older object is silenced by a newer word.
        Assert.Equal("Allowed", Judged(statement + "@1441", ""));
        Assert.Equal("Allowed", Judged("UNKNOWN/UNKNOWN/DEFAULT@10", statement + "@20"));
    }

    [Theory]
    [InlineData("download", "", "", false, "not connected")]
    [InlineData("download", "", "", true, null)]
    [InlineData("download", "", "", null, null)]
    [InlineData("activate", "", "", false, null)]
    [InlineData("download", "/DISABLE/@1", "", false, "a callback of 2026-03-01T11:59:00.000Z says that it is on the eUICC already")]
    [InlineData("download", "", "/DISABLE/", false, "the inventory says that it is on the eUICC already")]
    [InlineData("activate", "ACTIVE//@1", "SUSPEND//", false, "a callback of ")]
    public void Of_warnings_the_services_word_comes_first_and_then_the_inventorys_and_that_the_device_is_not_connected_last(
        string action, string service, string inventory, bool? connected, string? expected)
    {
        var verdict = Guard.Judge(
            EsimAction.Find(action)!, new(Statement(service, EvidenceSource.Callback), Statement(inventory, EvidenceSource.Inventory), Now, Connected: connected));

        Assert.Equal(GuardDecision.Allowed, verdict.Decision);
        Assert.Equal(expected is null, verdict.Warning is null);
        Assert.Contains(expected ?? string.Empty, verdict.Warning ?? string.Empty, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DEACTIVE//@1440", "", "a callback of ", false)]
    [InlineData("ACTIVE/DISABLE/@10", "DEACTIVE//", "the inventory says", true)]
    [InlineData("", "DEACTIVE//@10", "the inventory says", true)]
    [InlineData("UNKNOWN//@10", "DEACTIVE//@10", null, false)]
    [InlineData("UNKNOWN//@10", "DEACTIVE//@9", "the inventory says", true)]
    public void A_switch_is_refused_by_fresh_words_alone_and_an_inventory_that_refuses_may_be_out_of_date(string service, string inventory, string? whoSays, bool mayBeOutOfDate)
    {
        var verdict = Guard.Judge(EsimAction.Enable, new(Statement(service, EvidenceSource.Callback), Statement(inventory, EvidenceSource.Inventory), Now));

        Assert.Equal(whoSays is null ? "Allowed" : "EsimProfileStateInvalid", Word(verdict));
        Assert.StartsWith(whoSays ?? string.Empty, verdict.Reason ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal(mayBeOutOfDate, verdict.RecommendedAction?.Contains("inventory", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void Every_action_can_be_judged_of_a_profile_of_which_nothing_is_known()
    {
        foreach (var action in EsimAction.All)
        {
            Assert.Equal(action == EsimAction.Delete ? "AskService" : "Allowed", Word(Weighing.Judge(action, new(default, default, Now))));
        }
    }

    [Fact]
    public void A_refusal_says_why_and_what_to_do()
    {
        var enabled = Weighing.Judge(EsimAction.Delete, new(Statement("ACTIVE/ENABLE/LOCAL@1", EvidenceSource.ServiceList), default, Now, ServiceWasAsked: true));
        Assert.Contains("state ACTIVE, profileStatus ENABLE", enabled.Reason, StringComparison.Ordinal);
        Assert.Contains("Disable-EsimProfile", enabled.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain("inventory", enabled.RecommendedAction, StringComparison.Ordinal);

        var inventory = Weighing.Judge(EsimAction.Delete, new(default, Statement("/ENABLE/", EvidenceSource.Inventory), Now));
        Assert.Contains("the inventory says", inventory.Reason, StringComparison.Ordinal);
        Assert.Contains("inventory", inventory.RecommendedAction, StringComparison.Ordinal);

        var unknown = Weighing.Judge(EsimAction.Delete, new(default, default, Now, ServiceWasAsked: true));
        Assert.Contains("nothing of its state", unknown.Reason, StringComparison.Ordinal);
        Assert.NotNull(unknown.RecommendedAction);

        var allowed = Weighing.Judge(EsimAction.Delete, new(Statement("DEACTIVE//@1", EvidenceSource.Callback), default, Now));
        Assert.Equal((null, null, null), (allowed.Error, allowed.Reason, allowed.RecommendedAction));
    }

    [Fact]
    public void Every_combination_of_evidence_is_judged_as_the_table_reads()
    {
        string[] states = ["", "ACTIVE", "DEACTIVE", "DEACTIVATED", "SUSPEND", "UNKNOWN"];
        string[] statuses = ["", "ENABLE", "DISABLE", "DOWNLOAD_ENABLE", "DOWNLOAD_DISABLE", "NOT_DOWNLOADED", "DELETE", "UNKNOWN"];
        string[] roles = ["", "LEAD", "LOCAL", "DEFAULT"];
        string[] ages = ["@0", "@1440", "@1441"];
        string[] inventories = ["", "ACTIVE/ENABLE/LOCAL", "DEACTIVE/DISABLE/LOCAL", "DEACTIVE/ENABLE/", "//LEAD", "/DELETE/", "/DOWNLOAD_ENABLE/@720", "/ENABLE/@1500", "//LEAD@1500"];
        var services = new List<string> { "" };
        services.AddRange(from state in states from status in statuses from role in roles from age in ages select $"{state}/{status}/{role}{age}");

        var count = 0;
        foreach (var service in services)
        {
            foreach (var inventory in inventories)
            {
                foreach (var asked in new[] { false, true })
                {
                    foreach (var open in new[] { null, "busy", "doubt" })
                    {
                        var evidence = new ProfileEvidence(
                            Statement(service, EvidenceSource.Callback), Statement(inventory, EvidenceSource.Inventory), Now,
                            open is null ? null : "r", open is null ? null : EsimAction.Delete, open == "doubt", asked);
                        var expected = open is null ? Expected(evidence) : open == "busy" ? "EsimProfileBusy" : "EsimOutcomeUnknown";
                        var judged = Word(Weighing.Judge(EsimAction.Delete, evidence));
                        Assert.True(expected == judged, $"service '{service}', inventory '{inventory}', asked {asked}, open {open}: {judged}, not {expected}");
                        count++;
                    }
                }
            }
        }

        Assert.Equal(577 * 9 * 2 * 3, count);
    }

    [Fact]
    public void Delete_is_never_allowed_without_fresh_proof_of_the_service()
    {
        var random = new Random(4711);
        string?[] states = [null, "ACTIVE", "DEACTIVE", "deactive", "DEACTIVATED", "SUSPEND", "PENDING_DEACTIVATION", "UNKNOWN", "x"];
        string?[] statuses = [null, "ENABLE", "DISABLE", "disable", "DOWNLOAD_ENABLE", "DOWNLOAD_DISABLE", "NOT_DOWNLOADED", "DELETE", "delete", "UNKNOWN", "x"];
        string?[] roles = [null, "LEAD", "lead", "LOCAL", "DEFAULT"];
        ProfileState Any(bool dated) => new(
            dated ? EvidenceSource.Callback : EvidenceSource.Inventory,
            dated || random.Next(3) == 0 ? Now - TimeSpan.FromMinutes(random.Next(0, 2 * 24 * 60)) : null,
            states[random.Next(states.Length)], statuses[random.Next(statuses.Length)], roles[random.Next(roles.Length)]);

        var allowed = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var evidence = new ProfileEvidence(
                random.Next(8) == 0 ? default : Any(dated: true),
                random.Next(2) == 0 ? default : Any(dated: false),
                Now,
                random.Next(8) == 0 ? "r" : null,
                EsimAction.Deactivate,
                random.Next(2) == 0,
                random.Next(2) == 0);
            if (Weighing.Judge(EsimAction.Delete, evidence).Decision != GuardDecision.Allowed)
            {
                continue;
            }

            allowed++;
            var (service, inventory) = (evidence.Service, evidence.Inventory);
            var because = evidence.ToString();
            Assert.True(service.At is { } at && Now - at <= TimeSpan.FromHours(24), because);
            Assert.True(Is(service.State, "DEACTIVE", "DEACTIVATED") || Is(service.ProfileStatus, "DISABLE", "DOWNLOAD_DISABLE"), because);
            Assert.False(Is(service.ProfileRole, "LEAD") || Is(service.ProfileStatus, "DELETE"), because);
            Assert.Null(evidence.OpenRequest);

            // The inventory holds no veto that a newer word of the service has not taken back.
            var isNewer = inventory.At is null || inventory.At > service.At;
            Assert.False(Is(inventory.ProfileRole, "LEAD") && (isNewer || service.ProfileRole is null), because);
            Assert.False(Is(inventory.ProfileStatus, "DELETE") && (isNewer || service.ProfileStatus is null), because);
            Assert.False(isNewer && Is(inventory.ProfileStatus, "ENABLE", "DOWNLOAD_ENABLE") && !Is(inventory.State, "DEACTIVE", "DEACTIVATED"), because);
        }

        Assert.True(allowed > 1000, $"only {allowed} of the random cases were allowed");
    }

    // The table of section 5, read a second time and independently of the guard's own code.
    private static string Expected(in ProfileEvidence evidence)
    {
        var (service, inventory) = (evidence.Service, evidence.Inventory);
        var inventoryIsOlder = inventory.At is not null && service.At is not null && inventory.At <= service.At;
        if (Is(inventory.ProfileRole, "LEAD") && !(inventoryIsOlder && service.ProfileRole is not null))
        {
            return "EsimProfileNotDeletable";
        }

        if (Is(inventory.ProfileStatus, "DELETE") && !(inventoryIsOlder && service.ProfileStatus is not null))
        {
            return "EsimProfileAlreadyDeleted";
        }

        if (Is(inventory.ProfileStatus, "ENABLE", "DOWNLOAD_ENABLE") && !Is(inventory.State, "DEACTIVE", "DEACTIVATED") && !inventoryIsOlder)
        {
            return "EsimProfileNotDisabled";
        }

        if (Is(service.ProfileRole, "LEAD"))
        {
            return "EsimProfileNotDeletable";
        }

        if (Is(service.ProfileStatus, "DELETE"))
        {
            return "EsimProfileAlreadyDeleted";
        }

        var proves = Is(service.State, "DEACTIVE", "DEACTIVATED") || Is(service.ProfileStatus, "DISABLE", "DOWNLOAD_DISABLE");
        if (proves && service.At >= Now - TimeSpan.FromHours(24))
        {
            return "Allowed";
        }

        return !evidence.ServiceWasAsked ? "AskService"
            : !proves && Is(service.ProfileStatus, "ENABLE", "DOWNLOAD_ENABLE") ? "EsimProfileNotDisabled"
            : "EsimProfileStateUnknown";
    }

    private static bool Is(string? word, params string[] words) => words.Contains(word, StringComparer.OrdinalIgnoreCase);

    private static string Word(GuardVerdict verdict) => verdict.Decision == GuardDecision.Refused ? verdict.Error!.Value.ToString() : verdict.Decision.ToString();

    private static ProfileState Statement(string text, EvidenceSource source)
    {
        if (text.Length == 0)
        {
            return default;
        }

        var said = text.Split('@');
        var (words, age) = said.Length == 2 ? (said[0], said[1]) : (text, null);
        var parts = words.Split('/').Select(word => word.Length == 0 ? null : word).ToArray();
        DateTimeOffset? at = age is null ? null : Now - TimeSpan.FromMinutes(int.Parse(age, CultureInfo.InvariantCulture));
        return new(source, at, parts[0], parts[1], parts[2]);
    }
}
