// The policy that all who share the store go by: read, changed, and how much room it leaves.

using EsimTools.Policy;

namespace EsimTools.Store;

/// <summary>Reads and changes the policy. Every member may be called from any thread.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="gate">Counts what was sent.</param>
/// <param name="order">What time it is.</param>
/// <param name="store">Where it is kept.</param>
/// <param name="tracker">Reads what others have written.</param>
internal sealed class PolicyKeeper(object memory, PolicyGate gate, EventOrder order, IEsimStore store, RequestTracker tracker)
{
    /// <summary>The policy; null where there is none.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPolicyUnusable"/>.</exception>
    public EsimPolicy? Read() => store.ReadPolicy() is { } text ? EsimPolicy.Parse(text) : null;

    /// <summary>Changes the policy, while nobody is choosing what to send.</summary>
    /// <param name="change">Given the policy of before, gives the one from now on; null where there is none.</param>
    /// <param name="cancellationToken">Ends the waiting for others who are choosing what to send.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPolicyUnusable"/>, <see cref="EsimError.EsimParameterInvalid"/>.</exception>
    public Task ChangeAsync(Func<EsimPolicy?, EsimPolicy?> change, CancellationToken cancellationToken) =>
        store.WritePolicyAsync(text => change(text is null ? null : EsimPolicy.Parse(text))?.ToJson(), cancellationToken);

    /// <summary>Takes the policy away, also one that cannot be read.</summary>
    public Task RemoveAsync(CancellationToken cancellationToken) => store.WritePolicyAsync(null, cancellationToken);

    /// <inheritdoc cref="PolicyGate.FindUncounted"/>
    public GuardVerdict? FindUncounted(EsimPolicyRule rule, EsimAction action)
    {
        lock (memory)
        {
            return gate.FindUncounted(rule, action);
        }
    }

    /// <summary>How much room the caps of a rule leave by all that is known here.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="action">The action.</param>
    /// <param name="accountName">The account.</param>
    /// <param name="ahead">What a run has set on its way to the action; null counts only what was sent.</param>
    public CapRoom RoomFor(EsimPolicyRule rule, EsimAction action, string accountName, RunAhead? ahead = null)
    {
        tracker.Refresher.TryRefresh();
        lock (memory)
        {
            return gate.RoomFor(rule, action, accountName, ahead, order.Now());
        }
    }
}
