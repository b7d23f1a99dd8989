// What is known of a profile, for whoever asks: the service's newest words, and why it is proven disabled or not.

namespace EsimTools.Store;

/// <summary>Recalls profiles. Takes the lock of the memory itself.</summary>
/// <param name="memory">The lock of the memory.</param>
/// <param name="ledger">What is known of profiles.</param>
/// <param name="order">The order of events.</param>
/// <param name="identifiers">Reads identifiers.</param>
/// <param name="book">Weighs what is known.</param>
internal sealed class ProfileRecall(object memory, ProfileLedger ledger, EventOrder order, IdentifierKeys identifiers, ProofBook book)
{
    /// <summary>Why a profile is proven disabled, or why not.</summary>
    public ProofFinding Explain(EsimProfile profile, string accountName)
    {
        var keys = identifiers.KeysOf(profile);
        lock (memory)
        {
            return book.FindingOf(book.Weigh(profile, keys, accountName, order.Now(), ownNumber: 0));
        }
    }

    /// <summary>The newest word of the service on a profile.</summary>
    public ProfileState StatementOf(EsimProfile profile)
    {
        var keys = identifiers.KeysOf(profile);
        lock (memory)
        {
            return ledger.StatementOf(keys.First, keys.Eid);
        }
    }

    /// <summary>What the service has said of a profile since a moment that shows whether an action has been carried out; see <see cref="ProfileLedger.StatementSince"/>.</summary>
    public ProfileState StatementSince(DateTimeOffset moment, EsimAction action, EsimProfile profile)
    {
        var keys = identifiers.KeysOf(profile);
        lock (memory)
        {
            return ledger.StatementSince(moment, action, keys.First, keys.Eid);
        }
    }

    /// <summary>What the service has said of a profile; null when it has said nothing.</summary>
    public EsimProfile? Recall(EsimProfile profile, string accountName) => StatementOf(profile) is { Source: not EvidenceSource.None } known
        ? new(profile)
        {
            AccountName = accountName,
            Known = known,
        }
        : null;

    /// <summary>Adds to what the list says of a profile what was confirmed here and the list leaves out.</summary>
    public EsimProfile Complete(EsimProfile listed)
    {
        var known = StatementOf(listed);
        return new EsimProfile(listed)
        {
            AccountName = listed.AccountName,
            ServicePlan = listed.ServicePlan,
            State = known.State ?? listed.State,
            ProfileStatus = known.ProfileStatus ?? listed.ProfileStatus,
            ProfileRole = known.ProfileRole ?? listed.ProfileRole,
            Connected = listed.Connected,
            Source = listed.ProfileStatus is null && known.ProfileStatus is not null ? EvidenceSource.Callback : listed.Source,
            AsOf = listed.ProfileStatus is null && known.ProfileStatus is not null ? known.At : listed.AsOf,
        };
    }
}
