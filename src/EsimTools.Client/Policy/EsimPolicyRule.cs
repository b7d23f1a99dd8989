// What a policy says of one action.

namespace EsimTools;

/// <summary>What a policy demands for one action.</summary>
public sealed record EsimPolicyRule
{
    /// <summary>The most approvals that can be demanded.</summary>
    internal const int MostApprovals = 16;

    /// <summary>The action, in ThingSpace's word.</summary>
    public required string Action { get; init; }

    /// <summary>Whether it is sent for a plan alone.</summary>
    public bool RequirePlan { get; init; }

    /// <summary>How many people have to approve of a plan, its author not counted.</summary>
    public int Approvals { get; init; }

    /// <summary>Who may approve; none named means whoever has a certificate that the machine trusts.</summary>
    public IReadOnlyList<EsimPolicyApprover> Approvers { get; init; } = [];

    /// <summary>How many profiles of an account it may be sent for in which time.</summary>
    public IReadOnlyList<EsimPolicyCap> Caps { get; init; } = [];

    /// <summary>From how many profiles on it is sent in the waves of a plan alone; null where it never has to be.</summary>
    public int? WavesFrom { get; init; }

    /// <summary>Whether it is sent for a plan alone, be it that the rule says so or that plans are what is approved of.</summary>
    internal bool NeedsPlan => RequirePlan || Approvals > 0;

    /// <summary>Whether it demands nothing.</summary>
    internal bool IsEmpty => !RequirePlan && Approvals == 0 && Approvers.Count == 0 && Caps.Count == 0 && WavesFrom is null;

    /// <summary>Checks the values.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    internal void Check()
    {
        if (EsimAction.Find(Action)?.Name != Action)
        {
            throw Invalid($"'{Action}' is no action; use one of: {string.Join(", ", EsimAction.All.Select(known => known.Name))}");
        }

        if (Approvals is < 0 or > MostApprovals)
        {
            throw Invalid($"a number of approvals is 0 to {MostApprovals}, not {Approvals}");
        }

        if (WavesFrom is < 1)
        {
            throw Invalid($"waves can be demanded from 1 profile on, not from {WavesFrom}");
        }

        foreach (var approver in Approvers)
        {
            approver.Check();
        }

        if (Approvers.Count > 0 && Approvers.Count < Approvals)
        {
            throw Invalid($"{Approvals} approvals are demanded of {Approvers.Count} approvers");
        }

        if (Approvers.GroupBy(approver => approver.Thumbprint).Any(group => group.Count() > 1))
        {
            throw Invalid("an approver is named twice");
        }

        foreach (var cap in Caps)
        {
            cap.Check();
        }

        if (Caps.GroupBy(cap => cap.Within).Any(group => group.Count() > 1))
        {
            throw Invalid("there are two caps for one time");
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var demands = Caps.Select(cap => $"at most {cap}").ToList();
        if (NeedsPlan)
        {
            demands.Insert(0, "a plan");
        }

        if (Approvals > 0)
        {
            var who = Approvers.Count > 0 ? $" by {string.Join(" or ", Approvers.Select(approver => approver.ShortName))}" : string.Empty;
            demands.Insert(1, (Approvals == 1 ? "1 approval" : $"{Approvals} approvals") + who);
        }

        if (WavesFrom is { } from)
        {
            demands.Add($"waves from {from} profiles on");
        }

        return $"{Action}: {string.Join(", ", demands)}";
    }

    private EsimException Invalid(string problem) => new(EsimError.EsimParameterInvalid, $"The policy's rule for '{Action}' makes no sense: {problem}.");
}
