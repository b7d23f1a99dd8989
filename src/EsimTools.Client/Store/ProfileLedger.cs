// What is known of each profile, in structs of a fixed size, so that a fleet of a million fits into the memory of a shell.

using EsimTools.Model;
using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>
/// The newest word of the service on each profile and the request that last reserved it. Not thread-safe: the tracker locks around it.
/// </summary>
internal sealed class ProfileLedger
{
    // Moments of outcomes are kept to the second, counted from here.
    private static readonly DateTimeOffset s_epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly LedgerTable<LedgerEntry> _entries;
    private readonly LedgerTable<Proof> _proofs;
    private readonly SharedValues<ProofState> _sharedProofs = new();
    private readonly OpenRequests _open = new();

    private readonly EventOrder _order;
    private readonly WordTable _words = new();

    /// <param name="order">The order of events.</param>
    public ProfileLedger(EventOrder order)
    {
        _order = order;
        var profiles = new Dictionary<IdentifierKey, int>();
        _entries = new(profiles);
        _proofs = new(profiles);
        Euiccs = new((profile, request) => OpenFor(profile).Contains(request));
    }

    /// <summary>What is known of the eUICCs that they are on.</summary>
    public EuiccLedger Euiccs { get; }

    /// <summary>The request that last reserved the profile (0 when none has), and what became of it.</summary>
    public Reservation FindReservation(IdentifierKey key) => ReservationIn(_entries[key]);

    /// <summary>Both at once, the word with what a later event on another profile of its eUICC means for it.</summary>
    /// <param name="key">The profile.</param>
    /// <param name="eid">Its eUICC; none where it is not known.</param>
    public ProfileKnowledge Recall(IdentifierKey key, IdentifierKey eid)
    {
        var entry = _entries[key];
        return new(ReservationIn(entry), WithoutOld(entry, StatementOf(entry, key, eid)));
    }

    /// <summary>Every request that is the last one for some profile and has not ended for it.</summary>
    public IReadOnlyCollection<int> OpenRequests() => _open.Numbers;

    /// <summary>Whether a request is open for some profile.</summary>
    public bool IsOpen(int request) => _open.CountOf(request) > 0;

    /// <summary>Whether a request is open for another profile than one.</summary>
    public bool IsOpenForOthers(int request, IdentifierKey profile) =>
        _open.CountOf(request) > (OpenFor(profile).Contains(request) ? 1 : 0);

    /// <summary>Notes that a request is about to act on the profile, or has. One that is open for it stays open behind it.</summary>
    public void Reserve(IdentifierKey key, int request)
    {
        var entry = _entries[key];
        if (entry is { Request: > 0, Outcome: OutcomeStatus.Pending } && entry.Request != request)
        {
            _open.KeepBehind(key, entry.Request);
        }

        Put(key, entry, entry with { Request = request, Outcome = OutcomeStatus.Pending });
    }

    /// <summary>Notes a request that was sent before the one that holds the profile: it is open behind that one.</summary>
    public void ReserveBehind(IdentifierKey key, int request) => _open.KeepBehind(key, request);

    /// <summary>Notes the outcome of a request for the profile.</summary>
    public void Settle(IdentifierKey key, int request, OutcomeStatus outcome, DateTimeOffset at)
    {
        if (outcome == OutcomeStatus.Pending)
        {
            return;
        }

        if (_entries[key] is var entry && entry.Request == request)
        {
            Put(key, entry, entry with { Outcome = outcome, Settled = (uint)Math.Max(0, (at - s_epoch).TotalSeconds) });
        }
        else
        {
            _open.EndBehind(key, request);
        }
    }

    /// <summary>Every request that is open for a profile, the last one first.</summary>
    public IEnumerable<int> OpenFor(IdentifierKey key)
    {
        if (_entries[key] is { Request: > 0, Outcome: OutcomeStatus.Pending } entry)
        {
            yield return entry.Request;
        }

        foreach (var request in _open.Behind(key))
        {
            yield return request;
        }
    }

    /// <summary>What is known of a profile now for the question whether it is proven disabled.</summary>
    public ProofState ProofOf(IdentifierKey key) => _proofs[key] is not { Shared: { } shared } proof ? default
        : shared.Value.IsPlaced ? (shared.Value with { Euicc = proof.Euicc }).AsOf(_order.Now().UtcTicks, _order.SetBackAt)
        : shared.Value with { Euicc = proof.Euicc };

    /// <summary>Replaces that.</summary>
    public void Put(IdentifierKey key, in ProofState proof) => _proofs[key] = new(_sharedProofs.Of(proof with { Euicc = default }), proof.Euicc);

    /// <summary>
    /// Notes what the service said. Older words never replace newer ones; a word left out leaves the earlier one standing, also when that one
    /// arrives later: messages overtake each other, and LEAD must not get lost because a younger message was silent on the role.
    /// </summary>
    public void Note(IdentifierKey key, in ProfileState statement)
    {
        var ticks = statement.At?.UtcTicks ?? 0;
        var entry = _entries[key];
        var isNewest = entry.Source == EvidenceSource.None || ticks >= entry.Ticks;
        var (state, stateTicks) = Newer(statement.State, ticks, entry.State, entry.StateTicks);
        var (status, statusTicks) = Newer(statement.ProfileStatus, ticks, entry.ProfileStatus, entry.StatusTicks);

        // What disputes an outcome is as old as that, and so is what repeats it: of words of one age LEAD stands. Outcomes are kept to the second.
        var isOfOneAge = Math.Abs(ticks - entry.RoleTicks) < TimeSpan.TicksPerSecond;
        var (role, roleTicks) = isOfOneAge && ServiceWords.IsLead(_words[entry.ProfileRole]) ? (entry.ProfileRole, entry.RoleTicks)
            : isOfOneAge && ServiceWords.IsLead(statement.ProfileRole) ? (_words.Of(statement.ProfileRole!), Math.Max(ticks, entry.RoleTicks))
            : Newer(statement.ProfileRole, ticks, entry.ProfileRole, entry.RoleTicks);
        _entries[key] = entry with
        {
            Source = isNewest ? statement.Source : entry.Source,
            Ticks = isNewest ? ticks : entry.Ticks,
            StateTicks = stateTicks,
            StatusTicks = statusTicks,
            RoleTicks = roleTicks,
            State = state,
            ProfileStatus = status,
            ProfileRole = role,
        };
    }

    /// <summary>The newest word on a profile, with what a later event on another profile of its eUICC means for it.</summary>
    /// <param name="key">The profile.</param>
    /// <param name="eid">Its eUICC; none where it is not known.</param>
    public ProfileState StatementOf(IdentifierKey key, IdentifierKey eid)
    {
        var entry = _entries[key];
        return WithoutOld(entry, StatementOf(entry, key, eid));
    }

    private ProfileState StatementOf(in LedgerEntry entry, IdentifierKey key, IdentifierKey eid)
    {
        var statement = StatementIn(entry);
        if (eid.IsNone || Euiccs.EventOn(eid) is not { Effect: not EffectOnOthers.None } last || last.Profile == key || last.Ticks < entry.StatusTicks)
        {
            // What the service said of the profile's own status after the event counts more; words on its service state say nothing of it.
            return statement;
        }

        // The documents are plain that enabling one profile disables all others, and that the eUICC falls back to another one when the
        // enabled one goes; to which is not said. A profile that the service has never spoken of may not be on the eUICC at all.
        return last.Effect switch
        {
            EffectOnOthers.Disables when ServiceWords.IsEnabled(statement.ProfileStatus)
                || (statement.ProfileStatus is null && statement.Source != EvidenceSource.None) =>
                statement with
                {
                    Source = EvidenceSource.Callback,
                    At = ServiceWords.IsDeactive(statement.State) && statement.At > last.At ? statement.At : last.At,
                    ProfileStatus = "DISABLE",
                },
            EffectOnOthers.MayEnable when ServiceWords.IsDisabled(statement.ProfileStatus) => statement with { ProfileStatus = null },
            _ => statement,
        };
    }

    /// <summary>
    /// What the service has said of a profile since a moment, and no more of it than was said at once: together with the word that shows the
    /// effect of an action, or in the newest message where no such word has been said. So no word passes for younger than it is.
    /// </summary>
    /// <param name="since">The moment.</param>
    /// <param name="action">The action.</param>
    /// <param name="key">The profile.</param>
    /// <param name="eid">Its eUICC; none where it is not known.</param>
    /// <returns>The words, their age, and who spoke last; nothing when the service has said nothing since.</returns>
    public ProfileState StatementSince(DateTimeOffset since, EsimAction action, IdentifierKey key, IdentifierKey eid)
    {
        var entry = _entries[key];
        var statement = StatementOf(entry, key, eid);
        if (entry.Source == EvidenceSource.None)
        {
            return default;
        }

        // Where the status is not the profile's own, an event on its eUICC has made it what it is.
        var isOfEuicc = statement.ProfileStatus != _words[entry.ProfileStatus];
        var statusTicks = isOfEuicc ? Euiccs.EventOn(eid).Ticks : entry.StatusTicks;
        var (word, ticks) = action.ProvesState is not null ? (statement.State, entry.StateTicks)
            : action.ProvesProfileStatus is not null ? (statement.ProfileStatus, statusTicks)
            : default;
        var moment = word is null || ticks < since.UtcTicks ? entry.Ticks : ticks;
        return moment < since.UtcTicks ? default : new(
            isOfEuicc && moment == statusTicks ? EvidenceSource.Callback : entry.Source,
            new DateTimeOffset(moment, TimeSpan.Zero),
            entry.StateTicks == moment ? statement.State : null,
            statusTicks == moment ? statement.ProfileStatus : null,
            entry.RoleTicks == moment ? statement.ProfileRole : null);
    }

    private static Reservation ReservationIn(in LedgerEntry entry) =>
        entry.Request > 0 ? new(entry.Request, entry.Outcome, s_epoch.AddSeconds(entry.Settled)) : default;

    private ProfileState StatementIn(in LedgerEntry entry) =>
        entry.Source != EvidenceSource.None
            ? new(entry.Source, new DateTimeOffset(ProofOf(entry), TimeSpan.Zero), _words[entry.State], _words[entry.ProfileStatus], _words[entry.ProfileRole])
            : default;

    // Beside newer words one that is more than a day older is not told: it would pass for as young as they are. Words that it is disabled have their own age, and
    // what is deleted stays deleted.
    private static ProfileState WithoutOld(in LedgerEntry entry, in ProfileState statement) => statement with
    {
        State = IsTold(statement.State, entry.Ticks - entry.StateTicks) ? statement.State : null,
        ProfileStatus = IsTold(statement.ProfileStatus, entry.Ticks - entry.StatusTicks) ? statement.ProfileStatus : null,
    };

    private static bool IsTold(string? said, long older) =>
        older <= Guard.ProofLifetime.Ticks || ServiceWords.IsDeactive(said) || ServiceWords.IsDisabled(said) || ServiceWords.IsDeleted(said);

    private void Put(IdentifierKey key, in LedgerEntry before, in LedgerEntry after)
    {
        _entries[key] = after;
        CountOpen(before, -1);
        CountOpen(after, 1);
    }

    private void CountOpen(in LedgerEntry entry, int change)
    {
        if (entry is { Request: > 0, Outcome: OutcomeStatus.Pending })
        {
            _open.Count(entry.Request, change);
        }
    }

    private (byte Word, long Ticks) Newer(string? word, long ticks, byte known, long knownTicks) =>
        word is null || ticks < knownTicks ? (known, knownTicks) : (_words.Of(word), ticks);

    // A word that newer statements left out is no younger for them: what proves that a profile may be deleted has the age of its own word.
    private long ProofOf(in LedgerEntry entry) =>
        (ServiceWords.IsDeactive(_words[entry.State]), ServiceWords.IsDisabled(_words[entry.ProfileStatus])) switch
        {
            (true, true) => Math.Max(entry.StateTicks, entry.StatusTicks),
            (true, false) => entry.StateTicks,
            (false, true) => entry.StatusTicks,
            (false, false) => entry.Ticks,
        };

    // All but its eUICC the profiles of a request have in common.
    private readonly record struct Proof(SharedValues<ProofState>.Shared? Shared, IdentifierKey Euicc);
}
