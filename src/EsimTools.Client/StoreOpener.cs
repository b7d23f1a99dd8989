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
    public static IEsimStore Open(EsimConnectionOptions options, string service, Clock clock, Action<EsimMessage> report)
    {
        if (options.Database is not { } address)
        {
            return new FolderStore(Path.GetFullPath(options.JournalPath ?? EsimConnectionOptions.DefaultJournalPath), service, clock, options.HashIdentifiers);
        }
#if NET
        var credential = options.DatabaseCredential;
        return DatabaseAssembly.Opener(options.PostgresFolder)(new(
            address, credential?.Name, credential?.Secret, service, options.JournalPath is null ? null : Path.GetFullPath(options.JournalPath), options.HashIdentifiers, clock, report));
#else
        _ = (address, report);
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
        if (place.Database is not { } address)
        {
            return KeptFolder.Open(Path.GetFullPath(place.Path ?? EsimConnectionOptions.DefaultJournalPath), mustExist, clock);
        }
#if NET
        var credential = place.DatabaseCredential;
        return DatabaseAssembly.KeptOpener(place.PostgresFolder)(
            new(address, credential?.Name, credential?.Secret, string.Empty, place.Path is null ? null : Path.GetFullPath(place.Path), HashIdentifiers: false, clock, report), mustExist);
#else
        _ = (address, report);
        throw NoDatabases();
#endif
    }
#if !NET

    private static EsimException NoDatabases() => new(
        EsimError.EsimDatabaseUnavailable,
        "A journal in a database needs PowerShell 7.4 or later; this is Windows PowerShell.",
        "Run it in pwsh, or give a folder with Connect-EsimService -Journal.");
#endif
}
