// Random digit strings from a seeded source, the same in every run.

namespace EsimTools.Client.Tests.Identity;

internal static class RandomDigits
{
    public static string Of(Random random, int length) =>
        string.Create(length, random, static (digits, source) =>
        {
            for (var i = 0; i < digits.Length; i++)
            {
                digits[i] = (char)('0' + source.Next(10));
            }
        });
}
