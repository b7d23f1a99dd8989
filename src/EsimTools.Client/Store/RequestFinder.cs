// Requests looked up by whoever wants their objects: by an id, by number, or all of them.

namespace EsimTools.Store;

/// <summary>Finds requests. Takes the lock of the memory itself.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="table">The requests.</param>
/// <param name="rebuilder">Makes their objects again.</param>
internal sealed class RequestFinder(object memory, RequestTable table, RequestRebuilder rebuilder)
{
    /// <summary>A request by the service's id or the journal's; null when it is not known.</summary>
    public EsimRequest? Find(string id)
    {
        lock (memory)
        {
            return (table.FindById(id) ?? table.FindByLocalId(id)) is { } entry ? rebuilder.Rebuild(entry) : null;
        }
    }

    /// <summary>Every request that was taken or may have been, oldest first.</summary>
    /// <param name="onlyUnanswered">Only those of which nobody knows whether they were taken; a large journal is then not read for the others.</param>
    public IReadOnlyList<EsimRequest> All(bool onlyUnanswered = false)
    {
        lock (memory)
        {
            return rebuilder.Rebuild([.. table.All
                .Where(entry => entry.Phase != EsimRequest.Phase.Refused && (!onlyUnanswered || entry.Phase != EsimRequest.Phase.Accepted))
                .OrderBy(entry => entry.SubmittedAt)]);
        }
    }

    /// <summary>Earlier requests, each for some of its profiles only.</summary>
    public IReadOnlyList<EsimRequest> PartsOf(IReadOnlyDictionary<int, List<EsimProfile>> profiles)
    {
        if (profiles.Count == 0)
        {
            return [];
        }

        EsimRequest[] requests;
        lock (memory)
        {
            requests = rebuilder.Rebuild([.. profiles.Keys.Select(number => table[number])]);
        }

        return [.. requests.Select(request => request.Part(profiles[request.Number]))];
    }

    /// <summary>The service plans of all known requests.</summary>
    public IReadOnlyList<string> KnownServicePlans()
    {
        lock (memory)
        {
            return [.. table.All.Select(entry => entry.ServicePlan).OfType<string>().Distinct(StringComparer.Ordinal)];
        }
    }
}
