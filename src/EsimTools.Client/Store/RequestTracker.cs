// The memory of a connection: which requests there are, which profiles they hold, and what the service has said of each profile.

using System.Collections.Concurrent;
using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Store.Folder;

namespace EsimTools.Store;

/// <summary>Keeps requests and profiles; every member may be called from any thread.</summary>
/// <remarks>
/// Lock order, outermost first: the folder's lock (<see cref="FolderLock"/>), this memory, the journal's writer, the outcomes of a request, the
/// queue of a subscription. Observers and messages are called when none of them is held: see <see cref="Tell"/>.
/// </remarks>
internal sealed partial class RequestTracker : IDisposable
{
    private const int MostEarlyCallbacks = 100_000;
    private const long MostEarlyBytes = 64L * 1024 * 1024;

    // Fifty profiles to a list: what a batch of ten thousand asks for, five times over.
    private const int MostEndedLists = 1_000;

    private readonly object _lock = new();
    private readonly RequestJournal _journal;
    private readonly Clock _clock;
    private readonly ProfileLedger _ledger = new();
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, Entry> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Entry> _byLocalId = new(StringComparer.Ordinal);
    private readonly EarlyCallbacks _earlyCallbacks = new(MostEarlyCallbacks, MostEarlyBytes);
    private readonly Dictionary<string, ListQuestion> _lists = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _endedLists = new();
    private readonly List<Entry> _senders = [];
    private readonly List<(JournalLine Line, List<JournalId> Ids, List<IdentifierKey> Eids)> _orphans = [];
    private int _orphansHeard;
    private readonly ConcurrentQueue<EsimRequest> _changed = new();
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly Action<string> _report;
    private readonly HashSet<string?> _keptFiles = new(StringComparer.Ordinal);
    private bool _isClosed;

    /// <param name="journal">What is on the disk.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="report">Told, outside every lock, of what a person should know.</param>
    public RequestTracker(RequestJournal journal, Clock clock, Action<string> report)
    {
        _journal = journal;
        _clock = clock;
        _report = report;
    }

    /// <summary>Judges one action for one profile by all that is known here.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile with what its inventory says.</param>
    /// <param name="accountName">The account that the request would name.</param>
    /// <param name="serviceWasAsked">Whether the service has just been asked.</param>
    /// <param name="ignoreOpen">Whether the user wants it sent although an earlier request is open or in doubt.</param>
    public GuardVerdict Judge(EsimAction action, EsimProfile profile, string accountName, bool serviceWasAsked, bool ignoreOpen)
    {
        var keys = KeysOf(profile);
        lock (_lock)
        {
            return JudgeLocked(action, profile, keys, accountName, RecallLocked(action, keys), NowLocked(), serviceWasAsked, ignoreOpen, out _);
        }
    }

    /// <summary>All that a command wants to know of a profile before it takes it up, in one go.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile with what its inventory says.</param>
    /// <param name="accountName">The account that the request would name.</param>
    /// <param name="options">The fields that would be sent with it, and what is to be skipped.</param>
    public FirstLook Look(EsimAction action, EsimProfile profile, string accountName, EsimActionOptions options)
    {
        var keys = KeysOf(profile);
        lock (_lock)
        {
            var now = NowLocked();
            var known = RecallLocked(action, keys);
            return FindRepeatLocked(action, known, options, now) is > 0 and var earlier ? new(earlier, default)
                : new(0, JudgeLocked(action, profile, keys, accountName, known, now, serviceWasAsked: false, options.Resubmit, out _));
        }
    }

    /// <summary>
    /// Claims the profiles that the guard allows, writes the journal line, and returns the request that may now leave. The judging and the
    /// claiming are one step, so no two requests can hold a profile at once.
    /// </summary>
    /// <param name="action">The action.</param>
    /// <param name="accountName">The account.</param>
    /// <param name="options">The fields that are sent with it, and what is to be skipped.</param>
    /// <param name="profiles">The profiles.</param>
    /// <param name="serviceWasAsked">Whether the service has just been asked.</param>
    /// <returns>What may leave, what may not, and what need not.</returns>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: nothing may leave.</exception>
    public Opening Open(EsimAction action, string accountName, EsimActionOptions options, IReadOnlyList<EsimProfile> profiles, bool serviceWasAsked)
    {
        var opening = Claim(action, accountName, options, profiles, serviceWasAsked);
        if (opening.Request is not { } request)
        {
            return opening;
        }

        try
        {
            _journal.Sending(request);
            return opening;
        }
        catch
        {
            // Nothing has left.
            request.Enter(EsimRequest.Phase.Refused);
            SetPhase(request, EsimRequest.Phase.Refused);
            throw;
        }
    }

    private Opening Claim(EsimAction action, string accountName, EsimActionOptions options, IReadOnlyList<EsimProfile> profiles, bool serviceWasAsked)
    {
        var refused = new List<GuardRefusal>();
        var skipped = new Dictionary<int, List<EsimProfile>>();
        lock (_lock)
        {
            var claimed = new List<EsimProfile>(profiles.Count);

            // Those that are proven not to be the enabled one of their eUICC: when they go, it stays as it is.
            var idle = new List<bool>(profiles.Count);
            var number = _entries.Count + 1;
            var now = NowLocked();
            var isOverOpen = false;
            foreach (var profile in profiles)
            {
                var keys = KeysOf(profile);
                var known = RecallLocked(action, keys);
                if (FindRepeatLocked(action, known, options, now) is > 0 and var earlier)
                {
                    Keep(skipped, earlier, profile);
                    continue;
                }

                var verdict = JudgeLocked(action, profile, keys, accountName, known, now, serviceWasAsked, options.Resubmit, out var weighed, ownClaim: number);
                if (verdict.Decision == GuardDecision.Allowed)
                {
                    claimed.Add(profile);
                    idle.Add(weighed is { IsProven: true, IsStatus: true });
                    isOverOpen |= IsOverOpenLocked(action, keys, number);
                    _ledger.Claim(KeyOf(action, keys), number);
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

            var request = new EsimRequest(Guid.NewGuid().ToString(), action, accountName, options.ServicePlan, claimed, now)
            {
                Number = number,
                Tracker = this,
                Sequence = ++_sequence,
                IsOverOpen = isOverOpen,
                Run = options.Run,
            };
            TakePlaceLocked(_sequence);
            var entry = new Entry(request.LocalId, action, accountName, options.ServicePlan, new(now.UtcTicks, ++_order, _sequence), number)
            {
                Account = AccountLocked(accountName),
                NotBefore = _order,
                IsOverOpen = isOverOpen,
                Run = options.Run,
                Live = new(request),
                Idle = action == EsimAction.Delete ? idle : null,
            };
            Add(entry);
            if (IsToBeNoted(action))
            {
                // Behind the judging of them all: what one profile of a request does to its neighbours comes after the request has left.
                for (var i = 0; i < claimed.Count; i++)
                {
                    NoteSentLocked(entry, KeysOf(claimed[i]), idle[i]);
                }
            }

            return new(request, refused, skipped);
        }
    }

    /// <summary>The number of the request that makes another one for the profile needless: the same action, open or confirmed lately; 0 when there is none.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="options">The fields that would be sent with it, and how old a confirmation may be.</param>
    public int FindRepeat(EsimAction action, EsimProfile profile, EsimActionOptions options)
    {
        var keys = KeysOf(profile);
        lock (_lock)
        {
            return FindRepeatLocked(action, RecallLocked(action, keys), options, NowLocked());
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

    /// <summary>Whether another request or list of ours has that id: an answer that brings it is not the answer to a new one.</summary>
    public bool IsTaken(string requestId)
    {
        lock (_lock)
        {
            return _byId.ContainsKey(requestId) || _lists.ContainsKey(requestId);
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
            early = _earlyCallbacks.Take(requestId, _entries[request.Number - 1].Sent.Order);
        }

        try
        {
            _journal.Answered(request, JournalEvent.Accepted);
        }
        finally
        {
            early?.ForEach(ObserveQuietly);
            Tell();
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
            early = [.. _earlyCallbacks.All.Where(callback => FindDoubtLocked(callback)?.Number == request.Number)];
        }

        Array.ForEach(early, ObserveQuietly);
        Tell();
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
    /// <param name="onlyUnanswered">Only those of which nobody knows whether they were taken; a large journal is then not read for the others.</param>
    public IReadOnlyList<EsimRequest> All(bool onlyUnanswered = false)
    {
        lock (_lock)
        {
            return RebuildLocked([.. _entries
                .Where(entry => entry.Phase != EsimRequest.Phase.Refused && (!onlyUnanswered || entry.Phase != EsimRequest.Phase.Accepted))
                .OrderBy(entry => entry.SubmittedAt)]);
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

    /// <summary>Listens no more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
        }
    }

    /// <summary>What an identifier is known by here; null when it is none.</summary>
    public IdentifierKey? KeyOf(string? text) => IdentifierSeal.KeyOf(_journal.Seal, text);

    // An action for a device claims its EID, an action for a profile its ICCID.
    private static IdentifierKey KeyOf(EsimAction action, in ProfileKeys profile) => action.IsForDevice ? profile.Eid : profile.First;

    private ProfileKeys KeysOf(EsimProfile profile)
    {
        var (iccid, eid) = (KeyOf(profile.Iccid) ?? default, KeyOf(profile.Eid) ?? default);
        return new(iccid, eid, iccid.IsNone && eid.IsNone ? KeyOf(profile.Imei) ?? default : default);
    }

    private ProfileStatement StatementLocked(in ProfileKeys profile) => _ledger.StatementOf(profile.First, profile.Eid);

    private ProfileKnowledge RecallLocked(EsimAction action, in ProfileKeys keys) =>
        action.IsForDevice ? new(_ledger.FindClaim(keys.Eid), default) : _ledger.Recall(keys.First, keys.Eid);

    private GuardVerdict JudgeLocked(
        EsimAction action,
        EsimProfile profile,
        in ProfileKeys keys,
        string accountName,
        in ProfileKnowledge known,
        DateTimeOffset now,
        bool serviceWasAsked,
        bool ignoreOpen,
        out Weighed weighed,
        int ownClaim = 0)
    {
        weighed = default;
        if (ClosedByLocked(keys) is { } newer)
        {
            return GuardVerdict.Refuse(EsimError.EsimJournalTooNew, newer, "Update EsimTools on this machine, or use another journal with Connect-EsimService -JournalPath.");
        }

        var claim = known.Claim;
        if (!claim.IsOpen && !action.IsForDevice && !keys.Eid.IsNone)
        {
            // An open action for the whole device holds its profiles too.
            claim = _ledger.FindClaim(keys.Eid);
        }

        if (claim.IsOpen && claim.Request == ownClaim)
        {
            return GuardVerdict.Refuse(EsimError.EsimProfileDuplicate, "it stands in the input more than once and is served once", "Take the repeated row out.");
        }

        weighed = action == EsimAction.Delete ? WeighLocked(profile, keys, accountName, now, ownClaim) : default;
        var holder = ignoreOpen ? null : FindHolderLocked(action, keys);
        return Guard.Judge(action, new(
            known.Statement,
            new(profile.Source, profile.AsOf, profile.State, profile.ProfileStatus, profile.ProfileRole),
            now,
            OpenRequest: holder?.RequestId ?? holder?.LocalId,
            OpenAction: holder?.Action,
            OpenIsInDoubt: holder?.Phase == EsimRequest.Phase.InDoubt,
            ServiceWasAsked: serviceWasAsked,
            Proof: action == EsimAction.Delete ? FindingLocked(weighed) : default,
            Connected: (keys.Eid.IsNone ? null : _ledger.IsConnected(keys.Eid)) ?? profile.Connected));
    }

    private int FindRepeatLocked(EsimAction action, in ProfileKnowledge known, EsimActionOptions options, DateTimeOffset now)
    {
        var claim = known.Claim;

        // A claim of the request that is just being put together has no entry yet.
        if (options is not { SkipConfirmedWithin: { } within, Resubmit: false }
            || claim.Request == 0 || claim.Request > _entries.Count
            || _entries[claim.Request - 1] is not { Phase: not EsimRequest.Phase.Refused } entry
            || entry.Action != action || (action.SetsServicePlan && !string.Equals(entry.ServicePlan, options.ServicePlan, StringComparison.OrdinalIgnoreCase)))
        {
            return 0;
        }

        // One in doubt is for the guard to refuse. Of a confirmation, newer words of the service may say that it no longer holds; they cannot be
        // older, because the confirmation is itself a word on what its action does.
        var isRepeat = claim.IsOpen
            ? entry.Phase is EsimRequest.Phase.Accepted or EsimRequest.Phase.Sending
            : claim.Outcome == OutcomeStatus.Succeeded && now - claim.SettledAt <= within && claim.SettledAt <= now
                && (action.IsForDevice || ActionProof.Shows(action, known.Statement) != false);
        return isRepeat ? claim.Request : 0;
    }

    private static void Keep(Dictionary<int, List<EsimProfile>> profiles, int number, EsimProfile profile)
    {
        if (!profiles.TryGetValue(number, out var list))
        {
            profiles[number] = list = [];
        }

        list.Add(profile);
    }

    private void SetPhase(EsimRequest request, EsimRequest.Phase phase)
    {
        lock (_lock)
        {
            var entry = _entries[request.Number - 1];
            entry.Phase = phase;
            entry.Idle = null;
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

    private sealed class Entry(
        string localId, EsimAction action, string accountName, string? servicePlan, Moment sent, int number)
    {
        public string LocalId { get; } = localId;

        public EsimAction Action { get; } = action;

        public string AccountName { get; } = accountName;

        public string? ServicePlan { get; } = servicePlan;

        /// <summary>When it was sent.</summary>
        public Moment Sent { get; } = sent;

        public DateTimeOffset SubmittedAt => Sent.At;

        /// <summary>The account, by number.</summary>
        public required ushort Account { get; init; }

        /// <summary>The earliest place in the order of learning at which it can have been sent.</summary>
        public required uint NotBefore { get; init; }

        /// <summary>Whether an action that can end "disabled" was open when it was sent: then its confirmation proves nothing.</summary>
        public bool IsOverOpen { get; init; }

        /// <summary>The run that sent it; null where an old journal does not tell.</summary>
        public EsimRunInfo? Run { get; init; }

        public int Number { get; } = number;

        /// <summary>While a delete has not been answered: which of its profiles were proven by their status not to be the enabled one of their eUICC.</summary>
        public List<bool>? Idle { get; set; }

        public string? RequestId { get; set; }

        public EsimRequest.Phase Phase { get; set; }

        public WeakReference<EsimRequest>? Live { get; set; }

        /// <summary>The journal file that it was read from; null when it was sent from here.</summary>
        public string? Path { get; init; }

        /// <summary>The line of a newer module that tells what became of it; null where there is none.</summary>
        public string? ClosedBy { get; set; }

        public string DisplayId => RequestId ?? LocalId;

        public EsimRequest? Target => Live is { } weak && weak.TryGetTarget(out var request) ? request : null;
    }
}
