// A listener on loopback, and what the tests of it do with it: start it, send it messages, and read what it has recorded.

using System.Net;
using System.Text;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Callbacks;

/// <summary>What the tests of the listener have in common.</summary>
public abstract class ListenerScenario : IDisposable
{
    private protected const string User = "hook-user";
    private protected const string Password = "hook-CANARY-password";

    private protected static readonly TimeSpan HangLimit = ManualClock.HangLimit;

    private readonly List<EsimCallbackListener> _listeners = [];

    private protected ConnectionFixture Fixture { get; } = new();

    private protected HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = HangLimit };

    public void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        Http.Dispose();
        Fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string Signed(string message) => message.Insert(message.IndexOf('{') + 1, $"\"username\":\"{User}\",\"password\":\"{Password}\",");

    private protected static List<string> Lines(EsimCallbackListener listener)
    {
        using var stream = new FileStream(listener.RecordPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private protected static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from, "*.jsonl"))
        {
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var target = File.Create(Path.Combine(to, Path.GetFileName(file)));
            source.CopyTo(target);
        }
    }

    // Other threads take messages in; nothing tells a test when but the state itself.
    private protected static async Task UntilAsync(Func<bool> condition)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < HangLimit, "What was expected did not happen.");
            await Task.Delay(5);
        }
    }

    private protected async Task<(EsimConnection Connection, EsimRequest Request)> SubmitAsync(int count)
    {
        Fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await Fixture.OpenAsync();
        return (connection, (await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(count))).Request!);
    }

    private protected async Task<EsimRequest> ActAsync(EsimConnection connection, EsimAction action, EsimProfile profile, string requestId, bool resubmit = false)
    {
        Fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        var submission = await connection.SubmitAsync(action, [profile], new EsimActionOptions { Resubmit = resubmit }, serviceWasAsked: true);
        Assert.Empty(submission.Refused);
        return submission.Request!;
    }

    private protected EsimConnectionOptions OptionsFor(string journalPath)
    {
        var options = Fixture.Options();
        return new EsimConnectionOptions
        {
            ApiCredential = options.ApiCredential,
            UserCredential = options.UserCredential,
            AccountName = options.AccountName,
            BaseUri = options.BaseUri,
            JournalPath = journalPath,
            Handler = options.Handler,
            Clock = options.Clock,
        };
    }

    private protected EsimCallbackListener Start(
        EsimConnection connection, string? prefix = null, int limit = EsimCallbackListenerOptions.DefaultMaxBodyBytes, IPAddress[]? allowed = null, bool trustsForwardedFor = false, string? healthPath = null)
    {
        var listener = connection.StartCallbackListener(new EsimCallbackListenerOptions
        {
            Prefix = prefix ?? $"http://127.0.0.1:{FreePort.Next()}/hook",
            Credential = new EsimCredential(User, Password),
            AllowedAddresses = allowed,
            TrustForwardedFor = trustsForwardedFor,
            HealthPath = healthPath,
            MaxBodyBytes = limit,
        });
        _listeners.Add(listener);
        return listener;
    }

    private protected Task<HttpStatusCode> PostAsync(EsimCallbackListener listener, string body) => PostAsync(listener, Encoding.UTF8.GetBytes(body));

    private protected async Task<HttpStatusCode> PostAsync(EsimCallbackListener listener, byte[] body)
    {
        // As the service does it: the address that is registered has no slash at its end.
        using var answer = await Http.PostAsync(listener.Prefix.TrimEnd('/'), new ByteArrayContent(body));
        return answer.StatusCode;
    }

    private protected Task<HttpResponseMessage> SendAsync(EsimCallbackListener listener, string body) => Http.PostAsync(listener.Prefix, new StringContent(body));
}
