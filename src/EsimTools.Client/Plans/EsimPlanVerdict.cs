// What a plan means to do with one profile.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>What came of judging a profile when the plan was made.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimPlanVerdict>))]
public enum EsimPlanVerdict : long
{
    /// <summary>The action is sent.</summary>
    Allowed,

    /// <summary>It is deactivated, and deleted once that is confirmed.</summary>
    DisablesFirst,

    /// <summary>There is nothing to do: the action is open, was confirmed lately, or the profile is deleted already.</summary>
    Skipped,

    /// <summary>It is left out, for the reason that stands with it.</summary>
    Refused,

    /// <summary>It is left out, because the service has not told its state.</summary>
    Unknown,
}
