// The journal in a database as a whole, for who copies or clears it: the lines of all services, in one transaction that others see when it ends.

using System.Data;
using EsimTools.Store;
using EsimTools.Store.Folder;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>Reads and changes a database while nobody else may choose what to send. Not thread-safe.</summary>
/// <param name="title">The database, for a person.</param>
/// <param name="id">The database's own id.</param>
/// <param name="folder">The local folder.</param>
/// <param name="key">The key that identifiers are hidden behind; null where none are.</param>
/// <param name="connection">Its one session.</param>
internal sealed class KeptDatabase(string title, Guid id, string folder, byte[]? key, NpgsqlConnection connection) : IKeptJournal
{
    private NpgsqlTransaction? _transaction;

    /// <inheritdoc/>
    public string Title => title;

    /// <inheritdoc/>
    public string Identity => id.ToString();

    /// <inheritdoc/>
    public string Folder => folder;

    /// <inheritdoc/>
    public byte[]? Key { get; private set; } = key;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Services() => Try(() =>
    {
        using var ask = Locks.Command(connection, "select distinct service from esimtools.part");
        using var reader = ask.ExecuteReader();
        var services = new List<string>();
        while (reader.Read())
        {
            services.Add(reader.GetString(0));
        }

        return services;
    });

    /// <inheritdoc/>
    public async Task EnterAsync(IReadOnlyCollection<string> services, CancellationToken cancellationToken)
    {
        try
        {
            _transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);

            // In the order in which others take them: that of the policy, then their service's.
            await LockAsync(Locks.Policy, cancellationToken).ConfigureAwait(false);
            foreach (var service in services.Select(Locks.OfService).Distinct().Order())
            {
                await LockAsync(service, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            throw DatabaseFault.Later(title, e);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Writers() => Try(() =>
    {
        using var ask = Locks.Command(
            connection,
            """
            select p.host, p.process, p.who from esimtools.part p where exists (
                select from pg_locks l where l.locktype = 'advisory' and l.database = (select oid from pg_database where datname = current_database())
                    and l.classid = $1::int8::oid and l.objid = p.id::int8::oid and l.objsubid = 2 and l.granted)
            order by p.id
            """,
            (long)Locks.Class);
        using var reader = ask.ExecuteReader();
        var writers = new List<string>();
        while (reader.Read())
        {
            writers.Add($"process {reader.GetInt32(1)} on {reader.GetString(0)} (database user {reader.GetString(2)})");
        }

        return writers;
    });

    /// <inheritdoc/>
    public IReadOnlyList<string> FindUndelivered() => KeptAnswers.FindIn(folder);

    /// <inheritdoc/>
    public string? ReadPolicy() => Try(() => PolicyRow.Read(connection));

    /// <inheritdoc/>
    public IEnumerable<KeptLine> Read(Action<string> report) => KeptRows.Read(connection, title, Key, report);

    /// <inheritdoc/>
    public void Begin()
    {
        // Others see nothing of what is half done.
    }

    /// <inheritdoc/>
    public void TakeKey(byte[] key)
    {
        HasherKey.Write(folder, key);
        Key = HasherKey.Read(folder)!;
        if (!Key.SequenceEqual(key))
        {
            throw new EsimException(
                EsimError.EsimJournalConflict,
                $"The file '{Path.Combine(folder, HasherKey.FileName)}' holds another key than the journal that is copied, and the database {title} has none yet. Nothing was copied.",
                "It is of no use where the database hides no identifiers: put it away, and copy again.");
        }

        Try(() => SharedKey.Note(connection, new(key)));
    }

    /// <inheritdoc/>
    public void WritePolicy(string text) => Try(() =>
    {
        PolicyRow.Write(_transaction!, text);
        return true;
    });

    /// <inheritdoc/>
    public void Append(IEnumerable<KeptLine> lines) => Try(() =>
    {
        KeptRows.Append(connection, lines);
        return true;
    });

    /// <inheritdoc/>
    public IReadOnlyCollection<string> HalfRemoved => [];

    /// <inheritdoc/>
    public void Remove(IReadOnlyCollection<string> requests, Func<KeptLine, bool> goes) => Try(() =>
    {
        // One command at a time in a session.
        long[] ids = [.. Read(static _ => { }).Where(goes).Select(static line => line.Place)];
        KeptRows.Delete(connection, ids);
        return true;
    });

    /// <inheritdoc/>
    public void End() => Try(() =>
    {
        _transaction!.Commit();
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _transaction?.Dispose();
        connection.Dispose();
    }

    private async Task LockAsync(int name, CancellationToken cancellationToken)
    {
        using var enter = Locks.Command(connection, "select pg_advisory_xact_lock($1, $2)", Locks.Class, name);
        enter.CommandTimeout = LineWriter.LockSeconds;
        await enter.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private T Try<T>(Func<T> work)
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
