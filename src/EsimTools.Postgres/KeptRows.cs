// The rows of lines as a whole: read service by service in the order in which they were committed, and added in the order in which they come.

using EsimTools.Store;
using EsimTools.Store.Lines;
using Npgsql;
using NpgsqlTypes;

namespace EsimTools.Postgres;

/// <summary>Reads and adds lines of all services.</summary>
internal static class KeptRows
{
    // One way to the server for many lines, and a request of 10,000 profiles is a line of a megabyte.
    private const int LinesAtOnce = 8192;
    private const int BytesAtOnce = 4 * 1024 * 1024;

    /// <summary>All lines, those of archived parts first.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public static IEnumerable<KeptLine> Read(NpgsqlConnection connection, string title, byte[]? key, Action<string> report)
    {
        var keys = new JournalKeys { Hasher = key is null ? null : new(key) };
        var parts = new Dictionary<int, KeptPart>();
        using var ask = Locks.Command(
            connection,
            "select l.service, l.part, l.text, p.host, p.process, p.archived, l.id from esimtools.line l join esimtools.part p on p.id = l.part order by p.archived desc, l.service, l.id");
        ask.CommandTimeout = 0;
        using var reader = Try(title, ask.ExecuteReader);
        while (Try(title, reader.Read))
        {
            var number = reader.GetInt32(1);
            if (!parts.TryGetValue(number, out var part))
            {
                parts[number] = part = new(LineWriter.NameOf(reader.GetString(3), reader.GetInt32(4), number), reader.GetString(3), reader.GetInt32(4), reader.GetBoolean(5));
            }

            ReadOnlyMemory<byte> text = Try(title, () => reader.GetFieldValue<byte[]>(2));
            if (JournalLineReader.Read(text.Span, keys, out var problem) is { } line)
            {
                yield return new(part, reader.GetInt64(6), reader.GetString(0), line, keys, text);
            }
            else
            {
                report($"A line of the part {part.Name} of the journal in the database {title} cannot be used, and is left out: {problem}.");
            }
        }
    }

    /// <summary>Adds lines behind those that are there, in parts of their own, whose connections are gone.</summary>
    public static void Append(NpgsqlConnection connection, IEnumerable<KeptLine> lines)
    {
        var numbers = new Dictionary<(KeptPart Part, string Service), int>();
        var waiting = new List<(string Service, int Part, string? Key, byte[] Text)>();
        var size = 0;
        foreach (var line in lines)
        {
            if (line is { Service.Length: 0, Line.Event: JournalEvent.Outcome or JournalEvent.Newer })
            {
                throw new EsimException(
                    EsimError.EsimJournalConflict,
                    $"A line of the journal file '{line.Part.Name}' counts for whatever service, because neither it nor the file tells which. In a database each line is one service's. Nothing was copied.",
                    "Look at that file. Where nothing in it matters any more, move it elsewhere, and copy again.");
            }

            if (!numbers.TryGetValue((line.Part, line.Service), out var number))
            {
                numbers[(line.Part, line.Service)] = number = AddPart(connection, line.Part, line.Service);
            }

            waiting.Add((line.Service, number, line.Line.Key, line.Text.ToArray()));
            size += line.Text.Length;
            if (waiting.Count == LinesAtOnce || size >= BytesAtOnce)
            {
                Write(connection, waiting);
                waiting.Clear();
                size = 0;
            }
        }

        Write(connection, waiting);
    }

    /// <summary>Deletes lines.</summary>
    public static void Delete(NpgsqlConnection connection, IEnumerable<long> ids)
    {
        foreach (var some in ids.Chunk(LinesAtOnce))
        {
            using var delete = Locks.Command(connection, "delete from esimtools.line where id = any($1)", (object)some);
            delete.CommandTimeout = 0;
            delete.ExecuteNonQuery();
        }
    }

    private static int AddPart(NpgsqlConnection connection, KeptPart part, string service)
    {
        using var insert = Locks.Command(
            connection,
            "insert into esimtools.part (service, host, process, archived) values ($1, $2, $3, $4) returning id",
            service,
            part.Host ?? Path.GetFileNameWithoutExtension(part.Name),
            part.Process,
            part.IsArchived);
        return (int)insert.ExecuteScalar()!;
    }

    private static void Write(NpgsqlConnection connection, List<(string Service, int Part, string? Key, byte[] Text)> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        using var import = connection.BeginBinaryImport("copy esimtools.line (service, part, key, token, text) from stdin (format binary)");
        foreach (var (service, part, key, text) in lines)
        {
            import.StartRow();
            import.Write(service, NpgsqlDbType.Text);
            import.Write(part, NpgsqlDbType.Integer);
            if (key is null)
            {
                import.WriteNull();
            }
            else
            {
                import.Write(key, NpgsqlDbType.Text);
            }

            import.Write(Guid.NewGuid(), NpgsqlDbType.Uuid);
            import.Write(text, NpgsqlDbType.Text);
        }

        import.Complete();
    }

    private static T Try<T>(string title, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            throw DatabaseFault.Later(title, e);
        }
    }
}
