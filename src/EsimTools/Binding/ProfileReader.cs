// Reads whatever came down the pipeline as an eSIM profile: a row, a hashtable, a string, or an object of this module.

using System.Collections;
using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Reads input objects. One reader serves one command, because it remembers the columns of the row before.</summary>
internal sealed class ProfileReader
{
    private const int LongestShown = 40;

    private RowShape? _shape;
    private string? _lastAccount;
    private string? _lastPlan;
    private int _row;

    /// <summary>Reads one object.</summary>
    public ProfileReading Read(object? input)
    {
        _row++;
        var value = input is PSObject wrapped ? wrapped.BaseObject : input;
        switch (value)
        {
            case null:
                return new(null, new EsimException(EsimError.EsimInputInvalid, $"Input {_row} was left out: it is null.", "See why the command before gave nothing for it."), CheckDigitsOk: true);
            case EsimProfile profile:
                return Named(profile);
            case EsimDevice device:
                return Named(device.ToProfile());
            case EsimResult result:
                // The connection that has seen the outcome holds the evidence; the object brings the identifiers only.
                return Named(result.ToProfile());
            case string text:
                return ReadText(text);
            case IDictionary dictionary:
                return ReadDictionary(dictionary);
            case ValueType:
                return ReadText(LanguagePrimitives.ConvertTo<string>(value));
            default:
                return ReadRow(input as PSObject ?? PSObject.AsPSObject(value));
        }
    }

    /// <summary>Reads a profile of a request that is known already, whose identifiers may be hidden.</summary>
    public ProfileReading ReadMember(object? input)
    {
        var reading = Read(input);
        return reading.Hidden is { } hidden ? new(hidden, null, CheckDigitsOk: true) : reading;
    }

    /// <summary>Reads identifiers given one by one.</summary>
    public ProfileReading Read(string? iccid, string? eid, string? imei)
    {
        _row++;
        return Make(new Cells { Iccid = iccid, Eid = eid, Imei = imei });
    }

    private ProfileReading Named(EsimProfile profile)
    {
        if (EsimProfile.IsHashed(profile))
        {
            return Hidden(profile);
        }

        // What is not digits was put there by hand, and is read like a row; what the service has listed is taken as it is.
        return IsOther(profile.Iccid) || IsOther(profile.Eid) || IsOther(profile.Imei)
            ? Make(new Cells
            {
                Iccid = profile.Iccid,
                Eid = profile.Eid,
                Imei = profile.Imei,
                AccountName = profile.AccountName,
                ServicePlan = profile.ServicePlan,
                State = profile.State,
                ProfileStatus = profile.ProfileStatus,
                ProfileRole = profile.ProfileRole,
            })
            : new(profile, string.IsNullOrEmpty(profile.Iccid + profile.Eid + profile.Imei) ? Nameless() : null, CheckDigitsOk: true);
    }

    // A bare string tells its kind by its length: only an EID has 32 digits, only an IMEI 15.
    private ProfileReading ReadText(string text)
    {
        if (IdentifierKind.Eid.Read(text).IsUsable)
        {
            return Make(new Cells { Eid = text });
        }

        return IdentifierKind.Imei.Read(text).IsUsable ? Make(new Cells { Imei = text }) : Make(new Cells { Iccid = text });
    }

    private ProfileReading ReadDictionary(IDictionary dictionary)
    {
        var cells = default(Cells);
        foreach (DictionaryEntry entry in dictionary)
        {
            if (entry.Key is string key && InventoryColumns.Find(key) is { } field)
            {
                Put(ref cells, field, entry.Value);
            }
        }

        return Make(cells);
    }

    // Rows of one file share their columns, so a row is listed only when it is not like the one that was listed last.
    private ProfileReading ReadRow(PSObject row)
    {
        var cells = default(Cells);
        if (!TryReadAlike(row, ref cells))
        {
            cells = default;
            foreach (var property in RowShape.List(row, out _shape))
            {
                if (InventoryColumns.Find(property.Name) is { } field)
                {
                    Put(ref cells, field, ValueOf(property));
                }
            }
        }

        return Make(cells);
    }

    private bool TryReadAlike(PSObject row, ref Cells cells)
    {
        if (_shape?.TryTake(row) != true)
        {
            return false;
        }

        for (var i = 0; i < _shape.Columns.Length; i++)
        {
            if (_shape.Columns[i].Field is { } field && _shape.Members[i] is PSPropertyInfo property)
            {
                Put(ref cells, field, ValueOf(property));
            }
        }

        return true;
    }

    private static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            // A calculated property that fails says nothing.
            return null;
        }
    }

    private static void Put(ref Cells cells, InventoryField field, object? value)
    {
        if (field == InventoryField.DeviceIds)
        {
            PutDeviceIds(ref cells, value);
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
                cells.Iccid ??= text;
                break;
            case InventoryField.Eid:
                cells.Eid ??= text;
                break;
            case InventoryField.Imei:
                cells.Imei ??= text;
                break;
            case InventoryField.AccountName:
                cells.AccountName ??= Word(text!);
                break;
            case InventoryField.ServicePlan:
                cells.ServicePlan ??= Word(text!);
                break;
            case InventoryField.State:
                cells.State ??= Word(text!);
                break;
            case InventoryField.ProfileStatus:
                cells.ProfileStatus ??= Word(text!);
                break;
            case InventoryField.ProfileRole:
                cells.ProfileRole ??= Word(text!);
                break;
        }
    }

    // ThingSpace's own shape: deviceIds: [ { kind, id } ], as ConvertFrom-Json or a hashtable gives it.
    private static void PutDeviceIds(ref Cells cells, object? value)
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

            if (kind?.ToString() is { } name && InventoryColumns.Find(name) is { } field and (InventoryField.Iccid or InventoryField.Eid or InventoryField.Imei))
            {
                Put(ref cells, field, id);
            }
        }
    }

    private ProfileReading Make(in Cells cells)
    {
        var iccid = Check(IdentifierKind.Iccid, cells.Iccid);
        var eid = Check(IdentifierKind.Eid, cells.Eid);
        var imei = Check(IdentifierKind.Imei, cells.Imei);
        var (message, error) = iccid.Message is not null ? (iccid.Message, EsimError.EsimIccidInvalid)
            : eid.Message is not null ? (eid.Message, EsimError.EsimEidInvalid)
            : (imei.Message, EsimError.EsimImeiInvalid);
        if (message is not null && new EsimProfile { Iccid = cells.Iccid, Eid = cells.Eid, Imei = cells.Imei } is var named && EsimProfile.IsHashed(named))
        {
            return Hidden(named);
        }

        if (message is not null)
        {
            return new(null, new EsimException(error, $"Input {_row} ({NameOf(cells)}) was left out: {message}"), CheckDigitsOk: true);
        }

        if (iccid.Value is null && eid.Value is null && imei.Value is null)
        {
            return new(null, Nameless(), CheckDigitsOk: true);
        }

        return new(
            new EsimProfile
            {
                Iccid = iccid.Value,
                Eid = eid.Value,
                Imei = imei.Value,
                AccountName = Same(ref _lastAccount, cells.AccountName),
                ServicePlan = Same(ref _lastPlan, cells.ServicePlan),
                State = cells.State,
                ProfileStatus = cells.ProfileStatus,
                ProfileRole = cells.ProfileRole,
                Source = cells.State is null && cells.ProfileStatus is null && cells.ProfileRole is null ? EvidenceSource.None : EvidenceSource.Inventory,
            },
            null,
            (iccid.Value is null || iccid.CheckDigitOk) && (eid.Value is null || eid.CheckDigitOk) && (imei.Value is null || imei.CheckDigitOk));
    }

    private ProfileReading Hidden(EsimProfile profile) => new(
        null,
        new EsimException(
            EsimError.EsimInputInvalid,
            $"Input {_row} ({profile}) was left out: its identifiers are known by their hashes alone.",
            "Pipe the inventory that it stands in: a row of it is recognised."),
        CheckDigitsOk: true)
    {
        Hidden = profile,
    };

    private static bool IsOther(string? identifier) => identifier is not null && (identifier.Length is 0 or > 32 || !identifier.All(c => c is >= '0' and <= '9'));

    // Rows of one file repeat account and plan; keeping one copy of the text keeps ten thousand others short-lived.
    private static string? Same(ref string? last, string? text) => string.Equals(last, text, StringComparison.Ordinal) ? last : last = text;

    private static IdentifierReading Check(IdentifierKind kind, string? text)
    {
        if (text is null)
        {
            return default;
        }

        var reading = kind.Read(text);
        return reading.Fault == IdentifierFault.Missing ? default : reading;
    }

    private static string Word(string cell) => ForeignText.Show(cell.Trim(), ForeignText.LongestWord);

    private static string NameOf(in Cells cells)
    {
        var names = new List<string>(3);
        if (cells.Iccid is not null)
        {
            names.Add("ICCID " + Short(cells.Iccid));
        }

        if (cells.Eid is not null)
        {
            names.Add("EID " + Short(cells.Eid));
        }

        if (cells.Imei is not null)
        {
            names.Add("IMEI " + Short(cells.Imei));
        }

        return string.Join(", ", names);
    }

    private static string Short(string text) => ForeignText.Show(text, LongestShown);

    private EsimException Nameless() => new(
        EsimError.EsimInputInvalid,
        $"Input {_row} was left out: it names no ICCID, EID or IMEI.",
        "Pipe objects with a property Iccid (and Eid and Imei where known), ICCID strings, or the service's own deviceIds.");

    private struct Cells
    {
        public string? Iccid;
        public string? Eid;
        public string? Imei;
        public string? AccountName;
        public string? ServicePlan;
        public string? State;
        public string? ProfileStatus;
        public string? ProfileRole;
    }
}
