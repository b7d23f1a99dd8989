// The four things a preflight can say.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>The four things a preflight can say.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimProfileCheckResult>))]
public enum EsimProfileCheckResult : long
{
    /// <summary>By what is known here, the action would be sent.</summary>
    Allowed,

    /// <summary>The guard would ask the service first.</summary>
    AskService,

    /// <summary>The guard would refuse it.</summary>
    Refused,

    /// <summary>The identifiers cannot be used.</summary>
    Invalid,
}
