// Reads the CSV file that says which profiles exist. The reader is written here rather than shared: if the project
// misread a file, a judge with the same reader would misread it the same way.

using System.Text;

namespace DocumentServer;

/// <summary>One profile, as the server knows it. Changed only under the fleet's lock.</summary>
internal sealed class Profile
{
    /// <summary>The position in the inventory from 1 on; the list is paged by it.</summary>
    public required int DeviceId { get; init; }

    public required string Iccid { get; init; }

    public required string Eid { get; init; }

    public required string Imei { get; init; }

    public required string AccountName { get; init; }

    public required string ServicePlan { get; init; }

    public required string State { get; set; }

    public required string ProfileStatus { get; set; }

    public required string ProfileRole { get; init; }

    /// <summary>A made-up 10-digit phone number, since callbacks and lists carry one.</summary>
    public string Mdn => $"555{DeviceId:D7}";

    public bool IsDeleted => ProfileStatus == "DELETE";

    /// <summary>Two words mean "enabled": one for a profile switched on, one for a profile downloaded and switched on.</summary>
    public bool IsEnabled => ProfileStatus is "ENABLE" or "DOWNLOAD_ENABLE";
}

/// <summary>The inventory file.</summary>
internal static class Inventory
{
    /// <summary>Reads all profiles. A row that makes no sense ends the program: the judge must know what it judges by.</summary>
    public static List<Profile> Read(string path, string defaultAccount)
    {
        var rows = ReadRows(File.ReadAllText(path, Encoding.UTF8));
        if (rows.Count == 0)
        {
            throw new UsageException($"{path} is empty.");
        }

        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < rows[0].Count; i++)
        {
            columns[rows[0][i].Trim()] = i;
        }

        foreach (var needed in new[] { "Iccid", "Eid", "Imei" })
        {
            if (!columns.ContainsKey(needed))
            {
                throw new UsageException($"{path} has no column {needed}.");
            }
        }

        var profiles = new List<Profile>(rows.Count - 1);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var number = 1; number < rows.Count; number++)
        {
            var row = rows[number];
            if (row.TrueForAll(string.IsNullOrWhiteSpace))
            {
                continue;
            }

            var profile = new Profile
            {
                DeviceId = profiles.Count + 1,
                Iccid = Cell("Iccid", ""),
                Eid = Cell("Eid", ""),
                Imei = Cell("Imei", ""),
                AccountName = Cell("AccountName", defaultAccount),
                ServicePlan = Cell("ServicePlan", ""),
                State = Cell("State", "ACTIVE").ToUpperInvariant(),
                ProfileStatus = Cell("ProfileStatus", "ENABLE").ToUpperInvariant(),
                ProfileRole = Cell("ProfileRole", "LOCAL").ToUpperInvariant(),
            };

            if (StrictBody.WhyNotAnId("iccid", profile.Iccid) is { } iccid)
            {
                throw new UsageException($"{path}, data row {number}: {iccid}");
            }

            if (profile.Eid.Length > 0 && StrictBody.WhyNotAnId("eid", profile.Eid) is { } eid)
            {
                throw new UsageException($"{path}, data row {number}: {eid}");
            }

            if (profile.Imei.Length > 0 && StrictBody.WhyNotAnId("imei", profile.Imei) is { } imei)
            {
                throw new UsageException($"{path}, data row {number}: {imei}");
            }

            if (!seen.Add(profile.Iccid))
            {
                throw new UsageException($"{path}, data row {number}: ICCID {profile.Iccid} appears twice.");
            }

            profiles.Add(profile);

            string Cell(string column, string otherwise)
            {
                var text = columns.TryGetValue(column, out var index) && index < row.Count ? row[index].Trim() : "";
                return text.Length == 0 ? otherwise : text;
            }
        }

        return profiles;
    }

    /// <summary>Comma-separated text with quoted cells, a doubled quote meaning one, either line end.</summary>
    private static List<List<string>> ReadRows(string text)
    {
        var rows = new List<List<string>>();
        var row = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"')
                {
                    cell.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && cell.Length == 0)
            {
                quoted = true;
            }
            else if (c == ',')
            {
                EndCell();
            }
            else if (c == '\n')
            {
                EndRow();
            }
            else if (c != '\r')
            {
                cell.Append(c);
            }
        }

        if (cell.Length > 0 || row.Count > 0)
        {
            EndRow();
        }

        return rows;

        void EndCell()
        {
            row.Add(cell.ToString());
            cell.Clear();
        }

        void EndRow()
        {
            EndCell();
            rows.Add(row);
            row = [];
        }
    }
}
