// What the memory keeps of a request for as long as the connection lives, also when nobody holds the request itself any more.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>A request of this connection, or of another one that shares the journal.</summary>
/// <param name="localId">The journal's id.</param>
/// <param name="action">The action.</param>
/// <param name="accountName">The account.</param>
/// <param name="servicePlan">The service plan; null where none was given.</param>
/// <param name="sent">When it was sent.</param>
/// <param name="number">Its number in the <see cref="RequestTable"/>.</param>
internal sealed class TrackedRequest(string localId, EsimAction action, string accountName, string? servicePlan, Moment sent, int number)
{
    public string LocalId { get; } = localId;

    public EsimAction Action { get; } = action;

    public string AccountName { get; } = accountName;

    public string? ServicePlan { get; } = servicePlan;

    /// <summary>When it was sent.</summary>
    public Moment Sent { get; } = sent;

    public DateTimeOffset SubmittedAt => Sent.At;

    /// <summary>The account, by number.</summary>
    public required ushort Account { get; init; }

    /// <summary>How many profiles it names.</summary>
    public required int Profiles { get; init; }

    /// <summary>The earliest place in the order of learning at which it can have been sent.</summary>
    public required uint NotBefore { get; init; }

    /// <summary>Whether an action that can end "disabled" was open when it was sent: then its confirmation proves nothing.</summary>
    public bool IsOverOpen { get; init; }

    /// <summary>Whether it names an eUICC for each of its profiles: then an action that goes to the eUICC fails where the profile is on another one.</summary>
    public bool NamesEuiccs { get; init; }

    /// <summary>Whether nobody says on which eUICC a profile of it is, after which that may fall back to another one.</summary>
    public bool IsUnplaced { get; set; }

    /// <summary>The run that sent it; null where an old journal does not tell.</summary>
    public EsimRunInfo? Run { get; init; }

    /// <summary>The wave of the plan in which it was sent, from 1 on; 0 where there were no waves.</summary>
    public int Wave { get; init; }

    public int Number { get; } = number;

    /// <summary>While a delete has not been answered: the word on its status by which each of its profiles was proven not to be the enabled one of its eUICC; none where that was no such word.</summary>
    public List<Spoken>? Idle { get; set; }

    /// <summary>How far it has come; the request object reads it from here too.</summary>
    public required RequestStage Stage { get; init; }

    public string? RequestId => Stage.RequestId;

    public EsimRequest.Phase Phase => Stage.Phase;

    public WeakReference<EsimRequest>? Live { get; set; }

    /// <summary>How often an outcome has been noted for it.</summary>
    public int Heard { get; set; }

    /// <summary>The journal file that it was read from; null when it was sent from here.</summary>
    public string? Path { get; init; }

    /// <summary>Whether it is said to have failed for somebody of whom nobody knows which of its profiles that is.</summary>
    public bool HasFailedSomewhere { get; set; }

    /// <summary>The eUICCs and IMEIs on which it is said to have failed without a word on for whom; null where there are none.</summary>
    public HashSet<(IdentifierKey Eid, IdentifierKey? Imei)>? FailedOn { get; set; }

    /// <summary>The profiles of which nobody knows whether they are among those that it has failed for on some device; null where there are none.</summary>
    public HashSet<IdentifierKey>? MayHaveFailed { get; set; }

    /// <summary>The line of a newer module that tells what became of it; null where there is none.</summary>
    public string? ClosedBy { get; set; }

    public string DisplayId => RequestId ?? LocalId;

    public EsimRequest? Target => Live is { } weak && weak.TryGetTarget(out var request) ? request : null;
}
