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
    private int _filled;

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

    /// <summary>Begins a file. Nothing is read from it before <see cref="End"/>.</summary>
    /// <param name="space">Where.</param>
    /// <param name="most">More entries than this do not come.</param>
    /// <exception cref="IOException">The disk failed. Other exceptions of a disk are possible too.</exception>
    public static SpilledRun<TValue> Begin(SpillSpace space, int most)
    {
        var pageSize = space.PageSize;
        while (most / PerPage(pageSize) >= space.MostPages)
        {
            pageSize *= 2;
        }

        return new(space.Create(), pageSize);
    }

    /// <summary>Adds an entry; its key comes after those of all entries before.</summary>
    /// <exception cref="IOException">As for <see cref="Begin"/>.</exception>
    [MethodImpl(HotLoop.Options)]
    public void Append(in SpilledEntry<TValue> entry)
    {
        if (_filled == _perPage)
        {
            WritePage();
        }

        if (_filled == 0)
        {
            _firstKeys.Add(entry.Key);
        }

        Entries[_filled++] = entry;
        Count++;
    }

    /// <summary>Brings what is left to the file.</summary>
    /// <exception cref="IOException">As for <see cref="Begin"/>.</exception>
    public void End()
    {
        if (_filled > 0)
        {
            WritePage();
        }
    }

    /// <summary>Looks a key up.</summary>
    /// <exception cref="IOException">The file cannot be read, or is not as it was written. Other exceptions of a disk are possible too.</exception>
    [MethodImpl(HotLoop.Options)]
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

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private Span<SpilledEntry<TValue>> Entries => MemoryMarshal.Cast<byte, SpilledEntry<TValue>>(_page.AsSpan(0, _perPage * s_entrySize));

    private static int PerPage(int pageSize) => (pageSize - sizeof(ulong)) / s_entrySize;

    private int CountOf(int page) => Math.Min(_perPage, Count - (page * _perPage));

    private void WritePage()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_page.AsSpan(_page.Length - sizeof(ulong)), SumOf(_firstKeys.Count - 1));
        _file.Write(_page, 0, _page.Length);
        _filled = 0;
    }

    [MethodImpl(HotLoop.Options)]
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

    // The page's number counts too, so that no page passes for another. Each step is reversible, so no single change goes unseen; four sums
    // are made side by side because each step waits for the one before.
    [MethodImpl(HotLoop.Options)]
    private ulong SumOf(int page)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(_page.AsSpan(0, _page.Length - sizeof(ulong)));
        var (a, b, c, d) = ((ulong)page + 1, 2UL, 3UL, 4UL);
        var i = 0;
        for (; i + 4 <= words.Length; i += 4)
        {
            a = Step(a, words[i]);
            b = Step(b, words[i + 1]);
            c = Step(c, words[i + 2]);
            d = Step(d, words[i + 3]);
        }

        for (; i < words.Length; i++)
        {
            a = Step(a, words[i]);
        }

        return Step(Step(Step(a, b), c), d);

        static ulong Step(ulong sum, ulong word) => (((sum << 29) | (sum >> 35)) ^ word) * 0x9E3779B97F4A7C15;
    }

    /// <summary>Goes through the entries of a run in the order of their keys, while nobody else reads it.</summary>
    public sealed class Cursor
    {
        private readonly SpilledRun<TValue> _run;
        private int _page = -1;
        private int _place;
        private int _count;
        private SpilledEntry<TValue> _current;

        /// <summary>Stands at the first entry.</summary>
        /// <exception cref="IOException">As for <see cref="TryFind"/>.</exception>
        public Cursor(SpilledRun<TValue> run)
        {
            _run = run;
            MoveNext();
        }

        /// <summary>Whether it stands at an entry.</summary>
        public bool HasCurrent { get; private set; }

        /// <summary>The entry.</summary>
        public ref readonly SpilledEntry<TValue> Current => ref _current;

        /// <summary>Goes to the next entry.</summary>
        /// <exception cref="IOException">As for <see cref="TryFind"/>.</exception>
        [MethodImpl(HotLoop.Options)]
        public void MoveNext()
        {
            if (_place == _count && _page + 1 < _run._firstKeys.Count)
            {
                _run.Load(++_page);
                _place = 0;
                _count = _run.CountOf(_page);
            }

            HasCurrent = _place < _count;
            if (HasCurrent)
            {
                _current = _run.Entries[_place++];
            }
        }
    }
}
