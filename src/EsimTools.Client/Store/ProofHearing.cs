// What the service is heard to say, as far as it counts for the question whether a profile is proven disabled: outcomes, answers and messages of
// unknown requests.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Takes words into the proof. Not thread-safe: the tracker locks around it.</summary>
internal sealed class ProofHearing(
    RequestTable table, ProfileLedger ledger, EventOrder order, IdentifierKeys identifiers, OpenActions openActions, ProofBook book, IEsimStore store)
{
    // What was heard late, and what disputes: other processes may have sent before that what has not been read yet.
    private readonly List<(TrackedRequest Entry, IdentifierKey Key, IdentifierKey Named, ObservedOutcome Outcome)> _late = [];

    // Who was said to be elsewhere, or nowhere, by messages that prove nothing: what places them may stand in what has not been read yet.
    private readonly List<(IdentifierKey Key, string? Status, IdentifierKey Eid)> _elsewhere = [];
    private int _elsewhereBeforeReading;

    /// <summary>What has been said against confirmations, for later sessions and other processes.</summary>
    public SpokenAgainst Against { get; } = new(table, ledger, openActions, store);

    /// <summary>Where the service says that profiles are.</summary>
    private PlaceHearing Places => field ??= new(table, ledger, order, book);

    /// <summary>What is said to have failed, and not in a form that ends a request for somebody.</summary>
    public FailureHearing Failures => field ??= new(table, ledger, identifiers, this);

    /// <summary>The journal is about to be read.</summary>
    /// <returns>How much has been heard late since it was last read to its end.</returns>
    public int BeginReading()
    {
        Against.BeginReading();
        Places.BeginReading();
        _elsewhereBeforeReading = _elsewhere.Count;
        return _late.Count;
    }

    /// <summary>The outcome of a request for a profile has been heard, here or elsewhere.</summary>
    public void Hear(TrackedRequest entry, IdentifierKey key, IdentifierKey named, in ObservedOutcome outcome, Hearing hearing) =>
        Hear(entry, key, named, outcome, hearing, isAgain: false);

    private void Hear(TrackedRequest entry, IdentifierKey key, IdentifierKey named, in ObservedOutcome outcome, Hearing hearing, bool isAgain)
    {
        var now = order.Now().UtcTicks;
        var succeeded = outcome.Status == OutcomeStatus.Succeeded;
        var failed = outcome.Status == OutcomeStatus.Failed;
        var isSaidElsewhere = outcome.Status == OutcomeStatus.Pending && !named.IsNone;

        // A failure may repeat what the request has named; what is inferred from a message of an unknown request proves no place either. What another
        // process has sent may have left before questions that were asked here before it was read.
        var asked = entry.Sent with { Order = entry.NotBefore };
        var known = ledger.ProofOf(key).SaidOn(named, isSaidElsewhere ? new(now, order.Next()) : entry.Sent);
        var proof = succeeded && !outcome.IsInferred ? Places.Place(key, known, outcome.Euicc, entry.Sent, asked, outcome.IsFromJournal ? outcome.At.UtcTicks : null)
            : known.SaidOn(outcome.Euicc, outcome.Euicc == known.Euicc ? entry.Sent : new(now, order.Next()));
        var isDisputed = hearing == Hearing.Disputed || ((succeeded || failed) && proof.Contradicts(entry.Number, succeeded));
        var isMemberEnded = outcome.IsOfMember && succeeded && (isAgain || isDisputed || entry.Sent.Sequence == 0 || proof.State.OtherSequence != entry.Sent.Sequence);
        if (!isAgain && (isSaidElsewhere || (isDisputed ? MayEndProofs(entry.Action) : isMemberEnded && entry.Action.CanEndDisabled)))
        {
            _late.Add((entry, key, named, outcome));
        }

        if (isDisputed)
        {
            proof = proof.Disputed(entry.Number);
        }
        else if (failed)
        {
            proof = proof.Failed(entry.Number);
        }

        var vouches = succeeded && outcome.Vouches && !isDisputed && !entry.IsOverOpen;

        // A download leaves a profile that was on the eUICC as it was, enabled or not: only a word on it tells.
        // Beside a service state nobody has looked whether its neighbours' were being changed when it was sent.
        var tellsStatus = entry.Action.ProvesState is null
            && (entry.Action != EsimAction.Download || (outcome.Said.Source == EvidenceSource.Callback && outcome.Said.ProfileStatus is not null));
        var word = new Spoken(entry.Sent, entry.Number, entry.Account, outcome.CheckDigit) { NamesEuicc = entry.NamesEuiccs && OpenActions.GoesToEuicc(entry.Action) };
        var state = outcome.Said.State ?? (succeeded ? entry.Action.ProvesState : null);
        var status = outcome.Said.ProfileStatus ?? (succeeded ? entry.Action.ProvesProfileStatus : null);
        var stateMeans = Meaning(state, ServiceWords.IsDeactive(state), succeeded || failed || ServiceWords.IsActive(state) || ServiceWords.IsSuspended(state), vouches);
        var statusMeans = Meaning(status, ServiceWords.IsDisabled(status), succeeded || failed || ServiceWords.IsEnabled(status), vouches && tellsStatus);

        var isOnEuicc = ServiceWords.IsOnEuicc(status);
        var proving = word with { When = asked };

        // What the service has told others of the profile may be newer than any answer that was heard here before it was read.
        var against = outcome.IsSaid ? word with { When = word.When with { Order = order.Next() } } : word;
        proof = (succeeded || !outcome.Euicc.IsNone ? proof.Named(outcome.CheckDigit) : proof)
            .Seen(isOnEuicc == true ? proving.When : word.When, succeeded || isOnEuicc == false ? isOnEuicc : null)
            .With(proving, Only(SpokenKind.Disabled, stateMeans), Only(SpokenKind.Disabled, statusMeans), now)
            .With(against, Only(SpokenKind.Other, stateMeans), Only(SpokenKind.Other, statusMeans), now);
        if (IsNotEnabled(outcome.Said.ProfileStatus) && statusMeans != SpokenKind.Disabled)
        {
            // What was said while it was open, and is no outcome of it, speaks against a confirmation of it, too.
            proof = proof.SeenNotEnabled(outcome.Status == OutcomeStatus.Pending ? order.Next() : word.When.Order);
        }

        ledger.Put(key, HearEnding(entry, proof, outcome with { IsOfMember = isMemberEnded }, isDisputed ? Hearing.Disputed : hearing));
        HearOfEuicc(entry, key, named, proof, proving, outcome, vouches, isDisputed ? Hearing.Disputed : hearing);
    }

    /// <summary>Whether what disputes an outcome of an action takes proofs away that are newer than the action.</summary>
    public static bool MayEndProofs(EsimAction action) => action.CanEndDisabled || action.EffectOnOthers == EffectOnOthers.MayEnable;

    /// <summary>What others have sent until now has been read: what was heard late before that may have been carried out behind it, too.</summary>
    /// <param name="before">How much of it had been heard when the reading began. What has come since is heard once more behind the next one.</param>
    public void EndReading(int before)
    {
        foreach (var (entry, key, named, outcome) in _late.ToArray())
        {
            // It places nobody again: another word on the place may have come since.
            Hear(entry, key, named, outcome with { Euicc = default }, outcome.IsOfMember || outcome.Status == OutcomeStatus.Pending ? Hearing.Repeated : Hearing.Disputed, isAgain: true);
        }

        _late.RemoveRange(0, before);
        foreach (var (key, status, eid) in _elsewhere.ToArray())
        {
            HearForeign(key, null, status, eid, open: null, isFromJournal: false, isAgain: true);
        }

        _elsewhere.RemoveRange(0, _elsewhereBeforeReading);
        Places.EndReading();
        Against.EndReading(order.Now().UtcTicks);
    }

    /// <summary>The answer to a question of ours about a profile has been heard. Where that was asked several times it proves as the first, and speaks against proof as the last.</summary>
    public void HearAnswer(
        IdentifierKey key, IdentifierKey eid, in Spoken word, string? state, string? status, bool hasTwoStates, bool hasTwoStatuses, bool vouches, Moment? last = null)
    {
        var against = word with { When = last ?? word.When };
        var now = order.Now().UtcTicks;
        var before = ledger.ProofOf(key);
        var placed = (vouches ? Places.Place(key, before, eid, word.When, word.When) : before.SaidOn(eid, against.When)).Named(word.CheckDigit);
        if (hasTwoStatuses || (IsNotEnabled(status) && !vouches))
        {
            placed = placed.SeenNotEnabled(against.When.Order);
        }

        var isOn = hasTwoStatuses ? null : ServiceWords.IsOnEuicc(status);
        var stateMeans = hasTwoStates ? SpokenKind.Other : Meaning(state, ServiceWords.IsDeactive(state), counts: true, vouches);
        var statusMeans = hasTwoStatuses ? SpokenKind.Other : Meaning(status, ServiceWords.IsDisabled(status), counts: true, vouches);
        ledger.Put(key, placed.Seen(isOn == false ? against.When : word.When, isOn)
            .With(word, Only(SpokenKind.Disabled, stateMeans), Only(SpokenKind.Disabled, statusMeans), now)
            .With(against, Only(SpokenKind.Other, stateMeans), Only(SpokenKind.Other, statusMeans), now));
        Against.KeepPlace(key, before, eid, now);
        Against.KeepSaid(key, before, against.When, hasTwoStatuses || IsNotEnabled(status) || (!eid.IsNone && !before.Euicc.IsNone && eid != before.Euicc), now);
    }

    /// <summary>What a message of an unknown request says can take proof away and nothing else.</summary>
    /// <param name="key">The profile.</param>
    /// <param name="state">Its service state.</param>
    /// <param name="status">Its profile status.</param>
    /// <param name="eid">Its eUICC; none where none is named.</param>
    /// <param name="open">The request whose message it is, where that is open for the profile: then it may be as it was before that.</param>
    /// <param name="isFromJournal">Whether other sessions know it.</param>
    public void HearForeign(IdentifierKey key, string? state, string? status, IdentifierKey eid = default, TrackedRequest? open = null, bool isFromJournal = false) =>
        HearForeign(key, state, status, eid, open, isFromJournal, isAgain: false);

    private void HearForeign(IdentifierKey key, string? state, string? status, IdentifierKey eid, TrackedRequest? open, bool isFromJournal, bool isAgain)
    {
        // Any other word than "disabled": one that nobody documents may mean whatever it likes.
        var isOn = state is not null && !ServiceWords.IsDeactive(state);
        var isEnabled = status is not null && !ServiceWords.IsDisabled(status);
        var isNotEnabled = IsNotEnabled(status);
        var isGone = ServiceWords.IsOnEuicc(status) == false;
        var before = ledger.ProofOf(key);
        var isElsewhere = !eid.IsNone && eid != before.Euicc && (!before.Euicc.IsNone || ledger.FindReservation(key).Request > 0);
        if (!isAgain && !isFromJournal && open is null && (isGone || (!eid.IsNone && eid != before.Euicc)))
        {
            _elsewhere.Add((key, isGone ? status : null, eid));
        }

        if (isOn || isEnabled || isNotEnabled || isElsewhere)
        {
            var now = order.Now().UtcTicks;
            var word = new Spoken(open is null ? new(now, order.Next()) : new(open.Sent.Ticks, open.NotBefore - 1), 0, 0, Spoken.NoCheckDigit);
            var placed = isElsewhere ? before.SaidOn(eid, word.When) : before;
            ledger.Put(key, (isNotEnabled ? placed.SeenNotEnabled(word.When.Order) : placed)
                .Seen(word.When, isGone ? false : null)
                .With(word, isOn ? SpokenKind.Other : SpokenKind.None, isEnabled ? SpokenKind.Other : SpokenKind.None, now));
            if (!isFromJournal)
            {
                // The second time it is said against what has been read since, which the journal does not know yet.
                Against.KeepPlace(key, before, eid, now);
                Against.KeepSaid(key, isAgain ? before with { OffEuiccOrder = 0 } : before, word.When, isNotEnabled || (isElsewhere && !before.Euicc.IsNone), now);
            }
        }
    }

    // Whoever says so: the eUICC may have fallen back to another one then.
    private static bool IsNotEnabled(string? status) => status is not null && !ServiceWords.IsEnabled(status);

    private static SpokenKind Only(SpokenKind wanted, SpokenKind kind) => kind == wanted ? kind : SpokenKind.None;

    private static SpokenKind Meaning(string? word, bool isDisabled, bool counts, bool vouches) =>
        word is null ? SpokenKind.None
        : isDisabled ? vouches ? SpokenKind.Disabled : SpokenKind.None
        : counts ? SpokenKind.Other : SpokenKind.None;

    // An action that can end "disabled" has been heard of: it took effect at some time up to now, or did not, or may still.
    private ProofState HearEnding(TrackedRequest entry, in ProofState proof, in ObservedOutcome outcome, Hearing hearing) =>
        !entry.Action.CanEndDisabled ? proof
            : outcome.IsOfMember ? proof with { Voids = proof.Voids.HeardLate(entry.Number, order.Next(), order.LastPlace) }
            : entry.Action.IsForDevice || hearing == Hearing.Repeated ? proof
            : proof with { Voids = Ended(entry, proof.Voids, outcome, hearing) };

    private Voids Ended(TrackedRequest entry, in Voids voids, in ObservedOutcome outcome, Hearing hearing) =>
        (hearing == Hearing.Disputed || voids.Request != entry.Number ? voids.HeardLate(entry.Number, order.Next(), order.LastPlace) : voids.Heard(entry.Number, order.Next()))
        is var heard && outcome.IsInferred ? heard.Inferred(entry.Number, order.Next(), (entry.SubmittedAt + DoubtRule.DefaultNotDoneAfter).UtcTicks) : heard;

    // What an action does to other profiles than its own may come behind requests for those that were sent after it.
    private Voids EndedAmongOthers(TrackedRequest entry, in Voids voids, in ObservedOutcome outcome) => Ended(entry, voids, outcome, Hearing.Disputed);

    private void HearOfEuicc(
        TrackedRequest entry, IdentifierKey key, IdentifierKey named, in ProofState proof, in Spoken word, in ObservedOutcome outcome, bool vouches, Hearing hearing)
    {
        if (entry.Action is { IsForDevice: true, CanEndDisabled: true } && hearing != Hearing.Repeated)
        {
            var euicc = ledger.Euiccs.Of(key);
            ledger.Euiccs.Put(key, euicc with { Device = EndedAmongOthers(entry, euicc.Device, outcome) });
            book.AnyDevice = EndedAmongOthers(entry, book.AnyDevice, outcome);
        }

        if (entry.Action.EffectOnOthers == EffectOnOthers.MayEnable && hearing != Hearing.Repeated)
        {
            var told = outcome;
            Voids ended(Voids voids) => EndedAmongOthers(entry, voids, told);
            foreach (var eid in OpenActions.EuiccsOf(named, proof.Euicc))
            {
                var euicc = ledger.Euiccs.Of(eid);

                // The last one that was sent is still told by its number, because it may be open.
                var heard = euicc.FallHeard(key, ended);
                ledger.Euiccs.Put(eid, heard with { Fallback = heard.Fallback with { Request = euicc.Fallback.Any ? euicc.Fallback.Request : entry.Number } });
            }

            // A request that had ended is not kept; what disputes its end may have been carried out since.
            if (openActions.Fallbacks.Contains(entry.Number) || hearing == Hearing.Disputed)
            {
                book.Anywhere = book.Anywhere.FallHeard(key, ended);
            }

            // Who has not sent it does not know any more which eUICC it named; where the profile may be on another one, that may be any.
            if (openActions.Unplaced.Contains(entry.Number) || (named.IsNone && proof.IsContested) || (hearing == Hearing.Disputed && (entry.IsUnplaced || proof.Euicc.IsNone)))
            {
                book.Unplaced = EndedAmongOthers(entry, book.Unplaced, outcome);
            }
        }

        if (entry.Action.EffectOnOthers == EffectOnOthers.Disables && proof.IsPlaced)
        {
            // It was carried out where the profile is: on the eUICC that the message names, or that the request has named. Where the service placed it before may
            // be another one.
            var isNamed = outcome.Euicc == proof.Euicc || (named.IsNone ? entry.NamesEuiccs : named == proof.Euicc);
            var euicc = ledger.Euiccs.Of(proof.Euicc);
            if (vouches && !proof.IsContested && isNamed && (!euicc.Switch.Any || word.When.IsAfter(euicc.Switch.When)))
            {
                ledger.Euiccs.Put(proof.Euicc, euicc with { Switch = word, SwitchedTo = key });
            }
            else if ((hearing == Hearing.Disputed || outcome.Status != OutcomeStatus.Succeeded) && euicc.Switch.Request == entry.Number && euicc.SwitchedTo == key)
            {
                ledger.Euiccs.Put(proof.Euicc, euicc with { Switch = default });
            }
        }
    }
}
