// What the guard decided.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>What the guard decided.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<GuardDecision>))]
public enum GuardDecision : long
{
    /// <summary>The action may be sent.</summary>
    Allowed,

    /// <summary>The evidence does not suffice; ask the service, then judge again.</summary>
    AskService,

    /// <summary>The action must not be sent.</summary>
    Refused,
}
