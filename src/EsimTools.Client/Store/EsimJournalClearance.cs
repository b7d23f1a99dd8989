// What clearing a journal has come to.

namespace EsimTools;

/// <summary>What was removed from a journal, and what stays.</summary>
public sealed class EsimJournalClearance
{
    /// <summary>The journal: its folder, or the database and its host.</summary>
    public required string Journal { get; init; }

    /// <summary>The moment up to which it was cleared: the one that was given, or an earlier one, because what is younger may still prove or count.</summary>
    public required DateTimeOffset Before { get; init; }

    /// <summary>How many requests were removed, with their answers and outcomes. Those in the archive are not counted.</summary>
    public required long RequestsRemoved { get; init; }

    /// <summary>How many requests stay.</summary>
    public required long RequestsKept { get; init; }

    /// <summary>How many lines were removed, those of the archive included.</summary>
    public required long LinesRemoved { get; init; }

    /// <summary>How many lines stay.</summary>
    public required long LinesKept { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{LinesRemoved} lines removed, {LinesKept} kept";
}
