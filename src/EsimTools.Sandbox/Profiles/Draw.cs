// Chance that repeats: the same seed and the same subject always fall on the same side.

namespace EsimTools.Sandbox.Profiles;

/// <summary>Deterministic draws for the shares in <see cref="SandboxOptions"/>.</summary>
internal static class Draw
{
    /// <summary>Whether a subject falls within a share.</summary>
    /// <param name="share">0 (never) to 1 (always).</param>
    /// <param name="seed">The sandbox's seed.</param>
    /// <param name="purpose">What is drawn, so that one subject's draws for two purposes are unrelated.</param>
    /// <param name="subject">Who it is drawn for: a request's number, or an identifier's <see cref="Digits.Mix"/>.</param>
    public static bool Falls(double share, int seed, string purpose, ulong subject)
    {
        if (share <= 0)
        {
            return false;
        }

        var mixed = Mix(subject ^ Mix(Hash(purpose) + (uint)seed));
        return (mixed >> 11) * (1.0 / (1UL << 53)) < share;
    }

    /// <summary>Spreads a number over all 64 bits (the finaliser of splitmix64).</summary>
    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    // FNV-1a; string.GetHashCode differs from process to process.
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash;
    }
}
