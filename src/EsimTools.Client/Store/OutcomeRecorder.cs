// What became of a profile in a request: recorded once, in the request, in what is known of the profile, in the proof and in the journal.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Protocol;

namespace EsimTools.Store;

/// <summary>Records outcomes, whoever told of them. Not thread-safe: the tracker locks around it.</summary>
internal sealed class OutcomeRecorder(
    RequestTable table, ProfileLedger ledger, EventOrder order, IdentifierKeys identifiers, ProofHearing proofHearing, IEsimStore store, Announcements announcements)
{
    /// <summary>Records an outcome that a request has an object for: the object knows what was heard before.</summary>
    public void Settle(EsimRequest request, int place, in ObservedOutcome outcome, in WireIdentifiers named = default)
    {
        var profile = request.Profiles[place];
        var before = request.ResultAt(place);
        var keys = identifiers.KeysOf(profile);
        var entry = table[request.Number];

        // The twentieth digit says which of ten profiles is meant where an ICCID's last digit is no check digit.
        var (asked, said) = (IdentifierKeys.CheckDigitOf(profile), IdentifierKeys.CheckDigitOf(named.Iccid));
        var isSame = asked == said || asked == Spoken.NoCheckDigit || said == Spoken.NoCheckDigit;

        // Where the request leaves it out, or was made again from a journal of hashes, a message may tell it.
        var iccid = asked == Spoken.NoCheckDigit && said != Spoken.NoCheckDigit ? named.Iccid : profile.Iccid;
        var isNew = Record(
            entry,
            IdentifierKeys.KeyOf(request.Kind, keys),
            request.Kind.IsForDevice ? default : keys.Eid,
            request.Kind.IsForDevice ? profile.Eid! : iccid!,
            iccid,
            outcome with { At = before?.ReceivedAt ?? outcome.At, Vouches = outcome.Vouches && isSame, IsInferred = outcome.IsInferred || !isSame },
            before?.Status,
            () => request.TryDispute(place));
        if (before is { Status: OutcomeStatus.Failed, Said.Source: EvidenceSource.Poll } && outcome.Status == OutcomeStatus.Succeeded && request.Count > 1 && request.IsEachFailureDisputed)
        {
            // It was said to have failed as a whole, and has succeeded for each profile: for one of them that is not true.
            foreach (var either in request.Profiles)
            {
                proofHearing.Failures.Hear(identifiers.KeysOf(either).First);
            }
        }

        if (isNew && request.TrySet(place, ResultOf(request, Revealed(profile, named), outcome)))
        {
            announcements.Changed(request);
        }
    }

    /// <summary>Ends a doubt about one profile.</summary>
    /// <param name="request">The request.</param>
    /// <param name="place">The profile's place in it.</param>
    /// <param name="verdict">Done or not done.</param>
    /// <param name="statement">The word of the service that shows it.</param>
    public void Settle(EsimRequest request, int place, in DoubtVerdict verdict, in ProfileState statement)
    {
        var profile = request.Profiles[place];
        var whole = request.Whole;
        var said = statement with { At = statement.At ?? order.Now() };
        Settle(
            whole,
            whole == request ? place : whole.Find(profile.Iccid, profile.Eid, profile.Imei).Place,
            verdict.Status == EsimResolutionStatus.Done
                ? new(OutcomeStatus.Succeeded, said) { IsInferred = true }
                : new ObservedOutcome(OutcomeStatus.NotDone, new(said.Source, said.At), Message: verdict.Evidence) { IsInferred = true });
    }

    /// <summary>Records what became of one profile, in memory and in the journal.</summary>
    /// <param name="entry">The request.</param>
    /// <param name="key">The profile; for an action on devices, the device.</param>
    /// <param name="named">The EID that the request named.</param>
    /// <param name="id">The identifier in the journal.</param>
    /// <param name="iccid">The ICCID as the request wrote it.</param>
    /// <param name="outcome">What was heard.</param>
    /// <param name="before">What had been heard of it before; null when nothing had.</param>
    /// <param name="tryDispute">Notes a dispute; false when that was noted before.</param>
    /// <returns>Whether it is the first outcome.</returns>
    public bool Record(
        TrackedRequest entry, IdentifierKey key, IdentifierKey named, string id, string? iccid, ObservedOutcome outcome, OutcomeStatus? before, Func<bool>? tryDispute)
    {
        outcome = outcome with { CheckDigit = IdentifierKeys.CheckDigitTold(iccid) };

        // What comes late is older than the newer request for the profile.
        if (ledger.FindReservation(key).Request is var holder and > 0 && table[holder].SubmittedAt is var next && next > entry.SubmittedAt && next < outcome.At)
        {
            outcome = outcome with { At = next.AddTicks(-1) };
        }

        var hearing = before is null ? Hearing.First : before == outcome.Status ? Hearing.Repeated : Hearing.Disputed;
        var known = ledger.ProofOf(key);
        var said = ledger.StatementOf(key, default);
        if (hearing == Hearing.Disputed && !(tryDispute?.Invoke() ?? known.DisputedRequest != entry.Number))
        {
            // Both ends have been heard before; what else is said of the profile has not.
            proofHearing.Hear(entry, key, named, outcome with { Vouches = false }, Hearing.Repeated);
            NoteWords(key, null, null, ServiceWords.IsLead(outcome.Said.ProfileRole) ? outcome.Said.ProfileRole : null, outcome);
            proofHearing.Against.KeepRepeated(key, known, entry, order.Now().UtcTicks);
            proofHearing.Against.KeepFinal(key, said, outcome.Said, order.Now().UtcTicks);
            return false;
        }

        Note(key, named, entry, outcome, hearing);
        if (hearing == Hearing.Repeated)
        {
            proofHearing.Against.KeepRepeated(key, known, entry, order.Now().UtcTicks);
            proofHearing.Against.KeepFinal(key, said, outcome.Said, order.Now().UtcTicks);
        }
        else
        {
            var eid = entry.Action.EffectOnOthers == EffectOnOthers.Disables && outcome.Vouches && !outcome.Euicc.IsNone ? IdentifierKeys.Shown(outcome.Euicc) : null;
            store.Gather(JournalLines.Outcome(entry, outcome with { Vouches = outcome.Vouches && hearing == Hearing.First }, store.Service), id, eid);
            proofHearing.Against.KeepForConfirmed(key, entry, outcome, order.Now().UtcTicks);
        }

        // Also where only a request had named another one: who reads that takes its confirmation for a word on where the profile is.
        proofHearing.Against.KeepPlace(key, known, outcome.Euicc, order.Now().UtcTicks);
        return hearing == Hearing.First;
    }

    /// <summary>Notes what was heard, without writing it to the journal.</summary>
    public void Note(IdentifierKey key, IdentifierKey named, TrackedRequest entry, in ObservedOutcome outcome, Hearing hearing)
    {
        var succeeded = outcome.Status == OutcomeStatus.Succeeded;
        entry.Heard++;
        if (hearing == Hearing.First)
        {
            ledger.Settle(key, entry.Number, outcome.Status, outcome.At);
        }

        proofHearing.Hear(entry, key, named, outcome, hearing);

        // A confirmation tells what its action does, also where the message leaves the words out; a failure tells nothing but that it is LEAD. What a list
        // has told others stands in the journal where it is final.
        var tells = succeeded && hearing != Hearing.Disputed;
        var isGone = outcome.Status == OutcomeStatus.Pending && ServiceWords.IsDeleted(outcome.Said.ProfileStatus);
        NoteWords(
            key,
            tells ? outcome.Said.State ?? entry.Action.ProvesState : null,
            isGone ? outcome.Said.ProfileStatus : tells ? outcome.Said.ProfileStatus ?? entry.Action.ProvesProfileStatus : null,
            tells || ServiceWords.IsLead(outcome.Said.ProfileRole) ? outcome.Said.ProfileRole : null,
            outcome);
        var eid = ledger.ProofOf(key).Euicc;
        if (succeeded && hearing != Hearing.Disputed && entry.Action.EffectOnOthers != EffectOnOthers.None && !eid.IsNone)
        {
            ledger.Euiccs.NoteEvent(eid, key, entry.Action.EffectOnOthers, outcome.At);
        }
    }

    /// <summary>Notes words on a profile.</summary>
    public void NoteWords(IdentifierKey key, string? state, string? profileStatus, string? profileRole, in ObservedOutcome outcome)
    {
        if (state is not null || profileStatus is not null || profileRole is not null)
        {
            ledger.Note(key, new(outcome.Said.Source, outcome.At, state, profileStatus, profileRole));
        }
    }

    /// <summary>
    /// Without its ICCID a message is about the profile that the inventory puts on that device. That must not end the waiting for an action that
    /// can end "disabled" where the inventory may be wrong: the action may still come for the profile that was really meant.
    /// </summary>
    public bool MayBeTakenFor(TrackedRequest entry, EsimProfile profile, string? eid) =>
        !entry.Action.CanEndDisabled || (identifiers.KeyOf(eid) is { } said && ledger.ProofOf(identifiers.KeysOf(profile).First) is { IsPlaced: true } placed && placed.Euicc == said);

    /// <summary>An outcome as its caller gets it.</summary>
    public static EsimResult ResultOf(EsimRequest request, EsimProfile profile, in ObservedOutcome outcome) => new(profile)
    {
        AccountName = request.AccountName,
        ServicePlan = request.ServicePlan ?? profile.ServicePlan,
        RunId = request.Run?.Id,
        RequestId = request.DisplayId,
        Action = request.Action,
        Status = outcome.Status,
        Said = outcome.Said,
        ErrorCode = outcome.Code,
        ErrorMessage = outcome.Message,
    };

    // A request that was made again from a journal of hashes does not know its identifiers; the message that answers it does.
    private static EsimProfile Revealed(EsimProfile profile, in WireIdentifiers named) => !EsimProfile.IsHashed(profile)
        ? profile
        : new() { Iccid = named.Iccid ?? profile.Iccid, Eid = named.Eid ?? profile.Eid, Imei = named.Imei ?? profile.Imei };
}
