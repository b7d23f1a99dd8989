// What a change of the policy allows that was not allowed before, in words: then the person is asked.

namespace EsimTools.Policy;

/// <summary>Compares two policies.</summary>
internal static class PolicyLoosening
{
    /// <summary>What is looser; nothing where all that was forbidden still is.</summary>
    /// <param name="before">The policy of before.</param>
    /// <param name="after">The policy from now on; null where there is none.</param>
    public static IReadOnlyList<string> Find(EsimPolicy before, EsimPolicy? after)
    {
        var looser = new List<string>();
        if (before.IsReadOnly && after is not { IsReadOnly: true })
        {
            looser.Add("it is read-only no more");
        }

        foreach (var rule in before.Rules)
        {
            var now = after?.Rules.FirstOrDefault(other => other.Action == rule.Action) ?? new() { Action = rule.Action };
            looser.AddRange(Of(rule, now).Select(what => $"'{rule.Action}' {what}"));
        }

        return looser;
    }

    private static IEnumerable<string> Of(EsimPolicyRule before, EsimPolicyRule now)
    {
        if (before.NeedsPlan && !now.NeedsPlan)
        {
            yield return "needs no plan any more";
        }

        if (now.Approvals < before.Approvals)
        {
            yield return $"needs {now.Approvals} approvals instead of {before.Approvals}";
        }

        if (before.Approvals > 0 && now.Approvals > 0 && !IsWithin(now.Approvers, before.Approvers))
        {
            yield return "may be approved of by others, or the users are others who approvers are";
        }

        foreach (var cap in before.Caps.Where(cap => !now.Caps.Any(other => other.Profiles <= cap.Profiles && other.Within >= cap.Within)))
        {
            yield return $"is not capped at {cap} any more";
        }

        if (before.WavesFrom is { } from && !(now.WavesFrom <= from))
        {
            yield return now.WavesFrom is { } later ? $"needs waves from {later} profiles on instead of {from}" : "needs no waves any more";
        }
    }

    // None named is whoever has a trusted certificate. An approver of whom fewer names are known may approve of more plans.
    private static bool IsWithin(IReadOnlyList<EsimPolicyApprover> now, IReadOnlyList<EsimPolicyApprover> before) =>
        before.Count == 0 || (now.Count > 0 && now.All(approver => before.Any(
            former => former.Thumbprint == approver.Thumbprint && former.UserNames.All(name => approver.UserNames.Contains(name, StringComparer.OrdinalIgnoreCase)))));
}
