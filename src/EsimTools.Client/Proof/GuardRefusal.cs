// A profile that was not sent for, with the guard's reason.

namespace EsimTools;

/// <summary>A profile that the guard kept out of a request.</summary>
/// <param name="Profile">The profile.</param>
/// <param name="Verdict">Why.</param>
public sealed record GuardRefusal(EsimProfile Profile, GuardVerdict Verdict)
{
    /// <summary>The refusal as an exception with the guard's error id.</summary>
    public EsimException ToException(EsimAction action) => Verdict.Decision == GuardDecision.AskService
        ? new(EsimError.EsimProfileStateUnknown, $"'{action}' was not sent for {Profile}: the service has not been asked for its state.")
        : new(Verdict.Error ?? EsimError.EsimProfileStateUnknown, $"'{action}' was not sent for {Profile}: {Verdict.Reason}.", Verdict.RecommendedAction);
}
