// What the service says against confirmations, be they in the journal already or still to come: it has to stand there too, because later sessions and
// other processes have not heard it.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Writes down what has been said against confirmations. Not thread-safe: the tracker locks around it.</summary>
internal sealed class SpokenAgainst(RequestTable table, ProfileLedger ledger, OpenActions openActions, IEsimStore store)
{
    private const string Active = "ACTIVE";
    private const string Enabled = "ENABLE";
    private const string NotEnabled = "DISABLE";
    private const string Gone = "NOT_DOWNLOADED";

    // Who was spoken of since the journal was last read, and when somebody was not called the enabled one of an eUICC: others may have sent before that what
    // has not been read yet.
    private readonly Dictionary<IdentifierKey, Moment?> _said = [];
    private readonly Dictionary<IdentifierKey, Moment?> _saidBeforeReading = [];

    // Who was called LEAD when the journal had no request that it could be written to.
    private readonly Dictionary<IdentifierKey, ProfileState> _lead = [];

    /// <summary>A confirmation stands in the journal. What has been said against it has to stand there too: the next session, and other processes, would believe it.</summary>
    /// <param name="key">The profile.</param>
    /// <param name="before">What was known of it before.</param>
    /// <param name="now">The present moment in UTC ticks.</param>
    public void Keep(IdentifierKey key, in ProofState before, long now)
    {
        var after = ledger.ProofOf(key);
        KeepFor(before.State, after.State);
        KeepFor(before.Status, after.Status);
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

    /// <summary>
    /// A profile is said to be on another eUICC than before, where the journal, or a message that is still to come, may place it: later sessions do not know
    /// which it is on, and what is done on either matters to them.
    /// </summary>
    /// <param name="key">The profile.</param>
    /// <param name="before">What was known of it before.</param>
    /// <param name="eid">The eUICC that is named; none where none is.</param>
    /// <param name="now">The present moment in UTC ticks.</param>
    public void KeepPlace(IdentifierKey key, in ProofState before, IdentifierKey eid, long now)
    {
        if (!before.Euicc.IsNone && !eid.IsNone && (before.IsContested || eid != before.Euicc) && ledger.FindReservation(key).Request is > 0 and var last)
        {
            WriteAhead(key, table[last], null, null, now, eid);
        }
    }

    /// <summary>The service has answered a question, or said something in a message of an unknown request: against confirmations that are there, and those to come.</summary>
    /// <param name="key">The profile.</param>
    /// <param name="before">What was known of it before.</param>
    /// <param name="when">When it was asked, or said.</param>
    /// <param name="isNotEnabled">Whether it does not call the profile the enabled one of its eUICC.</param>
    /// <param name="now">The present moment in UTC ticks.</param>
    public void KeepSaid(IdentifierKey key, in ProofState before, in Moment when, bool isNotEnabled, long now)
    {
        Keep(key, before, now);
        KeepGone(key, before, now);
        var known = ledger.ProofOf(key);
        if (isNotEnabled || known.State.OtherQuestion > before.State.OtherQuestion || known.Status.OtherQuestion > before.Status.OtherQuestion)
        {
            var earlier = _said.TryGetValue(key, out var said) ? said : null;
            _said[key] = isNotEnabled && !(earlier?.Order > when.Order) ? when : earlier;
            KeepAhead(key, before, isNotEnabled ? when : null, isNew: true, now);
        }
    }

    /// <summary>Notes words of the service that the journal does not get with an outcome.</summary>
    /// <param name="key">The profile.</param>
    /// <param name="said">The words.</param>
    /// <param name="now">The present moment in UTC ticks.</param>
    public void Note(IdentifierKey key, in ProfileState said, long now)
    {
        var before = ledger.StatementOf(key, default);
        ledger.Note(key, said);
        KeepFinal(key, before, said, now);
    }

    /// <summary>Notes LEAD and DELETE where a message says them that counts for nothing else: they forbid, whoever says them.</summary>
    /// <param name="key">The profile.</param>
    /// <param name="said">What it says.</param>
    /// <param name="now">The present moment, which is how old they are.</param>
    public void NoteFinal(IdentifierKey key, in ProfileState said, DateTimeOffset now)
    {
        var status = ServiceWords.IsDeleted(said.ProfileStatus) ? said.ProfileStatus : null;
        var role = ServiceWords.IsLead(said.ProfileRole) ? said.ProfileRole : null;
        if (status is not null || role is not null)
        {
            Note(key, new(said.Source, now, ProfileStatus: status, ProfileRole: role), now.UtcTicks);
        }
    }

    /// <summary>
    /// LEAD and DELETE, which forbid at any age, have been said. They are final for later sessions and other processes, too, which would believe a confirmation.
    /// </summary>
    /// <param name="key">The profile.</param>
    /// <param name="before">The words that were known of it before.</param>
    /// <param name="said">The words that were noted.</param>
    /// <param name="now">The present moment in UTC ticks.</param>
    public void KeepFinal(IdentifierKey key, in ProfileState before, in ProfileState said, long now)
    {
        var after = ledger.StatementOf(key, default);
        if (ServiceWords.IsLead(after.ProfileRole) && !ServiceWords.IsLead(before.ProfileRole))
        {
            _lead[key] = said with { State = null, ProfileStatus = null };
            KeepLead(key, LastOrTelling());
        }

        if (ServiceWords.IsDeleted(after.ProfileStatus) && !ServiceWords.IsDeleted(before.ProfileStatus) && LastOrTelling() is { } under)
        {
            WriteFinal(key, under, said with { State = null, ProfileRole = null });
        }

        // Under the last request for it; where there is none, under one that may tell of it all the same.
        TrackedRequest? LastOrTelling()
        {
            var known = ledger.ProofOf(key);
            return LastFor(key) ?? Newest(openActions.ThatTellStateOf(key, now).Concat(openActions.ThatTellStatusOf(key, known, known.Euicc, now)));
        }
    }

    /// <summary>The journal is about to be read: what is said from now on may be newer than what is read of others.</summary>
    public void BeginReading()
    {
        foreach (var said in _said)
        {
            _saidBeforeReading[said.Key] = said.Value ?? (_saidBeforeReading.TryGetValue(said.Key, out var earlier) ? earlier : null);
        }

        _said.Clear();
    }

    /// <summary>What others have sent until now has been read: what was said before that counts against it, too. What was said meanwhile does once more behind the next reading.</summary>
    /// <param name="now">The present moment in UTC ticks.</param>
    public void EndReading(long now)
    {
        foreach (var (key, notEnabled) in _saidBeforeReading.Concat(_said).Select(static said => (said.Key, said.Value)))
        {
            KeepAhead(key, ledger.ProofOf(key) with { State = default, Status = default }, notEnabled, isNew: false, now);
        }

        _saidBeforeReading.Clear();
        foreach (var key in _lead.Keys.ToArray())
        {
            KeepLead(key, LastFor(key));
        }
    }

    /// <summary>
    /// A request that has been told of before is told of once more. What that says otherwise stands in the journal, too: another message of it, spoken
    /// before and heard later, would be believed.
    /// </summary>
    /// <param name="key">The profile.</param>
    /// <param name="before">What was known of it before.</param>
    /// <param name="entry">The request.</param>
    /// <param name="now">The present moment in UTC ticks.</param>
    public void KeepRepeated(IdentifierKey key, in ProofState before, TrackedRequest entry, long now)
    {
        Keep(key, before, now);
        KeepGone(key, before, now);
        var known = ledger.ProofOf(key);
        var (isOn, isEnabled) = (known.State.OtherSequence > before.State.OtherSequence, known.Status.OtherSequence > before.Status.OtherSequence && entry.Action.ProvesState is null);
        if (!entry.Action.CanEndDisabled && (isOn || isEnabled))
        {
            WriteAhead(key, entry, isOn ? Active : null, isEnabled ? Enabled : null, now);
        }

        if (entry.Action.EffectOnOthers == EffectOnOthers.Disables && (known.NotEnabledOrder > before.NotEnabledOrder || known.Status.Disabled != before.Status.Disabled))
        {
            WriteAhead(key, entry, null, NotEnabled, now);
        }
    }

    /// <summary>A confirmation is heard, or one of another process is read, against which the service has spoken here before, and after it was asked for.</summary>
    public void KeepForConfirmed(IdentifierKey key, TrackedRequest entry, in ObservedOutcome outcome, long now)
    {
        KeepLead(key, entry);
        var known = ledger.ProofOf(key);
        if (outcome.Vouches
            && ((ServiceWords.IsDeactive(outcome.Said.State ?? entry.Action.ProvesState) && IsAgainst(known.State, entry, now))
                || (ServiceWords.IsDisabled(outcome.Said.ProfileStatus ?? entry.Action.ProvesProfileStatus) && IsAgainst(known.Status, entry, now))))
        {
            WriteAgainst(key, entry, now);
        }
    }

    private TrackedRequest? LastFor(IdentifierKey key) => ledger.FindReservation(key).Request is > 0 and var last ? table[last] : null;

    // Once, and as long as no newer word has taken it back.
    private void KeepLead(IdentifierKey key, TrackedRequest? under)
    {
        if (under is not null && _lead.TryGetValue(key, out var said))
        {
            _lead.Remove(key);
            if (ServiceWords.IsLead(ledger.StatementOf(key, default).ProfileRole))
            {
                WriteFinal(key, under, said);
            }
        }
    }

    // It is said not to be on its eUICC any more, where the journal, or a message that is still to come, may tell that it is: a switch there tells nothing of it.
    private void KeepGone(IdentifierKey key, in ProofState before, long now)
    {
        var known = ledger.ProofOf(key);
        if ((before.IsOnEuicc || before.OffEuiccOrder == 0) && known is { IsOnEuicc: false, OffEuiccOrder: > 0 } && ledger.FindReservation(key).Request is > 0 and var last)
        {
            WriteAhead(key, table[last], null, Gone, now);
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
    private static bool IsAgainst(in Property said, TrackedRequest entry, long now) => IsAgainst(said.OtherQuestion, said.OtherTicks, entry, now);

    private static bool IsAgainst(uint asked, long ticks, TrackedRequest entry, long now) =>
        asked > entry.Sent.Order || (asked >= entry.NotBefore && ticks > entry.Sent.Ticks && ticks <= now);

    private void WriteAgainst(IdentifierKey key, TrackedRequest entry, long now)
    {
        WriteAgainst(key, entry, OutcomeStatus.Succeeded, now);
        var known = ledger.ProofOf(key);
        ledger.Put(key, known with { State = known.State.KeptAgainst(entry.Number), Status = known.Status.KeptAgainst(entry.Number) });
    }

    // What is open, and what has ended and may be told of once more, may be confirmed in another session, which has not heard it. The newest that it is
    // said against is enough: what is told by older ones is older, too. Another process may have been answered otherwise since this was last written down, and
    // that stands nowhere: so it is written each time, and at any age where the last request ends its service, or has put it on its eUICC disabled. Of a fleet
    // in service each listing would say so.
    private void KeepAhead(IdentifierKey key, in ProofState before, Moment? notEnabled, bool isNew, long now)
    {
        var known = ledger.ProofOf(key);
        var last = isNew && LastFor(key) is { } ending && (ending.Action.EndsService || ending.Action == EsimAction.Download) ? ending : null;
        var state = NewestUnder(before.State, known.State, openActions.ThatTellStateOf(key, now));
        var status = NewestUnder(before.Status, known.Status, openActions.ThatTellStatusOf(key, known, before.Euicc, now));
        if (state is not null)
        {
            // A status that no request's message could prove another process may have been told in an answer, or in one more message of a request that has
            // ended before this one was sent.
            var isBoth = state == status
                || (known.Status.OtherQuestion > before.Status.OtherQuestion && (isNew || IsAgainst(known.Status, state, now)) && (status is null || status.Sent.Sequence < state.Sent.Sequence));
            WriteAhead(key, state, Active, isBoth ? Enabled : null, now);
            Note(state, SpokenKind.Other, isBoth ? SpokenKind.Other : SpokenKind.None);
        }

        if (status is not null && status != state)
        {
            WriteAhead(key, status, null, Enabled, now);
            Note(status, SpokenKind.None, SpokenKind.Other);
        }

        // Where the service does not call it the enabled one, no switch to it tells of the others of its eUICC.
        if (notEnabled is { } when && Newest(openActions.ThatSwitchTo(key, known, now).Where(entry => IsAgainst(when.Order, when.Ticks, entry, now))) is { } own && before.NotEnabledOrder < own.Sent.Order)
        {
            WriteAhead(key, own, null, NotEnabled, now);
            ledger.Put(key, ledger.ProofOf(key).SeenNotEnabled(own.Sent.Order));
        }

        TrackedRequest? NewestUnder(in Property before, Property said, IEnumerable<TrackedRequest> telling)
        {
            if (said.OtherQuestion == before.OtherQuestion)
            {
                return null;
            }

            // What was sent behind the question may hide one that was sent before it: any other one from before stands for that.
            var (under, behind) = (new List<TrackedRequest>(), 0);
            foreach (var entry in telling)
            {
                if (IsAgainst(said, entry, now))
                {
                    under.Add(entry);
                }
                else
                {
                    behind = Math.Max(behind, entry.Number);
                }
            }

            var newest = Newest(under.Concat(table.All.Take(behind).Where(entry => IsAgainst(said, entry, now))).Where(entry => isNew || said.OtherSequence < entry.Sent.Sequence));
            return newest ?? (last is not null && IsAgainst(said, last, now) ? last : null);
        }

        void Note(TrackedRequest entry, SpokenKind ofState, SpokenKind ofStatus) =>
            ledger.Put(key, ledger.ProofOf(key).With(new(entry.Sent, entry.Number, entry.Account, Spoken.NoCheckDigit), ofState, ofStatus, now));
    }

    private static TrackedRequest? Newest(IEnumerable<TrackedRequest> requests) =>
        requests.Aggregate((TrackedRequest?)null, static (newest, entry) => newest is null || entry.Sent.Sequence > newest.Sent.Sequence ? entry : newest);

    // It is no outcome of the request: it may have been too early for it.
    private void WriteAhead(IdentifierKey key, TrackedRequest entry, string? state, string? status, long now, IdentifierKey eid = default) => store.Gather(
        JournalLines.Outcome(entry, new(OutcomeStatus.Pending, new(EvidenceSource.ServiceList, new DateTimeOffset(now, TimeSpan.Zero), state, status)), store.Service),
        IdentifierKeys.Shown(key),
        eid.IsNone ? null : IdentifierKeys.Shown(eid));

    private void WriteFinal(IdentifierKey key, TrackedRequest entry, in ProfileState said) =>
        store.Gather(JournalLines.Outcome(entry, new(OutcomeStatus.Pending, said), store.Service), IdentifierKeys.Shown(key));

    // A word for each: where there is none, what the action does would be taken for it. A switch tells of other profiles than its own: it is disputed.
    private void WriteAgainst(IdentifierKey key, TrackedRequest entry, OutcomeStatus status, long now) => store.Gather(
        JournalLines.Outcome(entry, new(status, new(EvidenceSource.ServiceList, new DateTimeOffset(now, TimeSpan.Zero), ServiceWords.Unknown, ServiceWords.Unknown)), store.Service), IdentifierKeys.Shown(key));
}
