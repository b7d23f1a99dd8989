// What the guard keeps back, and what it lets pass with a warning. A request in doubt is told once, with the number of its profiles,
// and so is a rule of the policy.

namespace EsimTools.Runs;

/// <summary>Tells of refusals and warnings of the guard.</summary>
internal sealed class RunRefusals(RunServices services, EsimRunHost host, EsimAction action, RunTally tally)
{
    private readonly Dictionary<string, List<GuardRefusal>> _doubts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (EsimAction Action, List<GuardRefusal> Refusals)> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Count, EsimProfile First)> _warnings = new(StringComparer.Ordinal);

    /// <summary>Keeps a profile back.</summary>
    /// <param name="refusal">The profile and the guard's reason.</param>
    /// <param name="source">The object that it was read from.</param>
    /// <param name="refused">What was not sent; null means the action of the run.</param>
    public void Add(GuardRefusal refusal, object source, EsimAction? refused = null)
    {
        tally.KeptBack(refusal.Verdict.Error ?? EsimError.EsimProfileStateUnknown, refusal.Profile);
        if (refusal.Verdict is { Error: EsimError.EsimOutcomeUnknown, OpenRequest: { } open })
        {
            if (!_doubts.TryGetValue(open, out var doubt))
            {
                _doubts[open] = doubt = [];
            }

            doubt.Add(refusal);
        }
        else if (refusal.Verdict.Rule is { } rule)
        {
            if (!_rules.TryGetValue(rule, out var ruled))
            {
                _rules[rule] = ruled = (refused ?? action, []);
            }

            ruled.Refusals.Add(refusal);
        }
        else
        {
            host.OnProblem(refusal.ToException(refused ?? action), source);
        }
    }

    /// <summary>Keeps a warning for the end.</summary>
    public void Warn(EsimProfile profile, in GuardVerdict verdict)
    {
        if (verdict.Warning is { } warning)
        {
            _warnings[warning] = _warnings.TryGetValue(warning, out var told) ? (told.Count + 1, told.First) : (1, profile);
        }
    }

    /// <summary>Tells of what has gathered: each request in doubt, each rule of the policy, and each warning, once.</summary>
    public void Flush()
    {
        foreach (var (open, refusals) in _doubts.Select(doubt => (doubt.Key, doubt.Value)))
        {
            var profiles = refusals.ConvertAll(refusal => refusal.Profile);
            var one = refusals[0].ToException(action);
            host.OnProblem(
                profiles.Count == 1 ? one : new(
                    one.Error,
                    $"'{action}' was not sent for {RunWords.Profiles(profiles.Count)} (the first is {profiles[0]}): it is not known whether the service took the earlier request {open}, which holds them.",
                    one.RecommendedAction) { RequestId = open },
                services.Follower.Find(open)?.Part(profiles) ?? (object)profiles);
        }

        _doubts.Clear();
        foreach (var (refused, refusals) in _rules.Values)
        {
            // What has been counted meanwhile, and when the next may be sent, is told as it was seen last.
            var profiles = refusals.ConvertAll(refusal => refusal.Profile);
            var last = refusals[refusals.Count - 1];
            var one = last.ToException(refused);
            host.OnProblem(
                new(
                    one.Error,
                    profiles.Count == 1 ? one.Message : $"'{refused}' was not sent for {RunWords.Profiles(profiles.Count)} (the first is {profiles[0]}): {last.Verdict.Reason}.",
                    one.RecommendedAction) { Reason = last.Verdict.Reason },
                profiles.Count == 1 ? profiles[0] : profiles);
        }

        _rules.Clear();
        foreach (var warning in _warnings)
        {
            var (count, first) = warning.Value;
            host.OnWarning(count == 1
                ? $"{first}: {warning.Key}; '{action}' was not kept back for that."
                : $"{count} profiles (the first is {first}): {warning.Key}; '{action}' was not kept back for that.");
        }

        _warnings.Clear();
    }
}
