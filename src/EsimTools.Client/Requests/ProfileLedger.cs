// What is known of each profile, in about seventy bytes, so that a million of them fit beside a running command.

using EsimTools.Identity;
using EsimTools.Rules;

namespace EsimTools.Requests;

/// <summary>The last request for a profile and what became of the profile in it.</summary>
/// <param name="Request">The request's number; 0 when there was none.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="SettledAt">When that became known, to the second.</param>
internal readonly record struct ProfileClaim(int Request, OutcomeStatus Outcome, DateTimeOffset SettledAt)
{
    /// <summary>Whether there is one that has not ended.</summary>
    public bool IsOpen => Request > 0 && Outcome == OutcomeStatus.Pending;
}

/// <summary>
/// The newest word of the service on each profile and the request that last claimed it. Not thread-safe: the tracker locks around it.
/// </summary>
internal sealed class ProfileLedger
{
    /// <summary>Lines that were read within this time belong to one reading of the list.</summary>
    private static readonly TimeSpan OneListing = TimeSpan.FromMinutes(10);

    // Moments of outcomes are kept to the second, counted from here.
    private static readonly DateTimeOffset s_epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<IdentifierKey, Entry> _entries = [];
    private readonly Dictionary<IdentifierKey, CardEvent> _cardEvents = [];
    private readonly Dictionary<IdentifierKey, (bool Connected, DateTimeOffset At)> _connectedCards = [];
    private readonly WordTable _words = new();
    private int _expected;

    /// <summary>The request that last claimed the profile (0 when none has), and what became of it.</summary>
    public ProfileClaim FindClaim(IdentifierKey key) =>
        _entries.TryGetValue(key, out var entry) ? new(entry.Request, entry.Outcome, s_epoch.AddSeconds(entry.Settled)) : default;

    /// <summary>The newest word of the service on a profile.</summary>
    public ProfileStatement FindStatement(IdentifierKey key) =>
        !_entries.TryGetValue(key, out var entry) ? default : (
            entry.Source == EvidenceSource.None
                ? default
                : new(entry.Source, new DateTimeOffset(ProofOf(entry), TimeSpan.Zero), _words[entry.State], _words[entry.ProfileStatus], _words[entry.ProfileRole]));

    /// <summary>Makes room for about as many more profiles at once, because growing step by step costs twice the memory for a moment.</summary>
    public void Expect(int profiles)
    {
        if (profiles > EsimConnection.MostProfilesPerRequest)
        {
            _expected = _entries.Count + profiles;
            MakeRoom(_entries, _expected);
        }
    }

    /// <summary>Every request that is the last one for some profile and has not ended for it.</summary>
    public HashSet<int> OpenRequests()
    {
        var open = new HashSet<int>();
        foreach (var entry in _entries.Values)
        {
            if (entry.Request > 0 && entry.Outcome == OutcomeStatus.Pending)
            {
                open.Add(entry.Request);
            }
        }

        return open;
    }

    /// <summary>Notes that a request is about to act on the profile.</summary>
    public void Claim(IdentifierKey key, int request)
    {
        _entries.TryGetValue(key, out var entry);
        _entries[key] = entry with { Request = request, Outcome = OutcomeStatus.Pending };
    }

    /// <summary>Notes the outcome of a request for the profile; of an older request than the last one it changes nothing.</summary>
    public void Settle(IdentifierKey key, int request, OutcomeStatus outcome, DateTimeOffset at)
    {
        if (_entries.TryGetValue(key, out var entry) && entry.Request == request)
        {
            _entries[key] = entry with { Outcome = outcome, Settled = (uint)Math.Max(0, (at - s_epoch).TotalSeconds) };
        }
    }

    /// <summary>
    /// Notes what the service said. Older words never replace newer ones; a word left out leaves the earlier one standing, also when that one
    /// arrives later: messages overtake each other, and LEAD must not get lost because a younger message was silent on the role.
    /// </summary>
    public void Note(IdentifierKey key, in ProfileStatement statement)
    {
        var ticks = statement.At?.UtcTicks ?? 0;
        _entries.TryGetValue(key, out var entry);
        var isNewest = entry.Source == EvidenceSource.None || ticks >= entry.Ticks;
        var (state, stateTicks) = Newer(statement.State, ticks, entry.State, entry.StateTicks);
        var (status, statusTicks) = Newer(statement.ProfileStatus, ticks, entry.ProfileStatus, entry.StatusTicks);
        var (role, roleTicks) = Newer(statement.ProfileRole, ticks, entry.ProfileRole, entry.RoleTicks);
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

    /// <summary>Notes that an action on one profile of a card has changed, or may have changed, the card's other profiles.</summary>
    /// <param name="eid">The card.</param>
    /// <param name="profile">The profile that was acted on.</param>
    /// <param name="effect">What it means for the others.</param>
    /// <param name="at">When it was confirmed.</param>
    public void NoteCardEvent(IdentifierKey eid, IdentifierKey profile, EffectOnOthers effect, DateTimeOffset at)
    {
        // A confirmation that is repeated, or comes late, must not undo what a newer one has done to the card.
        if (!_cardEvents.TryGetValue(eid, out var last) || last.Ticks <= at.UtcTicks)
        {
            if (_cardEvents.Count == 0)
            {
                MakeRoom(_cardEvents, _expected);
            }

            _cardEvents[eid] = new(profile, at.UtcTicks, effect);
        }
    }

    /// <summary>The newest word on a profile, with what a later event on another profile of its card means for it.</summary>
    /// <param name="key">The profile.</param>
    /// <param name="eid">Its card, where known.</param>
    public ProfileStatement StatementOf(IdentifierKey key, IdentifierKey? eid)
    {
        var statement = FindStatement(key);
        if (eid is not { } card || !_cardEvents.TryGetValue(card, out var last) || last.Profile == key
            || (_entries.TryGetValue(key, out var entry) && last.Ticks < entry.StatusTicks))
        {
            // What the service said of the profile's own status after the event counts more; words on its service state say nothing of it.
            return statement;
        }

        // The documents are plain that enabling one profile disables all others, and that the card falls back to another one when the
        // enabled one goes; to which is not said. A profile that the service has never spoken of may not be on the card at all.
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
    /// <param name="eid">Its card, where known.</param>
    /// <returns>The words, their age, and who spoke last; nothing when the service has said nothing since.</returns>
    public ProfileStatement StatementSince(DateTimeOffset since, EsimAction action, IdentifierKey key, IdentifierKey? eid)
    {
        var statement = StatementOf(key, eid);
        if (!_entries.TryGetValue(key, out var entry) || entry.Source == EvidenceSource.None)
        {
            return default;
        }

        // Where the status is not the profile's own, an event on its card has made it what it is.
        var isOfCard = statement.ProfileStatus != _words[entry.ProfileStatus];
        var statusTicks = isOfCard ? _cardEvents[eid!.Value].Ticks : entry.StatusTicks;
        var (word, ticks) = action.ProvesState is not null ? (statement.State, entry.StateTicks)
            : action.ProvesProfileStatus is not null ? (statement.ProfileStatus, statusTicks)
            : default;
        var moment = word is null || ticks < since.UtcTicks ? entry.Ticks : ticks;
        return moment < since.UtcTicks ? default : new(
            isOfCard && moment == statusTicks ? EvidenceSource.Callback : entry.Source,
            new DateTimeOffset(moment, TimeSpan.Zero),
            entry.StateTicks == moment ? statement.State : null,
            statusTicks == moment ? statement.ProfileStatus : null,
            entry.RoleTicks == moment ? statement.ProfileRole : null);
    }

    /// <summary>
    /// Notes what a line of the device list says of the device's connection. A card has a line for each profile and at most one of them is
    /// connected, so a line that is not says nothing against one that was a moment ago.
    /// </summary>
    public void NoteConnected(IdentifierKey eid, bool connected, DateTimeOffset at)
    {
        if (connected || !_connectedCards.TryGetValue(eid, out var known) || !known.Connected || at - known.At > OneListing)
        {
            _connectedCards[eid] = (connected, at);
        }
    }

    /// <summary>Whether the device with this card was connected when it was last listed; null when it has not been listed.</summary>
    public bool? IsConnected(IdentifierKey eid) => _connectedCards.TryGetValue(eid, out var known) ? known.Connected : null;

    private (byte Word, long Ticks) Newer(string? word, long ticks, byte known, long knownTicks) =>
        word is null || ticks < knownTicks ? (known, knownTicks) : (_words.Of(word), ticks);

    // A word that newer statements left out is no younger for them: what proves that a profile may be deleted has the age of its own word.
    private long ProofOf(in Entry entry) =>
        (ServiceWords.IsDeactive(_words[entry.State]), ServiceWords.IsDisabled(_words[entry.ProfileStatus])) switch
        {
            (true, true) => Math.Max(entry.StateTicks, entry.StatusTicks),
            (true, false) => entry.StateTicks,
            (false, true) => entry.StatusTicks,
            (false, false) => entry.Ticks,
        };

    private static void MakeRoom<T>(Dictionary<IdentifierKey, T> dictionary, int count)
    {
#if NET
        dictionary.EnsureCapacity(count);
#endif
    }

    // What an action on one profile did to the card, in as few bytes as possible: there may be a million of them.
    private readonly struct CardEvent(IdentifierKey profile, long ticks, EffectOnOthers effect)
    {
        private const int EffectBits = 2;

        private readonly long _packed = (ticks << EffectBits) | (long)effect;

        public IdentifierKey Profile { get; } = profile;

        public long Ticks => _packed >> EffectBits;

        public DateTimeOffset At => new(Ticks, TimeSpan.Zero);

        public EffectOnOthers Effect => (EffectOnOthers)(_packed & ((1 << EffectBits) - 1));
    }

    private readonly record struct Entry
    {
        public int Request { get; init; }

        public uint Settled { get; init; }

        public long Ticks { get; init; }

        public long StateTicks { get; init; }

        public long StatusTicks { get; init; }

        public long RoleTicks { get; init; }

        public OutcomeStatus Outcome { get => (OutcomeStatus)_outcome; init => _outcome = (byte)value; }

        public EvidenceSource Source { get => (EvidenceSource)_source; init => _source = (byte)value; }

        public byte State { get; init; }

        public byte ProfileStatus { get; init; }

        public byte ProfileRole { get; init; }

        private readonly byte _outcome;
        private readonly byte _source;
    }

    // The service has about thirty words; the table holds 254 so that none of them costs more than a byte.
    private sealed class WordTable
    {
        private readonly List<string?> _words = [null];

        public string? this[byte code] => _words[code];

        public byte Of(string word)
        {
            var code = _words.IndexOf(word);
            if (code < 0 && _words.Count < byte.MaxValue)
            {
                code = _words.Count;
                _words.Add(word);
            }

            return (byte)Math.Max(0, code);
        }
    }
}
