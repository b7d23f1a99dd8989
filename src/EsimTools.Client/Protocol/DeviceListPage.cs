// One page of the device list.

namespace EsimTools.Protocol;

/// <summary>One page of the device list.</summary>
internal sealed record DeviceListPage(IReadOnlyList<ListedDevice> Devices, bool HasMore);
