// Requests made again from the write-ahead journal, when nobody has held them for a while or another connection has sent them.

using EsimTools.Model;
using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Makes request objects again. Not thread-safe: the tracker locks around it.</summary>
internal sealed class RequestRebuilder(RequestTracker tracker, RequestTable table, IdentifierKeys identifiers, IEsimStore store)
{
    /// <summary>The lines of some requests, by the journal's id. Reads the store: the memory must not be locked.</summary>
    public ILookup<string, JournalLine> LinesOf(IEnumerable<TrackedRequest> entries) =>
        store.Recall(entries.Select(entry => entry.LocalId)).ToLookup(line => line.LocalId!, StringComparer.Ordinal);

    /// <summary>Makes the object of a request again from its lines. It lives as long as its caller keeps it.</summary>
    public EsimRequest Build(TrackedRequest entry, IReadOnlyList<JournalLine> lines)
    {
        var request = Rebuilt(entry, lines.LastOrDefault(line => line.Event == JournalEvent.Sending)?.Profiles ?? []);
        foreach (var line in lines.Where(line => line.Event == JournalEvent.Outcome))
        {
            Replay(request, line);
        }

        return request;
    }

    /// <summary>A device's request may name an ICCID too; a line about that profile is not about the device.</summary>
    public bool IsAbout(EsimRequest request, int place, IdentifierKey key) => !request.Kind.IsForDevice || identifiers.KeyOf(request.Profiles[place].Eid) == key;

    /// <summary>The outcome that a line tells of.</summary>
    public static ObservedOutcome OutcomeOf(JournalLine line) =>
        new(line.Outcome, line.Said with { At = line.At }, line.Code, line.Message)
        {
            Vouches = line.Vouches,
            IsFromJournal = true,

            // Of a failure the line says how it is known; where it does not vouch for another end, the request itself may not have been heard of.
            IsInferred = line.IsInferred || (!line.Vouches && (line.Outcome != OutcomeStatus.Failed || line.Said.Source == EvidenceSource.Poll)),
        };

    private EsimRequest Rebuilt(TrackedRequest entry, IReadOnlyList<EsimProfile> profiles)
    {
        var request = new EsimRequest(entry.LocalId, entry.Action, entry.AccountName, entry.ServicePlan, profiles, entry.SubmittedAt, entry.Stage)
        {
            Number = entry.Number,
            Tracker = tracker,
            Sequence = entry.Sent.Sequence,
            IsOverOpen = entry.IsOverOpen,
            Run = entry.Run,
            Wave = entry.Wave,
        };
        table.NoteObject(entry, request);
        return request;
    }

    private void Replay(EsimRequest request, JournalLine line)
    {
        // What is pending is a word against a confirmation that may come, and no outcome.
        foreach (var id in line.Outcome == OutcomeStatus.Pending ? [] : line.Ids ?? [])
        {
            if (identifiers.KeyOf(id) is { } key && request.Find(key) is { } place and >= 0 && IsAbout(request, place, key)
                && !request.TrySet(place, OutcomeRecorder.ResultOf(request, request.Profiles[place], OutcomeOf(line))) && request.ResultAt(place)!.Status != line.Outcome)
            {
                request.TryDispute(place);
            }
        }
    }
}
