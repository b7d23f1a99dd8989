// What a report is written as.

namespace EsimTools;

/// <summary>What a report is written as.</summary>
public enum EsimReportFormat
{
    /// <summary>One page that needs nothing else, for people.</summary>
    Html,

    /// <summary>A line for each profile, for spreadsheets.</summary>
    Csv,

    /// <summary>All that the page tells, for programs.</summary>
    Json,

    /// <summary>What the page tells, for tickets and wikis.</summary>
    Markdown,
}
