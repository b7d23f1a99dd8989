// Why a text is not the identifier it should be.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>Why a text is not the identifier it should be.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<IdentifierFault>))]
public enum IdentifierFault : long
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The text is empty.</summary>
    Missing,

    /// <summary>A spreadsheet has turned the number into scientific notation or rounded it to 15 digits; the rest is lost.</summary>
    Spreadsheet,

    /// <summary>A character is neither a digit nor one that people put between digits.</summary>
    Characters,

    /// <summary>The number of digits is wrong.</summary>
    Length,
}
