// Callback messages, wherever they came from: whose outcome a message tells, and what it says of others.

using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Takes in callbacks. Not thread-safe: the tracker locks around it.</summary>
internal sealed class OutcomeIntake(
    RequestTable table,
    ProfileLedger ledger,
    EventOrder order,
    IdentifierKeys identifiers,
    ProofHearing proofHearing,
    OutcomeRecorder recorder,
    ListIntake lists,
    EarlyCallbacks earlyCallbacks,
    IEsimStore store)
{
    private bool _isClosed;

    /// <summary>Takes in a callback; nobody is told of it yet.</summary>
    /// <returns>Null when it is taken in; else the request whose object it takes, which is gone: then nothing has been changed.</returns>
    public TrackedRequest? Observe(EsimCallback callback)
    {
        if (_isClosed)
        {
            return null;
        }

        if (callback.ExternalChange is not null)
        {
            HearChange(callback);
            return null;
        }

        if (lists.TryObserve(callback))
        {
            return null;
        }

        if (RequestOf(callback) is not { } entry)
        {
            KeepEarly(callback);
            return null;
        }

        var isInferred = !table.HasId(callback.RequestId);

        if (callback.Status != OutcomeStatus.Pending)
        {
            if (!TryObserveOutcome(callback, entry, isInferred))
            {
                return entry;
            }

            if (isInferred)
            {
                // It ends the doubt; what else it says is newer than the request, as in any message of an unknown one.
                HearUnknown(callback);
            }

            foreach (var other in callback.Others)
            {
                HearOfAnother(entry, other.Identifiers.IsAmbiguous ? null : other.Identifiers.Iccid, other.Identifiers.Eid, other.Said);
            }
        }
        else if (!TryObservePending(callback, entry))
        {
            return entry;
        }

        return null;
    }

    /// <summary>The request that a message tells of; null where it is of an unknown one.</summary>
    public TrackedRequest? RequestOf(EsimCallback callback) => table.FindById(callback.RequestId) ?? FindDoubt(callback);

    /// <summary>The messages that have come for a request before it was in doubt.</summary>
    public IReadOnlyList<EsimCallback> FindEarly(EsimRequest inDoubt) => [.. earlyCallbacks.All.Where(callback => FindDoubt(callback)?.Number == inDoubt.Number)];

    /// <summary>The messages that have come for requests before the journal told of them.</summary>
    public IReadOnlyList<EsimCallback> FindEarly() =>
        [.. earlyCallbacks.RequestIds.Where(table.HasId).SelectMany(id => earlyCallbacks.Find(id, table.FindById(id)!.NotBefore))];

    /// <summary>Those wait no longer.</summary>
    public void ForgetEarly()
    {
        foreach (var id in earlyCallbacks.RequestIds.Where(table.HasId).ToArray())
        {
            earlyCallbacks.Forget(id);
        }
    }

    /// <summary>Takes in no more.</summary>
    public void Close() => _isClosed = true;

    // Somebody has changed the device outside of the API, at any time until now, whatever request the message names.
    private void HearChange(EsimCallback callback)
    {
        foreach (var changed in callback.ListedProfiles)
        {
            if (identifiers.KeyOf(changed.Identifiers.Iccid) is { } key)
            {
                proofHearing.HearForeign(key, changed.Said.State, changed.Said.ProfileStatus, identifiers.EuiccOf(changed.Identifiers.Eid));
            }
        }
    }

    // The request in doubt that a message with an unknown request id tells of: the message shows the profile as the action makes it, and is
    // no older than the request. A message of a failure may belong to another program's request, and proves nothing.
    private TrackedRequest? FindDoubt(EsimCallback callback) =>
        callback is { Status: OutcomeStatus.Succeeded, ReceivedAt: { } at } && identifiers.KeyOf(callback.Iccid) is { } key
            && ledger.FindReservation(key) is { IsOpen: true } reservation && table[reservation.Request] is { Phase: EsimRequest.Phase.InDoubt } entry
            && at >= entry.SubmittedAt
            && ActionProof.Shows(entry.Action, callback.Said with { At = at }) == true
            ? entry : null;

    private bool TryObserveOutcome(EsimCallback callback, TrackedRequest entry, bool isInferred)
    {
        var outcome = new ObservedOutcome(
            callback.Status, callback.Said with { At = SaidAt(callback, entry) }, callback.FaultCode, callback.FaultMessage)
        {
            Vouches = callback.Status == OutcomeStatus.Succeeded && !isInferred,
            IsInferred = isInferred,
            Euicc = callback.Iccid is null ? default : identifiers.EuiccOf(callback.Eid),
        };
        if (entry.Action.IsForDevice && callback.Iccid is not null)
        {
            return TryObserveMember(callback, entry, outcome);
        }

        // What the ledger knows of the last request for a profile is all that is needed where its caller has let the request go.
        // Where it disputes a failure, the request knows whether another one is left.
        if (entry.Target is null && identifiers.KeyOf(callback.Iccid) is { } key && ledger.FindReservation(key) is var reservation && reservation.Request == entry.Number
            && (callback.Status != OutcomeStatus.Succeeded || reservation.IsOpen || reservation.Outcome != OutcomeStatus.Failed))
        {
            // Where the message leaves the twentieth digit out, only the request knows it. The word of such a message may not prove: it would prove for any.
            var proves = !entry.Action.CanEndDisabled && IdentifierKeys.CheckDigitOf(callback.Iccid) == Spoken.NoCheckDigit;
            OutcomeStatus? before = reservation.IsOpen ? null : reservation.Outcome;
            var at = before == outcome.Status ? reservation.SettledAt : outcome.At;
            recorder.Record(entry, key, default, callback.Iccid!, callback.Iccid, outcome with { At = at, Vouches = outcome.Vouches && !proves }, before, null);
            return true;
        }

        // Without the ICCID that the request named, only the request itself can tell which profile is meant.
        if (entry.Target is not { } request)
        {
            return false;
        }

        if (IsIncomplete(request, entry) && identifiers.KeyOf(callback.Iccid) is { } named)
        {
            // Nobody can tell what had been heard of it before, nor which twentieth digit it had: it may dispute, and proves nothing.
            recorder.Record(entry, named, default, callback.Iccid!, callback.Iccid, outcome with { Vouches = false, IsInferred = true }, null, null);
            return true;
        }

        var (place, isNamed) = request.Find(callback.Iccid, callback.Eid, callback.Imei);
        if (place >= 0 && (isNamed || recorder.MayBeTakenFor(entry, request.Profiles[place], callback.Eid)))
        {
            recorder.Settle(request, place, outcome with { Vouches = outcome.Vouches && isNamed, IsInferred = outcome.IsInferred || !isNamed }, new(callback.Iccid, callback.Eid, callback.Imei, null));
            if (callback.Status == OutcomeStatus.Failed && !isNamed)
            {
                // It may be another one's that is there, too.
                proofHearing.Failures.Hear(request, identifiers.EuiccOf(callback.Eid), identifiers.KeyOf(callback.Imei), place);
            }
        }
        else if (callback.Status == OutcomeStatus.Failed && place < 0 && !IdentifierKeys.IsIccid(callback.Iccid) && !entry.Action.IsForDevice)
        {
            proofHearing.Failures.Hear(request, identifiers.EuiccOf(callback.Eid), identifiers.KeyOf(callback.Imei));
        }
        else
        {
            HearOfAnother(entry, callback.Iccid, callback.Eid, callback.Said);
        }

        return true;
    }

    // Its lines cannot be read any more where they were, since the journal has been cleared for example: the object that was made again lacks profiles.
    private static bool IsIncomplete(EsimRequest request, TrackedRequest entry) => request.Count < entry.Profiles;

    // What a message says of another profile than it is about can take proof away, as one of an unknown request can.
    private void HearOfAnother(TrackedRequest entry, string? iccid, string? eid, in ProfileState said)
    {
        if (identifiers.KeyOf(iccid) is not { } key)
        {
            return;
        }

        // One that is open in the request itself may still be as it was before; LEAD or deleted it is for ever.
        proofHearing.Against.NoteFinal(key, said, order.Now());
        proofHearing.HearForeign(key, said.State, said.ProfileStatus, identifiers.EuiccOf(eid), ledger.OpenFor(key).Contains(entry.Number) ? entry : null);
    }

    // A message that tells no outcome, or contradicts itself, can still take proof away: but not that of its own request, which may be newer.
    private bool TryObservePending(EsimCallback callback, TrackedRequest entry)
    {
        // Whom a failure is about that names no profile only the request itself can tell.
        var failed = entry.Action.IsForDevice ? callback.FailedEither.Where(static either => IdentifierKeys.IsIccid(either.Iccid)).ToArray() : [.. callback.FailedEither];
        var request = entry.Target;
        if (request is null && Array.Exists(failed, static either => !IdentifierKeys.IsIccid(either.Iccid)))
        {
            return false;
        }

        foreach (var said in callback.ListedProfiles)
        {
            HearOfAnother(entry, said.Identifiers.Iccid ?? callback.Iccid, said.Identifiers.Eid ?? callback.Eid, said.Said);
        }

        foreach (var either in failed)
        {
            proofHearing.Failures.Hear(request, either);
        }

        return true;
    }

    // One of the device's profiles; the outcome of the request itself is in the callback that names the device alone.
    private bool TryObserveMember(EsimCallback callback, TrackedRequest entry, ObservedOutcome outcome)
    {
        if (identifiers.KeyOf(callback.Iccid) is not { } key)
        {
            return true;
        }

        if (entry.Target is not { } request)
        {
            return false;
        }

        // A device that is not in the request has nothing to do with it; nor has a profile of which nobody says that it is on that device.
        var eid = identifiers.EuiccOf(callback.Eid) is { IsNone: false } said ? said : ledger.ProofOf(key) switch { { IsPlaced: true, IsContested: false } placed => placed.Euicc, _ => default };
        var isIncomplete = IsIncomplete(request, entry);
        outcome = isIncomplete ? outcome with { Vouches = false, IsInferred = true } : outcome;
        if (eid.IsNone || (request.Find(eid) < 0 && !isIncomplete))
        {
            // Where a resume leaves the state out, it has resumed it all the same.
            var state = outcome.Said.State ?? (outcome.Status == OutcomeStatus.Succeeded && entry.Action.CanEndDisabled ? EsimAction.ProfileResume.ProvesState : null);
            proofHearing.HearForeign(key, state, outcome.Said.ProfileStatus, identifiers.EuiccOf(callback.Eid));
            NoteFinal(callback);
            return true;
        }

        // As with a request for the profile itself, a failure tells nothing but whom it was about, and disputes a success.
        var succeeded = outcome.Status == OutcomeStatus.Succeeded;
        var role = succeeded || ServiceWords.IsLead(outcome.Said.ProfileRole) ? outcome.Said.ProfileRole : null;
        var known = ledger.ProofOf(key);
        recorder.NoteWords(key, succeeded ? outcome.Said.State : null, succeeded ? outcome.Said.ProfileStatus : null, role, outcome);
        // Only a message that names the device places it there: where the service has it is remembered, and grows no younger by that.
        proofHearing.Hear(entry, key, default, outcome with { CheckDigit = IdentifierKeys.CheckDigitTold(callback.Iccid), IsOfMember = true }, Hearing.Repeated);
        store.Gather(JournalLines.Outcome(entry, outcome, store.Service), callback.Iccid);
        proofHearing.Against.KeepForConfirmed(key, entry, outcome, order.Now().UtcTicks);
        proofHearing.Against.KeepPlace(key, known, eid, order.Now().UtcTicks);
        return true;
    }

    // It may have overtaken the answer that brings the request's id, and be kept for it; until then it is of an unknown request.
    private void KeepEarly(EsimCallback callback)
    {
        HearUnknown(callback);
        NoteFinal(callback);
        foreach (var said in callback.ListedProfiles)
        {
            if (!said.Identifiers.IsAmbiguous && identifiers.KeyOf(said.Identifiers.Iccid ?? callback.IccidBeside) is { } other)
            {
                proofHearing.HearForeign(other, said.Said.State, said.Said.ProfileStatus, identifiers.EuiccOf(said.Identifiers.Eid));
                proofHearing.Against.NoteFinal(other, said.Said, order.Now());
            }
        }

        earlyCallbacks.Keep(callback, order.Next());
    }

    private void HearUnknown(EsimCallback callback)
    {
        if (identifiers.KeyOf(callback.Iccid) is { } key)
        {
            proofHearing.HearForeign(key, callback.State, callback.ProfileStatus, identifiers.EuiccOf(callback.Eid));
        }
    }

    private void NoteFinal(EsimCallback callback)
    {
        if (identifiers.KeyOf(callback.Iccid) is { } key)
        {
            proofHearing.Against.NoteFinal(key, callback.Said, order.Now());
        }
    }

    // What a message says is as old as the message; one whose age nobody knows is taken to be as old as its request.
    private DateTimeOffset SaidAt(EsimCallback callback, TrackedRequest entry)
    {
        var said = callback.ReceivedAt ?? entry.SubmittedAt;
        var now = order.Now();
        return said > now ? now : said < entry.SubmittedAt ? entry.SubmittedAt : said;
    }
}
