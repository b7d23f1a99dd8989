// What the guard decided.

namespace EsimTools;

/// <summary>What the guard decided.</summary>
public enum GuardDecision
{
    /// <summary>The action may be sent.</summary>
    Allowed,

    /// <summary>The evidence does not suffice; ask the service, then judge again.</summary>
    AskService,

    /// <summary>The action must not be sent.</summary>
    Refused,
}
