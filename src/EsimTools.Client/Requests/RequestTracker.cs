// The memory of a connection: which requests there are, which profiles they hold, and what the service has said of each profile.

using EsimTools.Callbacks;
using EsimTools.Identity;
using EsimTools.Journal;
using EsimTools.Rules;
using EsimTools.Storage;

namespace EsimTools.Requests;

/// <summary>Keeps requests and profiles; every member may be called from any thread.</summary>
internal sealed partial class RequestTracker : IDisposable
{
    private const int MostEarlyCallbacks = 100_000;
    private const long MostEarlyBytes = 64L * 1024 * 1024;

    // Fifty profiles to a list: what a batch of ten thousand asks for, five times over.
    private const int MostEndedLists = 1_000;

    private readonly object _lock = new();
    private readonly RequestJournal _journal;
    private readonly Clock _clock;
    private readonly ProfileLedger _ledger;
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, Entry> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Entry> _byLocalId = new(StringComparer.Ordinal);
    private readonly EarlyCallbacks _earlyCallbacks = new(MostEarlyCallbacks, MostEarlyBytes);
    private readonly Dictionary<string, TaskCompletionSource<bool>> _lists = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<string> _endedLists = new();
    private readonly List<Entry> _senders = [];
    private readonly List<(JournalLine Line, List<IdentifierKey> Ids)> _orphans = [];
    private readonly HashSet<string?> _foreignServices = new(StringComparer.Ordinal);
    private bool _isClosed;

    public RequestTracker(RequestJournal journal, Clock clock, SpillSpace space)
    {
        _journal = journal;
        _clock = clock;
        _ledger = new(space);
    }

    /// <summary>Judges one action for one profile by all that is known here.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile with what its inventory says.</param>
    /// <param name="serviceWasAsked">Whether the service has just been asked.</param>
    /// <param name="ignoreOpen">Whether the user wants it sent although an earlier request is open or in doubt.</param>
    public GuardVerdict Judge(EsimAction action, EsimProfile profile, bool serviceWasAsked, bool ignoreOpen)
    {
        var keys = KeysOf(profile);
        lock (_lock)
        {
            return JudgeLocked(action, profile, keys, RecallLocked(action, keys), _clock.UtcNow, serviceWasAsked, ignoreOpen);
        }
    }

    /// <summary>All that a command wants to know of a profile before it takes it up, in one go.</summary>
    /// <param name="action">The action.</param>
    /// <param name="profile">The profile with what its inventory says.</param>
    /// <param name="options">The fields that would be sent with it, and what is to be skipped.</param>
    /// <param name="requestsBefore">How many requests there were when the command began.</param>
    public FirstLook Look(EsimAction action, EsimProfile profile, EsimActionOptions options, int requestsBefore)
    {
        var keys = KeysOf(profile);
        lock (_lock)
        {
            var known = RecallLocked(action, keys);
            return WasSentLocked(action, known.Claim, requestsBefore) ? new(WasSent: true, 0, default)
                : FindRepeatLocked(action, known, options) is > 0 and var earlier ? new(WasSent: false, earlier, default)
                : new(WasSent: false, 0, JudgeLocked(action, profile, keys, known, _clock.UtcNow, serviceWasAsked: false, options.Resubmit));
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
    /// <param name="draft">All of them as the journal is to show them, which may still be under way.</param>
    /// <param name="serviceWasAsked">Whether the service has just been asked.</param>
    /// <returns>What may leave, what may not, and what need not.</returns>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: nothing may leave.</exception>
    public async Task<Opening> OpenAsync(
        EsimAction action, string accountName, EsimActionOptions options, IReadOnlyList<EsimProfile> profiles, Task<ArraySegment<byte>> draft, bool serviceWasAsked)
    {
        var opening = Claim(action, accountName, options, profiles, serviceWasAsked);
        if (opening.Request is not { } request)
        {
            return opening;
        }

        try
        {
            if (request.Count == profiles.Count)
            {
                _journal.Sending(request, await draft.ConfigureAwait(false));
            }
            else
            {
                _journal.Sending(request);
            }

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
            _ledger.Expect(profiles.Count);
            var claimed = new List<EsimProfile>(profiles.Count);
            var number = _entries.Count + 1;
            var now = _clock.UtcNow;
            foreach (var profile in profiles)
            {
                var keys = KeysOf(profile);
                var known = RecallLocked(action, keys);
                if (FindRepeatLocked(action, known, options) is > 0 and var earlier)
                {
                    Keep(skipped, earlier, profile);
                    continue;
                }

                var verdict = JudgeLocked(action, profile, keys, known, now, serviceWasAsked, options.Resubmit, ownClaim: number);
                if (verdict.Decision == GuardDecision.Allowed)
                {
                    claimed.Add(profile);
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

            var request = new EsimRequest(Guid.NewGuid().ToString(), action, accountName, options.ServicePlan, claimed, now) { Number = number, Tracker = this };
            Add(new Entry(request.LocalId, action, accountName, options.ServicePlan, request.SubmittedAt, number) { Live = new(request) });
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
            return FindRepeatLocked(action, RecallLocked(action, keys), options);
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
            early = _earlyCallbacks.Take(requestId);
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
            early = [.. _earlyCallbacks.All.Where(callback => FindDoubtLocked(callback)?.Number == request.Number)];
        }

        foreach (var callback in early)
        {
            Observe(callback);
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

    /// <summary>Listens no more, and gives its temporary files back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _ledger.Dispose();
        }
    }

    /// <summary>What an identifier is known by here; null when it is none.</summary>
    public IdentifierKey? KeyOf(string? text) => IdentifierSeal.KeyOf(_journal.Seal, text);

    /// <summary>What an identifier of a profile is known by here; none when it is none.</summary>
    public IdentifierKey KeyOf(in PackedIdentifier identifier) => IdentifierSeal.KeyOf(_journal.Seal, identifier);

    // An action for a device claims its EID, an action for a profile its ICCID.
    private static IdentifierKey KeyOf(EsimAction action, in ProfileKeys profile) => action.IsForDevice ? profile.Eid : profile.First;

    private ProfileKeys KeysOf(EsimProfile profile)
    {
        var (iccid, eid) = (KeyOf(profile.PackedIccid), KeyOf(profile.PackedEid));
        return new(iccid, eid, iccid.IsNone && eid.IsNone ? KeyOf(profile.PackedImei) : default);
    }

    private ProfileStatement StatementLocked(in ProfileKeys profile) => _ledger.StatementOf(profile.First, profile.Eid);

    private ProfileKnowledge RecallLocked(EsimAction action, in ProfileKeys keys) =>
        action.IsForDevice ? new(_ledger.FindClaim(keys.Eid), default) : _ledger.Recall(keys.First, keys.Eid);

    private GuardVerdict JudgeLocked(
        EsimAction action, EsimProfile profile, in ProfileKeys keys, in ProfileKnowledge known, DateTimeOffset now, bool serviceWasAsked, bool ignoreOpen, int ownClaim = 0)
    {
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

        var holder = claim.IsOpen && !ignoreOpen && _entries[claim.Request - 1] is { Phase: not EsimRequest.Phase.Refused } entry ? entry : null;
        return Guard.Judge(action, new(
            known.Statement,
            new(profile.Source, profile.AsOf, profile.State, profile.ProfileStatus, profile.ProfileRole),
            now,
            OpenRequest: holder?.RequestId ?? holder?.LocalId,
            OpenAction: holder?.Action,
            OpenIsInDoubt: holder?.Phase == EsimRequest.Phase.InDoubt,
            ServiceWasAsked: serviceWasAsked,
            Connected: (keys.Eid.IsNone ? null : _ledger.IsConnected(keys.Eid)) ?? profile.Connected));
    }

    // Whether it was last sent from here with this action in a later request than that many, and the service did not refuse it.
    private bool WasSentLocked(EsimAction action, in ProfileClaim claim, int requestsBefore) =>
        claim.Request > requestsBefore
            && _entries[claim.Request - 1] is { Phase: not EsimRequest.Phase.Refused, Path: null } entry && entry.Action == action;

    private int FindRepeatLocked(EsimAction action, in ProfileKnowledge known, EsimActionOptions options)
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
            : claim.Outcome == OutcomeStatus.Succeeded && _clock.UtcNow - claim.SettledAt <= within
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

        /// <summary>The journal file that it was read from; null when it was sent from here.</summary>
        public string? Path { get; init; }

        public EsimRequest? Target => Live is { } weak && weak.TryGetTarget(out var request) ? request : null;
    }
}
