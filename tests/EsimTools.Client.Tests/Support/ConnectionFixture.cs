// A connection and all that it needs: a folder for the journal, a clock, a scripted service, and what the client said.

using System.Collections.Concurrent;

namespace EsimTools.Client.Tests.Support;

/// <summary>Everything a connection needs. Connections opened here are closed with it.</summary>
internal sealed class ConnectionFixture : IDisposable
{
    public const string ApiSecret = "api-S3cret-Value";
    public const string UserSecret = "user-Passw0rd-Value";

    private readonly List<EsimConnection> _connections = [];

    public TempFolder Folder { get; } = new();

    public ManualClock Clock { get; } = new();

    public ScriptedService Service { get; } = new();

    public ConcurrentQueue<EsimMessage> Messages { get; } = [];

    public IReadOnlyList<string> Warnings => [.. Messages.Where(message => message.Level == EsimMessageLevel.Warning).Select(message => message.Text)];

    public string JournalPath => Path.Combine(Folder.Path, "journal");

    public EsimConnectionOptions Options(string baseUri = "https://service.test/api", TimeSpan? timeout = null, bool hashIdentifiers = false) => new()
    {
        HashIdentifiers = hashIdentifiers,
        ApiCredential = new EsimCredential("api-key", ApiSecret),
        UserCredential = new EsimCredential("uws-user", UserSecret),
        AccountName = Sample.Account,
        BaseUri = new Uri(baseUri),
        JournalPath = JournalPath,
        Handler = Service,
        Clock = Clock,
        Timeout = timeout ?? TimeSpan.FromMinutes(10),
    };

    public Task<EsimConnection> OpenAsync(string baseUri = "https://service.test/api", TimeSpan? timeout = null) => OpenAsync(Options(baseUri, timeout));

    public async Task<EsimConnection> OpenAsync(EsimConnectionOptions options)
    {
        var connection = await EsimConnection.OpenAsync(options, Messages.Enqueue);
        _connections.Add(connection);
        return connection;
    }

    /// <summary>Submits a deactivation. One that waits for a clock that nobody moves fails the test instead of hanging it.</summary>
    public static Task<EsimSubmission> DeactivateAsync(EsimConnection connection, params EsimProfile[] profiles) =>
        connection.SubmitAsync(EsimAction.Deactivate, profiles, new EsimActionOptions { ServicePlan = "M2M Global", ReasonCode = "FF" })
            .WaitAsync(ManualClock.HangLimit);

    /// <summary>The lines of all journal files as they are on the disk right now.</summary>
    public IReadOnlyList<string> JournalLines()
    {
        var lines = new List<string>();
        foreach (var file in Directory.GetFiles(JournalPath, "*.jsonl").Order(StringComparer.Ordinal))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    /// <summary>Writes a journal file as another process would have left it.</summary>
    public string WriteJournal(string name, params string[] lines)
    {
        Directory.CreateDirectory(JournalPath);
        var path = Path.Combine(JournalPath, name);
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
        return path;
    }

    public void Dispose()
    {
        _connections.ForEach(connection => connection.Dispose());
        Service.Dispose();
        Folder.Dispose();
    }
}
