// What has become of a profile between two plans.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>How two plans differ: about one profile, or about a field.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EsimPlanChangeKind>))]
public enum EsimPlanChangeKind : long
{
    /// <summary>The second plan alone names it.</summary>
    Added,

    /// <summary>The first plan alone names it.</summary>
    Gone,

    /// <summary>Both name it, with another verdict, or with another identifier, account or service plan.</summary>
    Changed,

    /// <summary>It is about no profile: a field of the requests, or a limit, differs.</summary>
    Field,
}
