// The tracker's ears: callbacks, polls and lists, and what they settle.

using EsimTools.Callbacks;
using EsimTools.Identity;
using EsimTools.Journal;
using EsimTools.Rules;
using EsimTools.Wire;

namespace EsimTools.Requests;

/// <content>What is heard of profiles.</content>
internal sealed partial class RequestTracker
{
    /// <summary>Takes in a callback, wherever it came from. Repeated ones and ones for other programs' requests are harmless.</summary>
    public void Observe(EsimCallback callback)
    {
        EsimRequest? request;
        Entry? entry;
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            if (_lists.TryGetValue(callback.RequestId, out var list))
            {
                ObserveListLocked(callback);
                list.TrySetResult(true);
                return;
            }

            if (!_byId.TryGetValue(callback.RequestId, out entry))
            {
                entry = FindDoubtLocked(callback);
                if (entry is null)
                {
                    _earlyCallbacks.Keep(callback);
                    return;
                }
            }

            if (callback.Status == OutcomeStatus.Pending)
            {
                return;
            }

            if (entry.Action.IsForDevice && KeyOf(callback.Iccid) is { } memberKey)
            {
                // One of the device's profiles; the outcome of the request itself is in the callback that names the device alone.
                if (callback.Status == OutcomeStatus.Succeeded)
                {
                    var member = new ObservedOutcome(EvidenceSource.Callback, callback.Status, SaidAt(callback, entry), callback.State, callback.ProfileStatus, callback.ProfileRole);
                    _ledger.Note(memberKey, new(member.Source, member.At, member.State, member.ProfileStatus, member.ProfileRole));
                    _journal.Outcome(entry.LocalId, entry.RequestId, entry.Action.Name, callback.Iccid, member);
                }

                return;
            }

            // Without the ICCID that the request named, only the request itself can tell which profile is meant.
            var isClaimed = KeyOf(callback.Iccid) is { } key && _ledger.FindClaim(key).Request == entry.Number;
            request = entry.Target ?? (isClaimed ? null : RebuildLocked([entry])[0]);
        }

        var outcome = new ObservedOutcome(
            EvidenceSource.Callback, callback.Status, SaidAt(callback, entry), callback.State, callback.ProfileStatus, callback.ProfileRole, callback.FaultCode, callback.FaultMessage);
        if (request is null)
        {
            // The caller has let the request go: what it says is still worth remembering.
            SettleUnheld(entry, callback.Iccid!, callback.Eid, outcome);
            return;
        }

        var place = request.Find(callback.Iccid, callback.Eid, callback.Imei);
        if (place >= 0)
        {
            Settle(request, place, outcome, new(callback.Iccid, callback.Eid, callback.Imei, null));
        }
    }

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
    public Task AwaitList(string requestId)
    {
        var answered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _lists[requestId] = answered;
            if (_earlyCallbacks.Take(requestId) is { } early)
            {
                early.ForEach(ObserveListLocked);
                answered.TrySetResult(true);
            }
        }

        return answered.Task;
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
    public void Observe(EsimRequest request, RequestStatusAnswer answer)
    {
        var named = new HashSet<int>();
        foreach (var part in answer.SubRequests)
        {
            var status = OutcomeWords.Read(part.Status);
            var isMember = request.Kind.IsForDevice && part.Identifiers.Iccid is not null;
            var place = isMember ? -1 : request.Find(part.Identifiers.Iccid, part.Identifiers.Eid, part.Identifiers.Imei);
            if (place >= 0 && named.Add(place) && status != OutcomeStatus.Pending)
            {
                SettleByPoll(request, place, status, part.Identifiers);
            }
        }

        var whole = OutcomeWords.Read(answer.Status);
        if (whole == OutcomeStatus.Pending)
        {
            return;
        }

        // The parts, where there are any, tell more than the whole does; the whole speaks for the profiles that no part names.
        // A request whose parts differ is called failed as a whole, so that word is used only where there are no parts.
        if (whole == OutcomeStatus.Succeeded || answer.SubRequests.Count == 0)
        {
            foreach (var place in request.OpenPlaces())
            {
                if (!named.Contains(place))
                {
                    SettleByPoll(request, place, whole);
                }
            }
        }
    }

    /// <summary>Takes in a line of the service's device list.</summary>
    public void Observe(ListedDevice device)
    {
        var now = _clock.UtcNow;
        lock (_lock)
        {
            if (KeyOf(device.Identifiers.Iccid) is { } key)
            {
                _ledger.Note(key, new(EvidenceSource.ServiceList, now, device.State, device.ProfileStatus));
            }

            if (device.Connected is { } connected && KeyOf(device.Identifiers.Eid) is { } eid)
            {
                _ledger.NoteConnected(eid, connected, now);
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

    // What a message says is as old as the message; one whose age nobody knows is taken to be as old as its request.
    private DateTimeOffset SaidAt(EsimCallback callback, Entry entry)
    {
        var said = callback.ReceivedAt ?? entry.SubmittedAt;
        var now = _clock.UtcNow;
        return said > now ? now : said < entry.SubmittedAt ? entry.SubmittedAt : said;
    }

    // Polling tells whether it ended, not how; a confirmation proves what its action does.
    private void SettleByPoll(EsimRequest request, int place, OutcomeStatus status, in WireIdentifiers named = default)
    {
        var proves = status == OutcomeStatus.Succeeded;
        Settle(request, place, new(
            EvidenceSource.Poll, status, _clock.UtcNow, proves ? request.Kind.ProvesState : null, proves ? request.Kind.ProvesProfileStatus : null), named);
    }

    private void Settle(EsimRequest request, int place, in ObservedOutcome outcome, in WireIdentifiers named = default)
    {
        var profile = request.Profiles[place];
        var said = outcome with { At = request.ResultAt(place)?.ReceivedAt ?? outcome.At };
        lock (_lock)
        {
            // What is said again is as old as when it was said first, and what comes late is older than the newer request for the profile:
            // an old "deactivated" must not pass for today's state.
            var keys = KeysOf(profile);
            var key = KeyOf(request.Kind, keys);
            if (_ledger.FindClaim(key).Request is var holder and > 0 && _entries[holder - 1].SubmittedAt is var next && next > request.SubmittedAt && next < said.At)
            {
                said = said with { At = next.AddTicks(-1) };
            }

            Note(key, keys.Eid, request.Number, request.Kind, said);
        }

        if (request.TrySet(place, ResultOf(request, Revealed(profile, named), said)))
        {
            _journal.Outcome(request.LocalId, request.RequestId, request.Action, request.Kind.IsForDevice ? profile.Eid : profile.Iccid, said);
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
        var at = statement.At ?? _clock.UtcNow;
        Settle(
            whole,
            whole == request ? place : whole.Find(profile.Iccid, profile.Eid, profile.Imei),
            verdict.Status == EsimResolutionStatus.Done
                ? new(statement.Source, OutcomeStatus.Succeeded, at, statement.State, statement.ProfileStatus, statement.ProfileRole)
                : new(statement.Source, OutcomeStatus.NotDone, at, Message: verdict.Evidence));
    }

    private void SettleUnheld(Entry entry, string iccid, string? eid, in ObservedOutcome outcome)
    {
        if (KeyOf(iccid) is not { } key)
        {
            return;
        }

        lock (_lock)
        {
            if (_ledger.FindClaim(key) is not { IsOpen: true } claim || claim.Request != entry.Number)
            {
                return;
            }

            Note(key, KeyOf(eid) ?? default, entry.Number, entry.Action, outcome);
        }

        _journal.Outcome(entry.LocalId, entry.RequestId, entry.Action.Name, iccid, outcome);
    }

    // A request that was made again from a journal of hashes does not know its identifiers; the message that answers it does.
    private static EsimProfile Revealed(EsimProfile profile, in WireIdentifiers named) => !IdentifierSeal.IsHidden(profile)
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

    // A confirmation proves what its action does, also where the message leaves the words out.
    private void Note(IdentifierKey key, IdentifierKey eid, int number, EsimAction action, in ObservedOutcome outcome)
    {
        _ledger.Settle(key, number, outcome.Status, outcome.At);
        var succeeded = outcome.Status == OutcomeStatus.Succeeded;
        var state = outcome.State ?? (succeeded ? action.ProvesState : null);
        var profileStatus = outcome.ProfileStatus ?? (succeeded ? action.ProvesProfileStatus : null);
        if (state is not null || profileStatus is not null || outcome.ProfileRole is not null)
        {
            _ledger.Note(key, new(outcome.Source, outcome.At, state, profileStatus, outcome.ProfileRole));
        }

        if (succeeded && action.EffectOnOthers != EffectOnOthers.None && !eid.IsNone)
        {
            _ledger.NoteCardEvent(eid, key, action.EffectOnOthers, outcome.At);
        }
    }

    private void ObserveListLocked(EsimCallback callback)
    {
        var at = callback.ReceivedAt ?? _clock.UtcNow;
        foreach (var profile in callback.ListedProfiles)
        {
            if (KeyOf(profile.Identifiers.Iccid) is { } key)
            {
                _ledger.Note(key, new(EvidenceSource.Callback, at, profile.State, profile.ProfileStatus, profile.ProfileRole));
            }
        }
    }
}
