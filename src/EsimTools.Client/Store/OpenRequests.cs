// Which requests are open, and for how many profiles; and the few that are open for a profile behind a newer one.

using EsimTools.Model;

namespace EsimTools.Store;

/// <summary>Counts open requests. Not thread-safe.</summary>
internal sealed class OpenRequests
{
    private readonly Dictionary<int, int> _profiles = [];
    private readonly Dictionary<IdentifierKey, List<int>> _behind = [];

    /// <summary>All that are open for some profile.</summary>
    public IReadOnlyCollection<int> Numbers => _profiles.Keys;

    /// <summary>For how many profiles a request is open.</summary>
    public int CountOf(int request) => _profiles.TryGetValue(request, out var count) ? count : 0;

    /// <summary>Notes that a request is open for more profiles, or for fewer.</summary>
    public void Count(int request, int change)
    {
        var count = CountOf(request) + change;
        if (count > 0)
        {
            _profiles[request] = count;
        }
        else
        {
            _profiles.Remove(request);
        }
    }

    /// <summary>The requests that are open for a profile behind the last one.</summary>
    public IReadOnlyList<int> Behind(IdentifierKey key) => _behind.TryGetValue(key, out var open) ? open : [];

    /// <summary>Keeps a request open for a profile behind the last one.</summary>
    public void KeepBehind(IdentifierKey key, int request)
    {
        if (!_behind.TryGetValue(key, out var open))
        {
            _behind[key] = open = [];
        }

        if (!open.Contains(request))
        {
            open.Add(request);
            Count(request, 1);
        }
    }

    /// <summary>Ends one of those for a profile, where it is one.</summary>
    public void EndBehind(IdentifierKey key, int request)
    {
        if (_behind.TryGetValue(key, out var open) && open.Remove(request))
        {
            Count(request, -1);
            if (open.Count == 0)
            {
                _behind.Remove(key);
            }
        }
    }
}
