// The listener over HTTP on loopback: what it acknowledges is recorded, and everything that must not bring it down.

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class CallbackListenerTests : ListenerScenario
{
    [Fact]
    public async Task What_is_acknowledged_is_on_record_and_settles_the_request()
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(connection);
        Fixture.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1)))));

        // No wait: the line must be there before the answer is.
        var line = Assert.Single(Lines(listener), line => line.Contains("\"callback\"", StringComparison.Ordinal));
        using var json = JsonDocument.Parse(line);
        Assert.Equal("r", json.RootElement.GetProperty("message").GetProperty("requestId").GetString());
        Assert.DoesNotContain("username", line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("CANARY", line, StringComparison.Ordinal);
        await UntilAsync(() => request.Status == EsimRequestStatus.Succeeded);
        var result = Assert.Single(request.GetResults());
        Assert.Equal(("DEACTIVE", EvidenceSource.Callback, ManualClock.Start.AddMinutes(2)), (result.State, result.Source, result.ReceivedAt));
        Assert.Equal((1, 1, 0, 0, 0, null), (listener.Received, listener.Recorded, listener.Duplicates, listener.Refused, listener.Invalid, listener.LastProblem));
    }

    [Fact]
    public async Task A_wait_ends_when_the_last_callback_has_come()
    {
        var (connection, request) = await SubmitAsync(50);
        var listener = Start(connection);
        var results = 0;
        var wait = connection.WaitAsync(request, _ => Interlocked.Increment(ref results));

        await Task.WhenAll(Enumerable.Range(1, 50).Select(number => PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(number))))));

        Assert.True(await wait.WaitAsync(HangLimit));
        Assert.Equal(50, results);
    }

    [Fact]
    public async Task Another_process_with_the_same_journal_hears_of_an_outcome_while_the_listener_goes_on()
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(await Fixture.OpenAsync());

        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1)))));

        await UntilAsync(() => connection.FindRequest("r")?.Status == EsimRequestStatus.Succeeded);
        Assert.Equal(EvidenceSource.Callback, Assert.Single(request.GetResults()).Source);
    }

    [Fact]
    public async Task A_message_that_comes_again_is_acknowledged_and_recorded_once()
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(connection);
        var message = Signed(Sample.Callback("r", Sample.IccidOf(1)));

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => PostAsync(listener, message)));
        var again = await PostAsync(listener, message.Replace("\"callbackCount\": 1", "\"callbackCount\": 2", StringComparison.Ordinal).Replace("\"r\"", "\"R\"", StringComparison.Ordinal));

        Assert.All([.. answers, again], answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Equal((41, 1, 40), (listener.Received, listener.Recorded, listener.Duplicates));
        Assert.Single(Lines(listener), line => line.Contains("\"callback\"", StringComparison.Ordinal));
        Assert.Equal(1, request.SucceededCount);
    }

    [Fact]
    public async Task Messages_in_any_order_each_count_for_what_they_say()
    {
        var (connection, request) = await SubmitAsync(2);
        var listener = Start(connection);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(2), "Failed"))));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1)))));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1), "warning"))));

        await UntilAsync(() => request.Status == EsimRequestStatus.PartlyFailed);
        Assert.Equal((3, 0), (listener.Recorded, listener.Duplicates));
    }

    [Fact]
    public async Task What_a_killed_process_had_acknowledged_is_taken_in_by_the_next_one_and_once()
    {
        var (connection, _) = await SubmitAsync(3);
        var listener = Start(connection);
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1)))));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(2), "Failed"))));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed("""{"requestId":"r","about":"something else"}""")));

        // The disk as it is at this moment is what the kill of the process would leave; the last line may be torn.
        var left = Path.Combine(Fixture.Folder.Path, "left");
        CopyFolder(Fixture.JournalPath, left);
        await File.AppendAllTextAsync(Directory.GetFiles(left, "callbacks-*").Single(), """{"v":1,"at":"2026-""");
        Fixture.Clock.Advance(TimeSpan.FromHours(3));

        var next = await Fixture.OpenAsync(OptionsFor(left));
        var request = next.FindRequest("r")!;
        Assert.Equal((1, 1), (request.SucceededCount, request.FailedCount));
        Assert.All(request.GetResults(), result => Assert.Equal(ManualClock.Start.AddMinutes(1), result.ReceivedAt));
        Assert.EndsWith("\"event\":\"processed\"}", File.ReadAllText(Directory.GetFiles(left, "callbacks-*").Single()).TrimEnd(), StringComparison.Ordinal);

        Fixture.Messages.Clear();
        next.Dispose();
        var third = await Fixture.OpenAsync(OptionsFor(left));
        Assert.Equal(1, third.FindRequest("r")!.SucceededCount);
        Assert.DoesNotContain(Fixture.Messages, message => message.Text.Contains("taken in", StringComparison.Ordinal));
        Assert.Empty(Fixture.Warnings);
    }

    [Fact]
    public async Task What_another_service_said_and_what_another_process_still_records_is_left_alone()
    {
        var (connection, _) = await SubmitAsync(1);
        var listener = Start(connection);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1)))));
        Fixture.WriteJournal(
            "callbacks-20260101T000000-00000000.jsonl",
            """{"v":1,"at":"2026-01-01T00:00:00.000Z","event":"listening","service":"https://other.test/api"}""",
            $$$"""{"v":1,"at":"2026-01-01T00:00:00.000Z","event":"callback","message":{"requestId":"r","status":"SUCCESS","deviceIds":[{"id":"{{{Sample.IccidOf(1)}}}","kind":"Iccid"}]}}""");

        await Fixture.OpenAsync();

        Assert.DoesNotContain(Fixture.Messages, message => message.Text.Contains("taken in", StringComparison.Ordinal));
        Assert.Empty(Fixture.Warnings);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed("""{"requestId":"still-recording"}""")));
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_acknowledged_and_is_taken_when_it_comes_again()
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(connection);
        var message = Signed(Sample.Callback("r", Sample.IccidOf(1)));
        var good = listener.Intake.Record;
        var broken = CallbackRecord.Begin(Fixture.Folder.Path, "x", Fixture.Clock.UtcNow);
        broken.Dispose();

        listener.Intake.Record = broken;
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync(listener, message)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer));
        Assert.Equal((0, 10), (listener.Recorded, listener.Refused));
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        Assert.Contains(Fixture.Warnings, text => text.Contains("cannot be recorded", StringComparison.Ordinal));

        listener.Intake.Record = good;
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, message));
        Assert.Equal((1, 0), (listener.Recorded, listener.Duplicates));
        await UntilAsync(() => request.Status == EsimRequestStatus.Succeeded);
    }

    [Fact]
    public async Task Stopping_ends_it_and_twice_is_no_error()
    {
        var (connection, request) = await SubmitAsync(200);
        var listener = Start(connection);
        await Task.WhenAll(Enumerable.Range(1, 200).Select(number => PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(number))))));

        listener.Stop();
        listener.Stop();

        Assert.False(listener.IsListening);
        Assert.False(connection.ReceivesCallbacks);
        Assert.Empty(connection.Listeners);

        // On a busy machine what has been recorded is taken in behind the stop.
        await UntilAsync(() => Lines(listener)[^1].EndsWith("\"event\":\"processed\"}", StringComparison.Ordinal));
        Assert.Equal(EsimRequestStatus.Succeeded, request.Status);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => PostAsync(listener, Signed("""{"requestId":"r"}""")));
        Start(connection, prefix: listener.Prefix);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_while_it_stops_that_is_not_recorded()
    {
        var (connection, _) = await SubmitAsync(1);
        for (var round = 0; round < 10; round++)
        {
            var listener = Start(connection);
            var acknowledged = 0;
            var number = 0;
            using var stuck = new TcpClient();
            var prefix = new Uri(listener.Prefix);
            await stuck.ConnectAsync(IPAddress.Loopback, prefix.Port);
            await stuck.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {prefix.AbsolutePath} HTTP/1.1\r\nHost: 127.0.0.1:{prefix.Port}\r\nContent-Length: 1000\r\n\r\n{{"));
            var senders = Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
            {
                try
                {
                    while (true)
                    {
                        if (await PostAsync(listener, Signed(Sample.Callback($"{round}-{Interlocked.Increment(ref number)}", Sample.Iccid))) == HttpStatusCode.OK)
                        {
                            Interlocked.Increment(ref acknowledged);
                        }
                    }
                }
                catch (Exception e) when (e is HttpRequestException or SocketException)
                {
                    // The gate is closed; HttpClient lets some ways of a connection's end through as they are.
                }
            })).ToArray();
            await UntilAsync(() => listener.Recorded > 500);

            listener.Stop();
            await Task.WhenAll(senders);

            var recorded = Lines(listener).Count(line => line.Contains("\"callback\"", StringComparison.Ordinal));
            Assert.InRange(acknowledged, 500, recorded);
            await UntilAsync(() => listener.Recorded == recorded);
            using var reader = new StreamReader(stuck.GetStream());
            string? answer = null;
            try
            {
                answer = await reader.ReadLineAsync().WaitAsync(HangLimit);
            }
            catch (IOException)
            {
                // Cut without a word.
            }

            Assert.True(answer is null or "HTTP/1.1 503 Service Unavailable", answer);
        }
    }

    [Fact]
    public async Task The_connections_end_is_theListeners_end_and_loses_nothing()
    {
        var (connection, _) = await SubmitAsync(200);
        var listener = Start(connection);
        await Task.WhenAll(Enumerable.Range(1, 200).Select(number => PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(number))))));

        connection.Dispose();

        // On a busy machine the record is closed behind that, and nobody else may read it before.
        Assert.False(listener.IsListening);
        await UntilAsync(() => ClosedFile.Is(listener.RecordPath));
        var next = await Fixture.OpenAsync();
        Assert.Equal(EsimRequestStatus.Succeeded, next.FindRequest("r")!.Status);
    }

    [Fact]
    public async Task A_listener_that_heard_nothing_leaves_no_file()
    {
        var connection = await Fixture.OpenAsync();
        var listener = Start(connection);
        Assert.True(File.Exists(listener.RecordPath));

        listener.Stop();

        // What takes longer than a second goes on behind Stop, which a busy machine may need.
        Assert.True(SpinWait.SpinUntil(() => !File.Exists(listener.RecordPath), ManualClock.HangLimit));
    }

    [Fact]
    public async Task A_listener_goes_on_whatever_those_do_who_hear_of_it()
    {
        var (connection, request) = await SubmitAsync(2);
        connection.Message += _ => throw new InvalidOperationException("a bad subscriber");
        request.Subscribe(_ => throw new InvalidOperationException("a bad observer"));
        var listener = Start(connection);

        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(listener, "garbage"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1)))));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(2)))));

        await UntilAsync(() => request.SucceededCount == 2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("ftp://127.0.0.1:9001/")]
    [InlineData("127.0.0.1:9001")]
    [InlineData("http://127.0.0.1:9001/?a=b")]
    [InlineData("http://user@127.0.0.1:9001/")]
    [InlineData("http://127.0.0.1:99999/")]
    public async Task A_prefix_that_is_none_is_refused(string prefix)
    {
        var connection = await Fixture.OpenAsync();

        var error = Assert.Throws<EsimException>(() => connection.StartCallbackListener(new EsimCallbackListenerOptions { Prefix = prefix }));

        Assert.Equal(EsimError.EsimParameterInvalid, error.Error);
        Assert.Empty(Directory.GetFiles(Fixture.JournalPath, "callbacks-*"));
    }

    [Fact]
    public async Task An_address_in_use_is_a_clear_error_and_leaves_nothing_behind()
    {
        var connection = await Fixture.OpenAsync();
        var listener = Start(connection);

        var error = Assert.Throws<EsimException>(() => Start(connection, prefix: listener.Prefix));

        Assert.Equal(EsimError.EsimListenerUnavailable, error.Error);
        Assert.Contains(listener.Prefix, error.Message, StringComparison.Ordinal);
        Assert.Equal([listener], connection.Listeners);

        // What takes longer than a moment goes on behind.
        Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(Fixture.JournalPath, "callbacks-*.jsonl").Length == 1, ManualClock.HangLimit));
    }

    [Fact]
    public async Task Nothing_listens_for_a_closed_connection()
    {
        var connection = await Fixture.OpenAsync();
        connection.Dispose();

        Assert.Equal(EsimError.EsimNotConnected, Assert.Throws<EsimException>(() => Start(connection)).Error);
        Assert.Empty(Directory.GetFiles(Fixture.JournalPath, "callbacks-*"));
    }

    [Theory]
    [InlineData(1023)]
    [InlineData(0)]
    [InlineData(64 * 1024 * 1024 + 1)]
    public async Task A_body_limit_that_makes_no_sense_is_refused(int limit)
    {
        var connection = await Fixture.OpenAsync();

        Assert.Equal(EsimError.EsimParameterInvalid, Assert.Throws<EsimException>(() => Start(connection, limit: limit)).Error);
    }

    // "Deactivated" of yesterday, said again after the profile was activated, must not open the way to its deletion.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_old_message_never_passes_for_todays_state(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        var profile = new EsimProfile { Iccid = Sample.IccidOf(1) };
        var old = await ActAsync(connection, EsimAction.Deactivate, profile, "old");
        connection.ReceiveCallback(Sample.Callback("old", profile.Iccid!, state: "DEACTIVE", profileStatus: "ENABLE"));
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var newer = await ActAsync(connection, EsimAction.Activate, profile, "newer");
        connection.ReceiveCallback(Sample.Callback("newer", profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(EsimRequestStatus.Succeeded, newer.Status);

        connection.ReceiveCallback(Sample.Callback("old", profile.Iccid!, state: "DEACTIVE", profileStatus: "ENABLE"));
        GC.KeepAlive(old);

        var judge = connection;
        if (inNextSession)
        {
            connection.Dispose();
            judge = await Fixture.OpenAsync();
        }

        Assert.Equal(EsimError.EsimProfileNotDisabled, judge.Judge(EsimAction.Delete, profile, serviceWasAsked: true).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_that_comes_after_a_newer_request_does_not_outdate_it(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        var profile = new EsimProfile { Iccid = Sample.IccidOf(1) };
        var old = await ActAsync(connection, EsimAction.Deactivate, profile, "old");
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var newer = await ActAsync(connection, EsimAction.Activate, profile, "newer", resubmit: true);
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        connection.ReceiveCallback(Sample.Callback("newer", profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        Fixture.Clock.Advance(TimeSpan.FromMinutes(1));

        connection.ReceiveCallback(Sample.Callback("old", profile.Iccid!, state: "DEACTIVE", profileStatus: "ENABLE"));
        Assert.Equal((EsimRequestStatus.Succeeded, EsimRequestStatus.Succeeded), (old.Status, newer.Status));

        var judge = connection;
        if (inNextSession)
        {
            connection.Dispose();
            judge = await Fixture.OpenAsync();
        }

        Assert.Equal(EsimError.EsimProfileNotDisabled, judge.Judge(EsimAction.Delete, profile, serviceWasAsked: true).Error);
    }
}
