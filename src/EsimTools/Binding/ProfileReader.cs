// Reads whatever came down the pipeline as an eSIM profile: a row, a hashtable, a string, or an object of this module.

using System.Collections;
using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Reads input objects. One reader serves one command, because it remembers the columns of the row before.</summary>
/// <param name="map">What columns are read as; without it the usual names.</param>
/// <param name="areFileRows">Whether the input is the rows of a CSV file, which are counted as there: the header is row 1.</param>
internal sealed class ProfileReader(ColumnMap? map = null, Func<bool>? areFileRows = null)
{
    /// <summary>How many digits a spreadsheet keeps of a number.</summary>
    private const int SpreadsheetDigits = 15;

    private readonly ColumnMap _map = map ?? ColumnMap.Usual;
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
                return new(null, new EsimException(EsimError.EsimInputInvalid, $"{Place} was left out: it is null.", "See why the command before gave nothing for it."), CheckDigitsOk: true);
            case EsimProfile profile:
                return Named(profile);
            case EsimDevice device:
                return Named(device.ToProfile());
            case EsimResult result:
                // The connection that has seen the outcome holds the evidence; the object brings the identifiers only.
                return Named(result.ToProfile());
            case EsimProfileCheck { Profile: { } profile } check:
                // It stands for what was checked: its account, its plan and what it forbids.
                return Named(profile) with { CheckDigitsOk = check.CheckDigitsOk, IsIccidEmpty = check.IsIccidEmpty };
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

    /// <summary>Counts a row that has nothing to read.</summary>
    public void Skip() => _row++;

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
        // What says how a command is to act is no column: a dollar sign stood in the place of the at sign, and the wish would be lost.
        string[] parameters = ["WhatIf", "Confirm", "Force", "Connection"];
        var cells = default(Cells);
        var canIdentify = false;
        foreach (DictionaryEntry entry in dictionary)
        {
            if (entry.Key is not string key)
            {
                continue;
            }

            if (_map.Find(key) is { } field)
            {
                canIdentify |= InventoryColumns.CanIdentify(field);
                cells.Put(field, entry.Value);
            }
            else if (parameters.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                return new(
                    null,
                    new EsimException(
                        EsimError.EsimInputInvalid,
                        $"{Place} was left out: it is a hashtable with the key {key}, which is a parameter and no column.",
                        "Splat it: write @ in the place of the $ before its variable's name. As a row it must not have that key."),
                    CheckDigitsOk: true);
            }
        }

        return canIdentify ? Make(cells) : Unknown([.. dictionary.Keys.Cast<object>().Select(key => $"{key}")]);
    }

    // Rows of one file share their columns, so a row is listed only when it is not like the one that was listed last.
    private ProfileReading ReadRow(PSObject row)
    {
        var cells = default(Cells);
        if (TryReadAlike(row, ref cells))
        {
            return _shape!.CanIdentify ? Make(cells) : Unknown(Array.ConvertAll(_shape.Columns, column => column.Name));
        }

        cells = default;
        var canIdentify = false;
        var properties = RowShape.List(row, _map, out _shape);
        foreach (var property in properties)
        {
            if (_map.Find(property.Name) is { } field)
            {
                canIdentify |= InventoryColumns.CanIdentify(field);
                cells.Put(field, RowColumns.ValueOf(property));
            }
        }

        return canIdentify ? Make(cells) : Unknown(Array.ConvertAll(properties, property => property.Name));
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
                cells.Put(field, RowColumns.ValueOf(property));
            }
        }

        return true;
    }

    private ProfileReading Make(Cells cells)
    {
        cells.PutNested(_map);
        if (FindAmbiguity(cells) is { } ambiguous)
        {
            return ambiguous;
        }

        var iccid = CheckIccid(cells.Iccid);
        var eid = Check(IdentifierKind.Eid, cells.Eid);
        var imei = Check(IdentifierKind.Imei, cells.Imei);
        var (fault, kind, message, error) = iccid.Message is not null ? (iccid.Fault, IdentifierKind.Iccid, iccid.Message, EsimError.EsimIccidInvalid)
            : eid.Message is not null ? (eid.Fault, IdentifierKind.Eid, eid.Message, EsimError.EsimEidInvalid)
            : (imei.Fault, IdentifierKind.Imei, imei.Message, EsimError.EsimImeiInvalid);
        if (message is not null && new EsimProfile { Iccid = cells.Iccid, Eid = cells.Eid, Imei = cells.Imei } is var named && EsimProfile.IsHashed(named))
        {
            return Hidden(named);
        }

        // No action needs the IMEI, and inventories put much in its place.
        var leftOut = message is not null && kind == IdentifierKind.Imei && (iccid.Value ?? eid.Value) is not null ? message : null;
        if (message is not null && leftOut is null)
        {
            var swap = SwappedColumns.Explain(cells, kind);
            return new(null, new EsimException(error, $"{Place} ({cells.Names}) was left out: {message}{swap}", swap is null ? null : SwappedColumns.WhatToDo), CheckDigitsOk: true)
            {
                Shared = swap is not null ? new(IsOfShape: false, "swapped") : fault == IdentifierFault.Spreadsheet ? new(IsOfShape: false, kind.WireName) : null,
            };
        }

        if (iccid.Value is null && eid.Value is null && imei.Value is null)
        {
            return new(null, Nameless(), CheckDigitsOk: true) { IsEmpty = true };
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
            (iccid.Value is null || iccid.CheckDigitOk) && (eid.Value is null || eid.CheckDigitOk) && (imei.Value is null || imei.CheckDigitOk))
        {
            LeftOut = leftOut,
            IsIccidEmpty = iccid.Value is null && (cells.HasEmptyIccid || cells.Iccid is not null),
        };
    }

    // Which profile is meant cannot be told, and a wrong one would be served in silence.
    private ProfileReading? FindAmbiguity(in Cells cells)
    {
        var (fault, advice) = cells switch
        {
            { IsShifted: true } => (
                "it has more cells than the header has columns, so they may stand in the wrong ones",
                "Put quotes around a text with the file's delimiter in it, or export the file again."),
            { Second: var (kind, second) } => (
                $"it names two {kind}s; the other one is {ForeignText.Show(second, ForeignText.LongestWord)}",
                $"Say which column counts, for example -Property @{{ {(kind == IdentifierKind.Iccid ? nameof(EsimProfile.Iccid) : nameof(EsimProfile.Eid))} = 'its name' }}."),
            _ => (null, null),
        };
        return fault is null ? null : new(null, new EsimException(EsimError.EsimInputInvalid, $"{Place} ({cells.Names}) was left out: {fault}.", advice), CheckDigitsOk: true)
        {
            Shared = new(IsOfShape: false, cells.IsShifted ? "shifted" : "two"),
        };
    }

    // Whatever it has, nothing of it names a profile.
    private ProfileReading Unknown(string[] columns) => new(null, WrongColumns.Explain(Place, columns, _map), CheckDigitsOk: true)
    {
        Shared = new(IsOfShape: true, string.Join("\n", columns)),
    };

    private ProfileReading Hidden(EsimProfile profile) => new(
        null,
        new EsimException(
            EsimError.EsimInputInvalid,
            $"{Place} ({profile}) was left out: its identifiers are known by their hashes alone.",
            "Pipe the inventory that it stands in: a row of it is recognised."),
        CheckDigitsOk: true)
    {
        Hidden = profile,
    };

    private static bool IsOther(string? identifier) => identifier is not null && (identifier.Length is 0 or > 32 || !identifier.All(c => c is >= '0' and <= '9'));

    // Rows of one file repeat account and plan; keeping one copy of the text keeps ten thousand others short-lived.
    private static string? Same(ref string? last, string? text) => string.Equals(last, text, StringComparison.Ordinal) ? last : last = text;

    // The check digit tells nothing here: it fits one rounded number in ten, which is then somebody else's. A number that ends so by itself is rare, and
    // the service lists it.
    private static IdentifierReading CheckIccid(string? text)
    {
        var reading = Check(IdentifierKind.Iccid, text);
        return reading.Value is { Length: > SpreadsheetDigits } digits && digits.Substring(SpreadsheetDigits).All(static digit => digit == '0')
            ? new(
                null,
                IdentifierFault.Spreadsheet,
                false,
                $"The ICCID '{digits}' has nothing but zeros behind its fifteenth digit, as a spreadsheet leaves what it has rounded. Export the inventory again with this column "
                + "formatted as text; one that really ends so is taken from what Get-EsimProfile -Eid lists.")
            : reading;
    }

    private static IdentifierReading Check(IdentifierKind kind, string? text)
    {
        if (text is null)
        {
            return default;
        }

        var reading = kind.Read(text);
        return reading.Fault == IdentifierFault.Missing ? default : reading;
    }

    // Where the object stands, as a message begins.
    private string Place => areFileRows?.Invoke() == true ? $"Row {_row + 1}" : $"Input {_row}";

    private EsimException Nameless() => new(
        EsimError.EsimInputInvalid,
        $"{Place} was left out: it names no ICCID, EID or IMEI.",
        "Pipe objects with a property Iccid (and Eid and Imei where known), ICCID strings, or the service's own deviceIds.");
}
