// What other connections have written to the journal, and earlier ones of this service: requests, answers and outcomes in the order of the files.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Takes the lines of others into the memory. One refresh at a time; it locks the memory for each line, and never while the store is read.</summary>
internal sealed class JournalReplay(
    object memory,
    RequestTable table,
    ProfileLedger ledger,
    EventOrder order,
    ProofBook book,
    ProofHearing proofHearing,
    OutcomeRecorder recorder,
    RequestRebuilder rebuilder,
    NewerLines newerLines,
    PlanBook plans,
    RunBook runs,
    IEsimStore store,
    Announcements announcements)
{
    private readonly List<TrackedRequest> _senders = [];
    private readonly List<(JournalLine Line, List<JournalId> Ids, List<IdentifierKey> Eids)> _orphans = [];
    private int _orphansHeard;

    /// <summary>Reads what has been written since the last time.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void ReadNew()
    {
        int late;
        lock (memory)
        {
            late = proofHearing.BeginReading();
        }

        store.ReadNew(Take, announcements.Report);
        LookAfterSenders();
        lock (memory)
        {
            HearOrphans();
            proofHearing.EndReading(late);
        }
    }

    private void Take(JournalLine line, JournalKeys keys, string path)
    {
        lock (memory)
        {
            Replay(line, keys, path);
        }
    }

    // An outcome whose request is not in the journal, because its line is damaged, can still take proof away.
    private void HearOrphans()
    {
        foreach (var (line, ids, eids) in _orphans.Skip(_orphansHeard))
        {
            var sent = EsimAction.Find(line.Action);
            if (sent is not null && ProofHearing.MayEndProofs(sent) && order.Now() - line.At <= Guard.ProofLifetime)
            {
                NoteLost(line, sent, ids);
            }

            var action = line.Outcome == OutcomeStatus.Succeeded ? sent : null;
            var (state, status) = (line.Said.State ?? action?.ProvesState, line.Said.ProfileStatus ?? action?.ProvesProfileStatus);
            for (var i = 0; i < ids.Count; i++)
            {
                proofHearing.HearForeign(ids[i].Key, state, status, EuiccAt(eids, ids, i), isFromJournal: true);
            }

            // They forbid at any age.
            var final = new ProfileState(
                line.Said.Source, line.At, null, ServiceWords.IsDeleted(status) ? status : null, ServiceWords.IsLead(line.Said.ProfileRole) ? line.Said.ProfileRole : null);
            if (final is not { ProfileStatus: null, ProfileRole: null })
            {
                ids.ForEach(id => ledger.Note(id.Key, final));
            }
        }

        _orphansHeard = _orphans.Count;
    }

    // Nobody knows any more when it was sent, so it may stand behind every other. It has ended, so it is none that is open.
    private void NoteLost(JournalLine line, EsimAction action, List<JournalId> ids)
    {
        var entry = new TrackedRequest(line.LocalId + "?", action, string.Empty, null, new(order.Now().UtcTicks, order.Next()), table.Count + 1)
        {
            Stage = new(),
            Account = table.AccountOf(string.Empty),
            NotBefore = order.Latest,
            Profiles = ids.Count,
        };
        table.Add(entry);
        table.Enter(entry, EsimRequest.Phase.Refused);
        ids.ForEach(id => book.NoteSent(entry, action.IsForDevice ? new(default, id.Key, default) : new(id.Key, default, default) { Twentieth = id.Twentieth }));
    }

    // What another process sends while it lives is on its way; what it had no answer to when it ended is in doubt.
    private void LookAfterSenders()
    {
        TrackedRequest[] senders;
        lock (memory)
        {
            senders = [.. _senders];
        }

        var ended = Array.FindAll(senders, entry => !store.IsBeingWritten(entry.Path!));
        if (ended.Length == 0)
        {
            return;
        }

        // The answer may have been written after its file was read here.
        store.ReadNew(Take, announcements.Report);
        lock (memory)
        {
            foreach (var entry in ended.Where(_senders.Contains))
            {
                Enter(entry, EsimRequest.Phase.InDoubt);
            }
        }
    }

    private void Enter(TrackedRequest entry, EsimRequest.Phase phase, string? requestId = null)
    {
        table.Enter(entry, phase, requestId);
        _senders.Remove(entry);
    }

    private void Replay(JournalLine line, JournalKeys keys, string path)
    {
        if (line.Event == JournalEvent.Newer)
        {
            newerLines.Close(line, keys, path);
        }
        else if (line.Event == JournalEvent.Plan)
        {
            if (newerLines.IsOurs(line.Service))
            {
                plans.Take(line, path);
            }
            else
            {
                table.KeptFiles.Add(path);
            }
        }
        else if (line.Event == JournalEvent.Run)
        {
            if (newerLines.IsOurs(line.Service))
            {
                runs.Take(line);
            }
        }
        else if (line.Event == JournalEvent.Sending)
        {
            ReplaySending(line, keys, path);
        }
        else if (line.LocalId is { } localId && table.FindByLocalId(localId) is null)
        {
            // Another process may have written an outcome to a file that sorts before the one with its request.
            if (line.Event == JournalEvent.Outcome && newerLines.IsOurs(line.Service ?? store.Service))
            {
                _orphans.Add((line, [.. keys.Ids], [.. keys.Eids]));
            }
        }
        else if (line.LocalId is not null)
        {
            ReplayAnswer(table.FindByLocalId(line.LocalId)!, line, keys.Ids, keys.Eids);
        }
    }

    private void ReplaySending(JournalLine line, JournalKeys keys, string path)
    {
        if (!newerLines.IsOurs(line.Service))
        {
            table.KeptFiles.Add(path);
            return;
        }

        if (line.Action is { } word && EsimAction.Find(word) is null)
        {
            newerLines.Close(line with { Message = $"is about the action '{word}', which a newer EsimTools has sent; this one does not know it" }, keys, path);
            return;
        }

        if (line.LocalId is null || EsimAction.Find(line.Action) is not { } action || !keys.Profiles.Exists(static profile => profile != default))
        {
            announcements.Report($"A line of the journal file '{path}' says that a request has left, and does not tell which, or for which profiles. It is left out.");
            return;
        }

        if (table.FindByLocalId(line.LocalId) is not null)
        {
            return;
        }

        // A name of blanks is read as none.
        var account = line.AccountName ?? string.Empty;
        var number = table.Count + 1;
        var sent = new Moment(line.At.UtcTicks, order.Next(), line.Sequence);
        order.TakePlace(line.Sequence);
        foreach (var profile in keys.Profiles)
        {
            // Files are read one after the other, so another process's newer request may have been read before this one.
            var key = IdentifierKeys.KeyOf(action, profile);
            var holder = ledger.FindReservation(key).Request;
            if (holder == 0 || holder == number || !IsBefore(sent, table[holder].Sent))
            {
                ledger.Reserve(key, number);
            }
            else
            {
                ledger.ReserveBehind(key, number);
            }
        }

        // Whether its sender is still there is seen when everything has been read.
        var entry = new TrackedRequest(line.LocalId, action, account, line.ServicePlan, sent, number)
        {
            Stage = new(),
            Account = table.AccountOf(account),
            Profiles = keys.Profiles.Count,
            NotBefore = order.ReadUpTo,
            IsOverOpen = line.IsOverOpen,
            NamesEuiccs = keys.Profiles.TrueForAll(profile => !profile.Eid.IsNone),
            Run = line.Run,
            Wave = line.Wave,
            Path = path,
            ClosedBy = newerLines.FindAnswer(line.LocalId),
        };
        table.Add(entry);
        _senders.Add(entry);
        keys.Profiles.ForEach(profile => book.NoteSent(entry, profile));

        foreach (var orphan in _orphans.FindAll(orphan => orphan.Line.LocalId == line.LocalId))
        {
            _orphans.Remove(orphan);
            _orphansHeard = 0;
            ReplayAnswer(entry, orphan.Line, orphan.Ids, orphan.Eids);
        }
    }

    // By the folder's line of all requests; where it is not known, by the clocks of those who sent them.
    private static bool IsBefore(in Moment sent, in Moment other) =>
        sent.Sequence > 0 && other.Sequence > 0 ? sent.Sequence < other.Sequence : sent.Ticks < other.Ticks;

    private void ReplayAnswer(TrackedRequest entry, JournalLine line, List<JournalId> ids, List<IdentifierKey> eids)
    {
        switch (line.Event)
        {
            case JournalEvent.Accepted when line.RequestId is { } id && table.FindById(id) is { } other && other != entry:
                // Two requests cannot have one id: what is said under it is not known to be about this one.
                Enter(entry, EsimRequest.Phase.InDoubt);
                break;
            case JournalEvent.Accepted when line.RequestId is { } id:
                Enter(entry, EsimRequest.Phase.Accepted, id);
                break;
            case JournalEvent.Refused:
                Enter(entry, EsimRequest.Phase.Refused);
                break;
            case JournalEvent.InDoubt:
                Enter(entry, EsimRequest.Phase.InDoubt);
                break;
            case JournalEvent.Outcome:
                var outcome = RequestRebuilder.OutcomeOf(line);
                var live = entry.Target;
                for (var i = 0; i < ids.Count; i++)
                {
                    ReplayOutcome(entry, live, ids[i].Key, outcome with { CheckDigit = ids[i].CheckDigit, Euicc = EuiccAt(eids, ids, i) });
                }

                break;
        }
    }

    private static IdentifierKey EuiccAt(List<IdentifierKey> eids, List<JournalId> ids, int i) => eids.Count == ids.Count ? eids[i] : default;

    private void ReplayOutcome(TrackedRequest entry, EsimRequest? live, IdentifierKey key, in ObservedOutcome outcome)
    {
        if (key.IsNone)
        {
            return;
        }

        var place = live?.Find(key) ?? -1;
        var reservation = ledger.FindReservation(key);
        var isLast = reservation.Request == entry.Number;
        var isOpenBehind = ledger.OpenFor(key).Contains(entry.Number);
        var isOfMember = entry.Action.IsForDevice && !isLast && !isOpenBehind && (reservation.Request == 0 || !table[reservation.Request].Action.IsForDevice);
        var before = isLast && !reservation.IsOpen ? reservation.Outcome : (OutcomeStatus?)null;

        // What was said while a request was open is no outcome of it, and may be about another profile. Of one that had ended behind a newer one
        // nothing tells any more how.
        var hearing = isOfMember || outcome.Status == OutcomeStatus.Pending ? Hearing.Repeated
            : !isLast && !isOpenBehind && ProofHearing.MayEndProofs(entry.Action) ? Hearing.Disputed
            : before is null ? Hearing.First
            : before == outcome.Status ? Hearing.Repeated : Hearing.Disputed;

        // Nor does that place anybody: it may not be newer than what does.
        var isSaid = outcome.Status == OutcomeStatus.Pending;
        recorder.Note(key, isSaid ? outcome.Euicc : default, entry, outcome with { IsOfMember = isOfMember, Euicc = isSaid ? default : outcome.Euicc }, hearing);
        proofHearing.Against.KeepForConfirmed(key, entry, outcome, order.Now().UtcTicks);
        if (outcome.Status != OutcomeStatus.Pending && live is not null && place >= 0 && rebuilder.IsAbout(live, place, key))
        {
            if (live.TrySet(place, OutcomeRecorder.ResultOf(live, live.Profiles[place], outcome)))
            {
                announcements.Changed(live);
            }
            else if (before is not null && before != outcome.Status)
            {
                live.TryDispute(place);
            }
        }
    }
}
