// Random digit strings from a seeded source, the same in every run.

namespace EsimTools.Client.Tests.Model;

internal static class RandomDigits
{
    public static string Of(Random random, int length) =>
        new([.. Enumerable.Range(0, length).Select(_ => (char)('0' + random.Next(10)))]);
}
