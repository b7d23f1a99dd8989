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
        throw new EsimException(
            EsimError.EsimDatabaseUnavailable,
            "A journal in a database needs PowerShell 7.4 or later; this is Windows PowerShell.",
            "Run it in pwsh, or give a folder with Connect-EsimService -Journal.");
#endif
    }
}
