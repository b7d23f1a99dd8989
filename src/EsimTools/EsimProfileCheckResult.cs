// The four things a preflight can say.

namespace EsimTools;

/// <summary>The four things a preflight can say.</summary>
public enum EsimProfileCheckResult
{
    /// <summary>By what is known here, the action would be sent.</summary>
    Allowed,

    /// <summary>The guard would ask the service first.</summary>
    AskService,

    /// <summary>The guard would refuse it.</summary>
    Refused,

    /// <summary>The identifiers cannot be used.</summary>
    Invalid,
}
