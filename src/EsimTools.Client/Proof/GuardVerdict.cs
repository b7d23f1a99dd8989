// The guard's decision with its reason.

namespace EsimTools;

/// <summary>The guard's decision with its reason.</summary>
/// <param name="Decision">What was decided.</param>
/// <param name="Error">The error id of a refusal.</param>
/// <param name="Reason">The reason of a refusal, to be put behind the profile's name.</param>
/// <param name="RecommendedAction">What the user can do about a refusal.</param>
/// <param name="Warning">What the user should know about an action that is allowed, to be put behind the profile's name.</param>
public readonly record struct GuardVerdict(
    GuardDecision Decision, EsimError? Error = null, string? Reason = null, string? RecommendedAction = null, string? Warning = null)
{
    /// <summary>The request that keeps the profile busy, by the service's id or the journal's; null for another refusal.</summary>
    public string? OpenRequest { get; init; }

    /// <summary>What the rule of the policy is known by that refuses; null for another refusal. Those that one rule refuses are told of together.</summary>
    internal string? Rule { get; init; }

    internal static GuardVerdict Allow { get; } = new(GuardDecision.Allowed);

    internal static GuardVerdict Ask { get; } = new(GuardDecision.AskService);

    internal static GuardVerdict Refuse(EsimError error, string reason, string recommendedAction) =>
        new(GuardDecision.Refused, error, reason, recommendedAction);
}
