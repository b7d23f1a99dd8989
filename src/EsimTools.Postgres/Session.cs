// A session with the server that is opened anew, once for a call, where it is found lost.

using System.Data;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>One physical connection. Not thread-safe: whoever uses it takes turns.</summary>
/// <param name="address">Where to.</param>
/// <param name="begin">Makes a session ready that has just begun; null where there is nothing to do.</param>
internal sealed class Session(PostgresAddress address, Action<NpgsqlConnection>? begin = null) : IDisposable
{
    // A server that is told nothing of the end of a machine finds out by itself within half a minute; and nobody holds a lock for longer than a minute. What
    // is on the disk is durable whatever the database's default is.
    private const string Settings = """
        select set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false),
            set_config('idle_in_transaction_session_timeout', '60s', false), set_config('lock_timeout', '60s', false), set_config('statement_timeout', '0', false),
            set_config('search_path', 'pg_catalog', false), set_config('idle_session_timeout', '0', false),
            set_config('synchronous_commit', case when current_setting('synchronous_commit') in ('off', 'local', 'remote_write') then 'on' else current_setting('synchronous_commit') end, false),
            pg_is_in_recovery()
        """;

    private const int IsStandby = 9;

    private NpgsqlConnection? _connection;
    private bool _isDisposed;

    /// <summary>Does some work in the session. Where that is lost, a new one is opened and the work done from the start, once.</summary>
    /// <exception cref="NpgsqlException">It cannot be done.</exception>
    public T Do<T>(Func<NpgsqlConnection, T> work) => DoAsync(connection => Task.FromResult(work(connection))).GetAwaiter().GetResult();

    /// <summary>Likewise, for work that waits.</summary>
    public async Task<T> DoAsync<T>(Func<NpgsqlConnection, Task<T>> work)
    {
        var wasOpen = Present is not null;
        try
        {
            return await work(Open()).ConfigureAwait(false);
        }
        catch (Exception e) when (DatabaseFault.IsOfTheWay(e))
        {
            End();
            if (!wasOpen)
            {
                throw;
            }
        }

        try
        {
            return await work(Open()).ConfigureAwait(false);
        }
        catch (Exception e) when (DatabaseFault.IsOfTheWay(e))
        {
            End();
            throw;
        }
    }

    /// <summary>The connection, where there is one; a loss that nobody has met yet does not show.</summary>
    public NpgsqlConnection? Present => _connection?.State == ConnectionState.Open ? _connection : null;

    /// <summary>Ends the session; the next work opens another one.</summary>
    public void End()
    {
        var connection = _connection;
        _connection = null;
        try
        {
            connection?.Dispose();
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            // It is lost already.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        End();
    }

    /// <summary>Opens a session that nobody opens anew, and that may wait for others in the middle of a transaction.</summary>
    /// <exception cref="NpgsqlException">It cannot be opened.</exception>
    public static NpgsqlConnection OpenAlone(PostgresAddress address) => Begin(
        address,
        static connection =>
        {
            using var settings = new NpgsqlCommand("select set_config('idle_in_transaction_session_timeout', '0', false)", connection);
            settings.ExecuteNonQuery();
        });

    private NpgsqlConnection Open()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Present is { } present)
        {
            return present;
        }

        End();
        return _connection = Begin(address, begin);
    }

    private static NpgsqlConnection Begin(PostgresAddress address, Action<NpgsqlConnection>? begin)
    {
        var connection = new NpgsqlConnection(address.ConnectionString);
        try
        {
            connection.Open();
            using (var settings = new NpgsqlCommand(Settings, connection))
            using (var reader = settings.ExecuteReader())
            {
                if (reader.Read() && reader.GetBoolean(IsStandby))
                {
                    // Where something in front of the servers shares questions out among them.
                    throw new NpgsqlException("this session has come to a standby, which may lag behind, and not to the server that takes writes");
                }
            }

            begin?.Invoke(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
