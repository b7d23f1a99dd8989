// What may stand between the service and the client; counted, so that a life in which the adversary sleeps is seen.

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
    Collected,
    IdleSinceAsked,
}
