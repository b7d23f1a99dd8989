// What a report is written as.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>What a report is written as.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimReportFormat>))]
public enum EsimReportFormat : long
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
