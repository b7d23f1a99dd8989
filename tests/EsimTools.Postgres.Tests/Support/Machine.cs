// A machine on the database: a folder of its own, and what its connections said.

using System.Collections.Concurrent;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Postgres.Tests.Support;

/// <summary>Opens connections whose journal is in a database. Those opened here are closed with it.</summary>
internal sealed class Machine(string database, ScriptedService service) : IDisposable
{
    private readonly List<EsimConnection> _connections = [];

    public TempFolder Folder { get; } = new();

    public ConcurrentQueue<EsimMessage> Messages { get; } = [];

    public string LocalFolder => Path.Combine(Folder.Path, "local");

    public EsimConnectionOptions Options(bool hashIdentifiers = false, Clock? clock = null) => new()
    {
        ApiCredential = new EsimCredential("api-key", "api-S3cret-Value"),
        UserCredential = new EsimCredential("uws-user", "user-Passw0rd-Value"),
        AccountName = Sample.Account,
        BaseUri = new Uri("https://service.test/api"),
        JournalPath = LocalFolder,
        Database = database,
        HashIdentifiers = hashIdentifiers,
        Handler = service,
        Clock = clock,
        PostgresFolder = AppContext.BaseDirectory,
    };

    public async Task<EsimConnection> OpenAsync(EsimConnectionOptions? options = null)
    {
        var connection = await EsimConnection.OpenAsync(options ?? Options(), Messages.Enqueue);
        _connections.Add(connection);
        return connection;
    }

    public static Task<EsimSubmission> DeactivateAsync(EsimConnection connection, params EsimProfile[] profiles) =>
        DeactivateAsync(connection, ManualClock.HangLimit, profiles);

    public static Task<EsimSubmission> DeactivateAsync(EsimConnection connection, TimeSpan limit, params EsimProfile[] profiles) =>
        connection.SubmitAsync(EsimAction.Deactivate, profiles, new EsimActionOptions { ServicePlan = "M2M Global", ReasonCode = "FF", SkipConfirmedWithin = TimeSpan.FromHours(24) }).WaitAsync(limit);

    public void Dispose()
    {
        _connections.ForEach(connection => connection.Dispose());
        Folder.Dispose();
    }
}
