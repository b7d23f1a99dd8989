// The memory of a connection: which requests there are, which profiles they hold, and what the service has said of each profile.

using EsimTools.Callbacks;
using EsimTools.Identity;
using EsimTools.Journal;
using EsimTools.Rules;
using EsimTools.Wire;

namespace EsimTools.Requests;

/// <summary>A profile that the guard kept out of a request.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Verdict">Why.</param>
public sealed record GuardRefusal(EsimProfile Profile, GuardVerdict Verdict)
{
    /// <summary>The refusal as an exception with the guard's error id.</summary>
    public EsimException ToException(EsimAction action) => Verdict.Decision == GuardDecision.AskService
        ? new(EsimError.EsimProfileStateUnknown, $"'{action}' was not sent for {Profile}: the service has not been asked for its state.")
        : new(Verdict.Error ?? EsimError.EsimProfileStateUnknown, $"'{action}' was not sent for {Profile}: {Verdict.Reason}.", Verdict.RecommendedAction);
}

/// <summary>Keeps requests and profiles; every member may be called from any thread.</summary>
internal sealed class RequestTracker
{
    private const int MostEarlyCallbacks = 100_000;

    private readonly object _lock = new();
    private readonly RequestJournal _journal;
    private readonly Clock _clock;
    private readonly ProfileLedger _ledger = new();
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, Entry> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Entry> _byLocalId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<EsimCallback>> _earlyCallbacks = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _earlyIds = new();
    private readonly Dictionary<string, TaskCompletionSource<bool>> _lists = new(StringComparer.OrdinalIgnoreCase);
    private int _earlyCallbackCount;

    public RequestTracker(RequestJournal journal, Clock clock)
    {
        _journal = journal;
        _clock = clock;
    }

    /// <summary>Reads what earlier sessions have left in the journal.</summary>
    /// <param name="report">Told of each line that could not be read.</param>
    public void Load(Action<string> report)
    {
        lock (_lock)
        {
            var early = new List<JournalLine>();
            foreach (var line in _journal.ReadAll(report))
            {
                if (!TryReplay(line))
                {
                    early.Add(line);
                }
            }

            // Another process may have written an outcome to a file that sorts before the one with its request.
            early.ForEach(line => TryReplay(line));
        }
    }

    /// <summary>Judges one action for one profile by all that is known here.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile with what its inventory says.</param>
    /// <param name="serviceWasAsked">Whether the service has just been asked.</param>
    /// <param name="ignoreOpen">Whether the user wants it sent although an earlier request is open or in doubt.</param>
    public GuardVerdict Judge(EsimAction action, EsimProfile profile, bool serviceWasAsked, bool ignoreOpen)
    {
        lock (_lock)
        {
            return JudgeLocked(action, profile, serviceWasAsked, ignoreOpen);
        }
    }

    /// <summary>
    /// Claims the profiles that the guard allows, writes the journal line, and returns the request that may now leave. The judging and the
    /// claiming are one step, so no two requests can hold a profile at once.
    /// </summary>
    /// <returns>The request, or null when every profile was refused.</returns>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: nothing may leave.</exception>
    public EsimRequest? Open(
        EsimAction action,
        string accountName,
        string? servicePlan,
        IReadOnlyList<EsimProfile> profiles,
        bool serviceWasAsked,
        bool ignoreOpen,
        List<GuardRefusal> refused)
    {
        EsimRequest request;
        lock (_lock)
        {
            var claimed = new List<EsimProfile>(profiles.Count);
            var number = _entries.Count + 1;
            foreach (var profile in profiles)
            {
                var verdict = JudgeLocked(action, profile, serviceWasAsked, ignoreOpen, ownClaim: number);
                if (verdict.Decision == GuardDecision.Allowed)
                {
                    claimed.Add(profile);
                    _ledger.Claim(KeyOf(action, profile), number);
                }
                else
                {
                    refused.Add(new(profile, verdict));
                }
            }

            if (claimed.Count == 0)
            {
                return null;
            }

            request = new EsimRequest(Guid.NewGuid().ToString(), action, accountName, servicePlan, claimed, _clock.UtcNow) { Number = number, Tracker = this };
            Add(new Entry(request.LocalId, action, accountName, servicePlan, request.SubmittedAt, number) { Live = new(request) });
        }

        try
        {
            _journal.Sending(request);
            return request;
        }
        catch (EsimException)
        {
            request.Enter(EsimRequest.Phase.Refused);
            SetPhase(request, EsimRequest.Phase.Refused);
            throw;
        }
    }

    /// <summary>The service took the request.</summary>
    public void Accepted(EsimRequest request, string requestId)
    {
        request.Enter(EsimRequest.Phase.Accepted, requestId);
        List<EsimCallback>? early;
        lock (_lock)
        {
            SetPhase(request, EsimRequest.Phase.Accepted);
            if (_earlyCallbacks.TryGetValue(requestId, out early))
            {
                _earlyCallbacks.Remove(requestId);
                _earlyCallbackCount -= early.Count;
            }
        }

        try
        {
            _journal.Answered(request, JournalEvent.Accepted);
        }
        finally
        {
            early?.ForEach(Observe);
        }
    }

    /// <summary>It is proven that the service did not take the request.</summary>
    public void Refused(EsimRequest request, EsimException reason)
    {
        request.Enter(EsimRequest.Phase.Refused);
        SetPhase(request, EsimRequest.Phase.Refused);
        _journal.Answered(request, JournalEvent.Refused, reason.StatusCode, reason.ErrorCode, reason.Message);
    }

    /// <summary>Nobody knows whether the service took the request.</summary>
    public void InDoubt(EsimRequest request, EsimException reason)
    {
        request.Enter(EsimRequest.Phase.InDoubt);
        SetPhase(request, EsimRequest.Phase.InDoubt);
        _journal.Answered(request, JournalEvent.InDoubt, reason.StatusCode, reason.ErrorCode, reason.Message);
    }

    /// <summary>Takes in a callback, wherever it came from. Repeated ones and ones for other programs' requests are harmless.</summary>
    public void Observe(EsimCallback callback)
    {
        EsimRequest? request;
        Entry? entry;
        lock (_lock)
        {
            if (_lists.TryGetValue(callback.RequestId, out var list))
            {
                ObserveListLocked(callback);
                list.TrySetResult(true);
                return;
            }

            if (!_byId.TryGetValue(callback.RequestId, out entry))
            {
                KeepEarlyLocked(callback);
                return;
            }

            if (callback.Status == OutcomeStatus.Pending)
            {
                return;
            }

            if (entry.Action.IsForDevice && IdentifierKey.Of(callback.Iccid) is { } memberKey)
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
            var isClaimed = IdentifierKey.Of(callback.Iccid) is { } key && _ledger.Find(key).Request == entry.Number;
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
            Settle(request, place, outcome);
        }
    }

    /// <summary>Awaits the callback that answers an asynchronous device list; it may have come already.</summary>
    /// <param name="requestId">The list's request.</param>
    public Task AwaitList(string requestId)
    {
        var answered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _lists[requestId] = answered;
            if (_earlyCallbacks.TryGetValue(requestId, out var early))
            {
                _earlyCallbacks.Remove(requestId);
                _earlyCallbackCount -= early.Count;
                early.ForEach(ObserveListLocked);
                answered.TrySetResult(true);
            }
        }

        return answered.Task;
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
                SettleByPoll(request, place, status);
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
            if (IdentifierKey.Of(device.Identifiers.Iccid) is { } key)
            {
                _ledger.Note(key, new(EvidenceSource.ServiceList, now, device.State, device.ProfileStatus));
            }

            if (device.Connected is { } connected && IdentifierKey.Of(device.Identifiers.Eid) is { } eid)
            {
                _ledger.NoteConnected(eid, connected, now);
            }
        }
    }

    /// <summary>How many requests there have been.</summary>
    public int RequestCount
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Whether the profile was last sent with this action in a later request than that many, and the service did not refuse it.</summary>
    public bool WasSentSince(int requestCount, EsimAction action, EsimProfile profile)
    {
        lock (_lock)
        {
            var number = _ledger.Find(KeyOf(action, profile)).Request;
            return number > requestCount && _entries[number - 1] is { Phase: not EsimRequest.Phase.Refused } entry && entry.Action == action;
        }
    }

    /// <summary>The newest word of the service on a profile.</summary>
    public ProfileStatement StatementOf(EsimProfile profile)
    {
        lock (_lock)
        {
            return StatementLocked(profile);
        }
    }

    /// <summary>Adds to what the list says of a profile what was confirmed here and the list leaves out.</summary>
    public EsimProfile Complete(EsimProfile listed)
    {
        ProfileStatement known;
        lock (_lock)
        {
            known = StatementLocked(listed);
        }

        return new EsimProfile
        {
            Iccid = listed.Iccid,
            Eid = listed.Eid,
            Imei = listed.Imei,
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

    /// <summary>A request by the service's id or the journal's; null when it is not known.</summary>
    public EsimRequest? Find(string id)
    {
        lock (_lock)
        {
            return _byId.TryGetValue(id, out var entry) || _byLocalId.TryGetValue(id, out entry) ? entry.Target ?? RebuildLocked([entry])[0] : null;
        }
    }

    /// <summary>Every request that was taken or may have been, oldest first.</summary>
    public IReadOnlyList<EsimRequest> All()
    {
        lock (_lock)
        {
            return RebuildLocked([.. _entries.Where(entry => entry.Phase != EsimRequest.Phase.Refused).OrderBy(entry => entry.SubmittedAt)]);
        }
    }

    /// <summary>The service plans of all known requests.</summary>
    public IReadOnlyList<string> KnownServicePlans()
    {
        lock (_lock)
        {
            return [.. _entries.Select(entry => entry.ServicePlan).OfType<string>().Distinct(StringComparer.Ordinal)];
        }
    }

    // An action for a device claims its EID, an action for a profile its ICCID.
    private static IdentifierKey KeyOf(EsimAction action, EsimProfile profile) =>
        action.IsForDevice ? IdentifierKey.Of(profile.Eid) ?? default : profile.Key;

    private ProfileStatement StatementLocked(EsimProfile profile) => _ledger.StatementOf(profile.Key, IdentifierKey.Of(profile.Eid));

    private GuardVerdict JudgeLocked(EsimAction action, EsimProfile profile, bool serviceWasAsked, bool ignoreOpen, int ownClaim = 0)
    {
        var (number, isOpen, _) = _ledger.Find(KeyOf(action, profile));
        if (!isOpen && !action.IsForDevice && IdentifierKey.Of(profile.Eid) is { } eid)
        {
            // An open action for the whole device holds its profiles too.
            (number, isOpen, _) = _ledger.Find(eid);
        }

        var evidence = new ProfileEvidence(
            action.IsForDevice ? default : StatementLocked(profile),
            new(profile.Source, profile.AsOf, profile.State, profile.ProfileStatus, profile.ProfileRole),
            _clock.UtcNow,
            ServiceWasAsked: serviceWasAsked,
            Connected: IdentifierKey.Of(profile.Eid) is { } card ? _ledger.IsConnected(card) ?? profile.Connected : profile.Connected);

        if (isOpen && number == ownClaim)
        {
            return GuardVerdict.Refuse(EsimError.EsimProfileDuplicate, "it stands in the input more than once and is served once", "Take the repeated row out.");
        }

        if (isOpen && number > 0 && !ignoreOpen && _entries[number - 1] is { Phase: not EsimRequest.Phase.Refused } holder)
        {
            evidence = evidence with
            {
                OpenRequest = holder.RequestId ?? holder.LocalId,
                OpenAction = holder.Action,
                OpenIsInDoubt = holder.Phase == EsimRequest.Phase.InDoubt,
            };
        }

        return Guard.Judge(action, evidence);
    }

    // It may have overtaken the answer that brings the request's id. Where there are too many, the oldest are for other programs' requests.
    private void KeepEarlyLocked(EsimCallback callback)
    {
        while (_earlyCallbackCount >= MostEarlyCallbacks)
        {
            var oldest = _earlyIds.Dequeue();
            if (_earlyCallbacks.TryGetValue(oldest, out var given))
            {
                _earlyCallbacks.Remove(oldest);
                _earlyCallbackCount -= given.Count;
            }
        }

        if (!_earlyCallbacks.TryGetValue(callback.RequestId, out var waiting))
        {
            _earlyCallbacks[callback.RequestId] = waiting = [];
            _earlyIds.Enqueue(callback.RequestId);
        }

        waiting.Add(callback);
        _earlyCallbackCount++;
    }

    // What a message says is as old as the message; one whose age nobody knows is taken to be as old as its request.
    private DateTimeOffset SaidAt(EsimCallback callback, Entry entry)
    {
        var said = callback.ReceivedAt ?? entry.SubmittedAt;
        var now = _clock.UtcNow;
        return said > now ? now : said < entry.SubmittedAt ? entry.SubmittedAt : said;
    }

    // Polling tells whether it ended, not how; a confirmation proves what its action does.
    private void SettleByPoll(EsimRequest request, int place, OutcomeStatus status)
    {
        var proves = status == OutcomeStatus.Succeeded;
        Settle(request, place, new(
            EvidenceSource.Poll, status, _clock.UtcNow, proves ? request.Kind.ProvesState : null, proves ? request.Kind.ProvesProfileStatus : null));
    }

    private void Settle(EsimRequest request, int place, in ObservedOutcome outcome)
    {
        var profile = request.Profiles[place];
        var said = outcome with { At = request.ResultAt(place)?.ReceivedAt ?? outcome.At };
        lock (_lock)
        {
            // What is said again is as old as when it was said first, and what comes late is older than the newer request for the profile:
            // an old "deactivated" must not pass for today's state.
            var key = KeyOf(request.Kind, profile);
            if (_ledger.Find(key).Request is var holder and > 0 && _entries[holder - 1].SubmittedAt is var next && next > request.SubmittedAt && next < said.At)
            {
                said = said with { At = next };
            }

            Note(key, IdentifierKey.Of(profile.Eid), request.Number, request.Kind, said);
        }

        if (request.TrySet(place, ResultOf(request, profile, said)))
        {
            _journal.Outcome(request.LocalId, request.RequestId, request.Action, request.Kind.IsForDevice ? profile.Eid : profile.Iccid, said);
        }
    }

    private void SettleUnheld(Entry entry, string iccid, string? eid, in ObservedOutcome outcome)
    {
        if (IdentifierKey.Of(iccid) is not { } key)
        {
            return;
        }

        lock (_lock)
        {
            if (_ledger.Find(key) is not { IsOpen: true } claim || claim.Request != entry.Number)
            {
                return;
            }

            Note(key, IdentifierKey.Of(eid), entry.Number, entry.Action, outcome);
        }

        _journal.Outcome(entry.LocalId, entry.RequestId, entry.Action.Name, iccid, outcome);
    }

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
    private void Note(IdentifierKey key, IdentifierKey? eid, int number, EsimAction action, in ObservedOutcome outcome)
    {
        _ledger.Settle(key, number, outcome.Status);
        var succeeded = outcome.Status == OutcomeStatus.Succeeded;
        var state = outcome.State ?? (succeeded ? action.ProvesState : null);
        var profileStatus = outcome.ProfileStatus ?? (succeeded ? action.ProvesProfileStatus : null);
        if (state is not null || profileStatus is not null || outcome.ProfileRole is not null)
        {
            _ledger.Note(key, new(outcome.Source, outcome.At, state, profileStatus, outcome.ProfileRole));
        }

        if (succeeded && action.EffectOnOthers != EffectOnOthers.None && eid is { } card)
        {
            _ledger.NoteCardEvent(card, key, action.EffectOnOthers, outcome.At);
        }
    }

    private void SetPhase(EsimRequest request, EsimRequest.Phase phase)
    {
        lock (_lock)
        {
            var entry = _entries[request.Number - 1];
            entry.Phase = phase;
            if (request.RequestId is { } id)
            {
                entry.RequestId = id;
                _byId[id] = entry;
            }
        }
    }

    private void Add(Entry entry)
    {
        _entries.Add(entry);
        _byLocalId[entry.LocalId] = entry;
    }

    private bool TryReplay(JournalLine line)
    {
        if (line.Event == JournalEvent.Sending)
        {
            if (line.Service != _journal.Service || line.LocalId is null || EsimAction.Find(line.Action) is not { } action
                || line.AccountName is null || line.Profiles is null || _byLocalId.ContainsKey(line.LocalId))
            {
                return true;
            }

            var number = _entries.Count + 1;
            foreach (var profile in line.Profiles)
            {
                // Files are read one after the other, so another process's newer request may have been read before this one.
                var key = KeyOf(action, profile);
                var holder = _ledger.Find(key).Request;
                if (holder == 0 || holder == number || _entries[holder - 1].SubmittedAt <= line.At)
                {
                    _ledger.Claim(key, number);
                }
            }

            // Without a line for the answer the process ended in between: nobody knows.
            Add(new Entry(line.LocalId, action, line.AccountName, line.ServicePlan, line.At, number)
            {
                Phase = EsimRequest.Phase.InDoubt,
                Cards = action.EffectOnOthers != EffectOnOthers.None ? CardsOf(line.Profiles) : null,
            });
            return true;
        }

        if (line.LocalId is null || !_byLocalId.TryGetValue(line.LocalId, out var entry))
        {
            return false;
        }

        switch (line.Event)
        {
            case JournalEvent.Accepted when line.RequestId is { } id:
                entry.Phase = EsimRequest.Phase.Accepted;
                entry.RequestId = id;
                _byId[id] = entry;
                break;
            case JournalEvent.Refused:
                entry.Phase = EsimRequest.Phase.Refused;
                break;
            case JournalEvent.Outcome:
                foreach (var id in line.Ids ?? [])
                {
                    if (IdentifierKey.Of(id) is { } key)
                    {
                        Note(key, entry.CardOf(key), entry.Number, entry.Action, OutcomeOf(line));
                    }
                }

                break;
        }

        return true;
    }

    private void ObserveListLocked(EsimCallback callback)
    {
        var at = callback.ReceivedAt ?? _clock.UtcNow;
        foreach (var profile in callback.ListedProfiles)
        {
            if (IdentifierKey.Of(profile.Identifiers.Iccid) is { } key)
            {
                _ledger.Note(key, new(EvidenceSource.Callback, at, profile.State, profile.ProfileStatus, profile.ProfileRole));
            }
        }
    }

    private static Dictionary<IdentifierKey, IdentifierKey> CardsOf(IReadOnlyList<EsimProfile> profiles)
    {
        var cards = new Dictionary<IdentifierKey, IdentifierKey>();
        foreach (var profile in profiles)
        {
            if (IdentifierKey.Of(profile.Eid) is { } eid)
            {
                cards[profile.Key] = eid;
            }
        }

        return cards;
    }

    private static ObservedOutcome OutcomeOf(JournalLine line) =>
        new(line.Source, line.Outcome, line.At, line.State, line.ProfileStatus, line.ProfileRole, line.Code, line.Message);

    // A request object lives as long as its caller keeps it. Those that are gone are made again from the journal, in one pass over it.
    private EsimRequest[] RebuildLocked(Entry[] entries)
    {
        var requests = entries.Select(entry => entry.Target).ToArray();
        var missing = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Length; i++)
        {
            if (requests[i] is null)
            {
                missing[entries[i].LocalId] = i;
            }
        }

        if (missing.Count > 0)
        {
            _journal.Flush();
            var outcomes = new List<(int Place, JournalLine Line)>();
            foreach (var line in _journal.ReadAll(_ => { }))
            {
                if (line.LocalId is null || !missing.TryGetValue(line.LocalId, out var place))
                {
                    continue;
                }

                if (line.Event == JournalEvent.Sending)
                {
                    requests[place] = Rebuilt(entries[place], line.Profiles ?? []);
                }
                else if (line.Event == JournalEvent.Outcome)
                {
                    outcomes.Add((place, line));
                }
            }

            foreach (var (place, line) in outcomes)
            {
                Replay(requests[place], line);
            }
        }

        return [.. requests.Select((request, i) => request ?? Rebuilt(entries[i], []))];
    }

    private EsimRequest Rebuilt(Entry entry, IReadOnlyList<EsimProfile> profiles)
    {
        var request = new EsimRequest(entry.LocalId, entry.Action, entry.AccountName, entry.ServicePlan, profiles, entry.SubmittedAt) { Number = entry.Number, Tracker = this };
        request.Enter(entry.Phase, entry.RequestId);
        entry.Live = new(request);
        return request;
    }

    private static void Replay(EsimRequest? request, JournalLine line)
    {
        foreach (var id in line.Ids ?? [])
        {
            // A device's request may name an ICCID too; a line about that profile is not about the device.
            var isMember = request?.Kind.IsForDevice == true && id.Length != IdentifierKind.Eid.LongestLength;
            if (!isMember && request?.Find(id, null, null) is { } place and >= 0)
            {
                request.TrySet(place, ResultOf(request, request.Profiles[place], OutcomeOf(line)));
            }
        }
    }

    private sealed class Entry(
        string localId, EsimAction action, string accountName, string? servicePlan, DateTimeOffset submittedAt, int number)
    {
        public string LocalId { get; } = localId;

        public EsimAction Action { get; } = action;

        public string AccountName { get; } = accountName;

        public string? ServicePlan { get; } = servicePlan;

        public DateTimeOffset SubmittedAt { get; } = submittedAt;

        public int Number { get; } = number;

        public string? RequestId { get; set; }

        public EsimRequest.Phase Phase { get; set; }

        public WeakReference<EsimRequest>? Live { get; set; }

        /// <summary>The card of each profile, for actions whose confirmation tells of the card's other profiles.</summary>
        public Dictionary<IdentifierKey, IdentifierKey>? Cards { get; init; }

        public IdentifierKey? CardOf(IdentifierKey profile) => Cards is not null && Cards.TryGetValue(profile, out var card) ? card : null;

        public EsimRequest? Target => Live is { } weak && weak.TryGetTarget(out var request) ? request : null;
    }
}
