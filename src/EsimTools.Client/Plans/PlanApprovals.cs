// Whether a plan may be carried out by the policy: enough people other than its author have signed this very plan, each allowed to.

using System.Security.Cryptography.X509Certificates;
using EsimTools.Policy;

namespace EsimTools.Plans;

/// <summary>Checks a plan's approvals and waves against the policy.</summary>
internal static class PlanApprovals
{
    /// <summary>Checks a plan.</summary>
    /// <param name="plan">The plan, as read from its file.</param>
    /// <param name="policy">The policy; null where there is none.</param>
    /// <param name="now">The present moment.</param>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimPlanNotApproved"/>: approvals are missing or do not count; <see cref="EsimError.EsimPolicyRefused"/>: the policy is
    /// read-only, or demands waves that the plan has not.
    /// </exception>
    public static void Check(EsimPlan plan, EsimPolicy? policy, DateTimeOffset now) => Check(plan, policy, now, TrustProblem);

    /// <summary>Likewise.</summary>
    /// <param name="plan">The plan, as read from its file.</param>
    /// <param name="policy">The policy; null where there is none.</param>
    /// <param name="now">The present moment.</param>
    /// <param name="trustProblem">Why the machine does not trust a certificate; null where it does.</param>
    internal static void Check(EsimPlan plan, EsimPolicy? policy, DateTimeOffset now, Func<X509Certificate2, DateTimeOffset, string?> trustProblem)
    {
        if (policy is null)
        {
            return;
        }

        foreach (var action in plan.DisableFirst ? [EsimAction.Deactivate, plan.Kind] : (EsimAction[])[plan.Kind])
        {
            CheckRule(plan, policy, action);
            if (policy.RuleFor(action) is { Approvals: > 0 } rule)
            {
                CheckApprovals(plan, rule, now, trustProblem);
            }
        }
    }

    /// <summary>By which name the holder of a certificate is the author of a plan; null where nothing tells that.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="policy">The policy, which gives certificates the names of users; null where there is none.</param>
    public static string? AuthorOf(EsimPlan plan, X509Certificate2 certificate, EsimPolicy? policy)
    {
        var given = RulesOf(plan, policy).SelectMany(rule => Named(rule, Thumbprints.Sha256Of(certificate), certificate.Thumbprint)).SelectMany(approver => approver.UserNames);
        return AuthorIn(plan, [.. given, .. ApproverNames.In(certificate) ?? []]);
    }

    /// <summary>The action of a plan for which a policy names approvers, and not the holder of a certificate; null where there is none.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="policy">The policy; null where there is none.</param>
    public static string? ActionOfOthers(EsimPlan plan, X509Certificate2 certificate, EsimPolicy? policy) => RulesOf(plan, policy)
        .FirstOrDefault(rule => rule is { Approvals: > 0, Approvers.Count: > 0 } && Named(rule, Thumbprints.Sha256Of(certificate), certificate.Thumbprint).Length == 0)?.Action;

    private static IEnumerable<EsimPolicyRule> RulesOf(EsimPlan plan, EsimPolicy? policy) =>
        (policy?.Rules ?? []).Where(rule => rule.Action == plan.Action || (plan.DisableFirst && rule.Action == EsimAction.Deactivate.Name));

    private static string? AuthorIn(EsimPlan plan, string[] names) =>
        new[] { plan.Author.UserName, plan.Author.SystemUserName }.FirstOrDefault(author => names.Any(name => ApproverNames.AreSame(name, author)));

    // By either of its thumbprints, so it may stand there twice.
    private static EsimPolicyApprover[] Named(EsimPolicyRule rule, string sha256, string sha1) =>
        [.. rule.Approvers.Where(one => one.Thumbprint == sha256 || one.Thumbprint == sha1)];

    private static void CheckRule(EsimPlan plan, EsimPolicy policy, EsimAction action)
    {
        var reason = PolicyRefusal.OfAll(policy, action, isPlanned: true)
            ?? (policy.RuleFor(action)?.WavesFrom is { } from && plan.Allowed >= from && !IsInWaves(plan) ? PolicyRefusal.OfWaves(action, from) : null);
        if (reason is not null)
        {
            throw PolicyRefusal.Error($"The plan {plan.Id} was not carried out", reason);
        }
    }

    // All at once is no wave, whatever it is called; a single profile cannot be cut.
    private static bool IsInWaves(EsimPlan plan) => plan.Waves is { } waves && (plan.Allowed < 2 || waves.Cut(plan.Allowed).Count > 1);

    private static void CheckApprovals(EsimPlan plan, EsimPolicyRule rule, DateTimeOffset now, Func<X509Certificate2, DateTimeOffset, string?> trustProblem)
    {
        var people = new List<Approver>();
        var problems = new List<string>();
        foreach (var signature in plan.ReadSignatures())
        {
            if (ProblemOf(plan, rule, signature, now, trustProblem, out var approver) is { } problem)
            {
                problems.Add($"{(signature.Approval.Subject.Length > 0 ? $"the one of '{signature.Approval.Subject}'" : "one")} does not count: {problem}");
            }
            else
            {
                Take(people, approver!);
            }
        }

        if (people.Count < rule.Approvals)
        {
            var missing = $"the policy demands {(rule.Approvals == 1 ? "1 approval" : $"{rule.Approvals} approvals of different people")} for '{rule.Action}', and it has {people.Count}";
            throw new EsimException(
                EsimError.EsimPlanNotApproved,
                $"The plan {plan.Id} is not approved: {string.Join("; ", problems.Prepend(missing))}.",
                "Have it signed with Approve-EsimPlan by others than its author; Get-EsimPolicy shows who may, Get-EsimPlan who has.");
        }
    }

    private static string? ProblemOf(
        EsimPlan plan, EsimPolicyRule rule, PlanSignature signature, DateTimeOffset now, Func<X509Certificate2, DateTimeOffset, string?> trustProblem, out Approver? approver)
    {
        approver = null;
        if ((signature.Approval.Problem ?? signature.FutureProblem(now)) is { } problem)
        {
            return problem;
        }

        var certificate = signature.Certificate!;
        var named = Named(rule, signature.Approval.Sha256Thumbprint, signature.Approval.Thumbprint);
        if (rule.Approvers.Count > 0 && named.Length == 0)
        {
            return "the policy does not name its certificate";
        }

        if ((PlanSignature.TimeProblem(certificate, now) ?? (named.Length == 0 ? trustProblem(certificate, now) : null)) is { } invalid)
        {
            return invalid;
        }

        // Fail closed: a name that is not seen may be the author's.
        if (ApproverNames.In(certificate) is not { } ownNames)
        {
            return "the names in its certificate cannot be read";
        }

        string[] givenNames = [.. named.SelectMany(one => one.UserNames)];
        if (AuthorIn(plan, [.. givenNames, .. ownNames]) is { } same)
        {
            return $"'{same}' has made the plan";
        }

        approver = new(Thumbprints.Hex(certificate.GetPublicKey()), givenNames.Length > 0 ? givenNames : ownNames);
        return null;
    }

    // One person is who has one key, or one name; a new certificate makes nobody another.
    private static void Take(List<Approver> people, Approver approver)
    {
        var same = people.FindAll(other => other.Key == approver.Key || other.Names.Any(name => approver.Names.Any(own => ApproverNames.AreSame(name, own))));
        people.RemoveAll(same.Contains);
        people.Add(new(approver.Key, [.. same.SelectMany(other => other.Names), .. approver.Names]));
    }

    // Whether it was revoked is not asked for: that takes a network, and a signature would count or not by chance.
    private static string? TrustProblem(X509Certificate2 certificate, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        return chain.Build(certificate) ? null : $"this machine does not trust its certificate ({string.Join(", ", chain.ChainStatus.Select(status => status.Status))})";
    }

    private sealed record Approver(string Key, IReadOnlyList<string> Names);
}
