// Reading: what others have committed since the last time, in pages; the lines of requests, by their keys; and who is still there.

using Npgsql;

namespace EsimTools.Postgres;

/// <summary>The session that reads. Every member may be called from any thread; no line is handed over while it is in use.</summary>
/// <param name="address">The database.</param>
/// <param name="service">The service's address.</param>
internal sealed class LineReader(PostgresAddress address, string service) : IDisposable
{
    // Lines of a request with 10,000 profiles are a megabyte each, those of an outcome a few hundred bytes.
    private const int FewestLines = 64;
    private const int MostLines = 8192;
    private const int PageBytes = 4 * 1024 * 1024;

    // Who asks whether the server is there wants to know soon.
    private const int CheckSeconds = 5;

    // What has come is here already.
    private const int HearMilliseconds = 1;

    private readonly object _turn = new();
    private readonly Session _session = new(address);
    private NpgsqlConnection? _listening;
    private bool _isTold;
    private long _after;
    private Guid _token;
    private int _limit = FewestLines;
    private bool _isLost;

    /// <summary>The greatest id of a line, read or not to be read, that is known here; −1 where the server does not have that line any more, so that nobody knows what else is missing.</summary>
    public long LastRead
    {
        get
        {
            lock (_turn)
            {
                return _isLost ? Lost : _after;
            }
        }
    }

    /// <summary>What <see cref="LastRead"/> is in a server that has gone back to an earlier state, or lags behind one that was asked before.</summary>
    public const long Lost = -1;

    /// <summary>A line that was read.</summary>
    internal readonly record struct Read(string Part, string? Key, Guid Token, DateTime At, byte[] Text);

    /// <summary>Does something else in the session.</summary>
    public T Do<T>(Func<NpgsqlConnection, T> work)
    {
        lock (_turn)
        {
            return _session.Do(work);
        }
    }

    /// <summary>The next lines of others, in the order in which they were committed; none where everything has been read.</summary>
    /// <param name="ownParts">The parts that need not be read.</param>
    /// <param name="check">The check value of the key of hidden identifiers; null where there is none.</param>
    public IReadOnlyList<Read> NextPage(LineWriter.OwnPart[] ownParts, out string? check)
    {
        lock (_turn)
        {
            (var lines, var last, check) = _session.Do(connection => ReadPage(connection, ownParts));
            (_after, _token) = last.Id > _after ? last : (_after, _token);
            _limit = lines.Sum(line => (long)line.Text.Length) < PageBytes ? Math.Min(MostLines, _limit * 2) : Math.Max(FewestLines, _limit / 2);
            return lines;
        }
    }

    /// <summary>Whether lines may have been committed since this was last asked (LISTEN/NOTIFY); null where nothing is heard. Asks the server for nothing, and opens no session.</summary>
    public bool? HasNews()
    {
        lock (_turn)
        {
            if (_session.Present is not { } connection)
            {
                return null;
            }

            try
            {
                if (_listening == connection)
                {
                    // What came with the answer to another question has been heard already.
                    var isTold = _isTold || connection.Wait(HearMilliseconds);
                    _isTold = false;
                    return isTold;
                }

                // What was committed before is read by whoever hears it for the first time.
                connection.Notification += (_, _) => _isTold = true;
                using var listen = new NpgsqlCommand($"listen {Locks.Channel}", connection);
                listen.ExecuteNonQuery();
                _listening = connection;
                return true;
            }
            catch (Exception e) when (DatabaseFault.Is(e))
            {
                _session.End();
                return null;
            }
        }
    }

    /// <summary>The lines with some keys, each one's in their order.</summary>
    public ILookup<string?, Read> Find(string[] keys) => Do(connection =>
    {
        using var find = Locks.Command(connection, "select key, token, at, text from esimtools.line where key = any($1) order by key, id", (object)keys);
        using var reader = find.ExecuteReader();
        var lines = new List<Read>();
        while (reader.Read())
        {
            lines.Add(new(string.Empty, reader.GetString(0), reader.GetGuid(1), reader.GetDateTime(2), reader.GetFieldValue<byte[]>(3)));
        }

        return lines;
    }).ToLookup(line => line.Key, StringComparer.Ordinal);

    /// <summary>Whether the session of a part is still there.</summary>
    public bool IsAlive(int part) => Do(connection =>
    {
        using var ask = Locks.Command(
            connection,
            "select exists (select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database()) and classid = $1::int8::oid and objid = $2::int8::oid and objsubid = 2 and granted)",
            (long)Locks.Class,
            (long)part);
        return (bool)ask.ExecuteScalar()!;
    });

    /// <summary>Whether the server takes lines of this user.</summary>
    public bool IsWritable() => Do(connection =>
    {
        using var ask = new NpgsqlCommand("select not pg_is_in_recovery() and has_table_privilege('esimtools.line', 'insert')", connection) { CommandTimeout = CheckSeconds };
        return (bool)ask.ExecuteScalar()!;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            _session.Dispose();
        }
    }

    // The greatest id first: what it counts has been committed, and so has everything before it; what comes in between is read too. With it goes the line
    // up to which has been read: ids are given again by a server that takes over from another one without its last lines. So are the numbers of parts, and
    // somebody else's lines must not pass for those that need not be read.
    private (IReadOnlyList<Read> Lines, (long Id, Guid Token) Last, string? Check) ReadPage(NpgsqlConnection connection, LineWriter.OwnPart[] ownParts)
    {
        using var batch = new NpgsqlBatch(connection);
        var top = new NpgsqlBatchCommand(
            "select coalesce(g.id, 0), g.token, s.hash_check, k.token, (select count(*) from esimtools.part p join unnest($3, $4) own (id, begun) on p.id = own.id and p.begun = own.begun) from esimtools.store s left join lateral (select id, token from esimtools.line where service = $1 order by id desc limit 1) g on true left join esimtools.line k on k.id = $2");
        var next = new NpgsqlBatchCommand(
            "select p.host, p.process, l.part, l.key, l.token, l.at, l.text, l.id from esimtools.line l join esimtools.part p on p.id = l.part where l.service = $1 and l.id > $2 and l.part <> all($3) and not p.archived order by l.id limit $4");
        var own = Array.ConvertAll(ownParts, static part => part.Number);
        foreach (var value in (object[])[service, _after, own, _limit])
        {
            next.Parameters.Add(new() { Value = value });
        }

        foreach (var value in (object[])[service, _after, own, Array.ConvertAll(ownParts, static part => part.Begun)])
        {
            top.Parameters.Add(new() { Value = value });
        }

        batch.BatchCommands.Add(top);
        batch.BatchCommands.Add(next);
        using var reader = batch.ExecuteReader();
        reader.Read();
        var greatest = (Id: reader.GetInt64(0), Token: TokenAt(1));
        var check = reader.IsDBNull(2) ? null : reader.GetString(2);
        _isLost = (_after > 0 && TokenAt(3) != _token) || reader.GetInt64(4) != own.Length;
        if (_isLost)
        {
            return ([], default, check);
        }

        reader.NextResult();
        var lines = new List<Read>();
        var last = (Id: 0L, Token: Guid.Empty);
        while (reader.Read())
        {
            lines.Add(new(LineWriter.NameOf(reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2)), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetGuid(4), reader.GetDateTime(5), reader.GetFieldValue<byte[]>(6)));
            last = (reader.GetInt64(7), reader.GetGuid(4));
        }

        return (lines, lines.Count < _limit && greatest.Id > last.Id ? greatest : last, check);

        Guid TokenAt(int place) => reader.IsDBNull(place) ? Guid.Empty : reader.GetGuid(place);
    }
}
