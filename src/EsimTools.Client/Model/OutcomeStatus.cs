// What became of one profile in one request, and how the service's words for it are read.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>What became of an action on one profile.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<OutcomeStatus>))]
public enum OutcomeStatus : long
{
    /// <summary>Not known yet. A device that does not answer is reported by a warning first and finishes later.</summary>
    Pending,

    /// <summary>The service confirmed it.</summary>
    Succeeded,

    /// <summary>The service reported that it failed.</summary>
    Failed,

    /// <summary>It is settled that the service did not act: the request was in doubt, and the profile is still as it was.</summary>
    NotDone,
}
