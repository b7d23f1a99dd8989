// Where the client comes in: opens the store in a database.

using EsimTools.Store;
using EsimTools.Store.Folder;

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
                using var read = Locks.Command(connection, "select id from esimtools.store");
                return (Guid)read.ExecuteScalar()!;
            });
            var folder = place.Folder ?? Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "EsimTools", "database", id.ToString());
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
            if (DatabaseFault.IsForbidden(e) || DatabaseFault.Is(e))
            {
                throw DatabaseFault.AtOpening(address.Title, e);
            }

            if (e is UnauthorizedAccessException)
            {
                throw new EsimException(EsimError.EsimJournalUnavailable, $"The local folder of the journal cannot be used: {e.Message.TrimEnd('.')}.", "Free its permissions.", e);
            }

            throw;
        }
    }
}
