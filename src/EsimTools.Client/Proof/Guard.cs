// The guard: a pure function that decides from the evidence whether an action may be sent for a profile.
// "A profile must be disabled before it can be deleted" is enforced here and nowhere else.

using EsimTools.Proof;

namespace EsimTools;

/// <summary>Judges whether an action may be sent for a profile.</summary>
public static class Guard
{
    private const string OutOfDate = " If the inventory is out of date, take its state columns out.";

    /// <summary>How long the service's word counts as proof of today's state.</summary>
    public static TimeSpan ProofLifetime { get; } = TimeSpan.FromHours(24);

    /// <summary>Judges one action for one profile.</summary>
    /// <param name="action">The action.</param>
    /// <param name="evidence">All that is known of the profile.</param>
    public static GuardVerdict Judge(EsimAction action, in ProfileEvidence evidence)
    {
        if (evidence.OpenRequest is { } open)
        {
            return (evidence.OpenIsInDoubt
                ? GuardVerdict.Refuse(
                    EsimError.EsimOutcomeUnknown,
                    $"it is not known whether the service took an earlier '{evidence.OpenAction}' request for it ({open})",
                    $"Find out with Resolve-EsimRequest -RequestId {open} what became of it; -Resubmit sends this request all the same.")
                : GuardVerdict.Refuse(
                    EsimError.EsimProfileBusy,
                    $"its '{evidence.OpenAction}' request {open} is still open",
                    $"Wait for it: Get-EsimRequest -RequestId {open} | Wait-EsimRequest.")) with { OpenRequest = open };
        }

        return action == EsimAction.Delete ? JudgeDelete(evidence) : JudgeOther(action, evidence);
    }

    /// <summary>Judges one action for one profile by what the object says of itself alone, where no service can be asked.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="now">The moment of judging.</param>
    public static GuardVerdict Judge(EsimAction action, EsimProfile profile, DateTimeOffset now) => Judge(action, new ProfileEvidence(default, profile.Known, now));

    private static GuardVerdict JudgeDelete(in ProfileEvidence evidence)
    {
        // An inventory can veto. One with a date (an object of Get-EsimProfile) is silenced by newer words of the service; LEAD and DELETE
        // are final, so only a newer role or status takes those back.
        var service = evidence.Service;
        var inventory = evidence.Inventory;
        if (inventory.At is { } said && said <= service.At)
        {
            inventory = inventory with
            {
                ProfileRole = service.ProfileRole is null ? inventory.ProfileRole : null,
                ProfileStatus = service.ProfileStatus is null && ServiceWords.IsDeleted(inventory.ProfileStatus) ? inventory.ProfileStatus : null,
            };
        }

        if (Veto(inventory, "the inventory says") is { } veto)
        {
            return veto;
        }

        // A profile may have been disabled elsewhere since the service last spoke of it; deleted and LEAD stay what they are, at any age.
        if (Veto(service, Speaker(evidence)) is { } refusal && (refusal.Error != EsimError.EsimProfileNotDisabled || evidence.ServiceWasAsked))
        {
            return refusal;
        }

        if (evidence.Proof.IsProven && SaysOtherwiseSince(evidence.Inventory, evidence.Proof))
        {
            return evidence.ServiceWasAsked
                ? GuardVerdict.Refuse(
                    EsimError.EsimProfileStateUnknown,
                    $"nothing proves that it is disabled: {evidence.Proof}, and the inventory has said since ({Words(evidence.Inventory)}) that it is not",
                    "Look at its state with Get-EsimProfile." + OutOfDate)
                : GuardVerdict.Ask;
        }

        if (evidence.Proof.IsProven)
        {
            return GuardVerdict.Allow;
        }

        return evidence.ServiceWasAsked
            ? GuardVerdict.Refuse(
                EsimError.EsimProfileStateUnknown,
                $"nothing proves that it is disabled: {(service is { State: null, ProfileStatus: null } ? string.Empty : $"{Speaker(evidence)} {Words(service)}, and ")}{evidence.Proof}",
                "Disable it with Disable-EsimProfile and wait for the confirmation with Wait-EsimRequest, or use -DisableFirst.")
            : GuardVerdict.Ask;
    }

    private static GuardVerdict? Veto(in ProfileState statement, string whoSays)
    {
        if (ServiceWords.IsLead(statement.ProfileRole))
        {
            return GuardVerdict.Refuse(
                EsimError.EsimProfileNotDeletable,
                $"{whoSays} that it is a Verizon US (LEAD) profile, which cannot be deleted",
                "Leave it out; only Global (LOCAL) profiles can be deleted.");
        }

        if (ServiceWords.IsDeleted(statement.ProfileStatus))
        {
            return GuardVerdict.Refuse(
                EsimError.EsimProfileAlreadyDeleted, $"{whoSays} that it has been deleted already", "Nothing is left to do for it.");
        }

        if (ServiceWords.IsEnabled(statement.ProfileStatus) && !ServiceWords.IsDeactive(statement.State))
        {
            return GuardVerdict.Refuse(
                EsimError.EsimProfileNotDisabled,
                $"{whoSays} that it is enabled ({Words(statement)}), and a profile must be disabled before it can be deleted",
                "Disable it first: Disable-EsimProfile, then Wait-EsimRequest, then Remove-EsimProfile; or use -DisableFirst."
                    + (statement.Source == EvidenceSource.Inventory ? OutOfDate : string.Empty));
        }

        return null;
    }

    private static GuardVerdict JudgeOther(EsimAction action, in ProfileEvidence evidence)
    {
        // Words of the service that are older than a day still tell of a deletion, which is final, but no longer of a state.
        var service = IsFresh(evidence) || ServiceWords.IsDeleted(evidence.Service.ProfileStatus) ? evidence.Service : default;
        var inventory = InventoryCounts(evidence) ? evidence.Inventory : default;
        var fromService = JudgeByTable(action, service, Speaker(evidence));
        if (fromService.Decision == GuardDecision.Refused)
        {
            return fromService;
        }

        var fromInventory = JudgeByTable(action, inventory, "the inventory says");
        if (fromInventory.Decision == GuardDecision.Refused || (fromService.Warning is null && fromInventory.Warning is not null))
        {
            return fromInventory;
        }

        return fromService.Warning is null && action.NeedsConnectedDevice && evidence.Connected == false
            ? GuardVerdict.Allow with { Warning = "the service lists the device as not connected, and this action needs it powered on and connected" }
            : fromService;
    }

    private static GuardVerdict JudgeByTable(EsimAction action, in ProfileState statement, string whoSays)
    {
        if (statement is { State: null, ProfileStatus: null, ProfileRole: null })
        {
            return GuardVerdict.Allow;
        }

        if (ServiceWords.IsDeleted(statement.ProfileStatus))
        {
            return GuardVerdict.Refuse(
                EsimError.EsimProfileAlreadyDeleted, $"{whoSays} that it has been deleted, so '{action}' has nothing to act on", "Nothing is left to do for it.");
        }

        return TransitionTable.Find(action, statement) switch
        {
            null => GuardVerdict.Allow,
            { IsRefusal: true } rule => GuardVerdict.Refuse(
                EsimError.EsimProfileStateInvalid,
                $"{whoSays} that it is {rule.State}",
                "Look at its state with Get-EsimProfile." + (statement.Source == EvidenceSource.Inventory ? OutOfDate : string.Empty)),
            { } rule => GuardVerdict.Allow with { Warning = $"{whoSays} that it is {rule.State}" },
        };
    }

    // An object with a date (of Get-EsimProfile) tells what the service has said, perhaps to another session or process, which this one has not heard.
    private static bool SaysOtherwiseSince(in ProfileState inventory, in ProofFinding proof) =>
        inventory.At > proof.At && (proof.IsStatus ? ServiceWords.IsEnabled(inventory.ProfileStatus) : inventory.State is { } state && !ServiceWords.IsDeactive(state));

    // An inventory can veto. One with a date (an object of Get-EsimProfile) is silenced by newer words of the service.
    private static bool InventoryCounts(in ProfileEvidence evidence) =>
        evidence.Inventory.At is null || evidence.Service.At is null || evidence.Inventory.At > evidence.Service.At;

    private static bool IsFresh(in ProfileEvidence evidence) => evidence.Service.At is { } at && evidence.Now - at <= ProofLifetime;

    // It says so now only where it has just been asked; else it has been noted, perhaps by another session.
    private static string Speaker(in ProfileEvidence evidence) => evidence.Service switch
    {
        { Source: EvidenceSource.ServiceList } when evidence.ServiceWasAsked => "the service says",
        { Source: EvidenceSource.ServiceList, At: { } at } => $"the service's list of {Clock.ToIso(at)} says",
        { Source: EvidenceSource.Poll, At: { } at } => $"a status answer of {Clock.ToIso(at)} says",
        { At: { } at } => $"a callback of {Clock.ToIso(at)} says",
        _ => "the service says",
    };

    private static string Words(in ProfileState statement) =>
        (statement.State, statement.ProfileStatus) switch
        {
            (null, null) => "nothing of its state",
            (null, { } status) => $"profileStatus {status}",
            ({ } state, null) => $"state {state} and no profileStatus",
            ({ } state, { } status) => $"state {state}, profileStatus {status}",
        };
}
