// Identifiers that an inventory does not bring. They depend on what is known alone, so that two runs agree.

namespace EsimTools.Sandbox.Profiles;

/// <summary>Makes up identifiers with the right length and check digit.</summary>
internal static class MadeUp
{
    /// <summary>The ICCID of an eUICC's Verizon US profile: 20 digits in Verizon's range, with a Luhn digit.</summary>
    /// <param name="eid">The eUICC.</param>
    /// <param name="attempt">Another number for each attempt, for when one is taken.</param>
    public static Digits LeadIccid(Digits eid, ulong attempt) => WithLuhn("89148"u8, 20, eid.Mix() + attempt);

    /// <summary>A device's IMEI: 15 digits with a Luhn digit.</summary>
    public static Digits Imei(Digits eid) => WithLuhn("35"u8, 15, Draw.Mix(eid.Mix()));

    /// <summary>A line's phone number, another one for each line.</summary>
    public static Digits Mdn(int deviceId)
    {
        Span<byte> digits = stackalloc byte[10];
        "551"u8.CopyTo(digits);
        Fill(digits.Slice(3), (ulong)deviceId);
        return Digits.TryParse(digits, out var mdn) ? mdn : default;
    }

    private static Digits WithLuhn(ReadOnlySpan<byte> prefix, int length, ulong number)
    {
        Span<byte> digits = stackalloc byte[32];
        digits = digits.Slice(0, length);
        prefix.CopyTo(digits);
        Fill(digits.Slice(prefix.Length, length - prefix.Length - 1), number);

        var sum = 0;
        for (var i = length - 2; i >= 0; i--)
        {
            var value = (digits[i] - '0') * ((length - i) % 2 == 0 ? 2 : 1);
            sum += value > 9 ? value - 9 : value;
        }

        digits[length - 1] = (byte)('0' + ((10 - (sum % 10)) % 10));
        return Digits.TryParse(digits, out var result) ? result : default;
    }

    // The number's last digits, with zeros in front where it is short.
    private static void Fill(Span<byte> digits, ulong number)
    {
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }
}
