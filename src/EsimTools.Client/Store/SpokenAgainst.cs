// What the service says against confirmations, be they in the journal already or still to come: it has to stand there too, because later sessions and
// other processes have not heard it.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Writes down what has been said against confirmations. Not thread-safe: the tracker locks around it.</summary>
internal sealed class SpokenAgainst(RequestTable table, ProfileLedger ledger, EventOrder order, OpenActions openActions, IEsimStore store)
{
    /// <summary>The service's own word where it does not tell.</summary>
    private const string Unknown = "UNKNOWN";
    private const string Active = "ACTIVE";
    private const string Enabled = "ENABLE";
    private const string NotEnabled = "DISABLE";

    /// <summary>A confirmation stands in the journal. What has been said against it has to stand there too: the next session, and other processes, would believe it.</summary>
    public void Keep(IdentifierKey key, in ProofState before, long now)
    {
        var after = ledger.ProofOf(key);
        KeepFor(before.State, after.State);
        KeepFor(before.Status, after.Status);
        KeepForOpen(key, before, now);
        if (SwitchOf(key, before, now) is { Any: true } word && SwitchOf(key, after, now) != word)
        {
            WriteAgainst(ledger.Euiccs.Of(before.Euicc).SwitchedTo, table[word.Request], OutcomeStatus.Failed, now);
        }

        void KeepFor(in Property said, in Property saidNow)
        {
            // Behind an answer that says the same the confirmation is still what the next session finds; so it is where it counts for nothing here
            // because it may be older than what was asked here, and what has been said now is newer.
            if (said.Confirmed > 0 && ((said.Stands(said.Disabled, now) && !saidNow.Stands(said.Disabled, now))
                || (saidNow.OtherQuestion > said.OtherQuestion && IsAgainst(saidNow, table[said.Confirmed], now))))
            {
                WriteAgainst(key, table[said.Confirmed], now);
            }
        }
    }

    /// <summary>A confirmation is heard, or one of another process is read, against which the service has spoken here before, and after it was asked for.</summary>
    public void KeepForConfirmed(IdentifierKey key, TrackedRequest entry, in ObservedOutcome outcome, long now)
    {
        var known = ledger.ProofOf(key);
        if (outcome.Vouches
            && ((ServiceWords.IsDeactive(outcome.Said.State ?? entry.Action.ProvesState) && IsAgainst(known.State, entry, now))
                || (ServiceWords.IsDisabled(outcome.Said.ProfileStatus ?? entry.Action.ProvesProfileStatus) && IsAgainst(known.Status, entry, now))))
        {
            WriteAgainst(key, entry, now);
        }
    }

    /// <summary>
    /// The service does not call a profile the enabled one of its eUICC: a switch to it that is open may have been carried out before, and be confirmed in
    /// another session.
    /// </summary>
    /// <param name="key">The profile.</param>
    /// <param name="before">What was known of it before.</param>
    /// <param name="now">The present moment in UTC ticks.</param>
    public void KeepForOwnSwitch(IdentifierKey key, in ProofState before, long now)
    {
        if (Newest(openActions.OpenFor(key).Where(open => open.Action.EffectOnOthers == EffectOnOthers.Disables)) is { } entry && before.NotEnabledOrder <= entry.Sent.Order)
        {
            WriteAhead(key, entry, null, NotEnabled, now);
            ledger.Put(key, ledger.ProofOf(key).SeenNotEnabled(order.Next()));
        }
    }

    // The switch that tells of a profile: that it was the one that was enabled, or that it is disabled because another one was.
    private Spoken SwitchOf(IdentifierKey key, in ProofState known, long now)
    {
        var euicc = ledger.Euiccs.Of(known.Euicc);
        var tells = euicc.SwitchedTo == key
            ? ProofBook.IsStillEnabled(known, known.Euicc, euicc.Switch)
            : known is { IsPlaced: true, IsContested: false, IsOnEuicc: true } && known.Status.Stands(euicc.Switch, now);
        return tells ? euicc.Switch : default;
    }

    // Asked behind the request, as it was learned of here; where it may have left before that, the clocks tell.
    private static bool IsAgainst(in Property said, TrackedRequest entry, long now) =>
        said.OtherQuestion > entry.Sent.Order || (said.OtherQuestion >= entry.NotBefore && said.OtherTicks > entry.Sent.Ticks && said.OtherTicks <= now);

    private void WriteAgainst(IdentifierKey key, TrackedRequest entry, long now)
    {
        WriteAgainst(key, entry, OutcomeStatus.Succeeded, now);
        var known = ledger.ProofOf(key);
        ledger.Put(key, known with { State = known.State.KeptAgainst(entry.Number), Status = known.Status.KeptAgainst(entry.Number) });
    }

    // One that is open may be confirmed in another session, which has not heard it. The newest one is enough: what is told by older ones is older, too.
    private void KeepForOpen(IdentifierKey key, in ProofState before, long now)
    {
        if (ledger.OpenRequests().Count == 0)
        {
            return;
        }

        var known = ledger.ProofOf(key);
        var state = known.State.OtherQuestion > before.State.OtherQuestion ? NewestUnder(known.State, openActions.ThatTellStateOf(key)) : null;
        var status = known.Status.OtherQuestion > before.Status.OtherQuestion ? NewestUnder(known.Status, openActions.ThatTellStatusOf(key, known)) : null;
        if (state is not null)
        {
            WriteAhead(key, state, Active, state == status ? Enabled : null, now);
            Note(state, SpokenKind.Other, state == status ? SpokenKind.Other : SpokenKind.None);
        }

        if (status is not null && status != state)
        {
            WriteAhead(key, status, null, Enabled, now);
            Note(status, SpokenKind.None, SpokenKind.Other);
        }

        TrackedRequest? NewestUnder(Property said, IEnumerable<TrackedRequest> open) => Newest(open.Where(entry => said.OtherSequence < entry.Sent.Sequence && IsAgainst(said, entry, now)));

        void Note(TrackedRequest entry, SpokenKind ofState, SpokenKind ofStatus) =>
            ledger.Put(key, ledger.ProofOf(key).With(new(entry.Sent, entry.Number, entry.Account, Spoken.NoCheckDigit), ofState, ofStatus, now));
    }

    private static TrackedRequest? Newest(IEnumerable<TrackedRequest> requests) =>
        requests.Aggregate((TrackedRequest?)null, static (newest, entry) => newest is null || entry.Sent.Sequence > newest.Sent.Sequence ? entry : newest);

    // It is no outcome of the request: it may have been too early for it.
    private void WriteAhead(IdentifierKey key, TrackedRequest entry, string? state, string? status, long now) => store.Gather(
        JournalLines.Outcome(entry, new(OutcomeStatus.Pending, new(EvidenceSource.ServiceList, new DateTimeOffset(now, TimeSpan.Zero), state, status)), store.Service), IdentifierKeys.Shown(key));

    // A word for each: where there is none, what the action does would be taken for it. A switch tells of other profiles than its own: it is disputed.
    private void WriteAgainst(IdentifierKey key, TrackedRequest entry, OutcomeStatus status, long now) => store.Gather(
        JournalLines.Outcome(entry, new(status, new(EvidenceSource.ServiceList, new DateTimeOffset(now, TimeSpan.Zero), Unknown, Unknown)), store.Service), IdentifierKeys.Shown(key));
}
