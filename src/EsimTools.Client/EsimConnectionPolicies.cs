// What a connection does with the policy that all who share its journal keep to.

using EsimTools.Store;

namespace EsimTools;

/// <summary>The policy of a connection's journal.</summary>
public static class EsimConnectionPolicies
{
    /// <summary>The policy that all who share the journal keep to; null where there is none.</summary>
    /// <param name="connection">The connection.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPolicyUnusable"/>: there is one that is not understood, so nothing is sent.</exception>
    public static EsimPolicy? GetPolicy(this EsimConnection connection) => Of(connection).Read();

    /// <summary>Changes the policy in one step: what others send is judged by the one of before or by the new one.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="change">Given the policy of before, gives the one from now on; null where there is none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPolicyUnusable"/>, <see cref="EsimError.EsimParameterInvalid"/>, <see cref="EsimError.EsimJournalUnavailable"/>: nothing was changed.</exception>
    public static Task ChangePolicyAsync(this EsimConnection connection, Func<EsimPolicy?, EsimPolicy?> change, CancellationToken cancellationToken = default) =>
        Of(connection).ChangeAsync(change ?? throw new ArgumentNullException(nameof(change)), cancellationToken);

    /// <summary>Takes the policy away, also one that is not understood.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: it is still there.</exception>
    public static Task RemovePolicyAsync(this EsimConnection connection, CancellationToken cancellationToken = default) => Of(connection).RemoveAsync(cancellationToken);

    private static PolicyKeeper Of(EsimConnection connection) => (connection ?? throw new ArgumentNullException(nameof(connection))).Tracker.Policy;
}
