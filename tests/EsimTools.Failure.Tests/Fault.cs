// The faults, and how a request that meets one must end: what a row of the table in FaultTable.cs consists of.

namespace EsimTools.Failure.Tests;

/// <summary>How the submission of a batch ends.</summary>
internal enum End
{
    /// <summary>The service took it, and its id is known.</summary>
    Accepted,

    /// <summary>It is proven that the service did not take it.</summary>
    Refused,

    /// <summary>Nobody can know.</summary>
    InDoubt,
}

/// <summary>When a fault strikes.</summary>
internal enum Moment
{
    BeforeSending,
    OnTheWay,
    AfterAcceptance,
    ReadingTheAnswer,
    BetweenBatches,
}

/// <summary>When the caller presses Ctrl+C.</summary>
internal enum GivesUp
{
    Never,

    /// <summary>When the fault has come to the point that it waits at.</summary>
    WhenReached,

    /// <summary>While the client waits because the service asked it to.</summary>
    InAPause,
}

/// <summary>One row of the table.</summary>
/// <param name="Name">What happens.</param>
/// <param name="Moment">When. Between batches means that the first batch goes well and the second meets it; otherwise it is the other way round.</param>
/// <param name="End">How the batch that meets it must end, for the caller and in the journal.</param>
/// <param name="Error">What the caller is told; null where the batch is accepted.</param>
internal sealed record Fault(string Name, Moment Moment, End End, EsimError? Error = null)
{
    /// <summary>Brings it about.</summary>
    public required Func<FaultCase, Task> Begin { get; init; }

    /// <summary>Puts right what would stop a later session from connecting.</summary>
    public Func<FaultCase, Task> Heal { get; init; } = _ => Task.CompletedTask;

    /// <summary>How often the request reaches the wire.</summary>
    public int Posts { get; init; } = 1;

    /// <summary>How often that of the other batch does: a token that was refused last is refused to it first.</summary>
    public int PostsOfTheOther { get; init; } = 1;

    /// <summary>How the journal has it, where a full disk keeps it from saying what the caller was told.</summary>
    public End? EndInJournal { get; init; }

    /// <summary>The client's time limit for a call.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many profiles a batch has where nothing else is wanted.</summary>
    public const int FewProfiles = 3;

    /// <summary>How many profiles the batch that meets it has.</summary>
    public int BatchSize { get; init; } = FewProfiles;

    /// <summary>When the caller gives up, if ever.</summary>
    public GivesUp GivesUp { get; init; }

    /// <summary>Whether the server is not the same afterwards.</summary>
    public bool SpoilsTheServer { get; init; }

    /// <summary>Whether it takes so much memory that few cases at a time are enough.</summary>
    public bool IsHeavy { get; init; }

    /// <summary>Whether this system can have it.</summary>
    public bool IsPossible { get; init; } = true;

    public override string ToString() => $"{Moment}: {Name}";
}
