// Requests made again from the write-ahead journal, when nobody has held them for a while or another connection has sent them.

using EsimTools.Model;
using EsimTools.Store.Folder;

namespace EsimTools.Store;

/// <summary>Makes request objects again. Not thread-safe: the tracker locks around it.</summary>
internal sealed class RequestRebuilder(RequestTracker tracker, IdentifierKeys identifiers, RequestJournal journal)
{
    /// <summary>The object of a request.</summary>
    public EsimRequest Rebuild(TrackedRequest entry) => entry.Target ?? Rebuild([entry])[0];

    /// <summary>The objects of some requests. One lives as long as its caller keeps it; those that are gone are made again from their lines in the journal.</summary>
    public EsimRequest[] Rebuild(TrackedRequest[] entries)
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
            foreach (var line in journal.LinesOf(missing.Keys))
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

    /// <summary>A device's request may name an ICCID too; a line about that profile is not about the device.</summary>
    public bool IsAbout(EsimRequest request, int place, IdentifierKey key) => !request.Kind.IsForDevice || identifiers.KeyOf(request.Profiles[place].Eid) == key;

    /// <summary>The outcome that a line tells of.</summary>
    public static ObservedOutcome OutcomeOf(JournalLine line) =>
        new(line.Source, line.Outcome, line.At, line.State, line.ProfileStatus, line.ProfileRole, line.Code, line.Message)
        {
            Vouches = line.Vouches,

            // A line does not say how it is known; where it does not vouch, the request itself may not have been heard of.
            IsInferred = !line.Vouches && (line.Outcome != OutcomeStatus.Failed || line.Source == EvidenceSource.Poll),
        };

    private EsimRequest Rebuilt(TrackedRequest entry, IReadOnlyList<EsimProfile> profiles)
    {
        var request = new EsimRequest(entry.LocalId, entry.Action, entry.AccountName, entry.ServicePlan, profiles, entry.SubmittedAt)
        {
            Number = entry.Number,
            Tracker = tracker,
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
            if (identifiers.KeyOf(id) is { } key && request?.Find(key) is { } place and >= 0 && IsAbout(request, place, key)
                && !request.TrySet(place, OutcomeRecorder.ResultOf(request, request.Profiles[place], OutcomeOf(line))) && request.ResultAt(place)!.Status != line.Outcome)
            {
                request.TryDispute(place);
            }
        }
    }
}
