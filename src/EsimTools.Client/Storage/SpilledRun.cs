// A file of entries in the order of their keys, written once and never changed, so that a failing disk cannot damage what it holds.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EsimTools.Identity;

namespace EsimTools.Storage;

/// <summary>A key and what belongs to it, as it stands in the file.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value.</param>
internal readonly record struct SpilledEntry<TValue>(IdentifierKey Key, TValue Value)
    where TValue : unmanaged;

/// <summary>Entries in a temporary file. Not thread-safe.</summary>
/// <remarks>
/// The file has pages of equal size, each with a sum at its end over the rest: a disk may report an error long after the writing, or none,
/// and what is not exactly what was written is not believed. The first key of each page is in memory, so that one page is read for an entry.
/// </remarks>
internal sealed class SpilledRun<TValue> : IDisposable
    where TValue : unmanaged
{
    private static readonly int s_entrySize = Unsafe.SizeOf<SpilledEntry<TValue>>();

    private readonly Stream _file;
    private readonly byte[] _page;
    private readonly int _perPage;
    private readonly List<IdentifierKey> _firstKeys = [];

    // What was read last: input that is in order asks for the same page again and again.
    private int _loaded = -1;

    private SpilledRun(Stream file, int pageSize)
    {
        _file = file;
        _page = new byte[pageSize];
        _perPage = PerPage(pageSize);
    }

    /// <summary>How many entries it has.</summary>
    public int Count { get; private set; }

    /// <summary>Writes a file.</summary>
    /// <param name="space">Where.</param>
    /// <param name="most">More entries than this do not come.</param>
    /// <param name="entries">The entries in the order of their keys, each key once.</param>
    /// <exception cref="IOException">The disk failed. Nothing is left of the file. Other exceptions of a disk are possible too.</exception>
    public static SpilledRun<TValue> Write(SpillSpace space, int most, IEnumerable<SpilledEntry<TValue>> entries)
    {
        var pageSize = space.PageSize;
        while (most / PerPage(pageSize) >= space.MostPages)
        {
            pageSize *= 2;
        }

        var run = new SpilledRun<TValue>(space.Create(), pageSize);
        try
        {
            foreach (var entry in entries)
            {
                run.Append(entry);
            }

            run.EndPage();
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Looks a key up.</summary>
    /// <exception cref="IOException">The file cannot be read, or is not as it was written. Other exceptions of a disk are possible too.</exception>
    public bool TryFind(IdentifierKey key, out TValue value)
    {
        value = default;
        var page = _firstKeys.BinarySearch(key);
        page = page >= 0 ? page : ~page - 1;
        if (page < 0)
        {
            return false;
        }

        Load(page);
        var entries = Entries.Slice(0, CountOf(page));
        var (low, high) = (0, entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = entries[middle].Key.CompareTo(key);
            if (order == 0)
            {
                value = entries[middle].Value;
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }

    /// <summary>All entries in the order of their keys.</summary>
    /// <exception cref="IOException">As for <see cref="TryFind"/>.</exception>
    public IEnumerable<SpilledEntry<TValue>> ReadAll()
    {
        for (var page = 0; page < _firstKeys.Count; page++)
        {
            for (var i = 0; i < CountOf(page); i++)
            {
                Load(page);
                yield return Entries[i];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private Span<SpilledEntry<TValue>> Entries => MemoryMarshal.Cast<byte, SpilledEntry<TValue>>(_page.AsSpan(0, _perPage * s_entrySize));

    private static int PerPage(int pageSize) => (pageSize - sizeof(ulong)) / s_entrySize;

    private int CountOf(int page) => Math.Min(_perPage, Count - (page * _perPage));

    private void Append(in SpilledEntry<TValue> entry)
    {
        var place = Count % _perPage;
        if (place == 0)
        {
            EndPage();
            _firstKeys.Add(entry.Key);
        }

        Entries[place] = entry;
        Count++;
    }

    private void EndPage()
    {
        if (_firstKeys.Count > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_page.AsSpan(_page.Length - sizeof(ulong)), SumOf(_firstKeys.Count - 1));
            _file.Write(_page, 0, _page.Length);
        }
    }

    private void Load(int page)
    {
        if (page == _loaded)
        {
            return;
        }

        _loaded = -1;
        _file.Position = (long)page * _page.Length;
        var filled = 0;
        int read;
        while (filled < _page.Length && (read = _file.Read(_page, filled, _page.Length - filled)) > 0)
        {
            filled += read;
        }

        if (filled < _page.Length || BinaryPrimitives.ReadUInt64LittleEndian(_page.AsSpan(_page.Length - sizeof(ulong))) != SumOf(page))
        {
            throw new IOException("a part of the file is not as it was written");
        }

        _loaded = page;
    }

    // The page's number counts too, so that no page passes for another.
    private ulong SumOf(int page)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        var sum = (ulong)page + 1;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(_page.AsSpan(0, _page.Length - sizeof(ulong))))
        {
            sum = (sum ^ word) * Prime;
            sum ^= sum >> 32;
        }

        return sum;
    }
}
