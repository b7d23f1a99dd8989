// A dictionary of large values that grows without copying them.

using EsimTools.Model;

namespace EsimTools.Store;

/// <summary>Values by key; what was never set is <c>default</c>. Not thread-safe.</summary>
/// <remarks>
/// A dictionary that holds the values itself doubles by copying all of them, and needs three times their memory meanwhile. Here it
/// holds places, and the values are in blocks that stay where they are: a million values cost little more than their own size.
/// </remarks>
internal sealed class LedgerTable<TValue>
    where TValue : struct
{
    // So few that a block of the largest values is no large object for the garbage collector.
    private const int BlockBits = 8;
    private const int BlockSize = 1 << BlockBits;

    private readonly Dictionary<IdentifierKey, int> _places = [];
    private readonly List<TValue[]> _blocks = [];

    /// <summary>The value of a key.</summary>
    public TValue this[IdentifierKey key]
    {
        get => _places.TryGetValue(key, out var place) ? _blocks[place >> BlockBits][place & (BlockSize - 1)] : default;

        set
        {
            if (!_places.TryGetValue(key, out var place))
            {
                place = _places.Count;
                _places.Add(key, place);
                if (place >> BlockBits == _blocks.Count)
                {
                    _blocks.Add(new TValue[BlockSize]);
                }
            }

            _blocks[place >> BlockBits][place & (BlockSize - 1)] = value;
        }
    }
}
