// The listener over HTTP on loopback: what it acknowledges is recorded, whom it believes, and everything that must not bring it down.

using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.Json;
using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class CallbackListenerTests : IDisposable
{
    private const string User = "hook-user";
    private const string Password = "hook-CANARY-password";

    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(30);

    private readonly Bench _bench = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = HangLimit };
    private readonly List<EsimCallbackListener> _listeners = [];

    public void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        _http.Dispose();
        _bench.Dispose();
    }

    [Fact]
    public async Task What_is_acknowledged_is_on_record_and_settles_the_request()
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(connection);
        _bench.Clock.Advance(TimeSpan.FromMinutes(2));

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

    public static TheoryData<string> WrongCredentials =>
    [
        "\"username\":\"hook-user\",\"password\":\"wrong\"",
        "\"username\":\"wrong\",\"password\":\"hook-CANARY-password\"",
        "\"username\":\"HOOK-USER\",\"password\":\"hook-CANARY-password\"",
        "\"username\":\"hook-user\",\"password\":\"hook-CANARY-password \"",
        "\"username\":\"hook-user\"",
        "\"password\":\"hook-CANARY-password\"",
        "\"username\":null,\"password\":null",
        "\"username\":[\"hook-user\"],\"password\":{}",
        "\"note\":\"no credentials at all\"",
    ];

    [Theory]
    [MemberData(nameof(WrongCredentials))]
    public async Task Wrong_credentials_are_refused_without_telling_which_part_is_wrong(string fields)
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(connection);

        using var answer = await SendAsync(listener, Sample.Callback("r", Sample.IccidOf(1)).Insert(1, fields + ","));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(string.Empty, await answer.Content.ReadAsStringAsync());
        Assert.Equal(["Content-Length", "Date"], answer.Headers.Concat(answer.Content.Headers).Select(header => header.Key).Order(StringComparer.Ordinal));
        Assert.Equal((1, 0, 1, "a message came with a wrong user name or password"), (listener.Received, listener.Recorded, listener.Refused, listener.LastProblem));
        Assert.Single(Lines(listener));
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
    }

    [Fact]
    public async Task Credentials_inside_the_fault_are_taken_and_none_is_kept_at_any_depth()
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(connection);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, $$$"""
            {"faultResponse":{"requestId":"r","status":"Failed","faultcode":"X","deviceIds":[{"id":"{{{Sample.IccidOf(1)}}}","kind":"Iccid","Password":"{{{Password}}}"}],
             "UserName":"{{{User}}}","password":"{{{Password}}}"},"other":[{"deep":{"PASSWORD":"{{{Password}}}"}}]}
            """));

        await UntilAsync(() => request.Status == EsimRequestStatus.Failed);
        Assert.DoesNotContain(Lines(listener), line => line.Contains("CANARY", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Only_a_post_is_a_message(string method)
    {
        var listener = Start(await _bench.OpenAsync());

        using var request = new HttpRequestMessage(new HttpMethod(method), listener.Prefix);
        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["POST"], answer.Content.Headers.Allow);
        Assert.Equal((0, 1), (listener.Received, listener.Refused));
    }

    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "empty", [] },
        { "text", "hello"u8.ToArray() },
        { "html", "<html/>"u8.ToArray() },
        { "truncated", "{\"requestId\":\"r\","u8.ToArray() },
        { "array", Encoding.UTF8.GetBytes("[" + Signed("""{"requestId":"r"}""") + "]") },
        { "null", "null"u8.ToArray() },
        { "thousand levels", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 1000)) + "1" + new string('}', 1000)) },
        { "thousand levels beside the rest", Encoding.UTF8.GetBytes(Signed($$"""{"requestId":"r","deep":{{string.Concat(Enumerable.Repeat("[", 1000)) + new string(']', 1000)}}}""")) },
        { "utf-16", Encoding.Unicode.GetBytes(Signed("""{"requestId":"r"}""")) },
        { "invalid utf-8", [0xff, 0xfe, 0xfd, .. "{}"u8] },
        { "invalid utf-8 in the id", [.. "{\"username\":\"hook-user\",\"password\":\"hook-CANARY-password\",\"requestId\":\""u8, 0xc3, 0x28, .. "\"}"u8] },
        { "no request id", Encoding.UTF8.GetBytes(Signed("""{"deviceIds":[{"id":"1","kind":"Iccid"}]}""")) },
        { "wrong types", Encoding.UTF8.GetBytes(Signed("""{"requestId":{"a":1},"deviceIds":"x","status":[],"deviceResponse":7}""")) },
        { "lone surrogate", Encoding.UTF8.GetBytes(Signed("""{"requestId":"\ud800"}""")) },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_is_refused_and_the_next_message_is_taken(string name, byte[] body)
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(connection);

        Assert.True(await PostAsync(listener, body) == HttpStatusCode.BadRequest, name);
        Assert.Equal((1, 0, 1), (listener.Received, listener.Recorded, listener.Invalid));
        Assert.StartsWith("a message could not be used", listener.LastProblem, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1)))));
        await UntilAsync(() => request.Status == EsimRequestStatus.Succeeded);
    }

    [Theory]
    [InlineData("""{"requestId":"never-heard-of","status":"SUCCESS","deviceIds":[{"id":"89141390780800784259","kind":"Iccid"}]}""")]
    [InlineData("""{"requestId":"r","status":"SUCCESS","deviceIds":[{"id":"5551234567","kind":"mdn"}]}""")]
    [InlineData("""{"requestId":"r","status":7,"deviceIds":[{"id":89141390780800784259,"kind":"Iccid"}],"callbackCount":{},"maxCallbackThreshold":"many"}""")]
    [InlineData("""{"requestId":"r","brandNew":{"field":[1,2,3]},"deviceIds":[{"id":"1","kind":"Iccid","also":null}]}""")]
    [InlineData("""{"faultResponse":{"requestId":"r"}}""")]
    public async Task What_the_service_says_about_other_things_is_kept_and_acknowledged(string message)
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(connection);

        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(message)));

        Assert.Equal((1, 0, 0), (listener.Recorded, listener.Refused, listener.Invalid));
        Assert.Single(Lines(listener), line => line.Contains("\"callback\"", StringComparison.Ordinal));
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
    }

    [Fact]
    public async Task A_message_just_below_the_limit_is_taken()
    {
        var listener = Start(await _bench.OpenAsync(), limit: 5000);
        var empty = Signed("""{"requestId":"r","note":""}""").Length;

        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed($$"""{"requestId":"r","note":"{{new string('9', 5000 - empty)}}"}""")));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(listener, Signed($$"""{"requestId":"r","note":"{{new string('9', 5001 - empty)}}"}""")));
    }

    [Fact]
    public async Task A_sender_that_never_ends_is_cut_off_and_keeps_nobody_waiting()
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(connection);
        var prefix = new Uri(listener.Prefix);
        var slow = new List<TcpClient>();
        for (var i = 0; i < 20; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, prefix.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {prefix.AbsolutePath} HTTP/1.1\r\nHost: 127.0.0.1:{prefix.Port}\r\nContent-Length: 1000\r\n\r\n{{\"requestId\""));
            slow.Add(client);
        }

        await UntilAsync(() => listener.Received == 20);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1)))));
        await UntilAsync(() => request.Status == EsimRequestStatus.Succeeded);

        foreach (var client in slow)
        {
            // The look-out waits on the clock; one second of it at a time until this sender is cut.
            using var reader = new StreamReader(client.GetStream());
            var end = reader.ReadLineAsync();
            await UntilAsync(() =>
            {
                _bench.Clock.Advance(TimeSpan.FromSeconds(1));
                return end.IsCompleted;
            });

            // Whatever it gets to see must not look like an acknowledgement.
            Assert.True(end.IsFaulted || await end is null or "HTTP/1.1 408 Request Timeout");
            client.Dispose();
        }

        await UntilAsync(() => listener.Invalid == 20);
        Assert.Equal(1, listener.Recorded);
    }

    [Theory]
    [InlineData("127.0.0.1", false, null, true)]
    [InlineData("::ffff:127.0.0.1", false, null, true)]
    [InlineData("3.87.163.45", false, null, false)]
    [InlineData("3.87.163.45", false, "3.87.163.45", false)]
    [InlineData("3.87.163.45", true, "3.87.163.45", true)]
    [InlineData("3.87.163.45", true, "10.0.0.1, 3.87.163.45", true)]
    [InlineData("3.87.163.45", true, "3.87.163.45, 10.0.0.1", false)]
    [InlineData("3.87.163.45", true, "3.87.163.45:5555", true)]
    [InlineData("2001:db8::1", true, "[2001:db8::1]:5555", true)]
    [InlineData("2001:db8::1", true, "2001:db8::1", true)]
    [InlineData("3.87.163.45", true, "unknown", false)]
    [InlineData("3.87.163.45", true, "", false)]
    [InlineData("3.87.163.45", true, null, false)]
    [InlineData("127.0.0.1", true, "66.6.6.6", false)]
    public async Task Only_allowed_senders_are_heard(string allowed, bool trustsForwardedFor, string? forwardedFor, bool isHeard)
    {
        var connection = await _bench.OpenAsync();
        var listener = Start(connection, allowed: [IPAddress.Parse(allowed)], trustsForwardedFor: trustsForwardedFor);

        using var request = new HttpRequestMessage(HttpMethod.Post, listener.Prefix) { Content = new StringContent(Signed("""{"requestId":"r"}""")) };
        if (forwardedFor is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        }

        using var answer = await _http.SendAsync(request);

        Assert.Equal(isHeard ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(isHeard ? (1, 0) : (0, 1), (listener.Recorded, listener.Refused));
    }

    [Fact]
    public void Verizons_addresses_are_those_of_the_facts() =>
        Assert.Equal(
            "3.87.163.45 3.91.119.203 54.197.62.209 35.165.205.14 54.200.43.232 34.216.81.234 137.117.33.109 168.62.173.153",
            string.Join(" ", EsimCallbackListener.VerizonAddresses));

    [Fact]
    public async Task What_a_killed_process_had_acknowledged_is_taken_in_by_the_next_one_and_once()
    {
        var (connection, _) = await SubmitAsync(3);
        var listener = Start(connection);
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1)))));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(2), "Failed"))));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed("""{"requestId":"r","about":"something else"}""")));

        // The disk as it is at this moment is what the kill of the process would leave; the last line may be torn.
        var left = Path.Combine(_bench.Folder.Path, "left");
        CopyFolder(_bench.JournalPath, left);
        await File.AppendAllTextAsync(Directory.GetFiles(left, "callbacks-*").Single(), """{"v":1,"at":"2026-""");
        _bench.Clock.Advance(TimeSpan.FromHours(3));

        var next = await _bench.OpenAsync(OptionsFor(left));
        var request = next.FindRequest("r")!;
        Assert.Equal((1, 1), (request.SucceededCount, request.FailedCount));
        Assert.All(request.GetResults(), result => Assert.Equal(ManualClock.Start.AddMinutes(1), result.ReceivedAt));
        Assert.EndsWith("\"event\":\"processed\"}", File.ReadAllText(Directory.GetFiles(left, "callbacks-*").Single()).TrimEnd(), StringComparison.Ordinal);

        _bench.Messages.Clear();
        next.Dispose();
        var third = await _bench.OpenAsync(OptionsFor(left));
        Assert.Equal(1, third.FindRequest("r")!.SucceededCount);
        Assert.DoesNotContain(_bench.Messages, message => message.Text.Contains("taken in", StringComparison.Ordinal));
        Assert.Empty(_bench.Warnings);
    }

    [Fact]
    public async Task What_another_service_said_and_what_another_process_still_records_is_left_alone()
    {
        var (connection, _) = await SubmitAsync(1);
        var listener = Start(connection);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(1)))));
        _bench.WriteJournal(
            "callbacks-20260101T000000-00000000.jsonl",
            """{"v":1,"at":"2026-01-01T00:00:00.000Z","event":"listening","service":"https://other.test/api"}""",
            $$$"""{"v":1,"at":"2026-01-01T00:00:00.000Z","event":"callback","message":{"requestId":"r","status":"SUCCESS","deviceIds":[{"id":"{{{Sample.IccidOf(1)}}}","kind":"Iccid"}]}}""");

        await _bench.OpenAsync();

        Assert.DoesNotContain(_bench.Messages, message => message.Text.Contains("taken in", StringComparison.Ordinal));
        Assert.Empty(_bench.Warnings);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, Signed("""{"requestId":"still-recording"}""")));
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_acknowledged_and_is_taken_when_it_comes_again()
    {
        var (connection, request) = await SubmitAsync(1);
        var listener = Start(connection);
        var message = Signed(Sample.Callback("r", Sample.IccidOf(1)));
        var intake = typeof(EsimCallbackListener).GetField("_intake", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(listener)!;
        var spoolField = typeof(CallbackIntake).GetField("_spool", BindingFlags.Instance | BindingFlags.NonPublic)!;
        var good = (CallbackSpool)spoolField.GetValue(intake)!;
        var broken = CallbackSpool.Begin(_bench.Folder.Path, "x", _bench.Clock.UtcNow);
        broken.Dispose();

        spoolField.SetValue(intake, broken);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync(listener, message)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer));
        Assert.Equal((0, 10), (listener.Recorded, listener.Refused));
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        Assert.Contains(_bench.Warnings, text => text.Contains("cannot be recorded", StringComparison.Ordinal));

        spoolField.SetValue(intake, good);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(listener, message));
        Assert.Equal((1, 0), (listener.Recorded, listener.Duplicates));
        await UntilAsync(() => request.Status == EsimRequestStatus.Succeeded);
    }

    [Fact]
    public async Task Stopping_ends_it_within_a_second_and_twice_is_no_error()
    {
        var (connection, request) = await SubmitAsync(200);
        var listener = Start(connection);
        await Task.WhenAll(Enumerable.Range(1, 200).Select(number => PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(number))))));

        var watch = System.Diagnostics.Stopwatch.StartNew();
        listener.Stop();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
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
                catch (HttpRequestException)
                {
                    // The door is closed.
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
    public async Task The_connections_end_is_the_listeners_end_and_loses_nothing()
    {
        var (connection, _) = await SubmitAsync(200);
        var listener = Start(connection);
        await Task.WhenAll(Enumerable.Range(1, 200).Select(number => PostAsync(listener, Signed(Sample.Callback("r", Sample.IccidOf(number))))));

        connection.Dispose();

        Assert.False(listener.IsListening);
        var next = await _bench.OpenAsync();
        Assert.Equal(EsimRequestStatus.Succeeded, next.FindRequest("r")!.Status);
    }

    [Fact]
    public async Task A_listener_that_heard_nothing_leaves_no_file()
    {
        var connection = await _bench.OpenAsync();
        var listener = Start(connection);
        Assert.True(File.Exists(listener.SpoolPath));

        listener.Stop();

        // What takes longer than a second goes on behind Stop, which a busy machine may need.
        Assert.True(SpinWait.SpinUntil(() => !File.Exists(listener.SpoolPath), ManualClock.HangLimit));
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
        var connection = await _bench.OpenAsync();

        var error = Assert.Throws<EsimException>(() => connection.StartCallbackListener(new EsimCallbackListenerOptions { Prefix = prefix }));

        Assert.Equal(EsimError.EsimParameterInvalid, error.Error);
        Assert.Empty(Directory.GetFiles(_bench.JournalPath, "callbacks-*"));
    }

    [Fact]
    public async Task An_address_in_use_is_a_clear_error_and_leaves_nothing_behind()
    {
        var connection = await _bench.OpenAsync();
        var listener = Start(connection);

        var error = Assert.Throws<EsimException>(() => Start(connection, prefix: listener.Prefix));

        Assert.Equal(EsimError.EsimListenerUnavailable, error.Error);
        Assert.Contains(listener.Prefix, error.Message, StringComparison.Ordinal);
        Assert.Equal([listener], connection.Listeners);
        Assert.Single(Directory.GetFiles(_bench.JournalPath, "callbacks-*"));
    }

    [Fact]
    public async Task Nothing_listens_for_a_closed_connection()
    {
        var connection = await _bench.OpenAsync();
        connection.Dispose();

        Assert.Equal(EsimError.EsimNotConnected, Assert.Throws<EsimException>(() => Start(connection)).Error);
        Assert.Empty(Directory.GetFiles(_bench.JournalPath, "callbacks-*"));
    }

    [Theory]
    [InlineData(1023)]
    [InlineData(0)]
    [InlineData(64 * 1024 * 1024 + 1)]
    public async Task A_body_limit_that_makes_no_sense_is_refused(int limit)
    {
        var connection = await _bench.OpenAsync();

        Assert.Equal(EsimError.EsimParameterInvalid, Assert.Throws<EsimException>(() => Start(connection, limit: limit)).Error);
    }

    // "Deactivated" of yesterday, said again after the profile was activated, must not open the way to its deletion.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_old_message_never_passes_for_todays_state(bool inNextSession)
    {
        var connection = await _bench.OpenAsync();
        var profile = new EsimProfile { Iccid = Sample.IccidOf(1) };
        var old = await ActAsync(connection, EsimAction.Deactivate, profile, "old");
        connection.ReceiveCallback(Sample.Callback("old", profile.Iccid!, state: "DEACTIVE", profileStatus: "ENABLE"));
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        var newer = await ActAsync(connection, EsimAction.Activate, profile, "newer");
        connection.ReceiveCallback(Sample.Callback("newer", profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(EsimRequestStatus.Succeeded, newer.Status);

        connection.ReceiveCallback(Sample.Callback("old", profile.Iccid!, state: "DEACTIVE", profileStatus: "ENABLE"));
        GC.KeepAlive(old);

        var judge = connection;
        if (inNextSession)
        {
            connection.Dispose();
            judge = await _bench.OpenAsync();
        }

        Assert.Equal(EsimError.EsimProfileNotDisabled, judge.Judge(EsimAction.Delete, profile, serviceWasAsked: true).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_that_comes_after_a_newer_request_does_not_outdate_it(bool inNextSession)
    {
        var connection = await _bench.OpenAsync();
        var profile = new EsimProfile { Iccid = Sample.IccidOf(1) };
        var old = await ActAsync(connection, EsimAction.Deactivate, profile, "old");
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        var newer = await ActAsync(connection, EsimAction.Activate, profile, "newer", resubmit: true);
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));
        connection.ReceiveCallback(Sample.Callback("newer", profile.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        _bench.Clock.Advance(TimeSpan.FromMinutes(1));

        connection.ReceiveCallback(Sample.Callback("old", profile.Iccid!, state: "DEACTIVE", profileStatus: "ENABLE"));
        Assert.Equal((EsimRequestStatus.Succeeded, EsimRequestStatus.Succeeded), (old.Status, newer.Status));

        var judge = connection;
        if (inNextSession)
        {
            connection.Dispose();
            judge = await _bench.OpenAsync();
        }

        Assert.Equal(EsimError.EsimProfileNotDisabled, judge.Judge(EsimAction.Delete, profile, serviceWasAsked: true).Error);
    }

    private static string Signed(string message) => message.Insert(message.IndexOf('{') + 1, $"\"username\":\"{User}\",\"password\":\"{Password}\",");

    private static List<string> Lines(EsimCallbackListener listener)
    {
        using var stream = new FileStream(listener.SpoolPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static void CopyFolder(string from, string to)
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
    private static async Task UntilAsync(Func<bool> condition)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < HangLimit, "What was expected did not happen.");
            await Task.Delay(5);
        }
    }

    private async Task<(EsimConnection Connection, EsimRequest Request)> SubmitAsync(int count)
    {
        _bench.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _bench.OpenAsync();
        return (connection, (await Bench.DeactivateAsync(connection, Sample.Profiles(count))).Request!);
    }

    private async Task<EsimRequest> ActAsync(EsimConnection connection, EsimAction action, EsimProfile profile, string requestId, bool resubmit = false)
    {
        _bench.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        var submission = await connection.SubmitAsync(action, [profile], new EsimActionOptions { Resubmit = resubmit }, serviceWasAsked: true);
        Assert.Empty(submission.Refused);
        return submission.Request!;
    }

    private EsimConnectionOptions OptionsFor(string journalPath)
    {
        var options = _bench.Options();
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

    private EsimCallbackListener Start(
        EsimConnection connection, string? prefix = null, int limit = EsimCallbackListenerOptions.DefaultMaxBodyBytes, IPAddress[]? allowed = null, bool trustsForwardedFor = false)
    {
        var listener = connection.StartCallbackListener(new EsimCallbackListenerOptions
        {
            Prefix = prefix ?? $"http://127.0.0.1:{FreePort.Next()}/hook",
            Credential = new EsimCredential(User, Password),
            AllowedAddresses = allowed,
            TrustForwardedFor = trustsForwardedFor,
            MaxBodyBytes = limit,
        });
        _listeners.Add(listener);
        return listener;
    }

    private Task<HttpStatusCode> PostAsync(EsimCallbackListener listener, string body) => PostAsync(listener, Encoding.UTF8.GetBytes(body));

    private async Task<HttpStatusCode> PostAsync(EsimCallbackListener listener, byte[] body)
    {
        // As the service does it: the address that is registered has no slash at its end.
        using var answer = await _http.PostAsync(listener.Prefix.TrimEnd('/'), new ByteArrayContent(body));
        return answer.StatusCode;
    }

    private Task<HttpResponseMessage> SendAsync(EsimCallbackListener listener, string body) => _http.PostAsync(listener.Prefix, new StringContent(body));
}
