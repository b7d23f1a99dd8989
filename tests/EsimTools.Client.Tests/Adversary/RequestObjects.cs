// The request objects of one connection, which live until the seed lets them go: else the garbage collector would decide, and a life could not be lived again.

using EsimTools.Store;

namespace EsimTools.Client.Tests.Adversary;

/// <summary>Stands for the garbage collector.</summary>
internal sealed class RequestObjects
{
    private readonly Dictionary<TrackedRequest, EsimRequest> _alive = [];

    /// <summary>One is made.</summary>
    public void Keep(TrackedRequest entry, EsimRequest request) => _alive[entry] = request;

    /// <summary>Those that nobody uses any more are gone.</summary>
    /// <param name="used">Those that somebody uses.</param>
    /// <returns>Whether there were any.</returns>
    public bool Collect(IEnumerable<EsimRequest> used)
    {
        var kept = used.Select(request => request.Whole).ToHashSet();
        var gone = _alive.Where(pair => !kept.Contains(pair.Value)).Select(pair => pair.Key).ToList();
        foreach (var entry in gone)
        {
            entry.Live = null;
            _ = _alive.Remove(entry);
        }

        return gone.Count > 0;
    }
}
