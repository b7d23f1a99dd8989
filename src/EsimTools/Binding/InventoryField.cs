// What a column of an inventory holds.

namespace EsimTools.Binding;

/// <summary>What a column of an inventory holds.</summary>
internal enum InventoryField
{
    Iccid,
    Eid,
    Imei,
    AccountName,
    ServicePlan,
    State,
    ProfileStatus,
    ProfileRole,
    DeviceIds,

    // Of Microsoft Graph's managedDevice: objects with identifiers of their own.
    HardwareInformation,
    AdditionalProperties,

    // What a row of a file has behind the last column.
    BeyondHeader,
}
