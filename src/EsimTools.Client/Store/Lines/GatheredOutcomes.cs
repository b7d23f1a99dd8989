// Outcomes that are equal but for their profile, which are one line of the journal.

namespace EsimTools.Store.Folder;

/// <summary>Gathers outcomes until they are written. Not thread-safe.</summary>
internal sealed class GatheredOutcomes
{
    private const int MostIds = 1000;

    private JournalLine? _line;
    private List<string> _ids = [];
    private List<string> _eids = [];

    /// <summary>Whether an outcome can be part of the line that is being gathered; otherwise that one has to be written first.</summary>
    /// <param name="line">The outcome.</param>
    /// <param name="eid">The EID on which the service has placed its profile; null where it has named none.</param>
    public bool Takes(JournalLine line, string? eid) =>
        _line is null || ((eid is null) == (_eids.Count == 0) && _ids.Count < MostIds && _line with { At = line.At } == line);

    /// <summary>Adds an outcome.</summary>
    /// <param name="line">The outcome.</param>
    /// <param name="id">The profile, or the device; null where it is not known.</param>
    /// <param name="eid">The EID on which the service has placed the profile; null where it has named none.</param>
    public void Add(JournalLine line, string? id, string? eid)
    {
        _line ??= line;
        if (id is not null)
        {
            _ids.Add(id);
            if (eid is not null)
            {
                _eids.Add(eid);
            }
        }
    }

    /// <summary>Hands out the line and begins another one; null where nothing has gathered.</summary>
    public JournalLine? Take()
    {
        if (_line is null)
        {
            return null;
        }

        var line = _line with { Ids = _ids, Eids = _eids.Count > 0 ? _eids : null };
        _line = null;
        _ids = [];
        _eids = [];
        return line;
    }
}
