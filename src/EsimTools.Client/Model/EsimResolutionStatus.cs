// How a doubt about a request ends for one profile.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>How a doubt ended.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimResolutionStatus>))]
public enum EsimResolutionStatus : long
{
    /// <summary>The action has been carried out.</summary>
    Done,

    /// <summary>The action has not been carried out; the profile is free for it again.</summary>
    NotDone,

    /// <summary>It is still unknown; the profile stays closed to further requests.</summary>
    Unknown,
}
