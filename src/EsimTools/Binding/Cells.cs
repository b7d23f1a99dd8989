// What a row has in the columns that are read.

using System.Collections;
using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>What a row has in the columns that are read; of two columns for one thing the first that holds something counts.</summary>
internal struct Cells
{
    private const int LongestShown = 40;

    private object? _hardware;
    private object? _additional;

    /// <summary>The ICCID as it stands there.</summary>
    public string? Iccid { get; set; }

    /// <summary>The EID as it stands there.</summary>
    public string? Eid { get; set; }

    /// <summary>The IMEI as it stands there.</summary>
    public string? Imei { get; set; }

    /// <summary>The account.</summary>
    public string? AccountName { get; set; }

    /// <summary>The service plan.</summary>
    public string? ServicePlan { get; set; }

    /// <summary>The service state.</summary>
    public string? State { get; set; }

    /// <summary>The profile status.</summary>
    public string? ProfileStatus { get; set; }

    /// <summary>The profile role.</summary>
    public string? ProfileRole { get; set; }

    /// <summary>Takes what a column holds.</summary>
    public void Put(InventoryField field, object? value)
    {
        switch (field)
        {
            case InventoryField.DeviceIds:
                PutDeviceIds(value);
                return;
            case InventoryField.HardwareInformation:
                _hardware ??= value;
                return;
            case InventoryField.AdditionalProperties:
                _additional ??= value;
                return;
        }

        var text = value as string ?? (value is null ? null : LanguagePrimitives.ConvertTo<string>(value));
        if (string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        switch (field)
        {
            case InventoryField.Iccid:
                Iccid ??= text;
                break;
            case InventoryField.Eid:
                Eid ??= text;
                break;
            case InventoryField.Imei:
                Imei ??= text;
                break;
            case InventoryField.AccountName:
                AccountName ??= Word(text!);
                break;
            case InventoryField.ServicePlan:
                ServicePlan ??= Word(text!);
                break;
            case InventoryField.State:
                State ??= Word(text!);
                break;
            case InventoryField.ProfileStatus:
                ProfileStatus ??= Word(text!);
                break;
            case InventoryField.ProfileRole:
                ProfileRole ??= Word(text!);
                break;
        }
    }

    /// <summary>Takes the identifiers of objects inside the row, where the row has none itself.</summary>
    /// <remarks>A managedDevice of Microsoft Graph has the EID in its hardwareInformation, and what its typed object does not know in AdditionalProperties.</remarks>
    public void PutNested(ColumnMap map)
    {
        if (_additional is null && _hardware is null)
        {
            return;
        }

        foreach (var (name, value) in RowColumns.Of(_additional))
        {
            if (map.Find(name) is { } field && (InventoryColumns.IsIdentifier(field) || field == InventoryField.HardwareInformation))
            {
                Put(field, value);
            }
        }

        foreach (var (name, value) in RowColumns.Of(_hardware))
        {
            if (map.Find(name) is { } field && InventoryColumns.IsIdentifier(field))
            {
                Put(field, value);
            }
        }
    }

    /// <summary>The identifiers as they stand there, for messages.</summary>
    public readonly string Names => string.Join(
        ", ",
        new[] { ("ICCID", Iccid), ("EID", Eid), ("IMEI", Imei) }.Where(name => name.Item2 is not null).Select(name => $"{name.Item1} {ForeignText.Show(name.Item2!, LongestShown)}"));

    // ThingSpace's own shape: deviceIds: [ { kind, id } ], as ConvertFrom-Json or a hashtable gives it.
    private void PutDeviceIds(object? value)
    {
        foreach (var entry in LanguagePrimitives.GetEnumerable(value) ?? new[] { value })
        {
            var (kind, id) = entry switch
            {
                null => (null, null),
                PSObject { BaseObject: IDictionary inner } => (inner["kind"], inner["id"]),
                IDictionary dictionary => (dictionary["kind"], dictionary["id"]),
                _ => (PSObject.AsPSObject(entry).Properties["kind"]?.Value, PSObject.AsPSObject(entry).Properties["id"]?.Value),
            };

            if (kind?.ToString() is { } name && InventoryColumns.Find(name) is { } field && InventoryColumns.IsIdentifier(field))
            {
                Put(field, id);
            }
        }
    }

    private static string Word(string cell) => ForeignText.Show(cell.Trim(), ForeignText.LongestWord);
}
