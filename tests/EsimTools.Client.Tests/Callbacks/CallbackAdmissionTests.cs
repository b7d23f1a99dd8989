// What a listener takes for a message and whom it believes: credentials, garbage, sizes and addresses.

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class CallbackAdmissionTests : ListenerScenario
{
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
        var listener = Start(await Fixture.OpenAsync());

        using var request = new HttpRequestMessage(new HttpMethod(method), listener.Prefix);
        using var answer = await Http.SendAsync(request);

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
        var listener = Start(await Fixture.OpenAsync(), limit: 5000);
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
                Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
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
        var connection = await Fixture.OpenAsync();
        var listener = Start(connection, allowed: [IPAddress.Parse(allowed)], trustsForwardedFor: trustsForwardedFor);

        using var request = new HttpRequestMessage(HttpMethod.Post, listener.Prefix) { Content = new StringContent(Signed("""{"requestId":"r"}""")) };
        if (forwardedFor is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        }

        using var answer = await Http.SendAsync(request);

        Assert.Equal(isHeard ? HttpStatusCode.OK : HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(isHeard ? (1, 0) : (0, 1), (listener.Recorded, listener.Refused));
    }

    [Fact]
    public void Verizons_addresses_are_those_of_the_facts() =>
        Assert.Equal(
            "3.87.163.45 3.91.119.203 54.197.62.209 35.165.205.14 54.200.43.232 34.216.81.234 137.117.33.109 168.62.173.153",
            string.Join(" ", EsimCallbackListener.VerizonAddresses));
}
