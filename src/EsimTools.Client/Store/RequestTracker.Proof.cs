// The tracker and the proof: who said what when, in which order, and what of ours stands against it. What that means is Proof/ProofRule.cs.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <content>What is remembered for the question whether a profile is proven disabled.</content>
internal sealed partial class RequestTracker
{
    /// <summary>The service's own word where it does not tell.</summary>
    private const string Unknown = "UNKNOWN";

    /// <summary>Steps of the clock smaller than this are its own small corrections. They add up.</summary>
    private static readonly TimeSpan s_smallestSetback = TimeSpan.FromMinutes(1);

    private readonly List<string> _accounts = [];
    private readonly Dictionary<IdentifierKey, string> _closed = [];
    private readonly Dictionary<string, string> _closedRequests = new(StringComparer.Ordinal);
    private readonly List<int> _deviceRequests = [];
    private readonly List<int> _unplacedRequests = [];
    private readonly List<int> _fallbackRequests = [];
    private Voids _anyDevice;
    private EuiccState _anywhere;
    private Voids _unplaced;
    private string? _allClosed;
    private DateTimeOffset? _latest;
    private uint _order;

    // When the journal was last read to its end: what is found in it now has been sent since.
    private uint _readUpTo = 1;
    private uint _setBackAt;
    private readonly HashSet<long> _places = [];
    private long _sequence;
    private long _unorderedUpTo;

    /// <summary>What the outcome of a request says the second time.</summary>
    private enum Hearing
    {
        /// <summary>It is the first time.</summary>
        First,

        /// <summary>The same as before.</summary>
        Repeated,

        /// <summary>Something else.</summary>
        Disputed,
    }

    /// <summary>The moment at which the service is asked something; taken before the question leaves, because what it answers may be as old.</summary>
    public Moment Ask()
    {
        lock (_lock)
        {
            return new(NowLocked().UtcTicks, ++_order);
        }
    }

    /// <summary>Why a profile is proven disabled, or why not.</summary>
    public ProofFinding Explain(EsimProfile profile, string accountName)
    {
        var keys = KeysOf(profile);
        lock (_lock)
        {
            return FindingLocked(WeighLocked(profile, keys, accountName, NowLocked(), ownClaim: 0));
        }
    }

    // A clock that is set back makes old words look young, so none from before counts.
    private DateTimeOffset NowLocked()
    {
        var now = _clock.UtcNow;
        if (now < _latest - s_smallestSetback)
        {
            _setBackAt = ++_order;
            _latest = now;
        }
        else if (_latest is null || now > _latest)
        {
            _latest = now;
        }

        return now;
    }

    // Under the folder's lock no place is given twice. Where one is, a journal of another folder has been put here.
    private void TakePlaceLocked(long place)
    {
        _sequence = Math.Max(_sequence, place);
        if (place > 0 && !_places.Add(place))
        {
            _unorderedUpTo = _sequence;
        }
    }

    private ushort AccountLocked(string name)
    {
        var number = _accounts.IndexOf(name);
        if (number < 0)
        {
            number = _accounts.Count;
            _accounts.Add(name);
        }

        return (ushort)Math.Min(number, Spoken.AnyOtherAccount);
    }

    private Weighed WeighLocked(EsimProfile profile, in ProfileKeys keys, string accountName, DateTimeOffset now, int ownClaim, Entry? own = null)
    {
        if (keys.Iccid.IsNone)
        {
            // A word proves for the profile whose ICCID it names.
            return default;
        }

        var known = _ledger.ProofOf(keys.First);

        // Where the service has not told on which device a profile is, or a request of ours has named another one since, an action on any device may
        // be about it, and any eUICC may fall back to it.
        var isPlaced = known is { IsPlaced: true, IsContested: false };
        var placed = _ledger.EuiccOf(known.Euicc);
        if (placed.Switch.Any && !IsStillEnabled(_ledger.ProofOf(placed.SwitchedTo), known.Euicc, placed.Switch))
        {
            placed = placed with { Switch = default };
        }

        return ProofRule.Weigh(
            known,
            isPlaced ? placed : placed with { Device = _anyDevice },
            _ledger.EuiccOf(keys.Eid),
            new(
                keys.First,
                AccountLocked(accountName),
                CheckDigitOf(profile),
                now.UtcTicks,
                _setBackAt,
                _unorderedUpTo,
                FindOpenEnderLocked(keys, ownClaim) is > 0 and var ender ? ender : isPlaced ? 0 : FindOpenLocked(_deviceRequests, ownClaim),
                FindOpenFallbackLocked(known.Euicc, keys.First, ownClaim) is > 0 and var open ? open
                    : FindOpenFallbackLocked(keys.Eid, keys.First, ownClaim) is > 0 and var openThere ? openThere
                    : FindOpenLocked(_unplacedRequests, ownClaim),
                _unplaced,
                isPlaced ? 0 : FindOpenElsewhereLocked(keys.First, ownClaim),
                _anywhere.FallbackFor(keys.First))
            {
                Own = own?.Number ?? 0,
                OwnOrder = own?.Sent.Order ?? 0,
            });
    }

    // A switch tells of the others of an eUICC as long as the service has not said since that the profile it was for is elsewhere, or not the enabled one.
    private static bool IsStillEnabled(in ProofState switchedTo, IdentifierKey eid, in Spoken word) =>
        switchedTo is { IsPlaced: true, IsContested: false } && switchedTo.Euicc == eid && switchedTo.OffEuiccOrder <= word.When.Order
            && !(switchedTo.Status.Disabled.Any && switchedTo.Status.Disabled.When.IsAfter(word.When));

    private ProofFinding FindingLocked(in Weighed weighed)
    {
        var by = weighed.By.Request > 0 ? _entries[weighed.By.Request - 1] : null;
        var against = weighed.Against > 0 ? _entries[weighed.Against - 1] : null;
        return new(
            weighed.Reason,
            weighed.By.Any ? weighed.By.When.At : null,
            by?.DisplayId,
            by?.Action.Name,
            against?.Action.Name,
            against?.DisplayId,
            weighed.Until > 0 ? new DateTimeOffset(weighed.Until, TimeSpan.Zero) : null,
            weighed.IsBySwitch);
    }

    private static byte CheckDigitOf(EsimProfile profile) => (byte?)IdentifierKey.Of(profile.Iccid)?.DigitLeftOff ?? Spoken.NoCheckDigit;

    // The request that keeps a profile busy: the last one for it, one behind which others were sent, or one for the whole device.
    private Entry? FindHolderLocked(EsimAction action, in ProfileKeys keys) =>
        FirstOpen(KeyOf(action, keys)) ?? (action.IsForDevice || keys.Eid.IsNone ? null : FirstOpen(keys.Eid));

    private Entry? FirstOpen(IdentifierKey key)
    {
        foreach (var number in _ledger.OpenFor(key))
        {
            if (number <= _entries.Count && _entries[number - 1] is { Phase: not EsimRequest.Phase.Refused } entry)
            {
                return entry;
            }
        }

        return null;
    }

    // An action that can end "disabled" and is open or in doubt, for the profile itself or for the whole of its device.
    private int FindOpenEnderLocked(in ProfileKeys keys, int ownClaim)
    {
        var found = OpenEnder(keys.First, ownClaim);
        if (found == 0 && !keys.Eid.IsNone && keys.Eid != keys.First)
        {
            found = OpenEnder(keys.Eid, ownClaim);
        }

        return found == 0 && _ledger.ProofOf(keys.First).Euicc is { IsNone: false } euicc && euicc != keys.Eid ? OpenEnder(euicc, ownClaim) : found;
    }

    // Whether something is under way that may be carried out behind what is about to be sent, and then ends what that proves.
    private bool IsOverOpenLocked(EsimAction action, in ProfileKeys keys, int ownClaim)
    {
        if (FindOpenEnderLocked(keys, ownClaim) > 0)
        {
            return true;
        }

        if (action.IsForDevice || action.ProvesState is not null)
        {
            // What becomes of the others of its eUICC does not change a service state.
            return false;
        }

        // A switch is ended by what makes the eUICC fall back from its own profile, too.
        var (profile, switches) = (keys.First, action.EffectOnOthers == EffectOnOthers.Disables);
        return (switches && _ledger.OpenFor(profile).Any(number => number != ownClaim && number <= _entries.Count
                && _entries[number - 1] is { Action.EffectOnOthers: EffectOnOthers.MayEnable, Phase: not EsimRequest.Phase.Refused }))
            || EuiccsOf(keys.Eid, _ledger.ProofOf(profile).Euicc).Any(eid => FindOpenFallbackLocked(eid, profile, ownClaim) > 0
                || (switches && _ledger.OpenSwitches(eid, profile).Any(number => number != ownClaim && number <= _entries.Count && _entries[number - 1].Phase != EsimRequest.Phase.Refused)));
    }

    private int OpenEnder(IdentifierKey key, int ownClaim)
    {
        foreach (var number in _ledger.OpenFor(key))
        {
            if (number != ownClaim && number <= _entries.Count && _entries[number - 1] is { Action.CanEndDisabled: true, Phase: not EsimRequest.Phase.Refused })
            {
                return number;
            }
        }

        return 0;
    }

    private int FindOpenLocked(List<int> requests, int ownClaim)
    {
        foreach (var number in requests)
        {
            if (number != ownClaim && _ledger.IsOpen(number) && _entries[number - 1].Phase != EsimRequest.Phase.Refused)
            {
                return number;
            }
        }

        return 0;
    }

    // A request for the profile itself does not make its eUICC fall back to it; one that has others too may.
    private int FindOpenElsewhereLocked(IdentifierKey profile, int ownClaim)
    {
        foreach (var number in _fallbackRequests)
        {
            if (number != ownClaim && _ledger.IsOpenForOthers(number, profile) && _entries[number - 1].Phase != EsimRequest.Phase.Refused)
            {
                return number;
            }
        }

        return 0;
    }

    private int FindOpenFallbackLocked(IdentifierKey eid, IdentifierKey profile, int ownClaim)
    {
        foreach (var number in _ledger.OpenFallbacks(eid, profile))
        {
            if (number != ownClaim && number <= _entries.Count && _entries[number - 1].Phase != EsimRequest.Phase.Refused)
            {
                return number;
            }
        }

        return 0;
    }

    // Whether it matters for proof that an action has been sent: it ends something, or puts the profile on the eUICC that is named.
    private static bool IsToBeNoted(EsimAction action) =>
        action.CanEndDisabled || action.EffectOnOthers != EffectOnOthers.None || (!action.IsForDevice && ServiceWords.IsOnCard(action.ProvesProfileStatus) == true);

    // A request has been sent, here or elsewhere: what it may end proves nothing from now on. A profile that is proven not to be the enabled one
    // of its eUICC leaves that one as it is when it goes.
    private void NoteSentLocked(Entry entry, in ProfileKeys keys, bool isIdle = false)
    {
        var proof = _ledger.ProofOf(keys.First).On(keys.Eid, isPlaced: false);
        if (entry.Action.IsForDevice)
        {
            if (entry.Action.CanEndDisabled)
            {
                var euicc = _ledger.EuiccOf(keys.Eid);
                _ledger.Put(keys.Eid, euicc with { Device = euicc.Device.Sent(entry.Number, entry.Sent) });
                _anyDevice = _anyDevice.Sent(entry.Number, entry.Sent);
                Keep(_deviceRequests, entry.Number);
            }

            return;
        }

        if (entry.Action.CanEndDisabled)
        {
            proof = proof with { Voids = proof.Voids.Sent(entry.Number, entry.Sent) };
        }

        _ledger.Put(keys.First, proof);
        if (entry.Action.EffectOnOthers == EffectOnOthers.MayEnable)
        {
            foreach (var eid in EuiccsOf(keys.Eid, proof.Euicc))
            {
                _ledger.NoteFallback(eid, keys.First, entry.Number, entry.Sent);
            }

            if (!isIdle)
            {
                _anywhere = _anywhere.Falling(keys.First, entry.Number, entry.Sent);
                Keep(_fallbackRequests, entry.Number);
            }

            if (proof.Euicc.IsNone && !isIdle)
            {
                // Nobody says on which eUICC it is: it may be any.
                _unplaced = _unplaced.Sent(entry.Number, entry.Sent);
                Keep(_unplacedRequests, entry.Number);
            }
        }
        else if (entry.Action.EffectOnOthers == EffectOnOthers.Disables)
        {
            foreach (var eid in EuiccsOf(keys.Eid, proof.Euicc))
            {
                _ledger.NoteSwitch(eid, keys.First, entry.Number);
            }
        }
    }

    // A request has thousands of profiles, which come one after the other.
    private void Keep(List<int> requests, int number)
    {
        if (requests.Count == 0 || requests[requests.Count - 1] != number)
        {
            requests.RemoveAll(other => !_ledger.IsOpen(other));
            requests.Add(number);
        }
    }

    // The service has told on which eUICC a profile is. What has been sent for it, after which that one may fall back to another profile, was not
    // known to matter there.
    private ProofState PlaceLocked(IdentifierKey key, in ProofState proof, IdentifierKey eid, in Moment asked)
    {
        if (!eid.IsNone && (!proof.IsPlaced || proof.Euicc != eid) && _ledger.FindClaim(key).Request is > 0 and var last)
        {
            var isLate = false;
            foreach (var number in _ledger.OpenFor(key).Append(last).ToArray())
            {
                if (number <= _entries.Count && _entries[number - 1] is { Action.EffectOnOthers: EffectOnOthers.MayEnable, Phase: not EsimRequest.Phase.Refused } entry)
                {
                    _ledger.NoteFallback(eid, key, number, entry.Sent);
                    isLate = true;
                }
            }

            if (isLate)
            {
                var euicc = _ledger.EuiccOf(eid);
                _ledger.Put(eid, euicc with { Fallback = euicc.Fallback.HeardLate(euicc.Fallback.Request, ++_order, _sequence) });
            }
        }

        // While a request is open that may put it on another eUICC, and where that was sent behind the question, the service's word on its place is that of before.
        var placed = proof.On(eid, isPlaced: true);
        return !eid.IsNone && IsMovedSinceLocked(key, asked) ? placed with { IsContested = proof.IsContested || (!proof.Euicc.IsNone && proof.Euicc != eid) } : placed;
    }

    private bool IsMovedSinceLocked(IdentifierKey key, in Moment asked) =>
        _ledger.FindClaim(key) is { Request: > 0 } claim && claim.Request <= _entries.Count && _entries[claim.Request - 1] is var last
            && last.Phase != EsimRequest.Phase.Refused && ServiceWords.IsOnCard(last.Action.ProvesProfileStatus) == true && (claim.IsOpen || last.Sent.Order > asked.Order);

    private static IEnumerable<IdentifierKey> EuiccsOf(IdentifierKey named, IdentifierKey placed)
    {
        if (!named.IsNone)
        {
            yield return named;
        }

        if (!placed.IsNone && placed != named)
        {
            yield return placed;
        }
    }

    // The outcome of a request for a profile has been heard, here or elsewhere.
    private void HearLocked(Entry entry, IdentifierKey key, IdentifierKey named, in ObservedOutcome outcome, Hearing hearing)
    {
        var now = NowLocked().UtcTicks;
        var succeeded = outcome.Status == OutcomeStatus.Succeeded;
        var proof = PlaceLocked(key, _ledger.ProofOf(key).On(named, isPlaced: false), outcome.Euicc, entry.Sent);
        var failed = outcome.Status == OutcomeStatus.Failed;
        var isMemberEnded = outcome.IsOfMember && succeeded && (entry.Sent.Sequence == 0 || proof.State.OtherSequence != entry.Sent.Sequence);
        var isDisputed = hearing == Hearing.Disputed || ((succeeded || failed) && proof.Contradicts(entry.Number, succeeded));
        if (isDisputed)
        {
            proof = proof.Disputed(entry.Number);
        }
        else if (failed)
        {
            proof = proof.Failed(entry.Number);
        }

        var vouches = succeeded && outcome.Vouches && !isDisputed && !entry.IsOverOpen;

        // A download leaves a profile that was on the card as it was, enabled or not: only a word on it tells.
        var tellsStatus = entry.Action != EsimAction.Download || (outcome.Source == EvidenceSource.Callback && outcome.ProfileStatus is not null);
        var word = new Spoken(entry.Sent, entry.Number, entry.Account, outcome.CheckDigit);
        var state = outcome.State ?? (succeeded ? entry.Action.ProvesState : null);
        var status = outcome.ProfileStatus ?? (succeeded ? entry.Action.ProvesProfileStatus : null);
        var stateMeans = Meaning(state, ServiceWords.IsDeactive(state), succeeded || ServiceWords.IsActive(state) || ServiceWords.IsSuspended(state), vouches);
        var statusMeans = Meaning(status, ServiceWords.IsDisabled(status), succeeded || ServiceWords.IsEnabled(status), vouches && tellsStatus);

        // What another process has sent may have left before questions that were asked here before it was read.
        var proving = word with { When = word.When with { Order = entry.NotBefore } };
        proof = proof.Seen(word.When, succeeded ? ServiceWords.IsOnCard(status) : null)
            .With(proving, Only(SpokenKind.Disabled, stateMeans), Only(SpokenKind.Disabled, statusMeans), now)
            .With(word, Only(SpokenKind.Other, stateMeans), Only(SpokenKind.Other, statusMeans), now);
        _ledger.Put(key, HearEnding(entry, proof, outcome with { IsOfMember = isMemberEnded }, hearing));
        HearOfEuicc(entry, key, named, proof, proving, outcome, vouches, isDisputed ? Hearing.Disputed : hearing);
    }

    private static SpokenKind Only(SpokenKind wanted, SpokenKind kind) => kind == wanted ? kind : SpokenKind.None;

    private static SpokenKind Meaning(string? word, bool isDisabled, bool counts, bool vouches) =>
        word is null ? SpokenKind.None
        : isDisabled ? vouches ? SpokenKind.Disabled : SpokenKind.None
        : counts ? SpokenKind.Other : SpokenKind.None;

    // An action that can end "disabled" has been heard of: it took effect at some time up to now, or did not, or may still.
    private ProofState HearEnding(Entry entry, in ProofState proof, in ObservedOutcome outcome, Hearing hearing) =>
        !entry.Action.CanEndDisabled ? proof
            : outcome.IsOfMember ? proof with { Voids = proof.Voids.HeardLate(entry.Number, ++_order, _sequence) }
            : entry.Action.IsForDevice || hearing == Hearing.Repeated ? proof
            : proof with { Voids = Ended(entry, proof.Voids, outcome, hearing) };

    private Voids Ended(Entry entry, in Voids voids, in ObservedOutcome outcome, Hearing hearing) =>
        outcome.IsInferred ? voids.Inferred(entry.Number, ++_order, (entry.SubmittedAt + DoubtRule.DefaultNotDoneAfter).UtcTicks)
        : hearing == Hearing.Disputed || voids.Request != entry.Number ? voids.HeardLate(entry.Number, ++_order, _sequence)
        : voids.Heard(entry.Number, ++_order);

    // What an action does to other profiles than its own may come behind requests for those that were sent after it.
    private Voids EndedAmongOthers(Entry entry, in Voids voids, in ObservedOutcome outcome) => Ended(entry, voids, outcome, Hearing.Disputed);

    private void HearOfEuicc(
        Entry entry, IdentifierKey key, IdentifierKey named, in ProofState proof, in Spoken word, in ObservedOutcome outcome, bool vouches, Hearing hearing)
    {
        if (entry.Action is { IsForDevice: true, CanEndDisabled: true } && hearing != Hearing.Repeated)
        {
            var euicc = _ledger.EuiccOf(key);
            _ledger.Put(key, euicc with { Device = EndedAmongOthers(entry, euicc.Device, outcome) });
            _anyDevice = EndedAmongOthers(entry, _anyDevice, outcome);
        }

        if (entry.Action.EffectOnOthers == EffectOnOthers.MayEnable && hearing != Hearing.Repeated)
        {
            var told = outcome;
            Voids ended(Voids voids) => EndedAmongOthers(entry, voids, told);
            foreach (var eid in EuiccsOf(named, proof.Euicc))
            {
                var euicc = _ledger.EuiccOf(eid);

                // The last one that was sent is still told by its number, because it may be open.
                var heard = euicc.FallHeard(key, ended);
                _ledger.Put(eid, heard with { Fallback = heard.Fallback with { Request = euicc.Fallback.Any ? euicc.Fallback.Request : entry.Number } });
            }

            // A request that had ended is not kept; what disputes its end may have been carried out since.
            if (_fallbackRequests.Contains(entry.Number) || hearing == Hearing.Disputed)
            {
                _anywhere = _anywhere.FallHeard(key, ended);
            }

            if (_unplacedRequests.Contains(entry.Number) || (hearing == Hearing.Disputed && proof.Euicc.IsNone))
            {
                _unplaced = EndedAmongOthers(entry, _unplaced, outcome);
            }
        }

        if (entry.Action.EffectOnOthers == EffectOnOthers.Disables && proof.IsPlaced)
        {
            var euicc = _ledger.EuiccOf(proof.Euicc);
            if (vouches && !proof.IsContested && (!euicc.Switch.Any || word.When.IsAfter(euicc.Switch.When)))
            {
                _ledger.Put(proof.Euicc, euicc with { Switch = word, SwitchedTo = key });
            }
            else if ((hearing == Hearing.Disputed || outcome.Status != OutcomeStatus.Succeeded) && euicc.Switch.Request == entry.Number && euicc.SwitchedTo == key)
            {
                _ledger.Put(proof.Euicc, euicc with { Switch = default });
            }
        }
    }

    // The answer to a question of ours about a profile.
    private void HearAnswerLocked(IdentifierKey key, IdentifierKey eid, in Spoken word, string? state, string? status, bool hasTwoStates, bool hasTwoStatuses, bool vouches)
    {
        var now = NowLocked().UtcTicks;
        var before = _ledger.ProofOf(key);
        _ledger.Put(key, PlaceLocked(key, before, eid, word.When).Seen(word.When, hasTwoStatuses ? null : ServiceWords.IsOnCard(status)).With(
            word,
            hasTwoStates ? SpokenKind.Other : Meaning(state, ServiceWords.IsDeactive(state), counts: true, vouches),
            hasTwoStatuses ? SpokenKind.Other : Meaning(status, ServiceWords.IsDisabled(status), counts: true, vouches),
            now));
        KeepAgainstLocked(key, before, now);
    }

    // A confirmation stands in the journal. What has been said against it has to stand there too: the next session, and other processes, would believe it.
    private void KeepAgainstLocked(IdentifierKey key, in ProofState before, long now)
    {
        var after = _ledger.ProofOf(key);
        KeepAgainst(before.State, after.State);
        KeepAgainst(before.Status, after.Status);

        void KeepAgainst(in Property said, in Property saidNow)
        {
            if (said.Disabled.Request > 0 && said.Stands(said.Disabled, now) && !saidNow.Stands(said.Disabled, now))
            {
                // A word for each: where there is none, what the action does would be taken for it.
                var entry = _entries[said.Disabled.Request - 1];
                _journal.Outcome(
                    entry.LocalId, entry.RequestId, entry.Action.Name, Shown(key), new(EvidenceSource.ServiceList, OutcomeStatus.Succeeded, new(now, TimeSpan.Zero), Unknown, Unknown));
            }
        }
    }

    // What a message of an unknown request says can take proof away and nothing else.
    private void HearForeignLocked(IdentifierKey key, string? state, string? status, bool isFromJournal = false)
    {
        var isOn = ServiceWords.IsActive(state) || ServiceWords.IsSuspended(state);
        var isEnabled = ServiceWords.IsEnabled(status);
        if (isOn || isEnabled)
        {
            var now = NowLocked().UtcTicks;
            var before = _ledger.ProofOf(key);
            _ledger.Put(key, before.With(
                new(new(now, ++_order), 0, 0, Spoken.NoCheckDigit),
                isOn ? SpokenKind.Other : SpokenKind.None,
                isEnabled ? SpokenKind.Other : SpokenKind.None,
                now));
            if (!isFromJournal)
            {
                KeepAgainstLocked(key, before, now);
            }
        }
    }

    /// <summary>
    /// A profile of a request to delete that may not be deleted any more, because of what has come since, and why; null where all may. For a
    /// request that had to wait before it left.
    /// </summary>
    public (EsimProfile Profile, string Reason)? FindUnproven(EsimRequest request)
    {
        Refresh();
        lock (_lock)
        {
            var now = NowLocked();
            var entry = _entries[request.Number - 1];
            for (var i = 0; i < request.Count; i++)
            {
                // What it does itself to the neighbours of its profiles comes after it has left. Where the status of one was its proof, nothing
                // stood against that then.
                var (profile, keys) = (request.Profiles[i], KeysOf(request.Profiles[i]));
                var own = entry.Idle?[i] == true ? entry : null;
                var finding = FindingLocked(WeighLocked(profile, keys, request.AccountName, now, request.Number, own));
                var verdict = Guard.Judge(request.Kind, new(StatementLocked(keys), new(profile.Source, profile.AsOf, profile.State, profile.ProfileStatus, profile.ProfileRole), now, Proof: finding));
                if (ClosedByLocked(keys) is { } closed)
                {
                    return (profile, closed);
                }

                if (verdict.Decision != GuardDecision.Allowed)
                {
                    return (profile, verdict.Reason ?? finding.ToString());
                }
            }
        }

        return null;
    }

    private string? ClosedByLocked(in ProfileKeys keys) =>
        _allClosed is { } all ? all
        : _closed.Count == 0 && _closedRequests.Count == 0 ? null
        : _closed.TryGetValue(keys.First, out var newer) || (!keys.Eid.IsNone && _closed.TryGetValue(keys.Eid, out newer)) ? newer
        : ClosedByClaim(keys.First) ?? (keys.Eid.IsNone ? null : ClosedByClaim(keys.Eid));

    private string? ClosedByClaim(IdentifierKey key)
    {
        var last = _ledger.FindClaim(key).Request;
        return _ledger.OpenFor(key).Append(last).Where(number => number > 0 && number <= _entries.Count).Select(number => _entries[number - 1].ClosedBy).FirstOrDefault(newer => newer is not null);
    }
}
