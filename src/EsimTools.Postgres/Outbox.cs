// What waits to be written: outcomes that have gathered, and lines that could not be written yet.

using EsimTools.Store.Lines;

namespace EsimTools.Postgres;

/// <summary>Keeps lines until they are in the database. Every member may be called from any thread.</summary>
/// <param name="hasher">Hides identifiers; null to show them.</param>
/// <param name="clock">The clock.</param>
internal sealed class Outbox(IdentifierHasher? hasher, Clock clock)
{
    private readonly object _lock = new();
    private readonly GatheredOutcomes _gathered = new(clock);
    private readonly List<Entry> _entries = [];

    /// <summary>How many outcomes have gathered; those whose writing has failed before are a line each.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _gathered.Count + _entries.Count;
            }
        }
    }

    /// <summary>Gathers an outcome.</summary>
    public void Gather(JournalLine outcome, string? id, string? eid)
    {
        lock (_lock)
        {
            _gathered.Add(outcome, id, eid);
        }
    }

    /// <summary>Keeps a line that could not be written.</summary>
    public void Keep(Entry entry)
    {
        lock (_lock)
        {
            _entries.Add(entry);
        }
    }

    /// <summary>All lines, in their order. They stay here until <see cref="Remove"/>, so that whoever looks for one finds it.</summary>
    public Entry[] Take()
    {
        lock (_lock)
        {
            _entries.AddRange(_gathered.Take().Select(line => Entry.Of(line, hasher)));
            return [.. _entries];
        }
    }

    /// <summary>Forgets the first lines, which are in the database now.</summary>
    public void Remove(int count)
    {
        lock (_lock)
        {
            _entries.RemoveRange(0, count);
        }
    }

    /// <summary>The lines that are found by some keys.</summary>
    public Entry[] Find(IReadOnlyCollection<string> keys)
    {
        lock (_lock)
        {
            return [.. _entries.Concat(_gathered.Look().Select(line => Entry.Of(line, hasher))).Where(entry => entry.Key is { } key && keys.Contains(key))];
        }
    }
}
