// The two check-digit schemes of the field, as arithmetic on strings of ASCII digits.

namespace EsimTools;

/// <summary>Check digits of ICCID and IMEI (Luhn) and of EID (ISO 7064 MOD 97-10).</summary>
public static class CheckDigits
{
    /// <summary>Whether the last digit is the Luhn check digit of those before it (ITU-T E.118 for ICCID, 3GPP TS 23.003 for IMEI).</summary>
    /// <param name="digits">ASCII digits, check digit last.</param>
    public static bool IsLuhn(string digits) => digits.Length > 1 && LuhnSum(digits, doubleLast: false) % 10 == 0;

    /// <summary>The Luhn check digit to put behind the given digits.</summary>
    /// <param name="digits">ASCII digits without their check digit.</param>
    public static int Luhn(string digits) => (10 - (LuhnSum(digits, doubleLast: true) % 10)) % 10;

    /// <summary>Whether the whole number leaves the remainder 1 when divided by 97 (GSMA SGP.02, SGP.29).</summary>
    /// <param name="digits">ASCII digits, the two check digits last.</param>
    public static bool IsMod97(string digits) => Remainder97(digits) == 1;

    /// <summary>The two MOD 97-10 check digits to put behind the given digits.</summary>
    /// <param name="digits">ASCII digits without their check digits.</param>
    public static string Mod97(string digits)
    {
        var check = 98 - (Remainder97(digits) * 100 % 97);
        return new string([(char)('0' + (check / 10)), (char)('0' + (check % 10))]);
    }

    private static int Remainder97(string digits)
    {
        // A division for every digit would take longer than all the rest, and sixteen more digits fit beside a remainder of two.
        const int DigitsAtOnce = 16;
        ulong number = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            number = (i % DigitsAtOnce == 0 ? number % 97 : number) * 10;
            number += (ulong)(digits[i] - '0');
        }

        return (int)(number % 97);
    }

    private static int LuhnSum(string digits, bool doubleLast)
    {
        var sum = 0;
        var doubled = doubleLast;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            var value = digits[i] - '0';
            if (doubled)
            {
                value *= 2;
                if (value > 9)
                {
                    value -= 9;
                }
            }

            sum += value;
            doubled = !doubled;
        }

        return sum;
    }
}
