// Where a request stands.

namespace EsimTools;

/// <summary>Where a request stands.</summary>
public enum EsimRequestStatus
{
    /// <summary>The service took it; outcomes are still missing.</summary>
    Accepted,

    /// <summary>Every profile succeeded.</summary>
    Succeeded,

    /// <summary>The service refused it, or every profile failed.</summary>
    Failed,

    /// <summary>Every outcome is known and some failed.</summary>
    PartlyFailed,

    /// <summary>It left, and it is not known whether the service took it.</summary>
    InDoubt,
}
