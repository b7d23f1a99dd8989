// The judging and the reserving of profiles: one step, so no two requests can hold a profile at once.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Judges profiles by all that is known here and reserves them for a request. Not thread-safe: the tracker locks around it.</summary>
internal sealed class Reservations(
    RequestTracker tracker, RequestTable table, ProfileLedger ledger, EventOrder order, IdentifierKeys identifiers, OpenActions openActions, ProofBook book, NewerLines newerLines, PolicyGate policyGate)
{
    /// <summary>Reserves the profiles that the guard allows, in one step with the judging. What is returned has not been written ahead yet.</summary>
    /// <param name="action">The action.</param>
    /// <param name="accountName">The account.</param>
    /// <param name="options">The fields that are sent with it, and what is to be skipped.</param>
    /// <param name="profiles">The profiles.</param>
    /// <param name="serviceWasAsked">Whether the service has just been asked.</param>
    /// <param name="policy">The policy; null where there is none.</param>
    /// <returns>What may leave, what may not, and what need not.</returns>
    public Opening Reserve(EsimAction action, string accountName, EsimActionOptions options, IReadOnlyList<EsimProfile> profiles, bool serviceWasAsked, EsimPolicy? policy)
    {
        var refused = new List<GuardRefusal>();
        var skipped = new Dictionary<int, List<EsimProfile>>();
        var reserved = new List<EsimProfile>(profiles.Count);

        // By which word each is proven not to be the enabled one of its eUICC: when it goes, that stays as it is.
        var idle = new List<Spoken>(profiles.Count);
        var number = table.Count + 1;
        var now = order.Now();
        var isOverOpen = false;
        var gate = policyGate.Enter(policy, action, accountName, options.Run, now);
        foreach (var profile in profiles)
        {
            var keys = identifiers.KeysOf(profile);
            var known = Recall(action, keys);
            if (FindRepeat(action, profile, accountName, known, options, now) is > 0 and var earlier)
            {
                Keep(skipped, earlier, profile);
                continue;
            }

            var verdict = Judge(action, profile, keys, accountName, known, now, serviceWasAsked, options.Resubmit, out var weighed, ownNumber: number);
            if (verdict.Decision == GuardDecision.Allowed && gate(reserved.Count) is { } refusal)
            {
                refused.Add(new(profile, refusal));
            }
            else if (verdict.Decision == GuardDecision.Allowed)
            {
                reserved.Add(profile);
                idle.Add(weighed is { IsProven: true, IsStatus: true } ? weighed.By : default);
                isOverOpen = isOverOpen || openActions.IsOverOpen(action, keys, number);
                ledger.Reserve(IdentifierKeys.KeyOf(action, keys), number);
            }
            else
            {
                refused.Add(new(profile, verdict));
            }
        }

        if (reserved.Count == 0)
        {
            return new(null, refused, skipped);
        }

        var place = order.TakeNextPlace();
        var stage = new RequestStage();
        var request = new EsimRequest(Guid.NewGuid().ToString(), action, accountName, options.ServicePlan, reserved, now, stage)
        {
            Number = number,
            Tracker = tracker,
            Sequence = place,
            IsOverOpen = isOverOpen,
            Run = options.Run,
            Wave = options.Wave,
        };
        var entry = new TrackedRequest(request.LocalId, action, accountName, options.ServicePlan, new(now.UtcTicks, order.NextAsked(), place), number)
        {
            Stage = stage,
            Account = table.AccountOf(accountName),
            Profiles = reserved.Count,
            NotBefore = order.Latest,
            IsOverOpen = isOverOpen,
            NamesEuiccs = reserved.TrueForAll(profile => profile.Eid is not null),
            Run = options.Run,
            Wave = options.Wave,
            Idle = action == EsimAction.Delete ? idle : null,
        };
        table.Add(entry);
        table.NoteObject(entry, request);

        // Behind the judging of them all: what one profile of a request does to its neighbours comes after the request has left.
        for (var i = 0; i < reserved.Count; i++)
        {
            book.NoteSent(entry, identifiers.KeysOf(reserved[i]), idle[i].Any);
        }

        return new(request, refused, skipped);
    }

    /// <summary>Judges one action for one profile by all that is known here.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile with what its inventory says.</param>
    /// <param name="keys">What it is known by.</param>
    /// <param name="accountName">The account that the request would name.</param>
    /// <param name="serviceWasAsked">Whether the service has just been asked.</param>
    /// <param name="ignoreOpen">Whether the user wants it sent although an earlier request is open or in doubt.</param>
    public GuardVerdict Judge(EsimAction action, EsimProfile profile, in ProfileKeys keys, string accountName, bool serviceWasAsked, bool ignoreOpen) =>
        Judge(action, profile, keys, accountName, Recall(action, keys), order.Now(), serviceWasAsked, ignoreOpen, out _);

    /// <summary>All that a command wants to know of a profile before it takes it up, in one go.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile with what its inventory says.</param>
    /// <param name="keys">What it is known by.</param>
    /// <param name="accountName">The account that the request would name.</param>
    /// <param name="options">The fields that would be sent with it, and what is to be skipped.</param>
    public FirstLook Look(EsimAction action, EsimProfile profile, in ProfileKeys keys, string accountName, EsimActionOptions options)
    {
        var now = order.Now();
        var known = Recall(action, keys);
        return FindRepeat(action, profile, accountName, known, options, now) is > 0 and var earlier ? new(earlier, default)
            : new(0, Judge(action, profile, keys, accountName, known, now, serviceWasAsked: false, options.Resubmit, out _));
    }

    /// <summary>The number of the request that makes another one for the profile needless: the same action, open or confirmed lately; 0 when there is none.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile with what its inventory says.</param>
    /// <param name="keys">What it is known by.</param>
    /// <param name="accountName">The account that the request would name.</param>
    /// <param name="options">The fields that would be sent with it, and how old a confirmation may be.</param>
    public int FindRepeat(EsimAction action, EsimProfile profile, in ProfileKeys keys, string accountName, EsimActionOptions options) =>
        FindRepeat(action, profile, accountName, Recall(action, keys), options, order.Now());

    /// <summary>
    /// A profile of a request to delete that may not be deleted any more, because of what has come since, and why; null where all may. For a
    /// request that had to wait before it left.
    /// </summary>
    public (EsimProfile Profile, string Reason)? FindUnproven(EsimRequest request)
    {
        var now = order.Now();
        var entry = table[request.Number];
        for (var i = 0; i < request.Count; i++)
        {
            // What it does itself to the neighbours of its profiles comes after it has left. Where a word on the status of one was its proof, nothing
            // stood against that word then.
            var (profile, keys) = (request.Profiles[i], identifiers.KeysOf(request.Profiles[i]));
            var proof = entry.Idle?[i] ?? default;
            var weighed = book.Weigh(profile, keys, request.AccountName, now, request.Number, proof.Any ? entry : null, proof);
            if (proof.Any && weighed is { IsProven: true, IsStatus: false })
            {
                // It has become the enabled one, and its service has ended: when it goes, its eUICC falls back to another one.
                entry.Idle![i] = default;
                book.NoteSent(entry, keys);
            }

            var finding = book.FindingOf(weighed);
            var verdict = Guard.Judge(request.Kind, new(ledger.StatementOf(keys.First, keys.Eid), profile.Known, now, Proof: finding));
            if (newerLines.ClosedBy(keys) is { } closed)
            {
                return (profile, closed);
            }

            if (verdict.Decision != GuardDecision.Allowed)
            {
                return (profile, verdict.Reason ?? finding.ToString());
            }
        }

        return null;
    }

    private ProfileKnowledge Recall(EsimAction action, in ProfileKeys keys) =>
        action.IsForDevice ? new(ledger.FindReservation(keys.Eid), default) : ledger.Recall(keys.First, keys.Eid);

    private GuardVerdict Judge(
        EsimAction action,
        EsimProfile profile,
        in ProfileKeys keys,
        string accountName,
        in ProfileKnowledge known,
        DateTimeOffset now,
        bool serviceWasAsked,
        bool ignoreOpen,
        out Weighed weighed,
        int ownNumber = 0)
    {
        weighed = default;
        if (newerLines.ClosedBy(keys) is { } newer)
        {
            return GuardVerdict.Refuse(EsimError.EsimJournalTooNew, newer, "Update EsimTools on this machine, or use another journal with Connect-EsimService -Journal.");
        }

        if (action.IsForDevice && FindOther(keys) is { } other)
        {
            return other;
        }

        var reservation = known.Reservation;
        if (!reservation.IsOpen && !action.IsForDevice && !keys.Eid.IsNone)
        {
            // An open action for the whole device holds its profiles too.
            reservation = ledger.FindReservation(keys.Eid);
        }

        if (reservation.IsOpen && reservation.Request == ownNumber)
        {
            return GuardVerdict.Refuse(EsimError.EsimProfileDuplicate, "it stands in the input more than once and is served once", "Take the repeated row out.");
        }

        weighed = action == EsimAction.Delete ? book.Weigh(profile, keys, accountName, now, ownNumber) : default;
        var holder = ignoreOpen ? null : openActions.FindHolder(action, keys);
        return Guard.Judge(action, new(
            known.Statement,
            profile.Known,
            now,
            OpenRequest: holder?.RequestId ?? holder?.LocalId,
            OpenAction: holder?.Action,
            OpenIsInDoubt: holder?.Phase == EsimRequest.Phase.InDoubt,
            ServiceWasAsked: serviceWasAsked,
            Proof: action == EsimAction.Delete ? book.FindingOf(weighed) : default,
            Connected: (keys.Eid.IsNone ? null : ledger.Euiccs.IsConnected(keys.Eid)) ?? profile.Connected));
    }

    // A device is told by its EID alone. Where the row's profile is, by the service's own young word, on another one, a column of the inventory has slipped.
    private GuardVerdict? FindOther(in ProfileKeys keys) =>
        !keys.Iccid.IsNone && !keys.Eid.IsNone && ledger.ProofOf(keys.Iccid) is { IsPlaced: true, IsContested: false } place && place.Euicc != keys.Eid
            ? GuardVerdict.Refuse(
                EsimError.EsimInputInvalid,
                $"the service has its profile on another device, EID {IdentifierKeys.Shown(place.Euicc)}",
                "Compare the columns of the inventory: one of them may have been sorted alone. Get-EsimProfile shows which profiles a device has; without the ICCID the device is taken as it is named.")
            : null;

    private int FindRepeat(EsimAction action, EsimProfile profile, string accountName, in ProfileKnowledge known, EsimActionOptions options, DateTimeOffset now)
    {
        var reservation = known.Reservation;

        // The reservation of the request that is just being put together has no entry yet.
        if (options is not { SkipConfirmedWithin: { } within, Resubmit: false }
            || reservation.Request == 0 || reservation.Request > table.Count
            || table[reservation.Request] is not { Phase: not EsimRequest.Phase.Refused } entry
            || entry.Action != action || (entry.AccountName.Length > 0 && entry.AccountName != accountName) || (action.SetsServicePlan && !string.Equals(entry.ServicePlan, options.ServicePlan, StringComparison.OrdinalIgnoreCase)))
        {
            return 0;
        }

        // One in doubt is for the guard to refuse. Of a confirmation, newer words of the service may say that it no longer holds; they cannot be
        // older, because the confirmation is itself a word on what its action does. So may an object of the caller's that tells its age.
        var isTakenBack = profile.AsOf > entry.SubmittedAt
            && ActionProof.Shows(action, profile.Known) == false;
        var isRepeat = reservation.IsOpen
            ? entry.Phase is EsimRequest.Phase.Accepted or EsimRequest.Phase.Sending
            : reservation.Outcome == OutcomeStatus.Succeeded && now - reservation.SettledAt <= within && reservation.SettledAt <= now
                && (action.IsForDevice || (ActionProof.Shows(action, known.Statement) != false && !isTakenBack));
        return isRepeat ? reservation.Request : 0;
    }

    private static void Keep(Dictionary<int, List<EsimProfile>> profiles, int number, EsimProfile profile)
    {
        if (!profiles.TryGetValue(number, out var list))
        {
            profiles[number] = list = [];
        }

        list.Add(profile);
    }
}
