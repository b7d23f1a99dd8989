// Reads an inventory file as Import-Csv would, with the delimiter and the encoding that it has.

using System.Management.Automation;
using System.Text;
using EsimTools.Sandbox.Profiles;

namespace EsimTools.Binding;

/// <summary>Reads the rows of a CSV file.</summary>
internal static class InventoryFile
{
    /// <summary>The rows of a file, one by one; null for a line without anything in it.</summary>
    public static IEnumerable<PSObject?> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var text = new StreamReader(stream, EncodingOf(stream), detectEncodingFromByteOrderMarks: true);
        var csv = new CsvReader(text);
        var header = csv.Read();

        // What a spreadsheet writes above the header to tell the delimiter.
        if (header is { Count: > 0 } && header[0].StartsWith("sep=", StringComparison.OrdinalIgnoreCase))
        {
            header = csv.Read();
        }

        if (header is null)
        {
            throw new EsimException(EsimError.EsimInputInvalid, $"The inventory '{path}' is empty.", "Its first line names the columns, of which Iccid, Eid or Imei is one.");
        }

        var names = NamesOf(header);
        var any = false;
        while (csv.Read() is { } fields)
        {
            any = true;
            if (csv.IsUnclosed)
            {
                throw new EsimException(
                    EsimError.EsimInputInvalid,
                    $"Row {csv.Records} of the inventory '{path}' has a quotation mark that is never closed, so that all rows behind it are in one cell of it.",
                    "Close it, or double it where it belongs to the text. The rows before it have been read.");
            }

            yield return fields.Count == 1 && fields[0].Length == 0 && names.Length > 1 ? null : RowOf(names, fields);
        }

        if (!any)
        {
            throw new EsimException(
                EsimError.EsimInputInvalid,
                $"The inventory '{path}' has a header and no rows. Its columns are {string.Join(", ", names.Select(name => $"'{ForeignText.Show(name, ForeignText.LongestWord)}'"))}.",
                "See whether it was written whole. A file without header needs one, for example ESN,MEID,IMEI,ICCID,SKU.");
        }
    }

    private static PSObject RowOf(string[] names, List<string> fields)
    {
        var row = new PSObject();
        for (var i = 0; i < names.Length; i++)
        {
            row.Properties.Add(new PSNoteProperty(names[i], i < fields.Count ? fields[i] : null), preValidated: true);
        }

        if (fields.Count > names.Length)
        {
            row.Properties.Add(new PSNoteProperty(InventoryColumns.BeyondHeader, string.Join(" | ", fields.Skip(names.Length))));
        }

        return row;
    }

    // A column without a name, or with one that another has, gets one by its place, so that no row loses a cell.
    private static string[] NamesOf(List<string> header)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return [.. header.Select((name, index) => seen.Add(name.Trim()) && name.Trim().Length > 0 ? name.Trim() : $"H{index + 1}")];
    }

    // A byte order mark says it. Without one it is UTF-8, or, where it cannot be that, what Windows programs of the West write.
    private static Encoding EncodingOf(FileStream stream)
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        try
        {
            using var text = new StreamReader(stream, strict, detectEncodingFromByteOrderMarks: true, bufferSize: 65536, leaveOpen: true);
            var buffer = new char[65536];
            while (text.Read(buffer, 0, buffer.Length) > 0)
            {
            }

            return strict;
        }
        catch (DecoderFallbackException)
        {
            return Western();
        }
        finally
        {
            stream.Position = 0;
        }
    }

#if NETFRAMEWORK
    private static Encoding Western() => Encoding.GetEncoding(1252);
#else
    private static Encoding Western() => CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
#endif
}
