// -DisableFirst looks ahead: a profile that the policy would not let be deleted is not deactivated either, and keeps its service.

using EsimTools.Policy;

namespace EsimTools.Runs;

/// <summary>Knows for how many profiles the action behind the deactivations may still be sent. The driving thread alone uses it.</summary>
/// <param name="services">What runs share.</param>
/// <param name="action">The action of the run.</param>
/// <param name="run">The run.</param>
internal sealed class RoomAhead(RunServices services, EsimAction action, EsimRunInfo run)
{
    private readonly Dictionary<string, int> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Profiles are on their way to the action.</summary>
    public void Take(string account, int profiles) => _taken[NameOf(account)] = TakenOf(account) + profiles;

    /// <summary>Profiles will not come to it.</summary>
    public void Drop(string account, int profiles) => _taken[NameOf(account)] = TakenOf(account) - profiles;

    /// <summary>What caps count an account under: blanks around its name, as rows have them, make it no other one.</summary>
    public static string NameOf(string account) => account.Trim();

    /// <summary>How many more profiles of an account may be set on their way, and why no further ones.</summary>
    /// <param name="account">The account.</param>
    /// <param name="wanted">How many there are.</param>
    /// <param name="atOnce">Whether they go together or not at all.</param>
    public (int Left, GuardVerdict Refusal) Look(string account, int wanted, bool atOnce = false)
    {
        var policy = services.Tracker.Policy.Read();
        if (PolicyRefusal.OfAll(policy, action, run.PlanId is not null) is { } closed)
        {
            return (0, PolicyRefusal.Verdict(closed, closed));
        }

        if (policy?.RuleFor(action) is not { } rule)
        {
            return (int.MaxValue, default);
        }

        if (services.Tracker.Policy.FindUncounted(rule, action) is { } uncounted)
        {
            return (0, uncounted);
        }

        if (run.PlanId is null && rule.WavesFrom is { } from && from - 1 - _taken.Values.Sum() is var few && few < wanted)
        {
            var waves = PolicyRefusal.OfWaves(action, from);
            return (Math.Max(0, few), PolicyRefusal.Verdict(waves, waves));
        }

        var room = services.Tracker.Policy.RoomFor(rule, action, account, new(run, TakenOf(account), atOnce ? wanted : 1));
        return room.Left < wanted ? (room.Left, PolicyRefusal.Verdict(room.Explain(action.Name, account), $"{action}/{account}/{room.Cap}")) : (int.MaxValue, default);
    }

    private int TakenOf(string account) => _taken.TryGetValue(NameOf(account), out var taken) ? taken : 0;
}
