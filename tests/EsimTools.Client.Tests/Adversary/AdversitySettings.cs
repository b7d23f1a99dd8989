// How much of each adversity a life has. Most lives have a few kinds and much of them (swarm testing): a life with a little of everything
// hides one failure behind another.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>The probabilities of one life.</summary>
internal sealed record AdversitySettings
{
    private static readonly double[] s_probabilities = [0, 0, 0.15, 0.5];

    /// <summary>A service that does what it is told at once, says so, and nobody else about.</summary>
    public static AdversitySettings None { get; } = new();

    public double Repeat { get; init; }

    public double Reorder { get; init; }

    public double Split { get; init; }

    public double Merge { get; init; }

    public double FewerNames { get; init; }

    public double Spelling { get; init; }

    public double Mix { get; init; }

    public double WrongAnswer { get; init; }

    public double Clock { get; init; }

    public double Reopen { get; init; }

    public double Kill { get; init; }

    public double Interleave { get; init; }

    /// <summary>A process asks, and then does nothing more while others act.</summary>
    public double Idle { get; init; }

    public double LoseAnswer { get; init; }

    public double Fail { get; init; }

    public double OtherHand { get; init; }

    public double WrongInventory { get; init; }

    public double NoInventory { get; init; }

    public double Resubmit { get; init; }

    public double ResolveEarly { get; init; }

    public double OtherAccount { get; init; }

    public double NoEid { get; init; }

    public double DamagedEid { get; init; }

    public double Throttle { get; init; }

    /// <summary>Whether the service carries actions out from any state, as some of its pages have it.</summary>
    public bool IsLenient { get; init; }

    /// <summary>Whether the journal hides identifiers.</summary>
    public bool IsHashed { get; init; }

    public int Processes { get; init; } = 1;

    public static AdversitySettings Of(SeededRandom random)
    {
        double Any() => random.OneOf(s_probabilities);
        return new()
        {
            Repeat = Any(),
            Reorder = Any(),
            Split = Any(),
            Merge = Any(),
            FewerNames = Any(),
            Spelling = Any(),
            Mix = Any(),
            WrongAnswer = Any() / 2,
            Clock = Any(),
            Reopen = Any() / 2,
            Kill = Any() / 4,
            Interleave = Any(),
            LoseAnswer = Any(),
            Fail = Any() / 2,
            OtherHand = Any(),
            WrongInventory = Any(),
            NoInventory = Any(),
            Resubmit = Any(),
            ResolveEarly = Any(),
            OtherAccount = Any() / 4,
            IsLenient = random.Happens(0.5),
            NoEid = Any(),
            DamagedEid = Any() / 2,
            Throttle = Any() / 2,
            IsHashed = random.Happens(0.35),
            Processes = random.Happens(0.4) ? 1 : 2 + random.Below(2),
            Idle = Any(),
        };
    }
}
