// A dictionary of large values that grows without copying them, and shares its keys with others.

using EsimTools.Model;

namespace EsimTools.Store;

/// <summary>Values by key; what was never set is <c>default</c>. Not thread-safe.</summary>
/// <remarks>
/// A dictionary that holds the values itself doubles by copying all of them, and needs three times their memory meanwhile. Here the
/// dictionary holds places, and the values are in blocks that stay where they are: a million values cost little more than their own size.
/// </remarks>
/// <param name="places">The place of each key. Tables of the same keys share it.</param>
internal sealed class LedgerTable<TValue>(Dictionary<IdentifierKey, int> places)
    where TValue : struct
{
    // So few that a block of the largest values is no large object for the garbage collector.
    private const int BlockBits = 8;
    private const int BlockSize = 1 << BlockBits;

    // Null where none of its keys has a value here.
    private readonly List<TValue[]?> _blocks = [];

    /// <summary>The value of a key.</summary>
    public TValue this[IdentifierKey key]
    {
        get => places.TryGetValue(key, out var place) && place >> BlockBits < _blocks.Count && _blocks[place >> BlockBits] is { } block
            ? block[place & (BlockSize - 1)] : default;

        set
        {
            if (!places.TryGetValue(key, out var place))
            {
                place = places.Count;
                places.Add(key, place);
            }

            while (_blocks.Count <= place >> BlockBits)
            {
                _blocks.Add(null);
            }

            (_blocks[place >> BlockBits] ??= new TValue[BlockSize])[place & (BlockSize - 1)] = value;
        }
    }
}
