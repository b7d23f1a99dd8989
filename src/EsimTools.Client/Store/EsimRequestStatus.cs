// Where a request stands.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>Where a request stands.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimRequestStatus>))]
public enum EsimRequestStatus : long
{
    /// <summary>The service took it; outcomes are still missing.</summary>
    Accepted,

    /// <summary>Every profile succeeded.</summary>
    Succeeded,

    /// <summary>The service refused it, or every profile failed.</summary>
    Failed,

    /// <summary>Every outcome is known and some failed.</summary>
    PartlyFailed,

    /// <summary>It left, and it is not known whether the service took it.</summary>
    InDoubt,
}
