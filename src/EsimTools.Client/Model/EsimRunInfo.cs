// A run's identity: which command, on whose behalf, where and why. It stands in the journal's lines and in every request of the run.

namespace EsimTools;

/// <summary>One command over one fleet: who gave it, where, when and why.</summary>
public sealed record EsimRunInfo
{
    /// <summary>The most characters of a reason.</summary>
    internal const int LongestReason = 500;

    /// <summary>The run's own id, a GUID in 32 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>When it began, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The UWS user that the connection was opened with; null where the journal does not tell.</summary>
    public string? UserName { get; init; }

    /// <summary>The machine's name; null where the journal does not tell.</summary>
    public string? HostName { get; init; }

    /// <summary>The number of the process on that machine; 0 where the journal does not tell.</summary>
    public int ProcessId { get; init; }

    /// <summary>Why, in the words of whoever gave the command: a ticket, for example. Null when nothing was said.</summary>
    public string? Reason { get; init; }

    /// <summary>The plan that it carries out, by its id; null where it carries out none.</summary>
    public string? PlanId { get; init; }

    /// <summary>Whether it is one request, sent without a run, which ends with its answer.</summary>
    internal bool IsAlone { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Reason is null ? Id : $"{Id} ({Reason})";
}
