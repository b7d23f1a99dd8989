// One line of the device list.

namespace EsimTools.Protocol;

/// <summary>One line of the device list.</summary>
internal sealed record ListedDevice(
    WireIdentifiers Identifiers,
    string? AccountName,
    string? ServicePlan,
    string? State,
    string? ProfileStatus,
    bool? Connected,
    string? IPAddress,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? LastConnectionDate,
    string? PagingId)
{
    /// <summary>Whether it names two states, of two carriers, or the state of one of several alone: then it tells none.</summary>
    public bool HasTwoStates { get; init; }

    /// <summary>Whether it names two profile statuses.</summary>
    public bool HasTwoStatuses { get; init; }
}
