// Writing: every line of a service is written under its lock, so that lines are committed in the order of their ids and nobody who reads on misses one.

using System.Data;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace EsimTools.Postgres;

/// <summary>The session that writes, and the part that it writes in. Not thread-safe: whoever uses it takes turns.</summary>
internal sealed class LineWriter : IDisposable
{
    /// <summary>How long a wait for a lock may take: a little longer than the server lets anybody wait.</summary>
    public const int LockSeconds = 75;

    private readonly string _service;
    private readonly Session _session;
    private readonly List<OwnPart> _own = [];
    private int _part;

    /// <param name="address">The database.</param>
    /// <param name="service">The service's address.</param>
    public LineWriter(PostgresAddress address, string service)
    {
        _service = service;
        _session = new(address, TakeLifeAnew);
    }

    /// <summary>A part that this connection writes in: its number, and when it was begun. A server that was put back to an earlier state gives a number again.</summary>
    internal readonly record struct OwnPart(int Number, DateTime Begun);

    /// <summary>The parts that this connection has written in.</summary>
    public OwnPart[] OwnParts
    {
        get
        {
            lock (_own)
            {
                return [.. _own];
            }
        }
    }

    /// <summary>What a part is known by.</summary>
    public static string NameOf(string host, int process, int part) => string.Create(CultureInfo.InvariantCulture, $"{host}/{process}#{part}");

    /// <summary>The number of a part; 0 where it is none.</summary>
    public static int NumberOf(string part) => int.TryParse(part.AsSpan(part.LastIndexOf('#') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Begins a transaction that nobody else who writes for the service can cut across; a lost session is opened anew, once.</summary>
    /// <param name="isPolicy">Whether the policy is changed, which nobody may choose by meanwhile, whatever the service.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<NpgsqlTransaction> BeginAsync(bool isPolicy, CancellationToken cancellationToken) => _session.DoAsync(async connection =>
    {
        BeginPart(connection);
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        try
        {
            using var enter = Locks.Command(
                connection, isPolicy ? "select pg_advisory_xact_lock($1, $2)" : "select pg_advisory_xact_lock_shared($1, $2), pg_advisory_xact_lock($1, $3)", Locks.Class, Locks.Policy);
            if (!isPolicy)
            {
                enter.Parameters.Add(new() { Value = Locks.OfService(_service) });
            }

            enter.CommandTimeout = LockSeconds;
            await enter.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return transaction;
        }
        catch
        {
            await EndAsync(transaction).ConfigureAwait(false);
            throw;
        }
    });

    /// <summary>Writes lines in one transaction. A lost session is opened anew, once; what was written by then is not written again.</summary>
    public void Write(Entry[] entries) => _session.Do(connection =>
    {
        BeginPart(connection);
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        using (var enter = Locks.Command(connection, "select pg_advisory_xact_lock($1, $2)", Locks.Class, Locks.OfService(_service)))
        {
            enter.CommandTimeout = LockSeconds;
            enter.ExecuteNonQuery();
        }

        Append(transaction, entries);
        transaction.Commit();
        return true;
    });

    /// <summary>The greatest id of a line of the service. In a transaction that has its lock nobody else adds another one.</summary>
    public long LastIn(NpgsqlTransaction transaction)
    {
        using var read = Locks.Command(transaction.Connection!, "select coalesce(max(id), 0) from esimtools.line where service = $1", _service);
        return (long)read.ExecuteScalar()!;
    }

    /// <summary>Appends lines in a transaction that has the lock of the service.</summary>
    public void Append(NpgsqlTransaction transaction, Entry[] entries)
    {
        using var batch = new NpgsqlBatch(transaction.Connection, transaction);
        foreach (var entry in entries)
        {
            var insert = new NpgsqlBatchCommand("insert into esimtools.line (service, part, key, token, text) values ($1, $2, $3, $4, $5) on conflict (token) do nothing");
            insert.Parameters.Add(new() { Value = _service });
            insert.Parameters.Add(new() { Value = _part });
            insert.Parameters.Add(new() { Value = (object?)entry.Key ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            insert.Parameters.Add(new() { Value = entry.Token });
            insert.Parameters.Add(new() { Value = entry.Text });
            batch.BatchCommands.Add(insert);
        }

        // A part that was archived while its connection was idle and its session lost has something to tell again.
        var seen = new NpgsqlBatchCommand("update esimtools.part set seen = clock_timestamp(), archived = false where id = $1");
        seen.Parameters.Add(new() { Value = _part });
        batch.BatchCommands.Add(seen);
        batch.BatchCommands.Add(new($"notify {Locks.Channel}"));
        batch.ExecuteNonQuery();
    }

    /// <summary>Ends a transaction that has not been committed.</summary>
    public async Task EndAsync(NpgsqlTransaction transaction)
    {
        try
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            _session.End();
        }
    }

    /// <summary>Ends the session, of which nobody knows how it is; the next work opens another one.</summary>
    public void End() => _session.End();

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    // A part is made with the first line, so a connection that sends nothing leaves none. Others can tell by its lock, which the server gives back
    // whatever happens, whether this connection is still at work; so it is there before the first line can be seen.
    private void BeginPart(NpgsqlConnection connection)
    {
        if (_part != 0)
        {
            return;
        }

        using var insert = Locks.Command(connection, "insert into esimtools.part (service, host, process) values ($1, $2, $3) returning id, begun", _service, Environment.MachineName, Environment.ProcessId);
        OwnPart part;
        using (var reader = insert.ExecuteReader())
        {
            reader.Read();
            part = new(reader.GetInt32(0), reader.GetDateTime(1));
        }

        using var live = Locks.Command(connection, "select pg_advisory_lock($1, $2)", Locks.Class, part.Number);
        live.ExecuteNonQuery();
        lock (_own)
        {
            _own.Add(part);
        }

        _part = part.Number;
    }

    // The server may not have noticed yet that the session of before is lost. What gives its lock back later must not be taken for this one's end.
    private void TakeLifeAnew(NpgsqlConnection connection)
    {
        if (_part != 0)
        {
            // A server that was put back to an earlier state may have given its number to another connection.
            using var live = Locks.Command(
                connection,
                "select case when exists (select from esimtools.part where id = $2 and begun = $3) then pg_try_advisory_lock($1, $2) end",
                Locks.Class,
                _part,
                OwnParts.Last().Begun);
            _part = live.ExecuteScalar() is true ? _part : 0;
        }
    }
}
