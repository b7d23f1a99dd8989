// What others are to be told of when no lock is held: outcomes that have come, and problems that a person should know.

using System.Collections.Concurrent;

namespace EsimTools.Store;

/// <summary>Keeps it until it can be told. Every member may be called from any thread.</summary>
/// <param name="report">Told of problems.</param>
internal sealed class Announcements(Action<string> report)
{
    private readonly ConcurrentQueue<EsimRequest> _changed = new();
    private readonly ConcurrentQueue<string> _problems = new();

    /// <summary>Notes that outcomes of a request have come.</summary>
    public void Changed(EsimRequest request) => _changed.Enqueue(request);

    /// <summary>Notes a problem.</summary>
    public void Report(string problem) => _problems.Enqueue(problem);

    /// <summary>Calls observers and tells of problems, outside every lock: either may call whatever it likes.</summary>
    public void Tell()
    {
        while (_problems.TryDequeue(out var problem))
        {
            report(problem);
        }

        while (_changed.TryDequeue(out var request))
        {
            request.Deliver();
        }
    }
}
