// What the service says against confirmations, be they in the journal already or still to come: it has to stand there too, because later sessions and
// other processes have not heard it.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Writes down what has been said against confirmations. Not thread-safe: the tracker locks around it.</summary>
internal sealed class SpokenAgainst(RequestTable table, ProfileLedger ledger, OpenActions openActions, IEsimStore store)
{
    /// <summary>The service's own word where it does not tell.</summary>
    private const string Unknown = "UNKNOWN";

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

        if (outcome.Vouches && entry.SaidOtherwise is { } saidOtherwise && (saidOtherwise.Contains(key) || saidOtherwise.Contains(known.Euicc)))
        {
            WriteAgainst(key, entry, OutcomeStatus.Failed, now);
        }
    }

    /// <summary>A switch that is open may have been carried out before the service said otherwise, and be confirmed later.</summary>
    /// <param name="key">The profile that it has spoken of.</param>
    /// <param name="isEnabled">Whether it is not disabled, which speaks against switches to others of its eUICC.</param>
    /// <param name="isNotEnabled">Whether it is not the enabled one there, which speaks against a switch to it.</param>
    public void KeepForOpenSwitches(IdentifierKey key, bool isEnabled, bool isNotEnabled)
    {
        if (!isEnabled && !isNotEnabled)
        {
            return;
        }

        var (own, eid) = (ledger.OpenFor(key).Where(number => number <= table.Count).ToArray(), ledger.ProofOf(key).Euicc);
        foreach (var number in isEnabled && !eid.IsNone ? ledger.Euiccs.OpenSwitches(eid, key).Concat(openActions.UnplacedSwitches.Where(ledger.IsOpen)).Except(own) : [])
        {
            (table[number].SaidOtherwise ??= []).Add(eid);
        }

        foreach (var entry in isNotEnabled ? own.Select(number => table[number]).Where(entry => entry.Action.EffectOnOthers == EffectOnOthers.Disables) : [])
        {
            (entry.SaidOtherwise ??= []).Add(key);
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

    // One that is open may be confirmed in another session, which has not heard it. It is no outcome of it: it may have been too early for it.
    private void KeepForOpen(IdentifierKey key, in ProofState before, long now)
    {
        foreach (var number in ledger.OpenFor(key))
        {
            var known = ledger.ProofOf(key);
            if (number <= table.Count && table[number] is { Phase: not EsimRequest.Phase.Refused } entry && ServiceWords.IsDeactive(entry.Action.ProvesState)
                && known.State.OtherQuestion > before.State.OtherQuestion && known.State.OtherSequence < entry.Sent.Sequence && IsAgainst(known.State, entry, now))
            {
                store.Gather(
                    JournalLines.Outcome(entry, new(OutcomeStatus.Pending, new(EvidenceSource.ServiceList, new DateTimeOffset(now, TimeSpan.Zero), "ACTIVE")), store.Service), IdentifierKeys.Shown(key));
                ledger.Put(key, known with { State = known.State.With(new(entry.Sent, number, entry.Account, Spoken.NoCheckDigit), SpokenKind.Other, now) });
            }
        }
    }

    // A word for each: where there is none, what the action does would be taken for it. A switch tells of other profiles than its own: it is disputed.
    private void WriteAgainst(IdentifierKey key, TrackedRequest entry, OutcomeStatus status, long now) => store.Gather(
        JournalLines.Outcome(entry, new(status, new(EvidenceSource.ServiceList, new DateTimeOffset(now, TimeSpan.Zero), Unknown, Unknown)), store.Service), IdentifierKeys.Shown(key));
}
