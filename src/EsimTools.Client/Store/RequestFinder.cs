// Requests looked up by whoever wants their objects: by an id, by number, or all of them. Those that are gone are made again from their lines in the
// write-ahead journal, which are read when the memory is not locked.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Finds requests. Takes the lock of the memory itself.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="table">The requests.</param>
/// <param name="rebuilder">Makes their objects again.</param>
internal sealed class RequestFinder(object memory, RequestTable table, RequestRebuilder rebuilder)
{
    /// <summary>A request by the service's id or the journal's; null when it is not known.</summary>
    public EsimRequest? Find(string id) =>
        ObjectsOf(() => (table.FindById(id) ?? table.FindByLocalId(id)) is { } entry ? [entry] : []).FirstOrDefault();

    /// <summary>The object of a request.</summary>
    public EsimRequest ObjectOf(TrackedRequest entry) => ObjectsOf([entry])[0];

    /// <summary>The objects of requests, in the same order.</summary>
    public EsimRequest[] ObjectsOf(TrackedRequest[] entries) => ObjectsOf(() => entries);

    /// <summary>Every request that was taken or may have been, oldest first.</summary>
    /// <param name="onlyUnanswered">Only those of which nobody knows whether they were taken; a large journal is then not read for the others.</param>
    public IReadOnlyList<EsimRequest> All(bool onlyUnanswered = false) =>
        ObjectsOf(() => [.. table.All
            .Where(entry => entry.Phase != EsimRequest.Phase.Refused && (!onlyUnanswered || entry.Phase != EsimRequest.Phase.Accepted))
            .OrderBy(entry => entry.SubmittedAt)]);

    /// <summary>The requests of a plan that were taken or may have been, in the order in which they were sent, whatever the clocks of those who sent them say.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: for whom one of them was sent cannot be read, so that it might be sent again.</exception>
    public IReadOnlyList<EsimRequest> OfPlan(string planId)
    {
        var requests = ObjectsOf(() => [.. table.All
            .Where(entry => entry.Phase != EsimRequest.Phase.Refused && string.Equals(entry.Run?.PlanId, planId, StringComparison.OrdinalIgnoreCase))
            .OrderBy(entry => entry.Sent.Sequence).ThenBy(entry => entry.SubmittedAt)]);
        lock (memory)
        {
            if (Array.Find(requests, request => request.Count < table[request.Number].Profiles) is { } cut)
            {
                throw new EsimException(
                    EsimError.EsimJournalUnavailable,
                    $"For which profiles the plan's '{cut.Action}' request {cut.DisplayId} was sent cannot be read in the journal at the moment. Nothing more of the plan is sent.",
                    "Give the command again when the journal can be read as a whole.");
            }
        }

        return requests;
    }

    /// <summary>The requests of a run that were taken or may have been, oldest first.</summary>
    public IReadOnlyList<EsimRequest> OfRun(string runId) =>
        ObjectsOf(() => [.. table.All
            .Where(entry => entry.Phase != EsimRequest.Phase.Refused && string.Equals(entry.Run?.Id, runId, StringComparison.OrdinalIgnoreCase))
            .OrderBy(entry => entry.SubmittedAt)]);

    /// <summary>Earlier requests, each for some of its profiles only.</summary>
    public IReadOnlyList<EsimRequest> PartsOf(IReadOnlyDictionary<int, List<EsimProfile>> profiles) => profiles.Count == 0 ? []
        : ObjectsOf(() => [.. profiles.Keys.Select(number => table[number])]).Select(request => request.Part(profiles[request.Number])).ToArray();

    /// <summary>The service plans of all known requests.</summary>
    public IReadOnlyList<string> KnownServicePlans()
    {
        lock (memory)
        {
            return table.All.Select(entry => entry.ServicePlan).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        }
    }

    private EsimRequest[] ObjectsOf(Func<TrackedRequest[]> choose)
    {
        TrackedRequest[] entries;
        lock (memory)
        {
            entries = choose();
        }

        var requests = new EsimRequest?[entries.Length];
        var read = new Dictionary<TrackedRequest, (int Heard, JournalLine[] Lines)>();
        while (true)
        {
            var missing = new List<(TrackedRequest Entry, int Heard)>();
            lock (memory)
            {
                for (var i = 0; i < entries.Length; i++)
                {
                    var entry = entries[i];
                    requests[i] ??= entry.Target ?? (read.TryGetValue(entry, out var known) && known.Heard == entry.Heard ? rebuilder.Build(entry, known.Lines) : null);
                    if (requests[i] is null)
                    {
                        missing.Add((entry, entry.Heard));
                    }
                }
            }

            if (missing.Count == 0)
            {
                return requests!;
            }

            // Of those of which something is heard meanwhile the lines are read again.
            var lines = rebuilder.LinesOf(missing.Select(request => request.Entry));
            missing.ForEach(request => read[request.Entry] = (request.Heard, [.. lines[request.Entry.LocalId]]));
        }
    }
}
