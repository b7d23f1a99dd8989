// Made-up identifiers with right check digits, different for every number.

using System.Globalization;

namespace EsimTools.Module.Tests;

internal static class MadeUp
{
    // Not one ends in nothing but zeros, as rounded ones do.
    public static string IccidOf(int number) => WithLuhn("894453" + Padded(number) + "7");

    public static string EidOf(int number)
    {
        var digits = "890490320040008850" + Padded(number);
        var rest = 0;
        foreach (var digit in digits + "00")
        {
            rest = ((rest * 10) + digit - '0') % 97;
        }

        return digits + (98 - rest).ToString("D2", CultureInfo.InvariantCulture);
    }

    public static string ImeiOf(int number) => WithLuhn("35" + Padded(number));

    private static string Padded(int number) => number.ToString("D12", CultureInfo.InvariantCulture);

    private static string WithLuhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var value = (digits[digits.Length - 1 - i] - '0') * (i % 2 == 0 ? 2 : 1);
            sum += value > 9 ? value - 9 : value;
        }

        return digits + ((10 - (sum % 10)) % 10).ToString(CultureInfo.InvariantCulture);
    }
}
