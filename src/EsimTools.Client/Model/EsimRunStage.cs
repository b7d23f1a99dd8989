// How a run has ended, if it has.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>How a run has ended, if it has.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimRunStage>))]
public enum EsimRunStage : long
{
    /// <summary>Its process has ended, or was killed, before the run could say how it ended.</summary>
    Interrupted,

    /// <summary>Its process is still at work.</summary>
    Running,

    /// <summary>All of its input has been taken up, and what was sent has been answered.</summary>
    Ended,

    /// <summary>It was stopped before that: by Ctrl+C, also behind the wave that was under way, by too many refusals in a row, or by an error.</summary>
    Stopped,

    /// <summary>Its plan was held by it: what it had sent was not healthy, or the policy did not allow the rest.</summary>
    Held,
}
