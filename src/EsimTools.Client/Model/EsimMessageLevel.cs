// The stream a message belongs to.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>The stream a message belongs to.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimMessageLevel>))]
public enum EsimMessageLevel : long
{
    /// <summary>What was decided and done beside the work itself, such as files that were moved.</summary>
    Verbose,

    /// <summary>Something the user should know although the work goes on.</summary>
    Warning,

    /// <summary>Each call of the service: method, path, status, duration. No identifiers, no secrets.</summary>
    Debug,
}
