// A service that repeats what it was sent: whichever answer quotes a secret, in whichever form, no error, message or journal line does.

using System.Net;
using System.Text;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Transport;

public sealed class SecretTests : IDisposable
{
    private const string Key = "key-CANARY&1";
    private const string Secret = "secret-CANARY+2";
    private const string Password = "password-CANARY<\"3";
    private const string Bearer = "bearer-CANARY=4";
    private const string SessionToken = "session-CANARY/5";
    private const string Hook = "hook-CANARY&6";

    private static readonly string s_basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Key}:{Secret}"));

    private readonly ConnectionFixture _fixture = new();

    // Every secret in every form in which an answer may repeat it.
    private static IEnumerable<string> AllEchoes => new[] { Key, Secret, Password, Bearer, SessionToken }.SelectMany(Forms).Append(s_basic).Distinct();

    /// <summary>The statuses that end a call in ways of their own.</summary>
    public static TheoryData<int> Statuses => [302, 400, 401, 403, 404, 408, 422, 429, 500, 503];

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("token", Key, Secret)]
    [InlineData("login", Key, Secret, Password, Bearer)]
    public async Task A_refused_login_is_told_without_what_the_answer_repeats(string call, params string[] carried)
    {
        var endpoint = call == "token" ? Endpoint.Token : Endpoint.Login;
        foreach (var (echo, body) in carried.SelectMany(Forms).Append(s_basic).SelectMany(echo => Bodies(echo).Select(body => (echo, body))))
        {
            // Twice: where the answer looks like one about the bearer token, the login is made once more.
            using var fixture = new ConnectionFixture();
            fixture.Service.On(endpoint, 401, body).On(endpoint, 401, body);

            var error = await Assert.ThrowsAsync<EsimException>(() => OpenAsync(fixture));

            Assert.Equal(EsimError.EsimLoginRefused, error.Error);
            AssertClean(fixture, echo, error);
        }
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task A_refused_action_is_told_without_what_the_answer_repeats(int status)
    {
        var number = 0;
        foreach (var echo in AllEchoes)
        {
            foreach (var body in Bodies(echo))
            {
                using var fixture = new ConnectionFixture();
                var connection = await OpenAsync(fixture);
                foreach (var _ in Enumerable.Range(0, 8))
                {
                    fixture.Service.On(Endpoint.Action, Repeating(status, body, echo));
                }

                var pending = connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1, ++number), new EsimActionOptions { ServicePlan = "M2M Global", ReasonCode = "FF" });
                await LetPauses(fixture, pending);
                var submission = await pending;

                Assert.NotNull(submission.Failure);
                AssertClean(fixture, echo, submission.Failure, submission.Request);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task A_refused_question_is_told_without_what_the_answer_repeats(int status)
    {
        foreach (var echo in AllEchoes)
        {
            using var fixture = new ConnectionFixture();
            var connection = await OpenAsync(fixture);
            foreach (var _ in Enumerable.Range(0, 8))
            {
                fixture.Service.On(Endpoint.List, Repeating(status, Bodies(echo).First(), echo));
            }

            var pending = connection.LookUpAsync([Sample.Profile()]);
            await LetPauses(fixture, pending);
            AssertClean(fixture, echo, await Assert.ThrowsAsync<EsimException>(() => pending));
        }
    }

    [Fact]
    public async Task A_refused_registration_is_told_without_the_callback_password()
    {
        foreach (var echo in Forms(Hook))
        {
            using var fixture = new ConnectionFixture();
            var connection = await OpenAsync(fixture);
            fixture.Service.On(Endpoint.Other, 400, Bodies(echo).First());

            var error = await Assert.ThrowsAsync<EsimException>(() => connection.RegisterCallbackAsync(new Uri("https://hooks.example.com"), credential: new EsimCredential("hook", Hook)));

            AssertClean(fixture, echo, error);
        }
    }

    [Fact]
    public async Task A_reason_without_a_secret_is_told_in_the_services_own_words()
    {
        var connection = await OpenAsync(_fixture);
        _fixture.Service.On(Endpoint.Action, 400, """{"errorCode":"X.Y","errorMessage":"the plan is unknown"}""");

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal("The service refused the request (X.Y: the plan is unknown).", submission.Failure!.Message);
        Assert.Equal("X.Y", submission.Failure.ErrorCode);
    }

    [Fact]
    public async Task An_answer_that_repeats_a_token_still_tells_which_token_is_refused()
    {
        var connection = await OpenAsync(_fixture);
        _fixture.Service.On(Endpoint.Action, 400, $$"""{"errorCode":"UnifiedWebService.INVALID.SessionToken","errorMessage":"{{SessionToken}} has expired"}""");

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Null(submission.Failure);
        Assert.Equal((1, 2, 2), (_fixture.Service.Of(Endpoint.Token).Count, _fixture.Service.Of(Endpoint.Login).Count, _fixture.Service.Of(Endpoint.Action).Count));
    }

    [Theory]
    [InlineData("HTTX CANARY\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nCANARY token\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nCANARY\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\nCANARY")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 6\r\n\r\nCANARY")]
    public async Task An_answer_that_is_not_http_is_in_doubt_and_not_quoted(string answer)
    {
        await using var server = new RawServer(line =>
            line.Contains("/oauth2/", StringComparison.Ordinal) ? RawServer.Json("""{"access_token":"b"}""")
            : line.Contains("/session/", StringComparison.Ordinal) ? RawServer.Json("""{"sessionToken":"s"}""")
            : answer);
        var connection = await _fixture.OpenAsync(OverNetwork(server.BaseUri));

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        AssertClean(_fixture, "CANARY", submission.Failure, submission.Request);
    }

    [Fact]
    public async Task A_proxy_that_refuses_is_told_without_its_address_and_password()
    {
        await using var proxy = new RawServer(_ => "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var address = new Uri(proxy.BaseUri.Replace("://", "://me:CANARY@", StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync(OverNetwork("https://service.test/api", new WebProxy(address))));

        Assert.Equal(EsimError.EsimServiceUnreachable, error.Error);
        Assert.Contains("the proxy refused", error.Message, StringComparison.Ordinal);
        AssertClean(_fixture, "CANARY", error);
    }

    [Theory]
    [InlineData("ftp://me:CANARY@hooks.example.com")]
    [InlineData("https://me:CANARY@hooks.example.com/#x")]
    [InlineData("http://me:CANARY@localhost")]
    public async Task An_address_for_callbacks_is_not_shown_when_it_holds_a_password(string address)
    {
        var connection = await OpenAsync(_fixture);

        var error = await Assert.ThrowsAsync<EsimException>(() => connection.RegisterCallbackAsync(new Uri(address)));

        AssertClean(_fixture, "CANARY", error);
    }

    [Fact]
    public async Task A_listed_address_is_shown_without_the_password_that_it_was_registered_with()
    {
        var connection = await OpenAsync(_fixture);
        _fixture.Service.On(Endpoint.Other, 200, """[{"serviceName":"CarrierService","url":"https://me:CANARY@hooks.example.com/x?y=1","password":"CANARY"}]""");

        var listed = Assert.Single(await connection.GetCallbacksAsync());

        Assert.Equal(new Uri("https://hooks.example.com/x?y=1"), listed.Uri);
        AssertClean(_fixture, "CANARY", listed, listed.Uri);
    }

    private static IEnumerable<string> Forms(string secret) =>
        [secret, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret), WebUtility.HtmlEncode(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)), secret.ToUpperInvariant()];

    // In each shape of the service's errors, in the message and in the code.
    private static IEnumerable<string> Bodies(string echo)
    {
        var json = System.Text.Json.JsonSerializer.Serialize($"you sent {echo}, which");
        yield return $$"""{"errorCode":"X","errorMessage":{{json}}}""";
        yield return $$"""{"errorCode":{{json}},"errorMessage":"no"}""";
        yield return $$"""{"error":"x","error_description":{{json}}}""";
        yield return $$$"""{"fault":{"code":"900901","message":"no","description":{{{json}}}}}""";
        if (!echo.Contains('<', StringComparison.Ordinal))
        {
            yield return $"<am:fault><am:code>900901</am:code><am:message>you sent {echo}</am:message></am:fault>";
        }
    }

    private static Func<Call, HttpResponseMessage> Repeating(int status, string body, string echo) => _ =>
    {
        var answer = ScriptedService.Answer(status, body);
        answer.ReasonPhrase = "No";
        answer.Headers.TryAddWithoutValidation("X-Echo", echo);
        answer.Headers.Location = new Uri("https://elsewhere.test/?q=" + Uri.EscapeDataString(echo));
        return answer;
    };

    // Tokens are the same after each login, so that what an answer repeats is always the one in use.
    private static Task<EsimConnection> OpenAsync(ConnectionFixture fixture)
    {
        foreach (var _ in Enumerable.Range(0, 3))
        {
            fixture.Service
                .On(Endpoint.Token, 200, $$"""{"access_token":"{{Bearer}}","expires_in":3600}""")
                .On(Endpoint.Login, 200, $$"""{"sessionToken":"{{SessionToken}}"}""");
        }

        return fixture.OpenAsync(new EsimConnectionOptions
        {
            ApiCredential = new EsimCredential(Key, Secret),
            UserCredential = new EsimCredential("uws-user", Password),
            AccountName = Sample.Account,
            BaseUri = new Uri("https://service.test/api"),
            JournalPath = fixture.JournalPath,
            Handler = fixture.Service,
            Clock = fixture.Clock,
        });
    }

    private EsimConnectionOptions OverNetwork(string baseUri, WebProxy? proxy = null) => new()
    {
        ApiCredential = new EsimCredential(Key, Secret),
        UserCredential = new EsimCredential("uws-user", Password),
        AccountName = Sample.Account,
        BaseUri = new Uri(baseUri),
        JournalPath = _fixture.JournalPath,
        Clock = _fixture.Clock,
        Proxy = proxy,
        UseProxy = proxy is not null,
    };

    // Repeats and pauses are taken as they come, until the call has ended.
    private static async Task LetPauses(ConnectionFixture fixture, Task pending)
    {
        while (await Task.WhenAny(pending, fixture.Clock.NextPauseAsync()) is Task<TimeSpan> pause && pause != pending)
        {
            fixture.Clock.Advance(await pause);
        }
    }

    private static void AssertClean(ConnectionFixture fixture, string echo, params object?[] shown)
    {
        var texts = shown.OfType<object>().SelectMany(Texts)
            .Concat(fixture.Messages.Select(message => message.Text))
            .Concat(Directory.Exists(fixture.JournalPath) ? fixture.JournalLines() : []);
        Assert.All(texts, text =>
        {
            Assert.DoesNotContain("CANARY", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(echo, text, StringComparison.OrdinalIgnoreCase);
        });
    }

    private static IEnumerable<string> Texts(object shown) =>
        shown.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0).Select(property => $"{property.Name}={property.GetValue(shown)}")
            .Append(shown.ToString()!)
            .Concat(shown is Exception { Data: var data } ? data.Values.Cast<object>().Select(value => value.ToString()!) : []);
}
