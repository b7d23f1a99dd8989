// What the policy says of a run: refused at once where nothing of it may be sent; told beforehand where nothing is going to be sent.

using EsimTools.Policy;

namespace EsimTools.Runs;

/// <summary>The policy at the beginning of a run, and for a rehearsal. What leaves is judged by it again at the moment of sending.</summary>
internal sealed class RunPolicy
{
    private readonly RunServices _services;
    private readonly EsimRunHost _host;
    private readonly EsimPolicy? _policy;
    private readonly bool _isPlanned;
    private readonly Dictionary<(EsimAction Action, string Account), int> _counts = [];

    /// <param name="services">What runs share.</param>
    /// <param name="host">Who is told.</param>
    /// <param name="action">The action.</param>
    /// <param name="options">The run's options.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPolicyRefused"/>, <see cref="EsimError.EsimPolicyUnusable"/>.</exception>
    public RunPolicy(RunServices services, EsimRunHost host, EsimAction action, EsimRunOptions options)
    {
        _services = services;
        _host = host;
        _isPlanned = options.PlanId is not null || host.MakesPlan;
        try
        {
            _policy = services.Tracker.Policy.Read();
            EsimAction[] actions = options.DisableFirst ? [EsimAction.Deactivate, action] : [action];
            if (actions.Select(sent => PolicyRefusal.OfAll(_policy, sent, _isPlanned)).FirstOrDefault(reason => reason is not null) is { } reason)
            {
                throw PolicyRefusal.Error($"'{action}' was not begun", reason);
            }
        }
        catch (EsimException e) when (host.IsRehearsal)
        {
            host.OnWarning($"It would be refused now. {e.Message}");
        }
    }

    /// <summary>Notes a profile that something would be sent for.</summary>
    public void Rehearse(EsimAction action, string account, bool disablesFirst)
    {
        if (_host.IsRehearsal && _policy is not null)
        {
            Count(action, account);
            if (disablesFirst)
            {
                Count(EsimAction.Deactivate, account);
            }
        }
    }

    /// <summary>Tells of a rehearsal how many of its profiles the policy would refuse now.</summary>
    public void Flush()
    {
        foreach (var ((action, account), count) in _counts.Select(entry => (entry.Key, entry.Value)))
        {
            if (_policy!.RuleFor(action) is not { } rule)
            {
                continue;
            }

            if (!_isPlanned && rule.WavesFrom is { } from && count >= from)
            {
                _host.OnWarning($"'{action}' for {RunWords.Profiles(count)} of account {account} would be refused now: {PolicyRefusal.OfWaves(action, from)}.");
            }

            if (_services.Tracker.Policy.RoomFor(rule, action, account) is { Cap: not null } room && room.Left < count)
            {
                _host.OnWarning($"'{action}' for {count - room.Left} of {RunWords.Profiles(count)} of account {account} would be refused now: {room.Explain(action.Name, account)}.");
            }
        }

        _counts.Clear();
    }

    private void Count(EsimAction action, string account) => _counts[(action, account)] = _counts.TryGetValue((action, account), out var count) ? count + 1 : 1;
}
