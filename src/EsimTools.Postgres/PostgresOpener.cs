// Where the client comes in: opens the store in a database.

using EsimTools.Store;
using EsimTools.Store.Folder;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>Opens the journal in a database.</summary>
internal static class PostgresOpener
{
    /// <summary>Opens it, making its tables where they are missing, and brings in what was kept on this machine.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimDatabaseUnavailable"/>; <see cref="EsimError.EsimJournalUnavailable"/>: the local folder cannot be used.</exception>
    public static IEsimStore Open(DatabasePlace place)
    {
        var address = PostgresAddress.Read(place);

        // However the service's address is written: what is open under one spelling is open under the other.
        var service = place.Service.ToLowerInvariant();
        var (reader, writer) = (new LineReader(address, service), new LineWriter(address, service));
        try
        {
            var id = reader.Do(connection =>
            {
                Schema.BringUp(connection, address.Title);
                return IdIn(connection);
            });
            var folder = FolderOf(place, id);
            var clock = reader.Do(connection => DatabaseClock.Of(connection, place.Clock));
            if (clock.Problem is { } problem)
            {
                place.Report(new(EsimMessageLevel.Warning, problem));
            }

            var mended = OwnFiles.TakeOver(folder);
            var hasher = reader.Do(connection => SharedKey.Open(connection, address.Title, folder, place.HashIdentifiers));
            var kept = new KeptAnswers(folder, service, clock.UtcNow);

            // In a part of its own, so that this connection reads it too.
            using var courier = new LineWriter(address, service);
            if (kept.BringIn(courier.Write) is > 0 and var count)
            {
                place.Report(new(EsimMessageLevel.Verbose, $"{count} answers were brought into the database that an earlier connection could only keep on this machine."));
            }

            return new PostgresStore(place, address.Title, folder, clock, reader, writer, kept, hasher) { Mended = mended };
        }
        catch (Exception e)
        {
            reader.Dispose();
            writer.Dispose();
            if (Explained(address, e) is { } error)
            {
                throw error;
            }

            throw;
        }
    }

    /// <summary>Opens the journal as a whole, with the lines of all services.</summary>
    /// <param name="place">Where and who; the service does not matter.</param>
    /// <param name="mustExist">Whether the tables have to be there already; otherwise they are made.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimDatabaseUnavailable"/>; <see cref="EsimError.EsimJournalUnavailable"/>: the local folder cannot be used.</exception>
    public static IKeptJournal OpenKept(DatabasePlace place, bool mustExist)
    {
        var address = PostgresAddress.Read(place);
        NpgsqlConnection? connection = null;
        try
        {
            connection = Session.OpenAlone(address);
            if (mustExist && !Schema.IsThere(connection))
            {
                throw new EsimException(EsimError.EsimDatabaseUnavailable, $"There is no journal in the database {address.Title}.", "Give the database that (Get-EsimConnection).Journal shows.");
            }

            Schema.BringUp(connection, address.Title);
            var id = IdIn(connection);
            var folder = FolderOf(place, id);
            OwnFiles.TakeOver(folder);
            var isHashed = SharedKey.Open(connection, address.Title, folder, create: false) is not null;
            return new KeptDatabase(address.Title, id, folder, isHashed ? HasherKey.Read(folder) : null, connection);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            if (Explained(address, e) is { } error)
            {
                throw error;
            }

            throw;
        }
    }

    private static Guid IdIn(NpgsqlConnection connection)
    {
        using var read = Locks.Command(connection, "select id from esimtools.store");
        return (Guid)read.ExecuteScalar()!;
    }

    private static string FolderOf(DatabasePlace place, Guid id) => place.Folder ?? Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "EsimTools", "database", id.ToString());

    private static EsimException? Explained(PostgresAddress address, Exception e) =>
        DatabaseFault.IsForbidden(e) || DatabaseFault.Is(e) ? DatabaseFault.AtOpening(address.Title, e)
        : e is UnauthorizedAccessException ? new(EsimError.EsimJournalUnavailable, $"The local folder of the journal cannot be used: {e.Message.TrimEnd('.')}.", "Free its permissions.", e)
        : null;
}
