// Who made a plan, and where.

namespace EsimTools;

/// <summary>Who made a plan, and where.</summary>
public sealed record EsimPlanAuthor
{
    /// <summary>The UWS user that the connection was opened with.</summary>
    public required string UserName { get; init; }

    /// <summary>The user of the machine.</summary>
    public required string SystemUserName { get; init; }

    /// <summary>The machine's name.</summary>
    public required string HostName { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{UserName} ({SystemUserName} on {HostName})";
}
