// The policy: which actions need a plan, approvals and waves, how much of them is allowed in which time, and whether anything may be sent at all.

using EsimTools.Policy;

namespace EsimTools;

/// <summary>What is allowed to all who share a journal. It is kept beside the journal; an action without a rule is allowed.</summary>
public sealed record EsimPolicy
{
    /// <summary>Whether nothing may be sent at all.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The rules, at most one for each action.</summary>
    public IReadOnlyList<EsimPolicyRule> Rules { get; init; } = [];

    /// <summary>How long something that was sent may count.</summary>
    internal TimeSpan LongestCap => Rules.SelectMany(rule => rule.Caps).Select(cap => cap.Within).DefaultIfEmpty().Max();

    /// <summary>The rule for an action; null where there is none.</summary>
    /// <param name="action">The action.</param>
    public EsimPolicyRule? RuleFor(EsimAction action) => Rules.FirstOrDefault(rule => rule.Action == (action ?? throw new ArgumentNullException(nameof(action))).Name);

    /// <summary>The same policy with another rule for the rule's action, or without one where the new one demands nothing.</summary>
    /// <param name="rule">The rule.</param>
    public EsimPolicy With(EsimPolicyRule rule)
    {
        _ = rule ?? throw new ArgumentNullException(nameof(rule));
        var others = Rules.Where(other => other.Action != rule.Action);
        return this with { Rules = (rule.IsEmpty ? others : others.Append(rule)).OrderBy(other => other.Action, StringComparer.Ordinal).ToArray() };
    }

    /// <summary>What another policy would allow that this one does not, in words: a change that somebody should be asked about.</summary>
    /// <param name="after">The other one; null for none at all.</param>
    public IReadOnlyList<string> FindLoosened(EsimPolicy? after) => PolicyLoosening.Find(this, after);

    /// <summary>Reads a policy.</summary>
    /// <param name="json">The text, as <see cref="ToJson"/> writes it; docs/policy.schema.json describes it.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPolicyUnusable"/>: something in it is not understood here.</exception>
    public static EsimPolicy Parse(string json) => PolicyReader.Read(json ?? throw new ArgumentNullException(nameof(json)));

    /// <summary>The policy as JSON, for people to read too.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>: a value makes no sense.</exception>
    public string ToJson()
    {
        Check();
        return PolicyText.Write(this);
    }

    /// <summary>Checks the values.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    internal void Check()
    {
        foreach (var rule in Rules)
        {
            rule.Check();
        }

        if (Rules.GroupBy(rule => rule.Action).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"The policy has two rules for '{twice.Key}'.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join("; ", Rules.Select(rule => rule.ToString()).Prepend(IsReadOnly ? "read-only" : string.Empty).Where(text => text.Length > 0));
}
