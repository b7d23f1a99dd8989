// A listener whose database goes: it says so to those who look after it, takes messages all the same, and what they tell reaches the other machines.

using System.Globalization;
using System.Net;
using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;

namespace EsimTools.Postgres.Tests;

public sealed class LostDatabaseListenerTests : IDisposable
{
    private readonly PostgresServer _server = new();
    private readonly ScriptedService _service = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = ManualClock.HangLimit };
    private readonly Machine _one;
    private readonly Machine _other;
    private readonly string _root = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Next()}");

    public LostDatabaseListenerTests()
    {
        var address = PostgresServer.WhyNot is null ? _server.NewDatabase() : string.Empty;
        (_one, _other) = (new(address, _service), new(address, _service));
    }

    [PostgresFact]
    public async Task It_is_not_ready_takes_messages_and_brings_them_in_by_itself_when_the_database_is_back()
    {
        _service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var sender = await _other.OpenAsync();
        var request = (await Machine.DeactivateAsync(sender, Sample.Profile(1))).Request!;
        var receiver = await _one.OpenAsync();
        using var listener = receiver.StartCallbackListener(new EsimCallbackListenerOptions { Prefix = _root + "/hook", HealthPath = "/health" });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), await AskAsync());

        _server.Kill();
        await UntilReadyAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Contains(_one.Messages, message => message.Text.Contains("is not ready: The journal in the database 'test1'", StringComparison.Ordinal));
        using (var answer = await _http.PostAsync(_root + "/hook", new StringContent(Sample.Callback("r", Sample.IccidOf(1)))))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        _server.Start();

        // No other message comes, and nobody asks the service.
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (request.Status != EsimRequestStatus.Succeeded)
        {
            Assert.True(watch.Elapsed < ManualClock.HangLimit, request.Status.ToString());
            await Task.Delay(20);
            _ = sender.GetRequests();
        }

        await UntilReadyAsync(HttpStatusCode.OK);
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        _http.Dispose();
        _service.Dispose();
        _server.Dispose();
    }

    private async Task UntilReadyAsync(HttpStatusCode status)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        (HttpStatusCode Alive, HttpStatusCode Ready) seen;
        while ((seen = await AskAsync()) != (HttpStatusCode.OK, status))
        {
            Assert.Equal(HttpStatusCode.OK, seen.Alive);
            Assert.True(watch.Elapsed < ManualClock.HangLimit, seen.ToString());
            await Task.Delay(20);
        }
    }

    private async Task<(HttpStatusCode Alive, HttpStatusCode Ready)> AskAsync()
    {
        using var alive = await _http.GetAsync(_root + "/health");
        using var ready = await _http.GetAsync(_root + "/health/ready");
        return (alive.StatusCode, ready.StatusCode);
    }
}
