// Runs that carry out one plan take up the same profiles again and again: the last that is known of a profile is what is told of it.

using EsimTools.Model;
using EsimTools.Runs;

namespace EsimTools.Reports;

/// <summary>Remembers of which profiles of which plan something has been told. It is asked about what is newest first.</summary>
/// <param name="history">Knows what a profile is known by.</param>
internal sealed class LastWords(RunHistory history)
{
    private readonly Dictionary<string, HashSet<IdentifierKey>> _told = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether nothing has been told of a profile of a request yet; from now on it has.</summary>
    public bool IsLast(string planId, EsimRequest request, EsimProfile profile) => Told(planId).Add(history.KeyOf(request.Kind, profile));

    /// <summary>Likewise, by an identifier as a run has noted it.</summary>
    public bool IsLast(string planId, string id) => history.KeyOf(id) is not { } key || Told(planId).Add(key);

    private HashSet<IdentifierKey> Told(string planId) => _told.TryGetValue(planId, out var told) ? told : _told[planId] = [];
}
