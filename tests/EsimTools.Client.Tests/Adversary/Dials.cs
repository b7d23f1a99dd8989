// How much of each adversity a life has. Most lives have a few kinds and much of them (swarm testing): a life with a little of everything
// hides one failure behind another.

namespace EsimTools.Client.Tests.Adversary;

/// <summary>The kinds of adversity, counted by life.</summary>
internal enum Adversity
{
    Delayed,
    Repeated,
    Reordered,
    Split,
    Merged,
    NamedByFewer,
    SpelledOtherwise,
    EntriesOfOthers,
    AnswerForAnother,
    ClockMoved,
    ClocksApart,
    Reopened,
    Killed,
    SeveralProcesses,
    Interleaved,
    TakenLate,
    AnswerLost,
    OtherHand,
    WrongInventory,
    Resubmitted,
    ResolvedEarly,
    FellBack,
    MessageWithoutAge,
    OtherAccount,
    HashedJournal,
    EidLeftOut,
    EidDamaged,
    Throttled,
}

/// <summary>The probabilities of one life.</summary>
internal sealed record Dials
{
    private static readonly double[] s_settings = [0, 0, 0.15, 0.5];

    /// <summary>A service that does what it is told at once, says so, and nobody else about.</summary>
    public static Dials Peace { get; } = new();

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

    public static Dials Of(Chance chance)
    {
        double Any() => chance.OneOf(s_settings);
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
            IsLenient = chance.Happens(0.5),
            NoEid = Any(),
            DamagedEid = Any() / 2,
            Throttle = Any() / 2,
            IsHashed = chance.Happens(0.35),
            Processes = chance.Happens(0.4) ? 1 : 2 + chance.Below(2),
        };
    }
}
