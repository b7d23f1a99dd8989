// A dictionary that keeps its newest part in memory and the rest in temporary files, so that a fleet of any size costs the same memory.

using System.Buffers;
using System.Runtime.CompilerServices;
using EsimTools.Identity;
using EsimTools.Journal;

namespace EsimTools.Storage;

/// <summary>Values by key; what was never set is <c>default</c>. Not thread-safe.</summary>
/// <remarks>
/// Up to <see cref="SpillSpace.MostInMemory"/> entries it is a dictionary and nothing else. When there are more, those that have changed are
/// written in the order of their keys into a new file, together with the newest files as long as they are no larger than all of it, and the dictionary
/// starts anew; what is asked for later is read back and kept until the next time. A file never changes: it is there whole before what it
/// replaces is let go. So when a disk is full, nothing is lost and everything stays in memory until there is room.
/// </remarks>
internal sealed class SpillingTable<TValue>(SpillSpace space) : IDisposable
    where TValue : unmanaged
{
    private Dictionary<IdentifierKey, Slot> _near = [];

    // Oldest first. Each is larger than those behind it, so there are few.
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
            if (IsEmpty)
            {
                return default;
            }

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

    /// <summary>Makes room at once for entries that are about to come, which an empty table would else make in many steps.</summary>
    public void Expect(int count)
    {
        if (IsEmpty)
        {
            _near = new(Math.Min(count, space.MostInMemory));
        }
    }

    /// <summary>Makes the value of a key <c>default</c> again. What no file knows takes no room any more.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void Remove(IdentifierKey key)
    {
        if (_filter is not null && _filter.MayHave(key))
        {
            this[key] = default;
            return;
        }

        space.ThrowIfLost();
        _near.Remove(key);
    }

    private bool IsEmpty => _near.Count == 0 && _filter is null;

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

    [MethodImpl(HotLoop.Options)]
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
                Write(keys.AsSpan(0, count));
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

    private void Write(ReadOnlySpan<IdentifierKey> keys)
    {
        var count = keys.Length;
        var first = _runs.Count;
        while (first > 0 && _runs[first - 1].Count <= count)
        {
            first--;
            count += _runs[first].Count;
        }

        var older = _runs.GetRange(first, _runs.Count - first);
        var run = SpilledRun<TValue>.Begin(space, count);
        try
        {
            Merge(older, keys, run);
        }
        catch
        {
            run.Dispose();
            throw;
        }

        older.ForEach(merged => merged.Dispose());
        _runs.RemoveRange(first, older.Count);
        _runs.Add(run);
        _filter ??= new();
        foreach (var key in keys)
        {
            _filter.Add(key);
        }
    }

    [MethodImpl(HotLoop.Options)]
    private void Merge(List<SpilledRun<TValue>> older, ReadOnlySpan<IdentifierKey> keys, SpilledRun<TValue> target)
    {
        var cursors = older.ConvertAll(run => new SpilledRun<TValue>.Cursor(run)).ToArray();
        foreach (var key in keys)
        {
            while (Least(cursors) is { } least && least.Current.Key.CompareTo(key) is var order && order <= 0)
            {
                if (order < 0)
                {
                    target.Append(least.Current);
                }

                Skip(cursors, least.Current.Key);
            }

            target.Append(new(key, _near[key].Value));
        }

        while (Least(cursors) is { } rest)
        {
            target.Append(rest.Current);
            Skip(cursors, rest.Current.Key);
        }

        target.End();
    }

    [MethodImpl(HotLoop.Options)]
    private static void Skip(SpilledRun<TValue>.Cursor[] cursors, IdentifierKey key)
    {
        foreach (var cursor in cursors)
        {
            if (cursor.HasCurrent && cursor.Current.Key == key)
            {
                cursor.MoveNext();
            }
        }
    }

    // Of a key that several have, the newest entry counts: the one in memory, and then the one in the last file.
    [MethodImpl(HotLoop.Options)]
    private static SpilledRun<TValue>.Cursor? Least(SpilledRun<TValue>.Cursor[] cursors)
    {
        SpilledRun<TValue>.Cursor? least = null;
        foreach (var cursor in cursors)
        {
            if (cursor.HasCurrent && (least is null || cursor.Current.Key.CompareTo(least.Current.Key) <= 0))
            {
                least = cursor;
            }
        }

        return least;
    }

    // What was only read need not be written again.
    private readonly record struct Slot(TValue Value, bool IsSaved);
}
