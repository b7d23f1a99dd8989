// A way to compare a number, and the digits to compare it with.

namespace EsimTools.Sandbox.Lookups;

/// <summary>A way to compare a number, and the digits to compare it with.</summary>
internal readonly record struct NumberTest(NumberMatch Match, string Digits)
{
    /// <summary>Whether a number passes.</summary>
    /// <param name="number">The number's digits, as ASCII.</param>
    public bool Passes(ReadOnlySpan<byte> number)
    {
        Span<byte> wanted = stackalloc byte[32];
        for (var i = 0; i < Digits.Length; i++)
        {
            wanted[i] = (byte)Digits[i];
        }

        wanted = wanted.Slice(0, Digits.Length);
        return Match switch
        {
            NumberMatch.Contains => number.IndexOf(wanted) >= 0,
            NumberMatch.StartsWith => number.StartsWith(wanted),
            NumberMatch.EndsWith => number.EndsWith(wanted),
            _ => number.SequenceEqual(wanted),
        };
    }
}
