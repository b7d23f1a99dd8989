// Whether a profile is as a run has left it.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>Whether a profile is as a run has left it, by the service's present word.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimRunVerdict>))]
public enum EsimRunVerdict : long
{
    /// <summary>The service's word does not tell, or nothing is expected of the profile.</summary>
    CannotTell,

    /// <summary>It is as the action makes it.</summary>
    Verified,

    /// <summary>It is in another state than the action makes it.</summary>
    Different,
}
