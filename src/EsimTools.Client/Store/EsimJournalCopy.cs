// What a copy of a journal has come to: what was there, what was added, and that the two are alike.

namespace EsimTools;

/// <summary>What became of copying a journal.</summary>
public sealed class EsimJournalCopy
{
    /// <summary>The journal that was copied: its folder, or the database and its host.</summary>
    public required string Source { get; init; }

    /// <summary>Where it was copied to.</summary>
    public required string Destination { get; init; }

    /// <summary>How many requests the source holds, of all services and archived ones too.</summary>
    public required long Requests { get; init; }

    /// <summary>How many lines the source holds. Those that nobody can read are not counted.</summary>
    public required long Lines { get; init; }

    /// <summary>How many of them were added to the destination; the others were there.</summary>
    public required long Copied { get; init; }

    /// <summary>How many lines of the source cannot be read by anybody and were left out; a warning names each.</summary>
    public required long LeftOut { get; init; }

    /// <summary>SHA-256 over the source's lines, in lower-case hexadecimal: over the SHA-256 of each, in ascending order.</summary>
    public required string Digest { get; init; }

    /// <summary>How many of the source's lines the destination holds, read again from there.</summary>
    public required long LinesThere { get; init; }

    /// <summary>The same digest over those.</summary>
    public required string DigestThere { get; init; }

    /// <summary>Whether all of the source is in the destination: the counts and the digests are the same.</summary>
    public bool IsVerified => Lines == LinesThere && Digest == DigestThere;

    /// <summary>Whether the policy was copied; false where there is none, or the same one was there.</summary>
    public required bool PolicyCopied { get; init; }

    /// <summary>Whether identifiers are hidden in it, so that its key has come along.</summary>
    public required bool IsHashed { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Copied} of {Lines} lines copied, {(IsVerified ? "verified" : "not verified")}";
}
