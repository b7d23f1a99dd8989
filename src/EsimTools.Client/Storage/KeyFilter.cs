// Tells most keys that were never added from those that were, in a megabyte however many there are.

using EsimTools.Identity;

namespace EsimTools.Storage;

/// <summary>A Bloom filter: it never denies a key that was added, and of a million keys that were not it lets some thirty thousand pass.</summary>
internal sealed class KeyFilter
{
    private const int WordBits = 17;

    private readonly ulong[] _words = new ulong[1 << WordBits];

    /// <summary>Adds a key.</summary>
    public void Add(IdentifierKey key)
    {
        var hash = key.Mixed;
        _words[hash >> (64 - WordBits)] |= BitsOf(hash);
    }

    /// <summary>Whether the key may have been added.</summary>
    public bool MayHave(IdentifierKey key)
    {
        var hash = key.Mixed;
        var bits = BitsOf(hash);
        return (_words[hash >> (64 - WordBits)] & bits) == bits;
    }

    // Four bits of one word, each chosen by six bits of the hash that do not choose the word.
    private static ulong BitsOf(ulong hash) => (1UL << (int)(hash & 63)) | (1UL << (int)((hash >> 6) & 63)) | (1UL << (int)((hash >> 12) & 63)) | (1UL << (int)((hash >> 18) & 63));
}
