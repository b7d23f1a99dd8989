// What is known of each profile, in about sixty bytes, so that a million of them fit beside a running command.

using EsimTools.Identity;
using EsimTools.Rules;

namespace EsimTools.Requests;

/// <summary>
/// The newest word of the service on each profile and the request that last claimed it. Not thread-safe: the tracker locks around it.
/// </summary>
internal sealed class ProfileLedger
{
    private readonly Dictionary<IdentifierKey, Entry> _entries = [];
    private readonly Dictionary<IdentifierKey, (IdentifierKey Profile, DateTimeOffset At)> _enabledOnCard = [];
    private readonly WordTable _words = new();

    /// <summary>
    /// The request that last claimed the profile (0 when none has), whether its outcome for this profile is still missing, and the newest
    /// word of the service.
    /// </summary>
    public (int Request, bool IsOpen, ProfileStatement Statement) Find(IdentifierKey key) =>
        !_entries.TryGetValue(key, out var entry) ? default : (
            entry.Request,
            entry.Request > 0 && entry.Outcome == OutcomeStatus.Pending,
            entry.Source == EvidenceSource.None
                ? default
                : new(entry.Source, new DateTimeOffset(ProofOf(entry), TimeSpan.Zero), _words[entry.State], _words[entry.ProfileStatus], _words[entry.ProfileRole]));

    /// <summary>Notes that a request is about to act on the profile.</summary>
    public void Claim(IdentifierKey key, int request)
    {
        _entries.TryGetValue(key, out var entry);
        _entries[key] = entry with { Request = request, Outcome = OutcomeStatus.Pending };
    }

    /// <summary>Notes the outcome of a request for the profile; of an older request than the last one it changes nothing.</summary>
    public void Settle(IdentifierKey key, int request, OutcomeStatus outcome)
    {
        if (_entries.TryGetValue(key, out var entry) && entry.Request == request)
        {
            _entries[key] = entry with { Outcome = outcome };
        }
    }

    /// <summary>Notes what the service said. Older words never replace newer ones; a word left out leaves the earlier one standing.</summary>
    public void Note(IdentifierKey key, in ProfileStatement statement)
    {
        var ticks = statement.At?.UtcTicks ?? 0;
        _entries.TryGetValue(key, out var entry);
        if (entry.Source != EvidenceSource.None && ticks < entry.Ticks)
        {
            return;
        }

        _entries[key] = entry with
        {
            Source = statement.Source,
            Ticks = ticks,
            StateTicks = statement.State is null ? entry.StateTicks : ticks,
            StatusTicks = statement.ProfileStatus is null ? entry.StatusTicks : ticks,
            State = statement.State is null ? entry.State : _words.Of(statement.State),
            ProfileStatus = statement.ProfileStatus is null ? entry.ProfileStatus : _words.Of(statement.ProfileStatus),
            ProfileRole = statement.ProfileRole is null ? entry.ProfileRole : _words.Of(statement.ProfileRole),
        };
    }

    /// <summary>Notes that a confirmation made this the one enabled profile of its card.</summary>
    public void NoteEnabledOnCard(IdentifierKey eid, IdentifierKey profile, DateTimeOffset at) => _enabledOnCard[eid] = (profile, at);

    /// <summary>
    /// When another profile of the card was confirmed as its one enabled profile; null when none was, or this one was. The documents are
    /// plain that enabling one disables all others.
    /// </summary>
    public DateTimeOffset? OtherEnabledOnCard(IdentifierKey eid, IdentifierKey profile) =>
        _enabledOnCard.TryGetValue(eid, out var enabled) && enabled.Profile != profile ? enabled.At : null;

    // A word that newer statements left out is no younger for them: what proves that a profile may be deleted has the age of its own word.
    private long ProofOf(in Entry entry) =>
        (ServiceWords.IsDeactive(_words[entry.State]), ServiceWords.IsDisabled(_words[entry.ProfileStatus])) switch
        {
            (true, true) => Math.Max(entry.StateTicks, entry.StatusTicks),
            (true, false) => entry.StateTicks,
            (false, true) => entry.StatusTicks,
            (false, false) => entry.Ticks,
        };

    private readonly record struct Entry
    {
        public int Request { get; init; }

        public long Ticks { get; init; }

        public long StateTicks { get; init; }

        public long StatusTicks { get; init; }

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
