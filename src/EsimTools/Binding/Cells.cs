// What a row has in the columns that are read.

using System.Collections;
using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>What a row has in the columns that are read; of two columns for one thing the first that holds something counts.</summary>
/// <remarks>Not so where both hold an ICCID, or an EID, and not the same one: taking the first would serve somebody else's profile as often as not.</remarks>
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

    /// <summary>The kind of which the row names two, and the second; null where it names none twice.</summary>
    public (IdentifierKind Kind, string Text)? Second { get; private set; }

    /// <summary>Whether the row has a place for the ICCID with nothing in it.</summary>
    public bool HasEmptyIccid { get; private set; }

    /// <summary>Whether the row has more cells than its header has columns, so that they may stand in the wrong ones.</summary>
    public bool IsShifted { get; private set; }

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
            case InventoryField.BeyondHeader:
                IsShifted = true;
                return;
        }

        var text = value as string ?? (value is null ? null : LanguagePrimitives.ConvertTo<string>(value));
        if (string.IsNullOrWhiteSpace(text))
        {
            HasEmptyIccid |= field == InventoryField.Iccid;
            return;
        }

        switch (field)
        {
            case InventoryField.Iccid:
                Iccid = First(IdentifierKind.Iccid, Iccid, text!);
                break;
            case InventoryField.Eid:
                Eid = First(IdentifierKind.Eid, Eid, text!);
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
                PutWhereNone(field, value);
            }
        }

        foreach (var (name, value) in RowColumns.Of(_hardware))
        {
            if (map.Find(name) is { } field && InventoryColumns.IsIdentifier(field))
            {
                PutWhereNone(field, value);
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

    private void PutWhereNone(InventoryField field, object? value)
    {
        if (!(field == InventoryField.Iccid ? Iccid is not null : field == InventoryField.Eid && Eid is not null))
        {
            Put(field, value);
        }
    }

    private string First(IdentifierKind kind, string? first, string text)
    {
        if (first is null)
        {
            return text;
        }

        // With and without its last digits it is the same ICCID.
        if (kind.Read(first).Value is { } one && kind.Read(text).Value is { } other
            && !one.StartsWith(other, StringComparison.Ordinal) && !other.StartsWith(one, StringComparison.Ordinal))
        {
            Second ??= (kind, text);
        }

        return first;
    }

    private static string Word(string cell) => ForeignText.Show(cell.Trim(), ForeignText.LongestWord);
}
