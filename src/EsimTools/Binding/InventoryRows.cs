// The rows of an inventory by the profiles that they name, so that outcomes can be given back with the inventory's own columns.

using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Finds the row of a profile, and writes an outcome beside it.</summary>
internal sealed class InventoryRows
{
    private readonly Dictionary<string, PSObject> _rows = new(StringComparer.Ordinal);

    private readonly ColumnMap _map;

    /// <param name="rows">The rows; of several for one profile the first counts.</param>
    /// <param name="map">What their columns are read as.</param>
    /// <param name="faulty">Told of each that names no profile.</param>
    public InventoryRows(IEnumerable<PSObject> rows, ColumnMap map, FaultyRows faulty)
    {
        _map = map;
        var reader = new ProfileReader(map);
        foreach (var row in rows)
        {
            var reading = reader.Read(row);
            if (reading.Profile is not { } profile)
            {
                faulty.Add(reading, row);
                continue;
            }

            faulty.AddSound();
            if (!_rows.ContainsKey(KeyOf(profile)))
            {
                _rows.Add(KeyOf(profile), row);
            }
        }

        faulty.Complete();
    }

    /// <summary>The row of an outcome's profile, with the outcome beside it; of a profile that is in no row, its identifiers in place of the row.</summary>
    /// <remarks>Account and service plan are those of the request, also where the row says otherwise: it is to be sent again as it was.</remarks>
    public PSObject Beside(EsimResult result)
    {
        var profile = result.ToProfile();
        var row = new PSObject();
        if (_rows.TryGetValue(KeyOf(profile), out var known))
        {
            foreach (var (name, value) in RowColumns.Of(known))
            {
                Put(row, name, value);
            }
        }
        else
        {
            Put(row, nameof(result.Iccid), result.Iccid);
            Put(row, nameof(result.Eid), result.Eid);
            Put(row, nameof(result.Imei), result.Imei);
        }

        Overrule(row, InventoryField.AccountName, nameof(result.AccountName), result.AccountName);
        Overrule(row, InventoryField.ServicePlan, nameof(result.ServicePlan), result.ServicePlan);
        Put(row, "EsimAction", result.Action);
        Put(row, "EsimStatus", result.Status.ToString());
        Put(row, "EsimErrorCode", result.ErrorCode);
        Put(row, "EsimErrorMessage", result.ErrorMessage);
        Put(row, "EsimRequestId", result.RequestId);
        Put(row, "EsimRunId", result.RunId);
        return row;
    }

    private static string KeyOf(EsimProfile profile) => profile.Key ?? string.Empty;

    // Under whatever names the row has it. A request without a service plan says nothing about the row's.
    private void Overrule(PSObject row, InventoryField field, string name, string? sent)
    {
        var columns = row.Properties.Where(column => _map.Find(column.Name) == field).ToArray();
        if (columns.Length == 0)
        {
            Put(row, name, sent);
        }
        else if (sent is not null)
        {
            Array.ForEach(columns, column => column.Value = sent);
        }
    }

    private static void Put(PSObject row, string name, object? value)
    {
        row.Properties.Remove(name);
        row.Properties.Add(new PSNoteProperty(name, value));
    }
}
