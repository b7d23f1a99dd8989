// The tracker's ears: callbacks, polls and lists, and what they settle.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Protocol;

namespace EsimTools.Store;

/// <content>What is heard of profiles.</content>
internal sealed partial class RequestTracker
{
    /// <summary>Takes in a callback, wherever it came from. Repeated ones and ones for other programs' requests are harmless.</summary>
    public void Observe(EsimCallback callback)
    {
        ObserveQuietly(callback);
        Tell();
    }

    // Without telling anybody yet.
    private void ObserveQuietly(EsimCallback callback)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            if (_lists.TryGetValue(callback.RequestId, out var list))
            {
                ObserveListLocked(callback, list);
                list.Answered.TrySetResult(true);
                return;
            }

            var isInferred = false;
            if (!_byId.TryGetValue(callback.RequestId, out var entry))
            {
                entry = FindDoubtLocked(callback);
                if (entry is null)
                {
                    KeepEarlyLocked(callback);
                    return;
                }

                isInferred = true;
            }

            if (callback.Status != OutcomeStatus.Pending)
            {
                ObserveOutcomeLocked(callback, entry, isInferred);
                foreach (var other in callback.Others)
                {
                    HearOfAnotherLocked(entry, other.Identifiers.IsAmbiguous ? null : other.Identifiers.Iccid, other.State, other.ProfileStatus, other.ProfileRole);
                }
            }
            else
            {
                ObservePendingLocked(callback, entry);
            }
        }
    }

    private void ObserveOutcomeLocked(EsimCallback callback, Entry entry, bool isInferred)
    {
        var outcome = new ObservedOutcome(
            EvidenceSource.Callback, callback.Status, SaidAt(callback, entry), callback.State, callback.ProfileStatus, callback.ProfileRole, callback.FaultCode, callback.FaultMessage)
        {
            Vouches = callback.Status == OutcomeStatus.Succeeded && !isInferred,
            IsInferred = isInferred,
            Euicc = callback.Iccid is null ? default : EuiccOf(callback.Eid),
        };
        if (entry.Action.IsForDevice && callback.Iccid is not null)
        {
            ObserveMemberLocked(callback, entry, outcome);
            return;
        }

        // What the ledger knows of the last request for a profile is all that is needed where its caller has let the request go.
        if (entry.Target is null && KeyOf(callback.Iccid) is { } key && _ledger.FindClaim(key) is var claim && claim.Request == entry.Number)
        {
            // Where the message leaves the twentieth digit out, only the request knows it. The word of such a message may not prove: it would prove for any.
            var proves = !entry.Action.CanEndDisabled && CheckDigitOf(callback.Iccid) == Spoken.NoCheckDigit;
            RecordLocked(
                entry, key, default, callback.Iccid!, callback.Iccid, outcome with { Vouches = outcome.Vouches && !proves }, claim.IsOpen ? null : claim.Outcome, null);
            return;
        }

        // Without the ICCID that the request named, only the request itself can tell which profile is meant.
        var request = entry.Target ?? RebuildLocked([entry])[0];
        var (place, isNamed) = request.Find(callback.Iccid, callback.Eid, callback.Imei);
        if (place >= 0 && (isNamed || MayBeTakenFor(entry, request.Profiles[place], callback.Eid)))
        {
            SettleLocked(request, place, outcome with { Vouches = outcome.Vouches && isNamed, IsInferred = outcome.IsInferred || !isNamed }, new(callback.Iccid, callback.Eid, callback.Imei, null));
        }
        else
        {
            HearOfAnotherLocked(entry, callback.Iccid, callback.State, callback.ProfileStatus, callback.ProfileRole);
        }
    }

    // What a message says of another profile than it is about can take proof away, as one of an unknown request can.
    private void HearOfAnotherLocked(Entry entry, string? iccid, string? state, string? status, string? role)
    {
        if (KeyOf(iccid) is { } key && !_ledger.OpenFor(key).Contains(entry.Number))
        {
            HearForeignLocked(key, state, status);
            NoteLeadLocked(key, role);
        }
    }

    // A message that tells no outcome, or contradicts itself, can still take proof away: but not that of its own request, which it is older than.
    private void ObservePendingLocked(EsimCallback callback, Entry entry)
    {
        foreach (var said in callback.ListedProfiles)
        {
            if (KeyOf(said.Identifiers.Iccid ?? callback.Iccid) is { } key && !_ledger.OpenFor(key).Contains(entry.Number))
            {
                HearForeignLocked(key, said.State, said.ProfileStatus);
            }
        }

        NoteLeadLocked(callback);
    }

    private void NoteLeadLocked(EsimCallback callback)
    {
        if (KeyOf(callback.Iccid) is { } key)
        {
            NoteLeadLocked(key, callback.ProfileRole);
        }
    }

    private void NoteLeadLocked(IdentifierKey key, string? role)
    {
        if (ServiceWords.IsLead(role))
        {
            _ledger.Note(key, new(EvidenceSource.Callback, NowLocked(), ProfileRole: role));
        }
    }

    // One of the device's profiles; the outcome of the request itself is in the callback that names the device alone.
    private void ObserveMemberLocked(EsimCallback callback, Entry entry, in ObservedOutcome outcome)
    {
        if (KeyOf(callback.Iccid) is not { } key)
        {
            return;
        }

        // A device that is not in the request has nothing to do with it; nor has a profile of which nobody says that it is on that device.
        var eid = EuiccOf(callback.Eid) is { IsNone: false } said ? said : _ledger.ProofOf(key) switch { { IsPlaced: true, IsContested: false } placed => placed.Euicc, _ => default };
        if (eid.IsNone || (entry.Target ?? RebuildLocked([entry])[0]).Find(eid) < 0)
        {
            HearForeignLocked(key, outcome.State, outcome.ProfileStatus);
            NoteLeadLocked(callback);
            return;
        }

        // As with a request for the profile itself, a failure tells nothing but whom it was about, and disputes a success.
        var succeeded = outcome.Status == OutcomeStatus.Succeeded;
        NoteWords(key, succeeded ? outcome.State : null, succeeded ? outcome.ProfileStatus : null, outcome);
        HearLocked(entry, key, default, outcome with { Euicc = eid, CheckDigit = CheckDigitOf(callback.Iccid), IsOfMember = true }, Hearing.Repeated);
        _journal.Outcome(entry.LocalId, entry.RequestId, entry.Action.Name, callback.Iccid, outcome);
    }

    // Without its ICCID a message is about the profile that the inventory puts on that device. That must not end the waiting for an action that
    // can end "disabled" where the inventory may be wrong: the action may still come for the profile that was really meant.
    private bool MayBeTakenFor(Entry entry, EsimProfile profile, string? eid) =>
        !entry.Action.CanEndDisabled || (KeyOf(eid) is { } said && _ledger.ProofOf(KeysOf(profile).First) is { IsPlaced: true } placed && placed.Euicc == said);

    /// <summary>Whether a message with this id is about a request or a list that was asked for here.</summary>
    public bool Knows(string requestId)
    {
        lock (_lock)
        {
            return _byId.ContainsKey(requestId) || _lists.ContainsKey(requestId);
        }
    }

    /// <summary>Awaits the callback that answers an asynchronous device list; it may have come already.</summary>
    /// <param name="requestId">The list's request, which <see cref="EndLists"/> is told of when nobody waits for it any more.</param>
    /// <param name="asked">When it was asked for.</param>
    /// <param name="accountName">The account that it was asked for.</param>
    public Task AwaitList(string requestId, Moment asked, string accountName)
    {
        var question = new ListQuestion(asked, accountName);
        lock (_lock)
        {
            if (_byId.ContainsKey(requestId))
            {
                // The id is a request's, so its messages are no answer to this question, and none will come.
                return question.Answered.Task;
            }

            if (_lists.TryGetValue(requestId, out var earlier))
            {
                // Its answer is as old as the first question that had the id.
                return earlier.Answered.Task;
            }

            _lists[requestId] = question;
            if (_earlyCallbacks.Take(requestId, asked.Order) is { Count: > 0 } early)
            {
                early.ForEach(callback => ObserveListLocked(callback, question));
                question.Answered.TrySetResult(true);
            }
        }

        return question.Answered.Task;
    }

    /// <summary>
    /// Ends the waiting for lists, answered or not. An answer that comes late is still taken in, unless a thousand waits have ended since; then
    /// it is like one to another program's question.
    /// </summary>
    /// <param name="requestIds">The lists' requests.</param>
    public void EndLists(IEnumerable<string> requestIds)
    {
        lock (_lock)
        {
            foreach (var requestId in requestIds)
            {
                _endedLists.Enqueue(requestId);
                if (_endedLists.Count > MostEndedLists)
                {
                    _lists.Remove(_endedLists.Dequeue());
                }
            }
        }
    }

    /// <summary>Takes in the service's status of a request.</summary>
    /// <remarks>
    /// A part counts for the profile that it names. The whole counts for the profiles that no part names, and only where every part is understood
    /// and none says otherwise: Verizon's own sample has a whole of "Success" with a part that is "Pending".
    /// </remarks>
    public void Observe(EsimRequest request, RequestStatusAnswer answer)
    {
        lock (_lock)
        {
            var entry = _entries[request.Number - 1];
            var whole = StatusOf(answer.Status, answer.HasFault);
            var said = new Dictionary<int, (OutcomeStatus Status, bool IsNamed, WireIdentifiers Identifiers)>();
            var disputed = new HashSet<int>();
            var allSucceed = true;
            var anyFails = false;
            foreach (var part in answer.SubRequests)
            {
                var status = StatusOf(part.Status, part.HasFault);
                allSucceed &= status == OutcomeStatus.Succeeded;
                anyFails |= status == OutcomeStatus.Failed;

                // A part that names a profile of a device is about that profile alone.
                var isMember = request.Kind.IsForDevice && part.Identifiers.Iccid is not null;
                var (place, isNamed) = isMember || part.Identifiers.IsAmbiguous ? (-1, false) : request.Find(part.Identifiers.Iccid, part.Identifiers.Eid, part.Identifiers.Imei);
                if (place < 0 || !(isNamed || MayBeTakenFor(entry, request.Profiles[place], part.Identifiers.Eid)))
                {
                    allSucceed = false;
                }
                else if (said.TryGetValue(place, out var before) && before.Status != status)
                {
                    disputed.Add(place);
                    allSucceed = false;
                }
                else if (!before.IsNamed)
                {
                    said[place] = (status, isNamed, part.Identifiers);
                }
            }

            foreach (var item in said)
            {
                var part = item.Value;
                if (part.Status != OutcomeStatus.Pending && !disputed.Contains(item.Key))
                {
                    // A whole that failed without a part that failed contradicts its parts.
                    SettleByPollLocked(request, item.Key, part.Status, part.IsNamed && (whole != OutcomeStatus.Failed || anyFails), !part.IsNamed, part.Identifiers);
                }
            }

            // A request whose parts differ is called failed as a whole, so that word is used only where there are no parts.
            if ((whole == OutcomeStatus.Succeeded && allSucceed) || (whole == OutcomeStatus.Failed && answer.SubRequests.Count == 0))
            {
                // One that is said to have failed as a whole and of which nothing has failed is disputed; so is what has failed of one that succeeded.
                var disputes = whole == OutcomeStatus.Succeeded ? request.FailedCount > 0 : request.FailedCount == 0 && request.IsComplete;
                for (var place = 0; place < request.Count; place++)
                {
                    if (request.ResultAt(place) is var known && (known is null || (disputes && known.Status != whole && !said.ContainsKey(place))))
                    {
                        // A whole that failed may have succeeded for some: then an action that can end "disabled" may still have done so.
                        SettleByPollLocked(request, place, whole, vouches: true, isInferred: whole == OutcomeStatus.Failed && request.Count > 1);
                    }
                }
            }
        }

        Tell();
    }

    // What calls itself a success and carries a failure tells neither.
    private static OutcomeStatus StatusOf(string? word, bool hasFault) =>
        OutcomeWords.Read(word) is var status && hasFault && status == OutcomeStatus.Succeeded ? OutcomeStatus.Pending : status;

    /// <summary>Takes in a line of the service's device list.</summary>
    /// <param name="device">The line.</param>
    /// <param name="asked">When the list was asked for, which is how old the line may be.</param>
    /// <param name="accountName">The account that it was asked for.</param>
    public void Observe(ListedDevice device, Moment asked, string accountName)
    {
        lock (_lock)
        {
            // A line that names two ICCIDs, or another account than was asked for, is nobody's.
            if (!device.Identifiers.IsAmbiguous && KeyOf(device.Identifiers.Iccid) is { } key)
            {
                _ledger.Note(key, new(EvidenceSource.ServiceList, asked.At, device.State, device.ProfileStatus));
                HearAnswerLocked(
                    key,
                    EuiccOf(device.Identifiers.Eid),
                    new(asked, 0, AccountLocked(accountName), CheckDigitOf(device.Identifiers.Iccid)),
                    device.State,
                    device.ProfileStatus,
                    device.HasTwoStates,
                    device.HasTwoStatuses,
                    vouches: device.AccountName is null || device.AccountName == accountName);
            }

            if (device.Connected is { } connected && KeyOf(device.Identifiers.Eid) is { } eid)
            {
                _ledger.NoteConnected(eid, connected, asked.At);
            }
        }
    }

    /// <summary>The newest word of the service on a profile.</summary>
    public ProfileStatement StatementOf(EsimProfile profile)
    {
        lock (_lock)
        {
            return StatementLocked(KeysOf(profile));
        }
    }

    /// <summary>What the service has said of a profile since a moment that shows whether an action has been carried out; see <see cref="ProfileLedger.StatementSince"/>.</summary>
    public ProfileStatement StatementSince(DateTimeOffset moment, EsimAction action, EsimProfile profile)
    {
        lock (_lock)
        {
            var keys = KeysOf(profile);
            return _ledger.StatementSince(moment, action, keys.First, keys.Eid);
        }
    }

    /// <summary>What the service has said of a profile; null when it has said nothing.</summary>
    public EsimProfile? Recall(EsimProfile profile, string accountName) => StatementOf(profile) is { Source: not EvidenceSource.None } known
        ? new(profile)
        {
            AccountName = accountName,
            State = known.State,
            ProfileStatus = known.ProfileStatus,
            ProfileRole = known.ProfileRole,
            Source = known.Source,
            AsOf = known.At,
        }
        : null;

    /// <summary>Adds to what the list says of a profile what was confirmed here and the list leaves out.</summary>
    public EsimProfile Complete(EsimProfile listed)
    {
        ProfileStatement known;
        lock (_lock)
        {
            known = StatementLocked(KeysOf(listed));
        }

        return new EsimProfile(listed)
        {
            AccountName = listed.AccountName,
            ServicePlan = listed.ServicePlan,
            State = known.State ?? listed.State,
            ProfileStatus = known.ProfileStatus ?? listed.ProfileStatus,
            ProfileRole = known.ProfileRole ?? listed.ProfileRole,
            Connected = listed.Connected,
            Source = listed.ProfileStatus is null && known.ProfileStatus is not null ? EvidenceSource.Callback : listed.Source,
            AsOf = listed.ProfileStatus is null && known.ProfileStatus is not null ? known.At : listed.AsOf,
        };
    }

    // The request in doubt that a message with an unknown request id tells of: the message shows the profile as the action makes it, and is
    // no older than the request. A message of a failure may belong to another program's request, and proves nothing.
    private Entry? FindDoubtLocked(EsimCallback callback) =>
        callback is { Status: OutcomeStatus.Succeeded, ReceivedAt: { } at } && KeyOf(callback.Iccid) is { } key
            && _ledger.FindClaim(key) is { IsOpen: true } claim && _entries[claim.Request - 1] is { Phase: EsimRequest.Phase.InDoubt } entry
            && at >= entry.SubmittedAt
            && ActionProof.Shows(entry.Action, new(EvidenceSource.Callback, at, callback.State, callback.ProfileStatus, callback.ProfileRole)) == true
            ? entry : null;

    // It may have overtaken the answer that brings the request's id, and be kept for it; until then it is of an unknown request.
    private void KeepEarlyLocked(EsimCallback callback)
    {
        if (KeyOf(callback.Iccid) is { } key)
        {
            HearForeignLocked(key, callback.State, callback.ProfileStatus);
        }

        NoteLeadLocked(callback);

        _earlyCallbacks.Keep(callback, ++_order);
    }

    // What a message says is as old as the message; one whose age nobody knows is taken to be as old as its request.
    private DateTimeOffset SaidAt(EsimCallback callback, Entry entry)
    {
        var said = callback.ReceivedAt ?? entry.SubmittedAt;
        var now = NowLocked();
        return said > now ? now : said < entry.SubmittedAt ? entry.SubmittedAt : said;
    }

    // Polling tells whether it ended, not how; a confirmation proves what its action does.
    private void SettleByPollLocked(EsimRequest request, int place, OutcomeStatus status, bool vouches, bool isInferred = false, in WireIdentifiers named = default)
    {
        var proves = status == OutcomeStatus.Succeeded;
        SettleLocked(
            request,
            place,
            new(EvidenceSource.Poll, status, NowLocked(), proves ? request.Kind.ProvesState : null, proves ? request.Kind.ProvesProfileStatus : null)
            {
                Vouches = proves && vouches,
                IsInferred = isInferred,
                Euicc = named.Iccid is null ? default : EuiccOf(named.Eid),
            },
            named);
    }

    // A message of a request that has an object: the object knows what was heard before.
    private void SettleLocked(EsimRequest request, int place, in ObservedOutcome outcome, in WireIdentifiers named = default)
    {
        var profile = request.Profiles[place];
        var before = request.ResultAt(place);
        var keys = KeysOf(profile);
        var entry = _entries[request.Number - 1];

        // The twentieth digit says which of ten profiles is meant where an ICCID's last digit is no check digit.
        var (asked, said) = (CheckDigitOf(profile), CheckDigitOf(named.Iccid));
        var isSame = asked == said || asked == Spoken.NoCheckDigit || said == Spoken.NoCheckDigit;
        var isNew = RecordLocked(
            entry,
            KeyOf(request.Kind, keys),
            request.Kind.IsForDevice ? default : keys.Eid,
            request.Kind.IsForDevice ? profile.Eid! : profile.Iccid!,

            // Made again from a journal of hashes, the request does not know the twentieth digit either; a message may.
            IdentifierKey.IsHash(profile.Iccid) && said != Spoken.NoCheckDigit ? named.Iccid : profile.Iccid,
            outcome with { At = before?.ReceivedAt ?? outcome.At, Vouches = outcome.Vouches && isSame },
            before?.Status,
            () => request.TryDispute(place));
        if (isNew && request.TrySet(place, ResultOf(request, Revealed(profile, named), outcome)))
        {
            _changed.Enqueue(request);
        }
    }

    /// <summary>Ends a doubt about one profile.</summary>
    /// <param name="request">The request.</param>
    /// <param name="place">The profile's place in it.</param>
    /// <param name="verdict">Done or not done.</param>
    /// <param name="statement">The word of the service that shows it.</param>
    public void Settle(EsimRequest request, int place, in DoubtVerdict verdict, in ProfileStatement statement)
    {
        var profile = request.Profiles[place];
        var whole = request.Whole;
        lock (_lock)
        {
            var at = statement.At ?? NowLocked();
            SettleLocked(
                whole,
                whole == request ? place : whole.Find(profile.Iccid, profile.Eid, profile.Imei).Place,
                verdict.Status == EsimResolutionStatus.Done
                    ? new(statement.Source, OutcomeStatus.Succeeded, at, statement.State, statement.ProfileStatus, statement.ProfileRole) { IsInferred = true }
                    : new(statement.Source, OutcomeStatus.NotDone, at, Message: verdict.Evidence) { IsInferred = true });
        }

        Tell();
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
    private bool RecordLocked(
        Entry entry, IdentifierKey key, IdentifierKey named, string id, string? iccid, ObservedOutcome outcome, OutcomeStatus? before, Func<bool>? tryDispute)
    {
        outcome = outcome with { CheckDigit = IdentifierKey.IsHash(iccid) ? Spoken.HiddenCheckDigit : CheckDigitOf(iccid) };

        // What comes late is older than the newer request for the profile.
        if (_ledger.FindClaim(key).Request is var holder and > 0 && _entries[holder - 1].SubmittedAt is var next && next > entry.SubmittedAt && next < outcome.At)
        {
            outcome = outcome with { At = next.AddTicks(-1) };
        }

        var hearing = before is null ? Hearing.First : before == outcome.Status ? Hearing.Repeated : Hearing.Disputed;
        if (hearing == Hearing.Disputed && !(tryDispute?.Invoke() ?? _ledger.ProofOf(key).DisputedRequest != entry.Number))
        {
            // Both words have been heard before.
            return false;
        }

        var known = _ledger.ProofOf(key);
        Note(key, named, entry, outcome, hearing);
        if (hearing == Hearing.Repeated)
        {
            KeepAgainstLocked(key, known, NowLocked().UtcTicks);
        }
        else
        {
            var eid = entry.Action.EffectOnOthers == EffectOnOthers.Disables && outcome.Vouches && !outcome.Euicc.IsNone ? Shown(outcome.Euicc) : null;
            _journal.Outcome(entry.LocalId, entry.RequestId, entry.Action.Name, id, outcome with { Vouches = outcome.Vouches && hearing == Hearing.First }, eid);
        }

        return hearing == Hearing.First;
    }

    private static string Shown(IdentifierKey eid) => eid.IsHidden ? IdentifierKey.HashMark + eid.ToHex() : eid.ToDigits();

    // What stands in the place of an EID and is none (too short, another identifier, nothing but zeros) places nobody: what happens on the true eUICC
    // would not be seen any more.
    private IdentifierKey EuiccOf(string? eid) =>
        IdentifierKey.IsHash(eid) || (IdentifierKind.Eid.Read(eid).Value is { } digits && digits.Trim('0').Length > 0) ? KeyOf(eid) ?? default : default;

    private static byte CheckDigitOf(string? iccid) => (byte?)IdentifierKey.Of(iccid)?.DigitLeftOff ?? Spoken.NoCheckDigit;

    // A request that was made again from a journal of hashes does not know its identifiers; the message that answers it does.
    private static EsimProfile Revealed(EsimProfile profile, in WireIdentifiers named) => !EsimProfile.IsHashed(profile)
        ? profile
        : new() { Iccid = named.Iccid ?? profile.Iccid, Eid = named.Eid ?? profile.Eid, Imei = named.Imei ?? profile.Imei };

    private static EsimResult ResultOf(EsimRequest request, EsimProfile profile, in ObservedOutcome outcome) => new(profile)
    {
        AccountName = request.AccountName,
        RequestId = request.DisplayId,
        Action = request.Action,
        Status = outcome.Status,
        State = outcome.State,
        ProfileStatus = outcome.ProfileStatus,
        ProfileRole = outcome.ProfileRole,
        ReceivedAt = outcome.At,
        Source = outcome.Source,
        ErrorCode = outcome.Code,
        ErrorMessage = outcome.Message,
    };

    private void Note(IdentifierKey key, IdentifierKey named, Entry entry, in ObservedOutcome outcome, Hearing hearing)
    {
        var succeeded = outcome.Status == OutcomeStatus.Succeeded;
        if (hearing == Hearing.First)
        {
            _ledger.Settle(key, entry.Number, outcome.Status, outcome.At);
        }

        HearLocked(entry, key, named, outcome, hearing);

        // A confirmation tells what its action does, also where the message leaves the words out; a failure tells nothing but who it was about.
        NoteWords(
            key,
            hearing == Hearing.Disputed ? null : succeeded ? outcome.State ?? entry.Action.ProvesState : null,
            hearing == Hearing.Disputed ? null : succeeded ? outcome.ProfileStatus ?? entry.Action.ProvesProfileStatus : null,
            outcome);
        var eid = _ledger.ProofOf(key).Euicc;
        if (succeeded && hearing != Hearing.Disputed && entry.Action.EffectOnOthers != EffectOnOthers.None && !eid.IsNone)
        {
            _ledger.NoteCardEvent(eid, key, entry.Action.EffectOnOthers, outcome.At);
        }
    }

    private void NoteWords(IdentifierKey key, string? state, string? profileStatus, in ObservedOutcome outcome)
    {
        if (state is not null || profileStatus is not null || outcome.ProfileRole is not null)
        {
            _ledger.Note(key, new(outcome.Source, outcome.At, state, profileStatus, outcome.ProfileRole));
        }
    }

    private void ObserveListLocked(EsimCallback callback, ListQuestion question)
    {
        foreach (var profile in callback.ListedProfiles)
        {
            if (!profile.Identifiers.IsAmbiguous && KeyOf(profile.Identifiers.Iccid) is { } key)
            {
                _ledger.Note(key, new(EvidenceSource.Callback, question.Asked.At, profile.State, profile.ProfileStatus, profile.ProfileRole));
                HearAnswerLocked(
                    key,
                    EuiccOf(profile.Identifiers.Eid),
                    new(question.Asked, 0, AccountLocked(question.AccountName), CheckDigitOf(profile.Identifiers.Iccid)),
                    profile.State,
                    profile.ProfileStatus,
                    hasTwoStates: false,
                    hasTwoStatuses: false,
                    vouches: callback.IsAnswer && !profile.HasFault && (profile.AccountName is null || profile.AccountName == question.AccountName));
            }
        }
    }

    /// <summary>Calls observers and tells of problems, outside every lock: either may call whatever it likes.</summary>
    public void Tell()
    {
        while (_problems.TryDequeue(out var problem))
        {
            _report(problem);
        }

        while (_changed.TryDequeue(out var request))
        {
            request.Deliver();
        }
    }

    // A question whose answer comes by callback.
    private sealed class ListQuestion(Moment asked, string accountName)
    {
        public Moment Asked => asked;

        public string AccountName => accountName;

        public TaskCompletionSource<bool> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
