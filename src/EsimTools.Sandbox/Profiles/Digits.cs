// A digit string of the wire packed into sixteen bytes, so that 10,000 identifiers are read and found without a string each.

namespace EsimTools.Sandbox.Profiles;

/// <summary>Up to 32 decimal digits, leading zeros kept. The default value holds no digits and stands for "not given".</summary>
internal readonly struct Digits : IEquatable<Digits>
{
    private const int HalfLength = 16;
    private const int CountShift = 56;
    private const ulong ValueMask = (1UL << CountShift) - 1;

    private readonly ulong _high;
    private readonly ulong _low;

    private Digits(ulong high, ulong low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>How many digits there are; zero when the identifier was not given.</summary>
    public int Length => (int)(_high >> CountShift);

    /// <summary>Reads digits from UTF-8 text; false when there are none, more than 32, or anything but digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Digits digits)
    {
        digits = default;
        if (text.Length is 0 or > 2 * HalfLength)
        {
            return false;
        }

        // Sixteen decimal digits need 54 bits, which leaves the top byte of the first half for the count.
        var split = Math.Min(text.Length, HalfLength);
        if (!TryRead(text.Slice(0, split), out var high) || !TryRead(text.Slice(split), out var low))
        {
            return false;
        }

        digits = new Digits(high | ((ulong)text.Length << CountShift), low);
        return true;
    }

    /// <summary>Reads digits from a string; the empty value when it is null or not 1 to 32 digits.</summary>
    public static Digits Of(string? text)
    {
        if (text is null || text.Length is 0 or > 2 * HalfLength)
        {
            return default;
        }

        Span<byte> utf8 = stackalloc byte[2 * HalfLength];
        for (var i = 0; i < text.Length; i++)
        {
            utf8[i] = text[i] < 128 ? (byte)text[i] : (byte)'?';
        }

        return TryParse(utf8.Slice(0, text.Length), out var digits) ? digits : default;
    }

    /// <summary>Writes the digits as ASCII and returns how many were written; the buffer holds at least 32 bytes.</summary>
    public int Format(Span<byte> buffer)
    {
        var length = Length;
        var first = length < HalfLength ? length : HalfLength;
        Put(_high & ValueMask, buffer.Slice(0, first));
        if (length > HalfLength)
        {
            Put(_low, buffer.Slice(HalfLength, length - HalfLength));
        }

        return length;
    }

    public bool Equals(Digits other) => _high == other._high && _low == other._low;

    public override bool Equals(object? obj) => obj is Digits other && Equals(other);

    public override int GetHashCode()
    {
        var mixed = Mix();
        return (int)(mixed ^ (mixed >> 32));
    }

    /// <summary>A well spread 64-bit number that depends on the digits alone, for draws that repeat from run to run.</summary>
    public ulong Mix() => Draw.Mix(_high ^ Draw.Mix(_low));

    public override string ToString()
    {
        Span<byte> utf8 = stackalloc byte[2 * HalfLength];
        var length = Format(utf8);
        var text = new char[length];
        for (var i = 0; i < length; i++)
        {
            text[i] = (char)utf8[i];
        }

        return new string(text);
    }

    private static bool TryRead(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        foreach (var c in text)
        {
            var digit = (uint)(c - '0');
            if (digit > 9)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        return true;
    }

    private static void Put(ulong value, Span<byte> buffer)
    {
        for (var i = buffer.Length - 1; i >= 0; i--)
        {
            buffer[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
