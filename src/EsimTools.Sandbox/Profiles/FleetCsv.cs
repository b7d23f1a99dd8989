// Reads an inventory file into rows: header names as people write them, comma or semicolon, damaged rows set aside.

using System.Globalization;

namespace EsimTools.Sandbox.Profiles;

/// <summary>Turns the records of a CSV file into fleet rows.</summary>
internal static class FleetCsv
{
    private static readonly string[] s_columns =
        ["iccid", "eid", "imei", "mdn", "accountname", "serviceplan", "state", "profilestatus", "profilerole", "connected"];

    /// <summary>Reads all records.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="path">The file's name, for messages.</param>
    /// <param name="add">Takes a row; returns why it cannot, or null.</param>
    /// <param name="skipped">Receives the rows that were left out.</param>
    public static void Read(TextReader text, string path, Func<SandboxProfile, string?> add, List<SandboxSkippedRow> skipped)
    {
        var csv = new CsvReader(text);
        var header = csv.Read() ?? throw new FormatException($"The inventory '{path}' is empty.");
        var places = new int[s_columns.Length];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = header.FindIndex(name => string.Equals(Plain(name), s_columns[i], StringComparison.OrdinalIgnoreCase));
        }

        if (places[0] < 0)
        {
            throw new FormatException($"The inventory '{path}' has no column named Iccid. Its columns are: {string.Join(", ", header)}.");
        }

        for (var number = 2; csv.Read() is { } record; number++)
        {
            if (record.Count == 1 && record[0].Length == 0)
            {
                continue;
            }

            var reason = TryConnected(Field(record, places[9]), out var connected)
                ? add(Row(record, places, connected))
                : $"'{Field(record, places[9])}' in the column Connected is neither true nor false.";
            if (reason is not null)
            {
                skipped.Add(new SandboxSkippedRow(number, reason));
            }
        }
    }

    private static SandboxProfile Row(List<string> record, int[] places, bool connected) => new()
    {
        Iccid = Field(record, places[0]),
        Eid = Field(record, places[1]),
        Imei = Field(record, places[2]),
        Mdn = Field(record, places[3]),
        AccountName = Field(record, places[4]),
        ServicePlan = Field(record, places[5]),
        State = Field(record, places[6]),
        ProfileStatus = Field(record, places[7]),
        ProfileRole = Field(record, places[8]),
        Connected = connected,
    };

    private static string? Field(List<string> record, int place) => place >= 0 && place < record.Count ? record[place] : null;

    private static bool TryConnected(string? text, out bool connected)
    {
        var word = text?.Trim() ?? "";
        connected = word.Length == 0 || Is(word, "true") || Is(word, "yes") || word == "1";
        return connected || Is(word, "false") || Is(word, "no") || word == "0";
    }

    private static bool Is(string text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) =>
        string.Concat(name.Where(c => char.GetUnicodeCategory(c) != UnicodeCategory.SpaceSeparator && c is not ('_' or '-')));
}
