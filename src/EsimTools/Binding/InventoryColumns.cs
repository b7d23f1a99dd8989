// The names that inventories give to what this module needs, so that "ICC ID", "sim_iccid" and "esimIdentifier" are understood.

namespace EsimTools.Binding;

/// <summary>Maps column names to fields. Case, spaces, dashes, underscores and dots do not count.</summary>
internal static class InventoryColumns
{
    /// <summary>The column that a row of a file gets for its cells behind the last one of the header.</summary>
    public const string BeyondHeader = "Cells beyond the header";

    // The names of each field, in the order of the fields.
    private static readonly string[][] Names = Array.ConvertAll(
        new string[][]
        {
            [nameof(EsimProfile.Iccid), ColumnNames.Icc, ColumnNames.ProfileIccid, ColumnNames.SimIccid, "EsimIccid", "IccidNumber", "SimNumber", "SimCardNumber"],
            [nameof(EsimProfile.Eid), ColumnNames.EuiccId, ColumnNames.EsimIdentifier, "EidNumber", "EsimEid"],
            [nameof(EsimProfile.Imei), ColumnNames.DeviceImei, "ImeiNumber"],
            [nameof(EsimProfile.AccountName), ColumnNames.Account, "AccountNumber", "BillingAccount"],
            [nameof(EsimProfile.ServicePlan), ColumnNames.Plan, ColumnNames.RatePlan, "ServicePlanName"],
            [nameof(EsimProfile.State), "ServiceState"],
            [nameof(EsimProfile.ProfileStatus), "ProfileState"],
            [nameof(EsimProfile.ProfileRole)],
            ["DeviceIds"],
            ["HardwareInformation"],
            ["AdditionalProperties"],
            [BeyondHeader],
        },
        static names => Array.ConvertAll(names, Plain));

    /// <summary>The field that a column name stands for; null when it is none of ours.</summary>
    public static InventoryField? Find(string columnName)
    {
        var name = Plain(columnName);
        var field = Array.FindIndex(Names, names => Array.IndexOf(names, name) >= 0);
        return field < 0 ? null : (InventoryField)field;
    }

    /// <summary>Whether a field names a profile or its device.</summary>
    public static bool IsIdentifier(InventoryField? field) => field is InventoryField.Iccid or InventoryField.Eid or InventoryField.Imei;

    /// <summary>Whether a field names a profile or its device, or holds what does.</summary>
    public static bool CanIdentify(InventoryField? field) =>
        IsIdentifier(field) || field is InventoryField.DeviceIds or InventoryField.HardwareInformation or InventoryField.AdditionalProperties;

    /// <summary>A name as names are compared.</summary>
    public static string Plain(string columnName)
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

        return new string(letters, 0, count);
    }
}
