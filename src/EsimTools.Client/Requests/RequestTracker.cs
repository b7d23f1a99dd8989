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

/// <summary>What came of judging and claiming profiles.</summary>
/// <param name="Request">The request that may now leave; null when there is none.</param>
/// <param name="Refused">The profiles that the guard kept out of it.</param>
/// <param name="Skipped">The profiles for which an earlier request has done it, by that request's number.</param>
internal readonly record struct Opening(EsimRequest? Request, IReadOnlyList<GuardRefusal> Refused, IReadOnlyDictionary<int, List<EsimProfile>> Skipped);

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
    private readonly List<Entry> _senders = [];
    private readonly List<(JournalLine Line, List<IdentifierKey> Ids)> _orphans = [];
    private readonly HashSet<string?> _foreignServices = new(StringComparer.Ordinal);
    private int _earlyCallbackCount;

    public RequestTracker(RequestJournal journal, Clock clock)
    {
        _journal = journal;
        _clock = clock;
    }

    /// <summary>Takes in what other connections have written to the journal since the last time.</summary>
    /// <param name="report">Told of each line that could not be read.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void Refresh(Action<string> report)
    {
        List<EsimCallback>? due = null;
        lock (_lock)
        {
            _journal.ReadNew(Replay, report, _ledger.Expect);
            LookAfterSendersLocked(report);
            foreach (var id in _earlyCallbacks.Keys.Where(_byId.ContainsKey).ToArray())
            {
                (due ??= []).AddRange(TakeEarlyLocked(id)!);
            }
        }

        due?.ForEach(Observe);
    }

    /// <summary>Puts away journal files that no longer matter.</summary>
    /// <returns>How many.</returns>
    public int PutAway()
    {
        lock (_lock)
        {
            var needed = new HashSet<string?>(_ledger.OpenRequests().Select(number => _entries[number - 1].Path), StringComparer.Ordinal);
            return _journal.PutAway(path => needed.Contains(path) || _foreignServices.Contains(path));
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
    /// <returns>What may leave, what may not, and what need not.</returns>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: nothing may leave.</exception>
    public Opening Open(EsimAction action, string accountName, EsimActionOptions options, IReadOnlyList<EsimProfile> profiles, bool serviceWasAsked)
    {
        EsimRequest request;
        var refused = new List<GuardRefusal>();
        var skipped = new Dictionary<int, List<EsimProfile>>();
        lock (_lock)
        {
            var claimed = new List<EsimProfile>(profiles.Count);
            var number = _entries.Count + 1;
            foreach (var profile in profiles)
            {
                if (options is { SkipConfirmedWithin: { } within, Resubmit: false } && FindRepeatLocked(action, profile, options.ServicePlan, within) is > 0 and var earlier && earlier != number)
                {
                    Keep(skipped, earlier, profile);
                    continue;
                }

                var verdict = JudgeLocked(action, profile, serviceWasAsked, options.Resubmit, ownClaim: number);
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
                return new(null, refused, skipped);
            }

            request = new EsimRequest(Guid.NewGuid().ToString(), action, accountName, options.ServicePlan, claimed, _clock.UtcNow) { Number = number, Tracker = this };
            Add(new Entry(request.LocalId, action, accountName, options.ServicePlan, request.SubmittedAt, number) { Live = new(request) });
        }

        try
        {
            _journal.Sending(request);
            return new(request, refused, skipped);
        }
        catch (EsimException)
        {
            request.Enter(EsimRequest.Phase.Refused);
            SetPhase(request, EsimRequest.Phase.Refused);
            throw;
        }
    }

    /// <summary>The number of the request that makes another one for the profile needless: the same action, open or confirmed lately; 0 when there is none.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="servicePlan">The plan that would be sent.</param>
    /// <param name="within">How old a confirmation may be.</param>
    public int FindRepeat(EsimAction action, EsimProfile profile, string? servicePlan, TimeSpan within)
    {
        lock (_lock)
        {
            return FindRepeatLocked(action, profile, servicePlan, within);
        }
    }

    /// <summary>Earlier requests, each for some of its profiles only.</summary>
    public IReadOnlyList<EsimRequest> PartsOf(IReadOnlyDictionary<int, List<EsimProfile>> profiles)
    {
        if (profiles.Count == 0)
        {
            return [];
        }

        EsimRequest[] requests;
        lock (_lock)
        {
            requests = RebuildLocked([.. profiles.Keys.Select(number => _entries[number - 1])]);
        }

        return [.. requests.Select(request => request.Part(profiles[request.Number]))];
    }

    /// <summary>The service took the request.</summary>
    public void Accepted(EsimRequest request, string requestId)
    {
        request.Enter(EsimRequest.Phase.Accepted, requestId);
        List<EsimCallback>? early;
        lock (_lock)
        {
            SetPhase(request, EsimRequest.Phase.Accepted);
            early = TakeEarlyLocked(requestId);
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

        // A callback may have come before the connection broke.
        EsimCallback[] early;
        lock (_lock)
        {
            early = [.. _earlyCallbacks.Values.SelectMany(callbacks => callbacks).Where(callback => FindDoubtLocked(callback)?.Number == request.Number)];
        }

        foreach (var callback in early)
        {
            Observe(callback);
        }
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
                entry = FindDoubtLocked(callback);
                if (entry is null)
                {
                    KeepEarlyLocked(callback);
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

    /// <summary>Awaits the callback that answers an asynchronous device list; it may have come already.</summary>
    /// <param name="requestId">The list's request.</param>
    public Task AwaitList(string requestId)
    {
        var answered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _lists[requestId] = answered;
            if (TakeEarlyLocked(requestId) is { } early)
            {
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
            var number = _ledger.FindClaim(KeyOf(action, profile)).Request;
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

    /// <summary>What an identifier is known by here; null when it is none.</summary>
    public IdentifierKey? KeyOf(string? text) => IdentifierSeal.KeyOf(_journal.Seal, text);

    private IdentifierKey KeyOf(EsimProfile profile) => KeyOf(profile.Iccid) ?? KeyOf(profile.Eid) ?? KeyOf(profile.Imei) ?? default;

    // An action for a device claims its EID, an action for a profile its ICCID.
    private IdentifierKey KeyOf(EsimAction action, EsimProfile profile) => action.IsForDevice ? KeyOf(profile.Eid) ?? default : KeyOf(profile);

    private static IdentifierKey KeyOf(EsimAction action, in ProfileKeys profile) => action.IsForDevice ? profile.Eid : profile.First;

    private ProfileStatement StatementLocked(EsimProfile profile) => _ledger.StatementOf(KeyOf(profile), KeyOf(profile.Eid));

    private GuardVerdict JudgeLocked(EsimAction action, EsimProfile profile, bool serviceWasAsked, bool ignoreOpen, int ownClaim = 0)
    {
        var claim = _ledger.FindClaim(KeyOf(action, profile));
        if (!claim.IsOpen && !action.IsForDevice && KeyOf(profile.Eid) is { } eid)
        {
            // An open action for the whole device holds its profiles too.
            claim = _ledger.FindClaim(eid);
        }

        var number = claim.Request;

        var evidence = new ProfileEvidence(
            action.IsForDevice ? default : StatementLocked(profile),
            new(profile.Source, profile.AsOf, profile.State, profile.ProfileStatus, profile.ProfileRole),
            _clock.UtcNow,
            ServiceWasAsked: serviceWasAsked,
            Connected: KeyOf(profile.Eid) is { } card ? _ledger.IsConnected(card) ?? profile.Connected : profile.Connected);

        if (claim.IsOpen && number == ownClaim)
        {
            return GuardVerdict.Refuse(EsimError.EsimProfileDuplicate, "it stands in the input more than once and is served once", "Take the repeated row out.");
        }

        if (claim.IsOpen && !ignoreOpen && _entries[number - 1] is { Phase: not EsimRequest.Phase.Refused } holder)
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

    private int FindRepeatLocked(EsimAction action, EsimProfile profile, string? servicePlan, TimeSpan within)
    {
        if (_ledger.FindClaim(KeyOf(action, profile)) is not { Request: > 0 } claim
            || _entries[claim.Request - 1] is not { Phase: not EsimRequest.Phase.Refused } entry
            || entry.Action != action || (action.SetsServicePlan && !string.Equals(entry.ServicePlan, servicePlan, StringComparison.OrdinalIgnoreCase)))
        {
            return 0;
        }

        // One in doubt, or just being sent, is for the guard to refuse. Of a confirmation, newer words of the service may say that it no longer holds.
        var isRepeat = claim.IsOpen
            ? entry.Phase == EsimRequest.Phase.Accepted
            : claim.Outcome == OutcomeStatus.Succeeded && _clock.UtcNow - claim.SettledAt <= within
                && (action.IsForDevice || ActionProof.Shows(action, StatementLocked(profile)) != false);
        return isRepeat ? claim.Request : 0;
    }

    // The request in doubt that a message with an unknown request id tells of: the message shows the profile as the action makes it, and is
    // no older than the request. A message of a failure may belong to another program's request, and proves nothing.
    private Entry? FindDoubtLocked(EsimCallback callback) =>
        callback is { Status: OutcomeStatus.Succeeded, ReceivedAt: { } at } && KeyOf(callback.Iccid) is { } key
            && _ledger.FindClaim(key) is { IsOpen: true } claim && _entries[claim.Request - 1] is { Phase: EsimRequest.Phase.InDoubt } entry
            && at >= entry.SubmittedAt
            && ActionProof.Shows(entry.Action, new(EvidenceSource.Callback, at, callback.State, callback.ProfileStatus, callback.ProfileRole)) == true
            ? entry : null;

    // What another process sends while it lives is on its way; what it had no answer to when it ended is in doubt.
    private void LookAfterSendersLocked(Action<string> report)
    {
        if (!_senders.Exists(IsOrphan))
        {
            return;
        }

        // The answer may have been written after its file was read here.
        _journal.ReadNew(Replay, report, _ledger.Expect);
        foreach (var entry in _senders.FindAll(IsOrphan))
        {
            Enter(entry, EsimRequest.Phase.InDoubt);
        }

        bool IsOrphan(Entry entry) => !_journal.IsBeingWritten(entry.Path!);
    }

    private void Enter(Entry entry, EsimRequest.Phase phase, string? requestId = null)
    {
        entry.Phase = phase;
        entry.Target?.Enter(phase, requestId);
        _senders.Remove(entry);
    }

    private static void Keep(Dictionary<int, List<EsimProfile>> profiles, int number, EsimProfile profile)
    {
        if (!profiles.TryGetValue(number, out var list))
        {
            profiles[number] = list = [];
        }

        list.Add(profile);
    }

    // It may have overtaken the answer that brings the request's id. Where there are too many, the oldest are for other programs' requests.
    private void KeepEarlyLocked(EsimCallback callback)
    {
        while (_earlyCallbackCount >= MostEarlyCallbacks)
        {
            TakeEarlyLocked(_earlyIds.Dequeue());
        }

        if (!_earlyCallbacks.TryGetValue(callback.RequestId, out var waiting))
        {
            _earlyCallbacks[callback.RequestId] = waiting = [];
            _earlyIds.Enqueue(callback.RequestId);
        }

        waiting.Add(callback);
        _earlyCallbackCount++;
    }

    private List<EsimCallback>? TakeEarlyLocked(string requestId)
    {
        if (_earlyCallbacks.TryGetValue(requestId, out var callbacks))
        {
            _earlyCallbacks.Remove(requestId);
            _earlyCallbackCount -= callbacks.Count;
        }

        return callbacks;
    }

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
            var key = KeyOf(request.Kind, profile);
            if (_ledger.FindClaim(key).Request is var holder and > 0 && _entries[holder - 1].SubmittedAt is var next && next > request.SubmittedAt && next < said.At)
            {
                said = said with { At = next.AddTicks(-1) };
            }

            Note(key, KeyOf(profile.Eid), request.Number, request.Kind, said);
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

            Note(key, KeyOf(eid), entry.Number, entry.Action, outcome);
        }

        _journal.Outcome(entry.LocalId, entry.RequestId, entry.Action.Name, iccid, outcome);
    }

    // A request that was made again from a journal of hashes does not know its identifiers; the message that answers it does.
    private static EsimProfile Revealed(EsimProfile profile, in WireIdentifiers named) => !IdentifierSeal.IsHidden(profile.Iccid) && !IdentifierSeal.IsHidden(profile.Eid)
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
    private void Note(IdentifierKey key, IdentifierKey? eid, int number, EsimAction action, in ObservedOutcome outcome)
    {
        _ledger.Settle(key, number, outcome.Status, outcome.At);
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

    private void Replay(JournalLine line, JournalKeys keys, string path)
    {
        if (line.Event == JournalEvent.Sending)
        {
            ReplaySending(line, keys, path);
        }
        else if (line.LocalId is { } localId && !_byLocalId.TryGetValue(localId, out var entry))
        {
            // Another process may have written an outcome to a file that sorts before the one with its request.
            if (line.Event == JournalEvent.Outcome && (line.Service ?? _journal.Service) == _journal.Service)
            {
                _orphans.Add((line, [.. keys.Ids]));
            }
        }
        else if (line.LocalId is not null)
        {
            ReplayAnswer(_byLocalId[line.LocalId], line, keys.Ids);
        }
    }

    private void ReplaySending(JournalLine line, JournalKeys keys, string path)
    {
        if (line.Service != _journal.Service)
        {
            _foreignServices.Add(path);
            return;
        }

        if (line.LocalId is null || EsimAction.Find(line.Action) is not { } action || line.AccountName is null || !keys.HasProfiles || _byLocalId.ContainsKey(line.LocalId))
        {
            return;
        }

        var number = _entries.Count + 1;
        foreach (var profile in keys.Profiles)
        {
            // Files are read one after the other, so another process's newer request may have been read before this one.
            var key = KeyOf(action, profile);
            var holder = _ledger.FindClaim(key).Request;
            if (holder == 0 || holder == number || _entries[holder - 1].SubmittedAt <= line.At)
            {
                _ledger.Claim(key, number);
            }
        }

        // Whether its sender is still there is seen when everything has been read.
        var entry = new Entry(line.LocalId, action, line.AccountName, line.ServicePlan, line.At, number)
        {
            Path = path,
            Cards = action.EffectOnOthers != EffectOnOthers.None ? CardsOf(keys.Profiles) : null,
        };
        Add(entry);
        _senders.Add(entry);
        foreach (var orphan in _orphans.FindAll(orphan => orphan.Line.LocalId == line.LocalId))
        {
            _orphans.Remove(orphan);
            ReplayAnswer(entry, orphan.Line, orphan.Ids);
        }
    }

    private void ReplayAnswer(Entry entry, JournalLine line, List<IdentifierKey> ids)
    {
        switch (line.Event)
        {
            case JournalEvent.Accepted when line.RequestId is { } id:
                entry.RequestId = id;
                _byId[id] = entry;
                Enter(entry, EsimRequest.Phase.Accepted, id);
                break;
            case JournalEvent.Refused:
                Enter(entry, EsimRequest.Phase.Refused);
                break;
            case JournalEvent.InDoubt:
                Enter(entry, EsimRequest.Phase.InDoubt);
                break;
            case JournalEvent.Outcome:
                var outcome = OutcomeOf(line);
                var live = entry.Target;
                foreach (var key in ids)
                {
                    Note(key, entry.TakeCardOf(key), entry.Number, entry.Action, outcome);
                    if (live?.Find(key) is { } place and >= 0 && IsAbout(live, place, key))
                    {
                        live.TrySet(place, ResultOf(live, live.Profiles[place], outcome));
                    }
                }

                break;
        }
    }

    // A device's request may name an ICCID too; a line about that profile is not about the device.
    private bool IsAbout(EsimRequest request, int place, IdentifierKey key) => !request.Kind.IsForDevice || KeyOf(request.Profiles[place].Eid) == key;

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

    private static Dictionary<IdentifierKey, IdentifierKey> CardsOf(List<ProfileKeys> profiles)
    {
        var cards = new Dictionary<IdentifierKey, IdentifierKey>(profiles.Count);
        foreach (var profile in profiles)
        {
            if (!profile.Eid.IsNone)
            {
                cards[profile.First] = profile.Eid;
            }
        }

        return cards;
    }

    private static ObservedOutcome OutcomeOf(JournalLine line) =>
        new(line.Source, line.Outcome, line.At, line.State, line.ProfileStatus, line.ProfileRole, line.Code, line.Message);

    // A request object lives as long as its caller keeps it. Those that are gone are made again from their lines in the journal.
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
            var outcomes = new List<(int Place, JournalLine Line)>();
            foreach (var line in _journal.LinesOf(missing.Keys))
            {
                var place = missing[line.LocalId!];
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

    private void Replay(EsimRequest? request, JournalLine line)
    {
        foreach (var id in line.Ids ?? [])
        {
            if (KeyOf(id) is { } key && request?.Find(key) is { } place and >= 0 && IsAbout(request, place, key))
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
        public Dictionary<IdentifierKey, IdentifierKey>? Cards { get; set; }

        /// <summary>The journal file that it was read from; null when it was sent from here.</summary>
        public string? Path { get; init; }

        /// <summary>The card of a profile whose outcome is known; it is needed once.</summary>
        public IdentifierKey? TakeCardOf(IdentifierKey profile)
        {
            if (Cards is null || !Cards.TryGetValue(profile, out var card))
            {
                return null;
            }

            Cards.Remove(profile);
            Cards = Cards.Count == 0 ? null : Cards;
            return card;
        }

        public EsimRequest? Target => Live is { } weak && weak.TryGetTarget(out var request) ? request : null;
    }
}
