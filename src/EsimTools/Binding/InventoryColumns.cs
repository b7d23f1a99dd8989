// The names that inventories give to what this module needs, so that "ICC ID", "sim_iccid" and "esimIdentifier" are understood.

namespace EsimTools.Binding;

/// <summary>Maps column names to fields. Case, spaces, dashes, underscores and dots do not count.</summary>
internal static class InventoryColumns
{
    // The names of each field, in the order of the fields.
    private static readonly string[][] Names =
    [
        ["iccid", "icc", "profileiccid", "simiccid", "esimiccid", "iccidnumber", "simnumber", "simcardnumber"],
        ["eid", "eidnumber", "euiccid", "esimidentifier", "esimeid"],
        ["imei", "imeinumber", "deviceimei"],
        ["account", "accountname", "accountnumber", "billingaccount"],
        ["serviceplan", "serviceplanname", "rateplan", "plan"],
        ["state", "servicestate", "devicestate"],
        ["profilestatus", "profilestate"],
        ["profilerole"],
        ["deviceids"],
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

        var name = new string(letters, 0, count);
        var field = Array.FindIndex(Names, names => Array.IndexOf(names, name) >= 0);
        return field < 0 ? null : (InventoryField)field;
    }
}
