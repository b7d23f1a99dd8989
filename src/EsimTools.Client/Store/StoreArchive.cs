// Archiving: which parts of the store are still needed, and the putting away of the others.

namespace EsimTools.Store;

/// <summary>Archives parts of the store.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="table">The requests, and what is kept whatever becomes of them.</param>
/// <param name="ledger">Which requests are open.</param>
/// <param name="order">What time it is.</param>
/// <param name="plans">Which plans are not over.</param>
/// <param name="gate">Counts what was sent against the policy.</param>
/// <param name="policy">The policy.</param>
/// <param name="store">The store.</param>
internal sealed class StoreArchive(object memory, RequestTable table, ProfileLedger ledger, EventOrder order, PlanBook plans, PolicyGate gate, PolicyKeeper policy, IEsimStore store)
{
    /// <summary>Archives the parts that no longer matter.</summary>
    /// <returns>How many.</returns>
    public int Run()
    {
        EsimPolicy? rules;
        try
        {
            rules = policy.Read();
        }
        catch (EsimException e) when (e.Error == EsimError.EsimPolicyUnusable)
        {
            // Nobody knows what it counts.
            return 0;
        }

        HashSet<string?> needed;
        lock (memory)
        {
            needed = new(ledger.OpenRequests().Select(number => table[number].Path).Concat(table.KeptFiles).Concat(plans.NeededParts()).Concat(gate.CountedFiles(rules, order.Now())), StringComparer.Ordinal);
        }

        return store.Archive(needed.Contains);
    }
}
