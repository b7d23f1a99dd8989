// A random source with a seed, alike on every machine and in every version of .NET, so that a life can be lived again.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>SplitMix64.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from zero up to, and without, a limit.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>Whether something happens that has a probability.</summary>
    public bool Happens(double probability) => probability > 0 && (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    /// <summary>One of several.</summary>
    public T OneOf<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>Some of several, one at least, in any order.</summary>
    public List<T> SomeOf<T>(IReadOnlyList<T> choices)
    {
        var left = choices.ToList();
        var some = new List<T>();
        for (var count = 1 + Below(choices.Count); count > 0; count--)
        {
            var place = Below(left.Count);
            some.Add(left[place]);
            left.RemoveAt(place);
        }

        return some;
    }

    private ulong Next()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
