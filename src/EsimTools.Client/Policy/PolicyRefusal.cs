// The words in which the policy refuses.

namespace EsimTools.Policy;

/// <summary>Makes refusals of the policy, each naming its rule.</summary>
internal static class PolicyRefusal
{
    private const string Advice = "Get-EsimPolicy shows the policy; whoever looks after it changes it with Set-EsimPolicy.";

    /// <summary>Why an action may not be sent at all; null where it may.</summary>
    /// <param name="policy">The policy; null where there is none.</param>
    /// <param name="action">The action.</param>
    /// <param name="isPlanned">Whether it is sent for a plan.</param>
    public static string? OfAll(EsimPolicy? policy, EsimAction action, bool isPlanned) =>
        policy is null ? null
        : OfEverything(policy) ?? (!isPlanned && policy.RuleFor(action) is { NeedsPlan: true } ? $"the policy allows '{action}' for a plan only" : null);

    /// <summary>Why nothing that changes something may be sent, be it an action or not; null where it may.</summary>
    /// <param name="policy">The policy; null where there is none.</param>
    public static string? OfEverything(EsimPolicy? policy) => policy is { IsReadOnly: true } ? "the policy is read-only: nothing may be sent" : null;

    /// <summary>Why waves are needed.</summary>
    public static string OfWaves(EsimAction action, int from) => $"the policy allows '{action}' for {from} profiles and more in the waves of a plan only";

    /// <summary>Why a cap cannot be kept where another version has written lines that this one cannot read.</summary>
    public static GuardVerdict OfUncounted(EsimAction action)
    {
        var reason = $"the policy caps '{action}', and how many profiles a newer EsimTools has sent it for cannot be counted by this one";
        return GuardVerdict.Refuse(EsimError.EsimPolicyRefused, reason, $"Update EsimTools on this machine. {Advice}") with { Rule = reason };
    }

    /// <summary>The refusal as a verdict.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="rule">What the rule is known by: those that one rule refuses are told of together.</param>
    public static GuardVerdict Verdict(string reason, string rule) => GuardVerdict.Refuse(EsimError.EsimPolicyRefused, reason, AdviceFor(reason)) with { Rule = rule };

    /// <summary>The refusal as an error.</summary>
    public static EsimException Error(string sentence, string reason) => new(EsimError.EsimPolicyRefused, $"{sentence}: {reason}.", AdviceFor(reason));

    private static string AdviceFor(string reason) =>
        Says(reason, "waves") ? $"Make a plan of more than one wave with New-EsimPlan -Wave. {Advice}"
        : Says(reason, "plan") ? $"Make a plan with New-EsimPlan. {Advice}"
        : Says(reason, "; the next") || Says(reason, "; there is room") ? $"Run the command again then: it sends only what has not been done. {Advice}"
        : Advice;

    private static bool Says(string reason, string words) => reason.IndexOf(words, StringComparison.Ordinal) >= 0;
}
