// The names that inventories give to what this module needs, so that "ICC ID", "sim_iccid" and "esimIdentifier" are understood.

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
}

/// <summary>Maps column names to fields. Case, spaces, dashes, underscores and dots do not count.</summary>
internal static class InventoryColumns
{
    private static readonly Dictionary<string, InventoryField> Names = new(StringComparer.Ordinal)
    {
        ["iccid"] = InventoryField.Iccid,
        ["icc"] = InventoryField.Iccid,
        ["profileiccid"] = InventoryField.Iccid,
        ["simiccid"] = InventoryField.Iccid,
        ["esimiccid"] = InventoryField.Iccid,
        ["iccidnumber"] = InventoryField.Iccid,
        ["simnumber"] = InventoryField.Iccid,
        ["simcardnumber"] = InventoryField.Iccid,
        ["eid"] = InventoryField.Eid,
        ["eidnumber"] = InventoryField.Eid,
        ["euiccid"] = InventoryField.Eid,
        ["esimidentifier"] = InventoryField.Eid,
        ["esimeid"] = InventoryField.Eid,
        ["imei"] = InventoryField.Imei,
        ["imeinumber"] = InventoryField.Imei,
        ["deviceimei"] = InventoryField.Imei,
        ["account"] = InventoryField.AccountName,
        ["accountname"] = InventoryField.AccountName,
        ["accountnumber"] = InventoryField.AccountName,
        ["billingaccount"] = InventoryField.AccountName,
        ["serviceplan"] = InventoryField.ServicePlan,
        ["serviceplanname"] = InventoryField.ServicePlan,
        ["rateplan"] = InventoryField.ServicePlan,
        ["state"] = InventoryField.State,
        ["servicestate"] = InventoryField.State,
        ["devicestate"] = InventoryField.State,
        ["profilestatus"] = InventoryField.ProfileStatus,
        ["profilestate"] = InventoryField.ProfileStatus,
        ["profilerole"] = InventoryField.ProfileRole,
        ["deviceids"] = InventoryField.DeviceIds,
    };

    /// <summary>The columns under their usual names.</summary>
    public static IReadOnlyList<(string Name, InventoryField Field)> Usual { get; } =
    [
        ("Iccid", InventoryField.Iccid), ("Eid", InventoryField.Eid), ("Imei", InventoryField.Imei),
        ("AccountName", InventoryField.AccountName), ("ServicePlan", InventoryField.ServicePlan),
        ("State", InventoryField.State), ("ProfileStatus", InventoryField.ProfileStatus), ("ProfileRole", InventoryField.ProfileRole),
    ];

    /// <summary>The field that a column name stands for; null when it is none of ours.</summary>
    public static InventoryField? Find(string columnName)
    {
        var letters = new char[columnName.Length];
        var count = 0;
        foreach (var c in columnName)
        {
            if (c is not (' ' or '-' or '_' or '.' or '\u00a0' or '\ufeff'))
            {
                letters[count++] = char.ToLowerInvariant(c);
            }
        }

        return Names.TryGetValue(new string(letters, 0, count), out var field) ? field : null;
    }
}
