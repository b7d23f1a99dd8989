// Which profiles make up the first waves of a plan.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>Which profiles go first.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimCanary>))]
public enum EsimCanary : long
{
    /// <summary>Those that stand first in the input.</summary>
    First,

    /// <summary>A random sample; the others follow in the order of the input.</summary>
    Random,
}
