// One page of the service's device list.

namespace EsimTools;

/// <summary>One page of an account's list, at most 2,000 lines.</summary>
/// <param name="Devices">Its lines, those that do not fit the query left out.</param>
/// <param name="Next">What to give for the next page; null when this is the last.</param>
public sealed record EsimDevicePage(IReadOnlyList<EsimDevice> Devices, string? Next);
