// How much of strangers' messages a listener writes, how large its files grow, and what a process that was killed leaves to be read.

using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Callbacks;

[Collection(nameof(Alone))]
public sealed class IntakeLimitTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = ManualClock.HangLimit };
    private readonly List<EsimCallbackListener> _listeners = [];

    public void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        _http.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task Messages_for_requests_that_nobody_knows_are_recorded_up_to_a_limit_within_a_day()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var request = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(3))).Request!;
        var listener = Start(connection, new() { Unmatched = 10_000 });
        var number = 0;

        // They are counted behind the acknowledgement.
        while (number < 5000 && await PostAsync(listener, Sample.Callback("strange-" + number, Sample.IccidOf(number))) == 200)
        {
            number++;
        }

        Assert.InRange(number, 10, 4999);
        Assert.Equal(503, await PostAsync(listener, """{"requestId":"about-something-else"}"""));
        Assert.Equal(200, await PostAsync(listener, Sample.Callback("strange-0", Sample.IccidOf(0))));
        Assert.Equal(200, await PostAsync(listener, Sample.Callback("r", Sample.IccidOf(1))));
        Assert.Contains("requests that are not known here", Assert.Single(_fixture.Warnings, text => text.Contains("within a day", StringComparison.Ordinal)), StringComparison.Ordinal);

        _fixture.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(200, await PostAsync(listener, Sample.Callback("strange-again", Sample.IccidOf(5))));
        listener.Stop();
        await UntilAsync(() => request.GetResults().Count == 1);
    }

    [Fact]
    public async Task Messages_for_requests_that_other_processes_have_just_sent_are_no_strangers()
    {
        var listener = Start(await _fixture.OpenAsync(), new() { Unmatched = 1 });
        var sender = await _fixture.OpenAsync();
        for (var number = 1; number <= 5; number++)
        {
            _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r" + number));
            var request = (await ConnectionFixture.DeactivateAsync(sender, Sample.Profile(number))).Request!;
            _fixture.Clock.Advance(TimeSpan.FromSeconds(1));

            Assert.Equal(200, await PostAsync(listener, Sample.Callback("r" + number, Sample.IccidOf(number))));
            await UntilAsync(() => sender.FindRequest("r" + number)?.Status == EsimRequestStatus.Succeeded);
        }

        Assert.Empty(_fixture.Warnings);
    }

    [Fact]
    public async Task When_strangers_have_had_their_share_a_request_that_another_process_sends_is_known_when_its_message_comes_again()
    {
        var listener = Start(await _fixture.OpenAsync(), new() { Unmatched = 1 });
        await UntilAnsweredAsync(503, () => PostAsync(listener, Sample.Callback("strange-" + Guid.NewGuid(), Sample.IccidOf(9))));
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var sender = await _fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(sender, Sample.Profile(1));

        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await UntilAnsweredAsync(200, () => PostAsync(listener, Sample.Callback("r", Sample.IccidOf(1))));
        await UntilAsync(() => sender.FindRequest("r")?.Status == EsimRequestStatus.Succeeded);
    }

    [Fact]
    public async Task A_large_file_is_followed_by_another_one_and_only_the_last_is_left_behind()
    {
        var connection = await _fixture.OpenAsync();
        var listener = Start(connection, new() { File = 5_000 });
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(200, await PostAsync(listener, Sample.Callback("r" + i, Sample.IccidOf(i))));
        }

        await UntilAsync(() => Spools(_fixture.JournalPath).Count(IsProcessed) == Spools(_fixture.JournalPath).Count - 1);
        var killed = Path.Combine(_fixture.Folder.Path, "killed");
        Directory.CreateDirectory(killed);
        foreach (var path in Spools(_fixture.JournalPath))
        {
            File.WriteAllText(Path.Combine(killed, Path.GetFileName(path)), Text(path));
        }

        listener.Stop();

        await UntilAsync(() => Spools(_fixture.JournalPath).TrueForAll(IsProcessed));
        Assert.InRange(Spools(_fixture.JournalPath).Count, 5, 30);
        Assert.All(Spools(_fixture.JournalPath), path => Assert.InRange(Text(path).Length, 300, 6_000));
        Assert.Equal(60, Spools(_fixture.JournalPath).Sum(Messages));
        Assert.Contains(listener.RecordPath, Spools(_fixture.JournalPath));

        var left = Messages(Assert.Single(Spools(killed), path => !IsProcessed(path)));
        await EsimConnection.OpenAsync(new()
        {
            ApiCredential = new("api-key", "s"), UserCredential = new("uws-user", "s"), AccountName = Sample.Account, BaseUri = new("https://service.test/api"),
            Handler = _fixture.Service, Clock = _fixture.Clock, JournalPath = killed,
        }, _fixture.Messages.Enqueue);
        Assert.Equal(left == 0 ? 0 : 1, _fixture.Messages.Count(message => message.Text.StartsWith($"{left} callback messages were taken in", StringComparison.Ordinal)));
        Assert.All(Spools(killed), path => Assert.True(IsProcessed(path)));
    }

    // What a process may be left with by an earlier version, or by one whose disk gave no room for another file: more than memory should hold.
    [Fact]
    public async Task Large_messages_that_were_left_behind_are_read_one_after_the_other()
    {
        Directory.CreateDirectory(_fixture.JournalPath);
        using (var file = new StreamWriter(Path.Combine(_fixture.JournalPath, "callbacks-20260301T110000-aaaaaaaa.jsonl")))
        {
            file.Write("""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"listening","service":"https://service.test/api"}""" + "\n");
            var entries = string.Join(",", Enumerable.Range(0, 1500).Select(number => $$"""{"deviceIdentifierCollection":[{"id":"{{Sample.IccidOf(number)}}","kind":"Iccid"}],"state":"DEACTIVE","profileStatus":"DISABLE"}"""));
            for (var i = 0; i < 400; i++)
            {
                file.Write($$$$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"callback","message":{"requestId":"r{{{{i}}}}","status":"SUCCESS","deviceIds":[{"id":"1","kind":"Iccid"}],"note":"{{{{new string('x', 50_000)}}}}","deviceResponse":{"deviceProfileResponse":[{{{{entries}}}}]}}}""" + "\n");
            }
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var connection = await _fixture.OpenAsync();
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;

        Assert.Contains(_fixture.Messages, message => message.Text.StartsWith("400 callback messages were taken in", StringComparison.Ordinal));
        Assert.True(kept < 130_000_000, $"{kept} bytes were kept");
        GC.KeepAlive(connection);
    }

    private static List<string> Spools(string folder) => [.. Directory.GetFiles(folder, "callbacks-*.jsonl")];

    private static bool IsProcessed(string path) => Text(path).EndsWith("\"event\":\"processed\"}\n", StringComparison.Ordinal);

    private static int Messages(string path) => Text(path).Split('\n').Count(line => line.Contains("\"event\":\"callback\"", StringComparison.Ordinal));

    private static string Text(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < ManualClock.HangLimit, "What was expected did not happen.");
            await Task.Delay(5);
        }
    }

    private static async Task UntilAnsweredAsync(int status, Func<Task<int>> post)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (await post() != status)
        {
            Assert.True(watch.Elapsed < ManualClock.HangLimit, "What was expected did not happen.");
        }
    }

    private EsimCallbackListener Start(EsimConnection connection, IntakeLimits limits)
    {
        var listener = connection.StartCallbackListener(new() { Prefix = $"http://127.0.0.1:{FreePort.Next()}/hook", Limits = limits });
        _listeners.Add(listener);
        return listener;
    }

    private async Task<int> PostAsync(EsimCallbackListener listener, string body)
    {
        using var answer = await _http.PostAsync(listener.Prefix, new StringContent(body));
        return (int)answer.StatusCode;
    }
}
