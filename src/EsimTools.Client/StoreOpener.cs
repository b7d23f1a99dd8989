// Which store a connection gets: the one in a folder, or the one in a database, whose assembly is loaded only when it is asked for.

using EsimTools.Store;
using EsimTools.Store.Folder;

namespace EsimTools;

/// <summary>Opens the store that the options name.</summary>
internal static class StoreOpener
{
    /// <summary>Opens it.</summary>
    /// <param name="options">Where the journal is kept.</param>
    /// <param name="service">The service's address.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="report">Told of what a person should know.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>, <see cref="EsimError.EsimDatabaseUnavailable"/>.</exception>
    public static IEsimStore Open(EsimConnectionOptions options, string service, Clock clock, Action<EsimMessage> report) => Open(
        new() { Path = options.JournalPath, Database = options.Database, DatabaseCredential = options.DatabaseCredential, PostgresFolder = options.PostgresFolder },
        service,
        clock,
        report,
        options.HashIdentifiers);

    /// <summary>Opens the store of a service in a journal.</summary>
    /// <param name="place">Where the journal is kept.</param>
    /// <param name="service">The service's address.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="report">Told of what a person should know.</param>
    /// <param name="hashIdentifiers">Whether identifiers are written as keyed hashes.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>, <see cref="EsimError.EsimDatabaseUnavailable"/>.</exception>
    public static IEsimStore Open(EsimJournalPlace place, string service, Clock clock, Action<EsimMessage> report, bool hashIdentifiers = false)
    {
        if (place.Database is null)
        {
            return new FolderStore(FolderOf(place), service, clock, hashIdentifiers);
        }
#if NET
        return DatabaseAssembly.Opener(place.PostgresFolder)(InDatabase(place, service, hashIdentifiers, clock, report));
#else
        _ = report;
        throw NoDatabases();
#endif
    }

    /// <summary>Opens a journal as a whole, with the lines of all services.</summary>
    /// <param name="place">Where it is kept.</param>
    /// <param name="mustExist">Whether it has to be there already.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="report">Told of what a person should know.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>, <see cref="EsimError.EsimDatabaseUnavailable"/>.</exception>
    public static IKeptJournal OpenKept(EsimJournalPlace place, bool mustExist, Clock clock, Action<EsimMessage> report)
    {
        if (place.Database is null)
        {
            return KeptFolder.Open(FolderOf(place), mustExist, clock);
        }
#if NET
        return DatabaseAssembly.KeptOpener(place.PostgresFolder)(InDatabase(place, string.Empty, hashIdentifiers: false, clock, report), mustExist);
#else
        _ = report;
        throw NoDatabases();
#endif
    }

    private static string FolderOf(EsimJournalPlace place) => Path.GetFullPath(place.Path ?? EsimConnectionOptions.DefaultJournalPath);
#if NET

    private static DatabasePlace InDatabase(EsimJournalPlace place, string service, bool hashIdentifiers, Clock clock, Action<EsimMessage> report) => new(
        place.Database!,
        place.DatabaseCredential?.Name,
        place.DatabaseCredential?.Secret,
        service,
        place.Path is null ? null : Path.GetFullPath(place.Path),
        hashIdentifiers,
        clock,
        report);
#else

    private static EsimException NoDatabases() => new(
        EsimError.EsimDatabaseUnavailable,
        "A journal in a database needs PowerShell 7.4 or later; this is Windows PowerShell.",
        "Run it in pwsh, or give a folder with Connect-EsimService -Journal.");
#endif
}
