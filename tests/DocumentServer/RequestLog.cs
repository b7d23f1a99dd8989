// What was asked of the service, in the order of the answers. Tests read it to see what the module really sent.

using System.Text.Json.Serialization;

namespace DocumentServer;

/// <summary>One request; filled in while it is served.</summary>
internal sealed class LogEntry(string method, string path)
{
    public string Method { get; } = method;

    public string Path { get; } = path;

    /// <summary>The status of the answer, or 0 when the caller hung up before there was one.</summary>
    public int Status { get; set; }

    /// <summary>deactivate, delete, list or status; null for tokens and unknown paths.</summary>
    public string? Action { get; set; }

    /// <summary>The number of devices in the body of a profile action, also of a refused one.</summary>
    public int? Devices { get; set; }

    public string? RequestId { get; set; }

    /// <summary>Why it was refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; set; }
}

internal sealed class RequestLog
{
    private readonly Lock gate = new();
    private readonly List<LogEntry> entries = [];

    public void Add(LogEntry entry)
    {
        lock (gate)
        {
            entries.Add(entry);
        }
    }

    public IReadOnlyList<LogEntry> All()
    {
        lock (gate)
        {
            return [.. entries];
        }
    }
}
