// What protects the tokens on their way: TLS that nobody can switch off, no redirects, no headers from parameters or answers, no endless
// answers, and a callback listener that does not tell which half of a credential was wrong.

using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Transport;

public sealed class TransportTests : IDisposable
{
    private const int MostMegabytes = 64;

    private readonly ConnectionFixture _fixture = new();

    /// <summary>Line breaks and what else ends a header or a line of HTTP.</summary>
    public static TheoryData<string> Injections => ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil: 1", "a\0b", "a\r\n\r\nGET /evil HTTP/1.1\r\n\r\n"];

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Nothing_public_switches_the_check_of_certificates_off()
    {
        var members = typeof(EsimConnection).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(member => $"{member.DeclaringType!.Name}.{member.Name}")
            .ToArray();

        Assert.NotEmpty(members);
        Assert.DoesNotContain(members, name => Mentions(name, "ServerCertificate", "CertificateV", "IgnoreC", "Ssl", "Insecure", "Validation", "Redirect", "SkipCheck", "SkipCert", "TrustAll"));
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused_with_a_clear_error_and_nothing_is_sent()
    {
        using var server = new TlsServer();

        var error = await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync(OverNetwork(server.BaseUri)));

        Assert.Equal(EsimError.EsimServiceUnreachable, error.Error);
        Assert.Contains("certificate", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Nothing was sent", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(0, await server.BytesOfRequestAsync());
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_takes_neither_credentials_nor_tokens_elsewhere(int status)
    {
        await using var elsewhere = new RawServer(_ => RawServer.Json("{}"));
        var redirect = $"HTTP/1.1 {status} Elsewhere\r\nLocation: {elsewhere.BaseUri}\r\nContent-Length: 0\r\n\r\n";
        foreach (var part in new[] { "/oauth2/token", "/session/login", "/devices/actions/list" })
        {
            await using var server = new RawServer(line => line.Contains(part, StringComparison.Ordinal) ? redirect : Granted(line));

            var error = await Assert.ThrowsAsync<EsimException>(async () =>
            {
                var connection = await _fixture.OpenAsync(OverNetwork(server.BaseUri));
                await connection.LookUpAsync([Sample.Profile()]);
            });

            Assert.Equal(status, error.StatusCode);
        }

        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("http://service.test/api")]
    [InlineData("http://169.254.169.254/api")]
    [InlineData("http://localhost.service.test/api")]
    [InlineData("http://127.0.0.1.service.test/api")]
    [InlineData("ftp://service.test/api")]
    [InlineData("file:///etc/passwd")]
    public async Task Nothing_but_https_is_accepted_for_another_machine(string address)
    {
        var error = await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync(address));

        Assert.Equal(EsimError.EsimAddressInvalid, error.Error);
        Assert.Empty(_fixture.Service.Calls);
    }

    [Theory]
    [InlineData("http://localhost/api")]
    [InlineData("http://127.0.0.1:8080/api")]
    [InlineData("http://[::1]/api")]
    public async Task Plain_http_is_accepted_for_this_machine(string address) => Assert.True((await _fixture.OpenAsync(address)).IsOpen);

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        using var endless = new EndlessStream();
        _fixture.Service.On(Endpoint.Action, _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(endless) });
        var connection = await _fixture.OpenAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        Assert.Contains($"larger than {MostMegabytes} MB", submission.Failure.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Given, MostMegabytes * 1024L * 1024, (MostMegabytes + 1) * 1024L * 1024);
    }

    [Fact]
    public async Task An_answer_that_is_small_only_while_it_is_packed_is_cut_off_too()
    {
        using var packed = new MemoryStream();
        await using (var zip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            await zip.WriteAsync(new byte[(MostMegabytes + 1) * 1024 * 1024]);
        }

        await using var server = new PackedServer(packed.ToArray());
        var connection = await _fixture.OpenAsync(OverNetwork(server.BaseUri));

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        Assert.Contains($"larger than {MostMegabytes} MB", submission.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task No_parameter_of_an_action_brings_a_header_of_its_own(string text)
    {
        var sent = new List<string>();
        await using var server = Recording(sent);
        var connection = await _fixture.OpenAsync(OverNetwork(server.BaseUri));
        var fine = new EsimActionOptions { ServicePlan = "M2M Global", ReasonCode = "FF" };
        var before = sent.Count;

        foreach (var options in new[] { fine with { ServicePlan = text }, fine with { AccountName = text }, fine with { ReasonCode = text } })
        {
            Assert.Equal(
                EsimError.EsimParameterInvalid,
                (await Assert.ThrowsAsync<EsimException>(() => connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(1), options))).Error);
        }

        Assert.Equal(before, sent.Count);
    }

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task No_credential_and_no_account_brings_a_header_of_its_own(string text)
    {
        var sent = new List<string>();
        await using var server = Recording(sent);

        var connection = await _fixture.OpenAsync(OverNetwork(server.BaseUri, new EsimCredential(text, text), new EsimCredential(text, text)));
        await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync(OverNetwork(server.BaseUri, account: text)));

        Assert.True(connection.IsOpen);
        Assert.Equal(2, sent.Count);
        Assert.DoesNotContain(sent, line => Mentions(line, "evil"));
    }

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task No_name_of_a_callback_service_and_no_address_brings_a_header_of_its_own(string text)
    {
        var connection = await _fixture.OpenAsync();
        var address = new Uri("https://hooks.example.com");
        var before = _fixture.Service.Calls.Count;

        await AssertInvalid(() => connection.RegisterCallbackAsync(address, [text]));
        await AssertInvalid(() => connection.RegisterCallbackAsync(address, accountName: text));
        await AssertInvalid(() => connection.RegisterCallbackAsync(address, credential: new EsimCredential(text, "x")));
        await AssertInvalid(() => connection.RegisterCallbackAsync(address, credential: new EsimCredential("x", text)));
        await AssertInvalid(() => connection.UnregisterCallbackAsync(text));
        await AssertInvalid(() => connection.GetCallbacksAsync(text));
        if (Uri.TryCreate("https://hooks.example.com/" + text, UriKind.Absolute, out var strange))
        {
            await AssertInvalid(() => connection.RegisterCallbackAsync(strange));
        }

        Assert.Equal(before, _fixture.Service.Calls.Count);
    }

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task No_base_address_brings_a_header_of_its_own(string text)
    {
        var sent = new List<string>();
        await using var server = Recording(sent);
        if (Uri.TryCreate($"{server.BaseUri}/{text}", UriKind.Absolute, out var strange))
        {
            await _fixture.OpenAsync(OverNetwork(strange.OriginalString));
        }

        Assert.DoesNotContain(sent, line => line.StartsWith("X-Evil", StringComparison.OrdinalIgnoreCase) || line.StartsWith("GET /evil", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Injections))]
    public async Task No_request_id_of_the_service_brings_a_header_of_its_own(string text)
    {
        var sent = new List<string>();
        var id = System.Text.Json.JsonSerializer.Serialize(text);
        await using var server = Recording(sent, line => line.Contains("/profile/actions/", StringComparison.Ordinal) ? $$"""{"requestId":{{id}}}""" : """{"status":"Pending"}""");
        var connection = await _fixture.OpenAsync(OverNetwork(server.BaseUri));
        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        await connection.PollAsync(submission.Request!);

        // It is none, so the request is in doubt and nothing is asked for by it.
        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        Assert.Equal(3, sent.Count);
    }

    [Theory]
    [MemberData(nameof(Injections))]
    [InlineData("é")]
    [InlineData("a b")]
    public async Task A_token_that_no_header_can_carry_is_an_answer_that_makes_no_sense(string text)
    {
        var token = System.Text.Json.JsonSerializer.Serialize(text);
        foreach (var (endpoint, body) in new[] { (Endpoint.Token, $$"""{"access_token":{{token}}}"""), (Endpoint.Login, $$"""{"sessionToken":{{token}}}""") })
        {
            using var fixture = new ConnectionFixture();
            fixture.Service.On(endpoint, 200, body);

            Assert.Equal(EsimError.EsimAnswerInvalid, (await Assert.ThrowsAsync<EsimException>(() => fixture.OpenAsync())).Error);
        }
    }

    [Fact]
    public async Task A_callback_listener_answers_the_same_whichever_half_of_the_credential_is_wrong()
    {
        var connection = await _fixture.OpenAsync();
        using var listener = connection.StartCallbackListener(new() { Prefix = FreePrefix(), Credential = new EsimCredential("hook-user", "hook-password") });
        using var http = new HttpClient();
        string[] wrong =
        [
            "\"username\":\"hook-user\",\"password\":\"wrong\"", "\"username\":\"wrong\",\"password\":\"hook-password\"", "\"username\":\"wrong\",\"password\":\"wrong\"",
            "\"password\":\"hook-password\"", "\"username\":\"hook-user\"", "\"x\":1",
        ];

        var answers = new List<string>();
        foreach (var pair in wrong)
        {
            using var body = new StringContent($$"""{"requestId":"r","deviceIds":[{"id":"{{Sample.Iccid}}","kind":"iccid"}],{{pair}}}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            using var answer = await http.PostAsync(new Uri(listener.Prefix), body);
            answers.Add($"{answer.StatusCode} {listener.LastProblem} {await answer.Content.ReadAsStringAsync()} {Headers(answer)}");
        }

        Assert.StartsWith("Unauthorized", answers[0], StringComparison.Ordinal);
        Assert.Single(answers.Distinct());
        Assert.Equal(0, listener.Recorded);
    }

    private static string Headers(HttpResponseMessage answer) =>
        string.Join(";", answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}={string.Join(",", header.Value)}").Order(StringComparer.Ordinal));

    private static string FreePrefix()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/hook/";
    }

    private static bool Mentions(string name, params string[] words) => words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static async Task AssertInvalid(Func<Task> call) => Assert.Equal(EsimError.EsimParameterInvalid, (await Assert.ThrowsAsync<EsimException>(call)).Error);

    private static string Granted(string line) => RawServer.Json(
        line.Contains("/oauth2/", StringComparison.Ordinal) ? """{"access_token":"b"}""" : line.Contains("/session/", StringComparison.Ordinal) ? """{"sessionToken":"s"}""" : "{}");

    // Each request that gets through as a request of its own is one line.
    private static RawServer Recording(List<string> lines, Func<string, string>? answer = null) => new(line =>
    {
        lock (lines)
        {
            lines.Add(line);
        }

        return answer is null || Mentions(line, "/oauth2/", "/session/") ? Granted(line) : RawServer.Json(answer(line));
    });

    private EsimConnectionOptions OverNetwork(string baseUri, EsimCredential? api = null, EsimCredential? user = null, string? account = null) => new()
    {
        ApiCredential = api ?? new EsimCredential("api-key", ConnectionFixture.ApiSecret),
        UserCredential = user ?? new EsimCredential("uws-user", ConnectionFixture.UserSecret),
        AccountName = account ?? Sample.Account,
        BaseUri = new Uri(baseUri),
        JournalPath = _fixture.JournalPath,
        Clock = _fixture.Clock,
        UseProxy = false,
    };

    /// <summary>A server whose certificate it has signed itself.</summary>
    private sealed class TlsServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task<int> _served;

        public TlsServer()
        {
            _listener.Start();
            _served = ServeAsync();
        }

        public string BaseUri => $"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/api";

        /// <summary>How much of a request came through; zero when the handshake failed.</summary>
        public Task<int> BytesOfRequestAsync() => _served.WaitAsync(ManualClock.HangLimit);

        public void Dispose() => _listener.Stop();

        private static X509Certificate2 Certificate()
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            using var signed = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pfx), null);
        }

        private async Task<int> ServeAsync()
        {
            using var certificate = Certificate();
            using var client = await _listener.AcceptTcpClientAsync();
            await using var tls = new SslStream(client.GetStream());
            try
            {
                await tls.AuthenticateAsServerAsync(certificate);
                return await tls.ReadAsync(new byte[1024]);
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                return 0;
            }
        }
    }

    /// <summary>Answers an action with packed bytes.</summary>
    private sealed class PackedServer : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly string _prefix = FreePrefix();
        private readonly Task _served;

        public PackedServer(byte[] packed)
        {
            _listener.Prefixes.Add(_prefix);
            _listener.Start();
            _served = ServeAsync(packed);
        }

        public string BaseUri => _prefix + "api";

        public async ValueTask DisposeAsync()
        {
            _listener.Abort();
            await _served;
        }

        private async Task ServeAsync(byte[] packed)
        {
            while (_listener.IsListening)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    var path = context.Request.Url!.AbsolutePath;
                    var isAction = Mentions(path, "/profile/actions/");
                    if (isAction)
                    {
                        context.Response.AddHeader("Content-Encoding", "gzip");
                    }

                    context.Response.Close(isAction ? packed : Encoding.UTF8.GetBytes(Mentions(path, "oauth2") ? """{"access_token":"b"}""" : """{"sessionToken":"s"}"""), willBlock: true);
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
                {
                    // The client hung up, or the test is over.
                }
            }
        }
    }

    /// <summary>Zeros for ever, and a count of them.</summary>
    private sealed class EndlessStream : Stream
    {
        public long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Given += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
