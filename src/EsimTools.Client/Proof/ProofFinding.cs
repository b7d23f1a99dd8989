// What came of weighing all that is known of a profile: whether it is proven disabled, and why or why not, in words.


namespace EsimTools;

/// <summary>The result of weighing what is known of a profile.</summary>
/// <param name="Reason">Why it is proven, or why not.</param>
/// <param name="At">When the word that decides was asked for, in UTC; null where there is none.</param>
/// <param name="RequestId">The request whose confirmation the word is; null for an answer to a question.</param>
/// <param name="Action">That request's action.</param>
/// <param name="Against">The action that stands against it; null where none does.</param>
/// <param name="AgainstId">Its request.</param>
/// <param name="Until">Until when that action may still arrive, in UTC.</param>
/// <param name="IsBySwitch">Whether the word is about another profile of the same eUICC, whose enabling disables the others.</param>
public readonly record struct ProofFinding(
    ProofReason Reason,
    DateTimeOffset? At = null,
    string? RequestId = null,
    string? Action = null,
    string? Against = null,
    string? AgainstId = null,
    DateTimeOffset? Until = null,
    bool IsBySwitch = false)
{
    /// <summary>Whether the word is about the profile status and not the service state.</summary>
    internal bool IsStatus { get; init; }

    /// <summary>Whether the profile is proven disabled.</summary>
    public bool IsProven => Reason == ProofReason.Sound;

    /// <summary>The reason in words, to be put behind "because".</summary>
    public override string ToString() => Reason switch
    {
        ProofReason.Sound => $"{Word} says that it is disabled",
        ProofReason.NothingSaid => "the service has said nothing of its state",
        ProofReason.SaysOtherwise => "the service's newest word says otherwise, or words contradict each other",
        ProofReason.FromTheFuture => $"{Word} is dated in the future",
        ProofReason.TooOld => $"{Word} is older than {Guard.ProofLifetime.TotalHours:0} hours",
        ProofReason.ClockSetBack => $"this machine's clock has been set back since {Word}",
        ProofReason.OtherAccount => $"{Word} was asked for another account",
        ProofReason.OtherCheckDigit => $"{Word} is about an ICCID with another check digit",
        ProofReason.Unordered => $"the journal does not tell what came before and after {Word}",
        ProofReason.OpenAction => $"its '{Against}' request {AgainstId} is not settled, and may end \"disabled\" at any moment",
        ProofReason.Superseded => $"its '{Against}' request {AgainstId} came after {Word}",
        _ => $"what became of its '{Against}' request {AgainstId} was only inferred; until {(Until is { } until ? Clock.ToIso(until) : "tomorrow")} it may still arrive",
    };

    private string Word => At is not { } at ? "the service's word"
        : RequestId is null ? $"the service's answer to a question of {Clock.ToIso(at)}"
        : IsBySwitch ? $"the confirmed '{Action}' of another profile of its eUICC (request {RequestId} of {Clock.ToIso(at)})"
        : $"the confirmation of the '{Action}' request {RequestId} of {Clock.ToIso(at)}";
}
