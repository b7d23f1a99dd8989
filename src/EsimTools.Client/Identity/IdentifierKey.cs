// A digit string packed into sixteen bytes, so that the state of a million profiles stays small in memory.

using System.Runtime.CompilerServices;

namespace EsimTools.Identity;

/// <summary>Up to 32 digits as a 128-bit number that remembers their count, for use as a dictionary key.</summary>
internal readonly record struct IdentifierKey
{
    private readonly ulong _high;
    private readonly ulong _low;

    private IdentifierKey(ulong high, ulong low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>Packs the digits; null when the text is empty, longer than 32 characters or not all digits.</summary>
    [MethodImpl(HotLoop.Options)]
    public static IdentifierKey? Of(string? digits)
    {
        if (digits is null || digits.Length is 0 or > 32)
        {
            return null;
        }

        // Sixteen digits to a word need 54 bits; the length goes into the bits above the high word's.
        ulong high = 0;
        ulong low = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var value = digits[i] - '0';
            if (value is < 0 or > 9)
            {
                return null;
            }

            if (i < 16)
            {
                high = (high * 10) + (ulong)value;
            }
            else
            {
                low = (low * 10) + (ulong)value;
            }
        }

        return new IdentifierKey(high | ((ulong)digits.Length << 56), low);
    }
}
