// Where a statement about a profile comes from, weakest first.

namespace EsimTools;

/// <summary>Where a statement about a profile's state comes from.</summary>
public enum EvidenceSource
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
