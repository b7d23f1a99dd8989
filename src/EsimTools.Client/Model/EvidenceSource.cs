// Where a statement about a profile comes from, weakest first.

using System.Text.Json.Serialization;

namespace EsimTools;

/// <summary>Where a statement about a profile's state comes from.</summary>
// A word in JSON: the converter has System.Text.Json write it, 64 bits have ConvertTo-Json do so.
[JsonConverter(typeof(JsonStringEnumConverter<EvidenceSource>))]
public enum EvidenceSource : long
{
    /// <summary>There is no statement.</summary>
    None,

    /// <summary>A file or object of the user's. It can be a reason to refuse, never to allow.</summary>
    Inventory,

    /// <summary>The service's device list.</summary>
    ServiceList,

    /// <summary>The service's status of a request.</summary>
    Poll,

    /// <summary>A callback of the service.</summary>
    Callback,
}
