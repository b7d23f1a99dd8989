// The tracker and the journal: what other connections have written, and requests made again from their lines.

using EsimTools.Callbacks;
using EsimTools.Identity;
using EsimTools.Journal;

namespace EsimTools.Requests;

/// <content>What is read from the journal.</content>
internal sealed partial class RequestTracker
{
    /// <summary>Takes in what other connections have written to the journal since the last time.</summary>
    /// <param name="report">Told of each line that could not be read.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void Refresh(Action<string> report)
    {
        List<EsimCallback>? due = null;
        lock (_lock)
        {
            _journal.ReadNew(Replay, report);
            LookAfterSendersLocked(report);
            foreach (var id in _earlyCallbacks.RequestIds.Where(_byId.ContainsKey).ToArray())
            {
                (due ??= []).AddRange(_earlyCallbacks.Take(id)!);
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

    // What another process sends while it lives is on its way; what it had no answer to when it ended is in doubt.
    private void LookAfterSendersLocked(Action<string> report)
    {
        if (!_senders.Exists(IsOrphan))
        {
            return;
        }

        // The answer may have been written after its file was read here.
        _journal.ReadNew(Replay, report);
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

            if (action.EffectOnOthers != EffectOnOthers.None && !profile.Eid.IsNone)
            {
                _ledger.NoteCard(profile.First, profile.Eid, number);
            }
        }

        // Whether its sender is still there is seen when everything has been read.
        var entry = new Entry(line.LocalId, action, line.AccountName, line.ServicePlan, line.At, number) { Path = path };
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
                    var card = entry.Action.EffectOnOthers != EffectOnOthers.None ? _ledger.TakeCard(key, entry.Number) : default;
                    Note(key, card, entry.Number, entry.Action, outcome);
                    if (live?.Find(key) is { } place and >= 0 && IsAbout(live, place, key))
                    {
                        live.TrySet(place, ResultOf(live, live.Profiles[place], outcome));
                    }
                }

                break;
        }
    }

    // A device's request may name an ICCID too; a line about that profile is not about the device.
    private bool IsAbout(EsimRequest request, int place, IdentifierKey key) => !request.Kind.IsForDevice || KeyOf(request.Profiles[place].PackedEid) == key;

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
}
