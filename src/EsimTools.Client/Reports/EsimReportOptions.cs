// How a report is written.

namespace EsimTools;

/// <summary>How a report is written.</summary>
public sealed record EsimReportOptions
{
    /// <summary>What it is written as.</summary>
    public EsimReportFormat Format { get; init; }

    /// <summary>Who has approved what was done, a sentence each.</summary>
    public IReadOnlyList<string> Approvals { get; init; } = [];
}
