// The journal as anybody can read it from the disk: no code of the client is used, so that both are not wrong in the same way.

using System.Text.Json;

namespace EsimTools.Failure.Tests;

/// <summary>One request of the journal.</summary>
internal sealed class JournalRequest
{
    public required string LocalId { get; init; }

    public required IReadOnlyList<string> Iccids { get; init; }

    public string? RequestId { get; set; }

    /// <summary>In doubt until a line says otherwise.</summary>
    public End End { get; set; } = End.InDoubt;
}

/// <summary>Reads the files of a journal folder.</summary>
internal static class JournalOnDisk
{
    /// <summary>The requests in the folder; a folder that is not there has none.</summary>
    public static IReadOnlyList<JournalRequest> Read(string folder)
    {
        var requests = new Dictionary<string, JournalRequest>(StringComparer.Ordinal);
        foreach (var line in Lines(folder))
        {
            Take(line, requests);
        }

        return [.. requests.Values];
    }

    private static void Take(string line, Dictionary<string, JournalRequest> requests)
    {
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            // Torn; the documents say to leave it out.
            return;
        }

        using (json)
        {
            var root = json.RootElement;
            var local = root.TryGetProperty("request", out var id) ? id.GetString()! : "";
            if (root.GetProperty("event").GetString() == "sending")
            {
                var iccids = root.GetProperty("profiles").EnumerateArray().Select(profile => profile.GetProperty("iccid").GetString()!);
                requests.Add(local, new() { LocalId = local, Iccids = [.. iccids] });
            }
            else if (requests.TryGetValue(local, out var request))
            {
                Answer(request, root);
            }
        }
    }

    private static void Answer(JournalRequest request, JsonElement line)
    {
        switch (line.GetProperty("event").GetString())
        {
            case "accepted":
                request.End = End.Accepted;
                request.RequestId = line.GetProperty("requestId").GetString();
                break;
            case "refused":
                request.End = End.Refused;
                break;
        }
    }

    private static IEnumerable<string> Lines(string folder)
    {
        foreach (var file in Files(folder))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.jsonl").Where(file => !Path.GetFileName(file).StartsWith("callbacks-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            : [];
}
