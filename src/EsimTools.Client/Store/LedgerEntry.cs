// What the ledger keeps of a profile, in a fixed size.

namespace EsimTools.Store;

/// <summary>The last request for a profile, and the newest words on it with the age of each, in ticks.</summary>
internal readonly record struct LedgerEntry
{
    /// <summary>The last request for it; 0 when there was none.</summary>
    public int Request { get; init; }

    /// <summary>When its outcome became known, in seconds since the ledger's epoch.</summary>
    public uint Settled { get; init; }

    /// <summary>The age of the newest message.</summary>
    public long Ticks { get; init; }

    /// <summary>The age of the word on its service state.</summary>
    public long StateTicks { get; init; }

    /// <summary>The age of the word on its status.</summary>
    public long StatusTicks { get; init; }

    /// <summary>The age of the word on its role.</summary>
    public long RoleTicks { get; init; }

    /// <summary>What became of the last request.</summary>
    public OutcomeStatus Outcome { get => (OutcomeStatus)_outcome; init => _outcome = (byte)value; }

    /// <summary>Who spoke last.</summary>
    public EvidenceSource Source { get => (EvidenceSource)_source; init => _source = (byte)value; }

    /// <summary>The word on its service state, by number in the <see cref="WordTable"/>.</summary>
    public byte State { get; init; }

    /// <summary>The word on its status, likewise.</summary>
    public byte ProfileStatus { get; init; }

    /// <summary>The word on its role, likewise.</summary>
    public byte ProfileRole { get; init; }

    // Behind the larger ones, so that the runtime leaves no gaps between them.
    private readonly byte _outcome;
    private readonly byte _source;
}
