// Parts that are not read any more: when reading everything has come to take long, those whose every request has ended and that prove nothing about today.

using EsimTools.Proof;
using EsimTools.Store.Folder;

namespace EsimTools.Postgres;

/// <summary>Counts what has been read, and marks parts as archived. Not thread-safe.</summary>
internal sealed class PartArchive(LineReader reader)
{
    private static readonly TimeSpan s_youth = DoubtRule.DefaultNotDoneAfter;

    private readonly Dictionary<string, (long Size, DateTime Newest, bool IsDamaged)> _parts = new(StringComparer.Ordinal);

    /// <summary>From here on parts are archived, in bytes.</summary>
    public long Largest { get; set; } = JournalFolder.LargestFolder;

    /// <summary>Notes a line that was read.</summary>
    /// <param name="read">The line, with the moment at which it arrived, by the clock of the database.</param>
    /// <param name="at">When it was written, by the clock of its machine: either clock may be behind. Null where the line is damaged.</param>
    public void Note(in LineReader.Read read, DateTimeOffset? at)
    {
        var part = _parts.GetValueOrDefault(read.Part);
        var newest = at is { } moment && moment.UtcDateTime > read.At ? moment.UtcDateTime : read.At;
        _parts[read.Part] = (part.Size + read.Text.Length, newest > part.Newest ? newest : part.Newest, part.IsDamaged || at is null);
    }

    /// <summary>Archives parts, by the clock of the database.</summary>
    /// <returns>How many.</returns>
    public int Run(Func<string, bool> isNeeded)
    {
        var size = _parts.Values.Sum(part => part.Size);
        if (size <= Largest)
        {
            return 0;
        }

        var now = reader.Do(connection =>
        {
            using var ask = Locks.Command(connection, "select clock_timestamp()");
            return (DateTime)ask.ExecuteScalar()!;
        });
        var old = new List<int>();
        foreach (var (name, part) in _parts.OrderBy(part => part.Value.Newest).ToArray())
        {
            var number = LineWriter.NumberOf(name);
            if (size > Largest && !part.IsDamaged && now - part.Newest > s_youth && !isNeeded(name) && !reader.IsAlive(number))
            {
                size -= part.Size;
                _parts.Remove(name);
                old.Add(number);
            }
        }

        return old.Count == 0 ? 0 : reader.Do(connection =>
        {
            // Not one that was written to since it was read here; where that is just being done, this waits for it.
            using var archive = Locks.Command(
                connection, "update esimtools.part set archived = true where id = any($1) and seen < clock_timestamp() - $2", old.ToArray(), s_youth);
            return archive.ExecuteNonQuery();
        });
    }
}
