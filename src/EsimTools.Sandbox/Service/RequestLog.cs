// The newest requests, oldest first out, so that a sandbox that runs for days keeps its size.

namespace EsimTools.Sandbox.Service;

/// <summary>A bounded list of log entries. Thread-safe.</summary>
internal sealed class RequestLog
{
    /// <summary>How many entries are kept.</summary>
    public const int Capacity = 10_000;

    private readonly Queue<SandboxLogEntry> _entries = new();

    public void Add(SandboxLogEntry entry)
    {
        lock (_entries)
        {
            if (_entries.Count == Capacity)
            {
                _entries.Dequeue();
            }

            _entries.Enqueue(entry);
        }
    }

    public IReadOnlyList<SandboxLogEntry> ToList()
    {
        lock (_entries)
        {
            return _entries.ToArray();
        }
    }
}
