// What all connections have written to the database, read to its end: page by page, and behind it the look whether that was all.

using EsimTools.Store.Lines;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>Reads on in the parts of the journal, and puts away those that no longer matter.</summary>
internal sealed class PartReading(string title, LineReader reader, LineWriter writer, IdentifierHasher? hasher)
{
    private const long NotReserving = -1;

    private readonly PartArchive _archive = new(reader);
    private readonly JournalKeys _keys = new() { Hasher = hasher };

    // The last line that there is while this connection judges with the right to reserve, when nobody adds one.
    private long _last = NotReserving;

    /// <summary>Whether a line was read whose identifiers are hidden behind a key that is not known.</summary>
    public bool HasUnknown => _keys.HasUnknown;

    /// <summary>Judges with the right to reserve: what is read meanwhile has to go as far as what has been written.</summary>
    public JournalLine? Judge(NpgsqlTransaction transaction, Func<JournalLine?> judge)
    {
        Volatile.Write(ref _last, writer.LastIn(transaction));
        try
        {
            return judge();
        }
        finally
        {
            Volatile.Write(ref _last, NotReserving);
        }
    }

    /// <summary>Reads what has been written since the last time.</summary>
    /// <returns>The check of the key that identifiers are hidden behind; null where none are.</returns>
    public string? ReadNew(Action<JournalLine, JournalKeys, string> take, Action<string> report)
    {
        // One page after the other, so that no reading of another thread comes between.
        lock (_keys)
        {
            string? check;
            var last = Volatile.Read(ref _last);
            while (reader.NextPage(writer.OwnParts, out check) is { Count: > 0 } page)
            {
                foreach (var read in page)
                {
                    Take(read, take, report);
                }
            }

            // The session that reads may be with a server that lags behind, or that has gone back to an earlier state.
            var known = reader.LastRead;
            if (known == LineReader.Lost || (last != NotReserving && last != known && last == Volatile.Read(ref _last)))
            {
                throw OutOfStep();
            }

            return check;
        }
    }

    /// <summary>Puts parts away.</summary>
    /// <returns>How many.</returns>
    public int Archive(Func<string, bool> isNeeded)
    {
        lock (_keys)
        {
            return _archive.Run(isNeeded);
        }
    }

    private EsimException OutOfStep() => new(
        EsimError.EsimJournalUnavailable,
        $"The journal in the database {title} cannot be read as it is: what this connection has read does not go as far as what has been written, or goes further. A server that lags behind has answered, or one that was put back to an earlier state.",
        "Connect again with Connect-EsimService, to the server that takes writes and without anything between that sends questions to another one. Nothing was sent.");

    private void Take(in LineReader.Read read, Action<JournalLine, JournalKeys, string> take, Action<string> report)
    {
        var line = JournalLineReader.Read(read.Text, _keys, out var problem);
        _archive.Note(read, line?.At);
        if (line is null)
        {
            report($"A line of the part {read.Part} of the journal in the database {title} cannot be used: {problem}.");
            return;
        }

        take(line, _keys, read.Part);
    }
}
