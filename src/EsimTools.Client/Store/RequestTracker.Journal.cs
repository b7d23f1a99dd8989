// The tracker and the journal: what other connections have written, and requests made again from their lines.

using EsimTools.Model;
using EsimTools.Proof;
using EsimTools.Store.Folder;

namespace EsimTools.Store;

/// <content>What is read from the journal.</content>
internal sealed partial class RequestTracker
{
    /// <summary>Takes in what other connections have written to the journal since the last time.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void Refresh()
    {
        try
        {
            RefreshQuietly();
        }
        finally
        {
            Tell();
        }
    }

    /// <summary>The same for who holds the folder's lock: what there is to be told waits for <see cref="Tell"/>.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void RefreshQuietly()
    {
        lock (_lock)
        {
            var start = ++_order;
            _journal.ReadNew(Replay, _problems.Enqueue);
            LookAfterSendersLocked();
            HearOrphansLocked();
            foreach (var id in _earlyCallbacks.RequestIds.Where(_byId.ContainsKey).ToArray())
            {
                _earlyCallbacks.Take(id, _byId[id].NotBefore)!.ForEach(ObserveQuietly);
            }

            _readUpTo = start;
        }
    }

    // An outcome whose request is not in the journal, because its line is damaged, can still take proof away.
    private void HearOrphansLocked()
    {
        foreach (var (line, ids, _) in _orphans.Skip(_orphansHeard))
        {
            var action = line.Outcome == OutcomeStatus.Succeeded ? EsimAction.Find(line.Action) : null;
            ids.ForEach(id => HearForeignLocked(id.Key, line.State ?? action?.ProvesState, line.ProfileStatus ?? action?.ProvesProfileStatus, isFromJournal: true));
        }

        _orphansHeard = _orphans.Count;
    }

    /// <summary>Puts away journal files that no longer matter.</summary>
    /// <returns>How many.</returns>
    public int PutAway()
    {
        lock (_lock)
        {
            var needed = new HashSet<string?>(_ledger.OpenRequests().Select(number => _entries[number - 1].Path), StringComparer.Ordinal);
            return _journal.PutAway(path => needed.Contains(path) || _keptFiles.Contains(path));
        }
    }

    // What another process sends while it lives is on its way; what it had no answer to when it ended is in doubt.
    private void LookAfterSendersLocked()
    {
        if (!_senders.Exists(IsOrphan))
        {
            return;
        }

        // The answer may have been written after its file was read here.
        _journal.ReadNew(Replay, _problems.Enqueue);
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

    private void Replay(JournalLine line, JournalKeys keys, string path)
    {
        if (line.Event == JournalEvent.Newer)
        {
            Close(line, keys, path);
        }
        else if (line.Event == JournalEvent.Sending)
        {
            ReplaySending(line, keys, path);
        }
        else if (line.LocalId is { } localId && !_byLocalId.TryGetValue(localId, out var entry))
        {
            // Another process may have written an outcome to a file that sorts before the one with its request.
            if (line.Event == JournalEvent.Outcome && IsOurs(line.Service ?? _journal.Service))
            {
                _orphans.Add((line, [.. keys.Ids], [.. keys.Eids]));
            }
        }
        else if (line.LocalId is not null)
        {
            ReplayAnswer(_byLocalId[line.LocalId], line, keys.Ids, keys.Eids);
        }
    }

    // What a newer module has noted may be anything: that a profile was enabled, for example. So nothing is sent for the profiles of such a line,
    // and where it cannot be told which they are, nothing at all.
    private void Close(JournalLine line, JournalKeys keys, string path)
    {
        if (line.Service is { } service && !IsOurs(service))
        {
            return;
        }

        _keptFiles.Add(path);
        var newer = $"a line of the journal file '{path}' {line.Message}";
        if (line.Code is not null && line.LocalId is { } localId)
        {
            _closedRequests[localId] = newer;
            if (_byLocalId.TryGetValue(localId, out var entry))
            {
                entry.ClosedBy = newer;
            }
        }

        foreach (var profile in keys.Profiles)
        {
            foreach (var key in (IdentifierKey[])[profile.Iccid, profile.Eid, profile.Imei])
            {
                _closed[key] = newer;
            }
        }

        keys.Ids.ForEach(id => _closed[id.Key] = newer);
        _closed.Remove(default);
        if (line.Code is null && (keys.Profiles.Exists(profile => profile.First.IsNone) || keys.Ids.Exists(id => id.Key.IsNone) || (!keys.HasProfiles && keys.Ids.Count == 0)))
        {
            _allClosed = newer;
        }
    }

    private void ReplaySending(JournalLine line, JournalKeys keys, string path)
    {
        if (!IsOurs(line.Service))
        {
            _keptFiles.Add(path);
            return;
        }

        if (line.Action is { } word && EsimAction.Find(word) is null)
        {
            Close(line with { Message = $"is about the action '{word}', which a newer EsimTools has sent; this one does not know it" }, keys, path);
            return;
        }

        if (line.LocalId is null || EsimAction.Find(line.Action) is not { } action || !keys.HasProfiles || _byLocalId.ContainsKey(line.LocalId))
        {
            return;
        }

        // A name of blanks is read as none.
        var account = line.AccountName ?? string.Empty;
        var number = _entries.Count + 1;
        var sent = new Moment(line.At.UtcTicks, ++_order, line.Sequence);
        TakePlaceLocked(line.Sequence);
        foreach (var profile in keys.Profiles)
        {
            // Files are read one after the other, so another process's newer request may have been read before this one.
            var key = KeyOf(action, profile);
            var holder = _ledger.FindClaim(key).Request;
            if (holder == 0 || holder == number || !IsBefore(sent, _entries[holder - 1].Sent))
            {
                _ledger.Claim(key, number);
            }
            else
            {
                _ledger.ClaimBehind(key, number);
            }
        }

        // Whether its sender is still there is seen when everything has been read.
        var entry = new Entry(line.LocalId, action, account, line.ServicePlan, sent, number)
        {
            Account = AccountLocked(account),
            NotBefore = _readUpTo,
            IsOverOpen = line.IsOverOpen,
            Run = line.Run,
            Path = path,
            ClosedBy = _closedRequests.TryGetValue(line.LocalId, out var newer) ? newer : null,
        };
        Add(entry);
        _senders.Add(entry);

        if (IsToBeNoted(action))
        {
            keys.Profiles.ForEach(profile => NoteSentLocked(entry, profile));
        }

        foreach (var orphan in _orphans.FindAll(orphan => orphan.Line.LocalId == line.LocalId))
        {
            _orphans.Remove(orphan);
            _orphansHeard = 0;
            ReplayAnswer(entry, orphan.Line, orphan.Ids, orphan.Eids);
        }
    }

    // One service may have been given as .../api and as .../API; what is open there is open here.
    private bool IsOurs(string? service) => string.Equals(service, _journal.Service, StringComparison.OrdinalIgnoreCase);

    // By the folder's line of all requests; where it is not known, by the clocks of those who sent them.
    private static bool IsBefore(in Moment sent, in Moment other) =>
        sent.Sequence > 0 && other.Sequence > 0 ? sent.Sequence < other.Sequence : sent.Ticks < other.Ticks;

    private void ReplayAnswer(Entry entry, JournalLine line, List<JournalId> ids, List<IdentifierKey> eids)
    {
        switch (line.Event)
        {
            case JournalEvent.Accepted when line.RequestId is { } id && _byId.TryGetValue(id, out var other) && other != entry:
                // Two requests cannot have one id: what is said under it is not known to be about this one.
                Enter(entry, EsimRequest.Phase.InDoubt);
                break;
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
                for (var i = 0; i < ids.Count; i++)
                {
                    ReplayOutcome(entry, live, ids[i].Key, outcome with { CheckDigit = ids[i].CheckDigit, Euicc = eids.Count == ids.Count ? eids[i] : default });
                }

                break;
        }
    }

    private void ReplayOutcome(Entry entry, EsimRequest? live, IdentifierKey key, in ObservedOutcome outcome)
    {
        if (key.IsNone)
        {
            return;
        }

        var place = live?.Find(key) ?? -1;
        var isOfDevice = !entry.Action.IsForDevice || _ledger.FindClaim(key).Request == entry.Number || _ledger.OpenFor(key).Contains(entry.Number);
        var claim = _ledger.FindClaim(key);
        var before = claim.Request == entry.Number && !claim.IsOpen ? claim.Outcome : (OutcomeStatus?)null;
        Note(key, default, entry, outcome with { IsOfMember = !isOfDevice }, !isOfDevice ? Hearing.Repeated : before is null ? Hearing.First : before == outcome.Status ? Hearing.Repeated : Hearing.Disputed);
        if (live is not null && place >= 0 && IsAbout(live, place, key))
        {
            if (live.TrySet(place, ResultOf(live, live.Profiles[place], outcome)))
            {
                _changed.Enqueue(live);
            }
            else if (before is not null && before != outcome.Status)
            {
                live.TryDispute(place);
            }
        }
    }

    // A device's request may name an ICCID too; a line about that profile is not about the device.
    private bool IsAbout(EsimRequest request, int place, IdentifierKey key) => !request.Kind.IsForDevice || KeyOf(request.Profiles[place].Eid) == key;

    private static ObservedOutcome OutcomeOf(JournalLine line) =>
        new(line.Source, line.Outcome, line.At, line.State, line.ProfileStatus, line.ProfileRole, line.Code, line.Message)
        {
            Vouches = line.Vouches,

            // A line does not say how it is known; where it does not vouch, the request itself may not have been heard of.
            IsInferred = !line.Vouches && (line.Outcome != OutcomeStatus.Failed || line.Source == EvidenceSource.Poll),
        };

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
        var request = new EsimRequest(entry.LocalId, entry.Action, entry.AccountName, entry.ServicePlan, profiles, entry.SubmittedAt)
        {
            Number = entry.Number,
            Tracker = this,
            Sequence = entry.Sent.Sequence,
            IsOverOpen = entry.IsOverOpen,
            Run = entry.Run,
        };
        request.Enter(entry.Phase, entry.RequestId);
        entry.Live = new(request);
        return request;
    }

    private void Replay(EsimRequest? request, JournalLine line)
    {
        foreach (var id in line.Ids ?? [])
        {
            if (KeyOf(id) is { } key && request?.Find(key) is { } place and >= 0 && IsAbout(request, place, key)
                && !request.TrySet(place, ResultOf(request, request.Profiles[place], OutcomeOf(line))) && request.ResultAt(place)!.Status != line.Outcome)
            {
                request.TryDispute(place);
            }
        }
    }
}
