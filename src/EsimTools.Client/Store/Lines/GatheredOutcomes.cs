// Outcomes that are equal but for their profile, which are one line of the journal.

namespace EsimTools.Store.Lines;

/// <summary>Gathers outcomes until they are written. Not thread-safe.</summary>
/// <param name="clock">The clock.</param>
internal sealed class GatheredOutcomes(Clock clock)
{
    private const int MostIds = 1000;

    // What is written at once is as old as it says.
    private static readonly TimeSpan s_late = TimeSpan.FromMinutes(1);

    private readonly List<JournalLine> _lines = [];
    private JournalLine? _last;
    private List<string> _ids = [];
    private List<string> _eids = [];

    /// <summary>How many outcomes have gathered.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an outcome: to the last line where that is equal, else to one of its own.</summary>
    /// <param name="line">The outcome.</param>
    /// <param name="id">The profile, or the device; null where it is not known.</param>
    /// <param name="eid">The EID on which the service has placed the profile; null where it has named none.</param>
    public void Add(JournalLine line, string? id, string? eid)
    {
        if (!Takes(line, eid))
        {
            Close();
        }

        Count++;
        _last ??= clock.UtcNow is var now && now - line.At > s_late ? line with { Noted = now } : line;
        if (id is not null)
        {
            _ids.Add(id);
            if (eid is not null)
            {
                _eids.Add(eid);
            }
        }
    }

    /// <summary>Hands out the lines and begins anew.</summary>
    public JournalLine[] Take()
    {
        Close();
        JournalLine[] lines = [.. _lines];
        _lines.Clear();
        Count = 0;
        return lines;
    }

    /// <summary>The lines as they would be handed out now; they stay.</summary>
    public JournalLine[] Look()
    {
        Close();
        return [.. _lines];
    }

    /// <summary>Takes lines back that could not be written: they are the first to be written next time.</summary>
    public void PutBack(IReadOnlyList<JournalLine> lines)
    {
        _lines.InsertRange(0, lines);
        Count += lines.Sum(line => Math.Max(1, line.Ids?.Count ?? 0));
    }

    private bool Takes(JournalLine line, string? eid) =>
        _last is null || ((eid is null) == (_eids.Count == 0) && _ids.Count < MostIds && _last with { At = line.At, Noted = null } == line);

    private void Close()
    {
        if (_last is not null)
        {
            _lines.Add(_last with { Ids = _ids, Eids = _eids.Count > 0 ? _eids : null });
            _last = null;
            _ids = [];
            _eids = [];
        }
    }
}
