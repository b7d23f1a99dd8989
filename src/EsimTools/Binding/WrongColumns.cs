// Says of an object that has no column of ours why that may be: another delimiter, no header, other names.

namespace EsimTools.Binding;

/// <summary>Explains columns of which none names a profile.</summary>
internal static class WrongColumns
{
    private const int MostShown = 8;
    private const int LongestShown = 80;

    private static readonly (char Mark, string Typed)[] s_delimiters = [(';', "';'"), ('\t', "\"`t\""), ('|', "'|'"), (',', "','")];

    /// <summary>What is wrong with them and what to do.</summary>
    /// <param name="place">Where the object stands, as a message begins.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="map">What columns are read as.</param>
    public static EsimException Explain(string place, IReadOnlyList<string> columns, ColumnMap map)
    {
        var begin = $"{place} was left out: it names no ICCID, EID or IMEI. ";
        var header = string.Join(",", columns);
        foreach (var (mark, typed) in s_delimiters)
        {
            // A comma is where the names were taken apart, unless there is only one.
            if (header.IndexOf(mark) < 0 || (mark == ',' && columns.Count > 1))
            {
                continue;
            }

            var names = Array.ConvertAll(header.Split(mark), name => name.Trim().Trim('"'));
            if (Array.Exists(names, name => InventoryColumns.CanIdentify(map.Find(name))))
            {
                return new(
                    EsimError.EsimInputInvalid,
                    $"{begin}Its {(columns.Count == 1 ? "only column is" : "columns are")} {Show(columns)}: the file has another delimiter.",
                    $"Read it with Import-Csv -Delimiter {typed}. Its columns are then {Show(names)}.");
            }
        }

        if (columns.Any(IsIdentifier))
        {
            return new(
                EsimError.EsimInputInvalid,
                $"{begin}Its columns are {Show(columns)}: the file has no header, and its first row was taken for one.",
                "Name the columns in their order, as in Import-Csv -Header ESN, MEID, IMEI, ICCID, SKU for the layout of ThingSpace Manage.");
        }

        return new(
            EsimError.EsimInputInvalid,
            $"{begin}Its {(columns.Count == 1 ? "only column is" : "columns are")} {(columns.Count == 0 ? "none" : Show(columns))}.",
            "Needed is a column Iccid, Eid or Imei, or another of the names in about_EsimTools. Any other name is given with -Property, as in -Property @{ Iccid = 'SIM serial' }.");
    }

    private static bool IsIdentifier(string name) =>
        IdentifierKind.Eid.Read(name).IsUsable || IdentifierKind.Iccid.Read(name).IsUsable || IdentifierKind.Imei.Read(name).IsUsable;

    private static string Show(IReadOnlyList<string> names)
    {
        var shown = string.Join(", ", names.Take(MostShown).Select(name => $"'{ForeignText.Show(name, LongestShown)}'"));
        return names.Count > MostShown ? $"{shown} and {names.Count - MostShown} more" : shown;
    }
}
