// A listener whose web server is spoken to over real sockets, on a clock that a test moves.

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.HttpServer;

/// <summary>What the tests of the web server have in common.</summary>
public abstract class ServerScenario : IDisposable
{
    private readonly List<EsimCallbackListener> _listeners = [];

    private protected ConnectionFixture Fixture { get; } = new();

    public void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        Fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string Message(string requestId) => $$"""{"requestId":"{{requestId}}","note":"hook-CANARY"}""";

    private protected static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=here", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        // Windows uses only keys that it has stored.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private protected static List<string> RecordedIds(EsimCallbackListener listener)
    {
        using var stream = new FileStream(listener.RecordPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var ids = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("message", out var message))
            {
                ids.Add(message.GetProperty("requestId").GetString()!);
            }
        }

        return ids;
    }

    private protected static async Task<int> PostOnceAsync(EsimCallbackListener listener, string requestId)
    {
        using var caller = await RawCaller.ConnectAsync(listener);
        try
        {
            await caller.SendAsync(RawCaller.Post(Message(requestId)));
        }
        catch (IOException)
        {
            // Turned away before it was heard; the answer may still be there.
        }

        return await caller.StatusAsync();
    }

    // Other threads take calls in; nothing tells a test when but the state itself.
    private protected static async Task UntilAsync(Func<bool> condition)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < ManualClock.HangLimit, "What was expected did not happen.");
            await Task.Delay(5);
        }
    }

    // The answer is with the caller a moment before the listener waits for the next call, and no one outside can see when that is.
    private protected static Task UntilSilentAsync(EsimCallbackListener listener) => UntilAsync(() => listener.Connections.All(connection => connection.IsReading));

    // The look-out asks for one pause after each look, so each second has been looked at before the next one passes.
    private protected async Task PassAsync(int seconds)
    {
        for (; seconds > 0; seconds--)
        {
            await Fixture.Clock.PassAsync(TimeSpan.FromSeconds(1));
        }
    }

    private protected async Task PassUntilAsync(Func<bool> condition, int most)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (; !condition(); most--)
        {
            Assert.True(watch.Elapsed < ManualClock.HangLimit && most > 0, "What was expected did not happen.");
            await PassAsync(1);
            await Task.Delay(5);
        }
    }

    private protected async Task<EsimCallbackListener> StartAsync(string prefix = "http://127.0.0.1:{0}/hook", X509Certificate2? certificate = null, IPAddress[]? allowed = null, bool trust = false)
    {
        var connection = await Fixture.OpenAsync();
        var listener = connection.StartCallbackListener(new EsimCallbackListenerOptions
        {
            Prefix = prefix.Replace("{0}", FreePort.Next().ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal),
            Certificate = certificate,
            AllowedAddresses = allowed,
            TrustForwardedFor = trust,
        });
        _listeners.Add(listener);
        return listener;
    }
}
