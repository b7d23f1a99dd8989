// A digit string packed into sixteen bytes, so that the state of a million profiles stays small in memory.

using System.Buffers.Binary;
using System.Globalization;

namespace EsimTools.Model;

/// <summary>Up to 32 digits as a 128-bit number that remembers their count, for use as a dictionary key.</summary>
internal readonly record struct IdentifierKey
{
    /// <summary>How many bytes a key has.</summary>
    public const int Size = 16;

    private const int MostDigits = 32;
    private const int DigitsInHigh = 16;
    private const int HexLength = 30;
    private const int ShortestIccid = 18;
    private const int LongestIccid = 20;
    private const int LengthShift = 56;

    // Digits have a length of 1 to 32 in this byte.
    /// <summary>What stands before an identifier that a journal shows by its keyed hash.</summary>
    public const string HashMark = "hmac:";

    private const ulong HiddenMark = 0xFFUL << LengthShift;

    private readonly ulong _high;
    private readonly ulong _low;

    private IdentifierKey(ulong high, ulong low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>Whether it stands for an identifier that is known by its hash alone.</summary>
    public bool IsHidden => _high >> LengthShift == 0xFF;

    /// <summary>Whether it stands for nothing.</summary>
    public bool IsNone => _high == 0;

    /// <summary>The key of an identifier that is known by its hash alone.</summary>
    public static IdentifierKey Hidden(ReadOnlySpan<byte> hash) =>
        new(HiddenMark | (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 8), BinaryPrimitives.ReadUInt64BigEndian(hash.Slice(8)));

    /// <summary>The key of an identifier that is known by its hash alone, from its hexadecimal form; null when it is none.</summary>
    public static IdentifierKey? FromHex(string hex) =>
        hex.Length == HexLength
            && ulong.TryParse(hex.Substring(0, HexLength - 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
            && ulong.TryParse(hex.Substring(HexLength - 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low)
            ? new IdentifierKey(HiddenMark | high, low) : null;

    /// <summary>Whether a text stands for an identifier that is known by its hash alone.</summary>
    public static bool IsHash(string? text) => text?.StartsWith(HashMark, StringComparison.Ordinal) == true;

    /// <summary>The hexadecimal form of a hash.</summary>
    public string ToHex() => (_high & ~HiddenMark).ToString("x14", CultureInfo.InvariantCulture) + _low.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>How many digits it was made of, if it is not hidden.</summary>
    public int DigitCount => (int)(_high >> LengthShift);

    /// <summary>
    /// The key that one ICCID has whichever way it is written. An ICCID (ITU-T E.118) has 19 or 20 digits of which the last is a check digit
    /// that inventories and messages leave off: 18 digits get theirs back, and of 20 the last is left off. Digits of any other length, and
    /// hashes, which are made of this key, stay as they are.
    /// </summary>
    public IdentifierKey ForAnySpelling() => IsHidden ? this : DigitCount switch
    {
        LongestIccid => new(_high & ~HiddenMark | ((ulong)(LongestIccid - 1) << LengthShift), _low / 10),
        ShortestIccid => new(_high & ~HiddenMark | ((ulong)(ShortestIccid + 1) << LengthShift), (_low * 10) + (ulong)LuhnDigit),
        _ => this,
    };

    /// <summary>The last of twenty digits, which <see cref="ForAnySpelling"/> leaves off; null where there are not as many, or where they are hidden.</summary>
    public int? DigitLeftOff => !IsHidden && DigitCount == LongestIccid ? (int)(_low % 10) : null;

    /// <summary>One more than that; 0 where there is none.</summary>
    public byte Twentieth => (byte)(DigitLeftOff + 1 ?? 0);

    private int LuhnDigit => CheckDigits.Luhn(ToDigits());

    /// <summary>The digits that it was made of, if it is not hidden.</summary>
    public string ToDigits()
    {
        Span<char> digits = stackalloc char[MostDigits];
        var inHigh = Math.Min(DigitCount, DigitsInHigh);
        Write(_high & ~HiddenMark, digits.Slice(0, inHigh));
        Write(_low, digits.Slice(inHigh, DigitCount - inHigh));
        return digits.Slice(0, DigitCount).ToString();
    }

    /// <summary>Writes its bytes.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.Slice(8), _low);
    }

    /// <summary>Packs digits in UTF-8; null when there are none, more than 32, or other characters.</summary>
    public static IdentifierKey? Of(ReadOnlySpan<byte> digits)
    {
        if (digits.Length is 0 or > MostDigits)
        {
            return null;
        }

        ulong high = 0;
        ulong low = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            if (!TryAdd(digits[i], i, ref high, ref low))
            {
                return null;
            }
        }

        return Packed(digits.Length, high, low);
    }

    /// <summary>Packs the digits; null when the text is empty, longer than 32 characters or not all digits.</summary>
    public static IdentifierKey? Of(string? digits)
    {
        if (digits is null || digits.Length is 0 or > MostDigits)
        {
            return null;
        }

        ulong high = 0;
        ulong low = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            if (!TryAdd(digits[i], i, ref high, ref low))
            {
                return null;
            }
        }

        return Packed(digits.Length, high, low);
    }

    // Sixteen digits to a word need 54 bits; the length goes into the bits above the high word's.
    private static IdentifierKey Packed(int length, ulong high, ulong low) => new(high | ((ulong)length << LengthShift), low);

    private static bool TryAdd(int character, int place, ref ulong high, ref ulong low)
    {
        var value = character - '0';
        if (value is < 0 or > 9)
        {
            return false;
        }

        if (place < DigitsInHigh)
        {
            high = (high * 10) + (ulong)value;
        }
        else
        {
            low = (low * 10) + (ulong)value;
        }

        return true;
    }

    private static void Write(ulong number, Span<char> digits)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            var rest = number / 10;
            digits[i] = (char)('0' + (int)(number - (rest * 10)));
            number = rest;
        }
    }
}
