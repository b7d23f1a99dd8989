// A dictionary that keeps its newest part in memory and the rest in temporary files, so that a fleet of any size costs the same memory.

using System.Buffers;
using EsimTools.Identity;
using EsimTools.Journal;

namespace EsimTools.Storage;

/// <summary>Values by key; what was never set is <c>default</c>. Not thread-safe.</summary>
/// <remarks>
/// Up to <see cref="SpillSpace.MostInMemory"/> entries it is a dictionary and nothing else. When there are more, those that have changed are
/// written in the order of their keys into a new file, together with the files that are not much larger than all of it, and the dictionary
/// starts anew; what is asked for later is read back and kept until the next time. A file never changes: it is there whole before what it
/// replaces is let go. So when a disk is full, nothing is lost and everything stays in memory until there is room.
/// </remarks>
internal sealed class SpillingTable<TValue>(SpillSpace space) : IDisposable
    where TValue : unmanaged
{
    private readonly Dictionary<IdentifierKey, Slot> _near = [];

    // Oldest first; each has more than twice as many entries as all behind it together, so there are few.
    private readonly List<SpilledRun<TValue>> _runs = [];
    private KeyFilter? _filter;
    private int _limit = space.MostInMemory;

    /// <summary>How many entries are in memory.</summary>
    public int CountInMemory => _near.Count;

    /// <summary>How many files there are.</summary>
    public int FileCount => _runs.Count;

    /// <summary>The value of a key.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: it is in a file that cannot be read.</exception>
    public TValue this[IdentifierKey key]
    {
        get
        {
            space.ThrowIfLost();
            return _near.TryGetValue(key, out var slot) ? slot.Value
                : _filter is not null && _filter.MayHave(key) && TryFindFar(key, out var value) ? Keep(key, new(value, IsSaved: true))
                : default;
        }

        set
        {
            space.ThrowIfLost();
            Keep(key, new(value, IsSaved: false));
        }
    }

    /// <summary>Deletes the files.</summary>
    public void Dispose() => _runs.ForEach(run => run.Dispose());

    private TValue Keep(IdentifierKey key, in Slot slot)
    {
        _near[key] = slot;
        if (_near.Count > _limit)
        {
            Spill();
        }

        return slot.Value;
    }

    private bool TryFindFar(IdentifierKey key, out TValue value)
    {
        try
        {
            for (var i = _runs.Count - 1; i >= 0; i--)
            {
                if (_runs[i].TryFind(key, out value))
                {
                    return true;
                }
            }
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw space.Lose(e);
        }

        value = default;
        return false;
    }

    private void Spill()
    {
        var keys = ArrayPool<IdentifierKey>.Shared.Rent(_near.Count);
        try
        {
            var count = 0;
            foreach (var pair in _near)
            {
                if (!pair.Value.IsSaved)
                {
                    keys[count++] = pair.Key;
                }
            }

            if (count > 0)
            {
                Array.Sort(keys, 0, count);
                Write(new(keys, 0, count));
            }

            _near.Clear();
            _limit = space.MostInMemory;
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            // It stays in memory, and when as much again has gathered there may be room.
            _limit = _near.Count + space.MostInMemory;
        }
        finally
        {
            ArrayPool<IdentifierKey>.Shared.Return(keys);
        }
    }

    private void Write(ArraySegment<IdentifierKey> keys)
    {
        var count = keys.Count;
        var first = _runs.Count;
        var entries = keys.Select(key => new SpilledEntry<TValue>(key, _near[key].Value));
        while (first > 0 && _runs[first - 1].Count / 2 <= count)
        {
            first--;
            count += _runs[first].Count;
            entries = Merge(entries, _runs[first].ReadAll());
        }

        var run = SpilledRun<TValue>.Write(space, count, entries);
        _runs.GetRange(first, _runs.Count - first).ForEach(merged => merged.Dispose());
        _runs.RemoveRange(first, _runs.Count - first);
        _runs.Add(run);
        _filter ??= new();
        foreach (var key in keys)
        {
            _filter.Add(key);
        }
    }

    // Of a key that both have, the newer entry counts.
    private static IEnumerable<SpilledEntry<TValue>> Merge(IEnumerable<SpilledEntry<TValue>> newer, IEnumerable<SpilledEntry<TValue>> older)
    {
        using var old = older.GetEnumerator();
        var hasOld = old.MoveNext();
        foreach (var entry in newer)
        {
            int order;
            while (hasOld && (order = old.Current.Key.CompareTo(entry.Key)) <= 0)
            {
                if (order < 0)
                {
                    yield return old.Current;
                }

                hasOld = old.MoveNext();
            }

            yield return entry;
        }

        while (hasOld)
        {
            yield return old.Current;
            hasOld = old.MoveNext();
        }
    }

    // What was only read need not be written again.
    private readonly record struct Slot(TValue Value, bool IsSaved);
}
