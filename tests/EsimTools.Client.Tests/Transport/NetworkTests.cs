// The real HTTP stack against a socket: an action has a connection of its own, is sent once whatever happens to it, and follows no redirect.

using System.Net;
using System.Net.Sockets;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Transport;

public sealed class NetworkTests : IDisposable
{
    private const string Deactivate = "POST /api/m2m/v1/devices/profile/actions/deactivate HTTP/1.1";

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task An_action_travels_on_a_connection_that_nobody_has_used()
    {
        var number = 0;
        await using var server = new RawServer(Answer(action: () => RawServer.Json($$"""{"requestId":"r{{++number}}"}""")));
        var connection = await _fixture.OpenAsync(Options(server.BaseUri));

        Assert.Equal("r1", (await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1))).Request!.RequestId);
        Assert.Equal("r2", (await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(2))).Request!.RequestId);

        var actions = server.Requests.Where(request => request.RequestLine == Deactivate).Select(request => request.Connection).ToArray();
        Assert.Equal(2, actions.Distinct().Count());
        Assert.All(actions, used => Assert.Single(server.Requests, request => request.Connection == used));

        // Questions share one connection, so that the check above can fail.
        Assert.Single(server.Requests.Where(request => request.RequestLine != Deactivate).Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task An_action_whose_connection_is_cut_is_in_doubt_and_was_sent_once()
    {
        await using var server = new RawServer(Answer(action: () => null));
        var connection = await _fixture.OpenAsync(Options(server.BaseUri));

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        Assert.Single(server.Requests, request => request.RequestLine == Deactivate);
    }

    [Fact]
    public async Task An_answer_cut_in_the_middle_is_in_doubt()
    {
        await using var server = new RawServer(Answer(action: () => "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 500\r\n\r\n{\"requestId\":\"d1f"));
        var connection = await _fixture.OpenAsync(Options(server.BaseUri));

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        Assert.Single(server.Requests, request => request.RequestLine == Deactivate);
    }

    [Fact]
    public async Task A_refused_connection_frees_the_profile()
    {
        var server = new RawServer(Answer(action: () => null));
        var connection = await _fixture.OpenAsync(Options(server.BaseUri));
        await server.DisposeAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimServiceUnreachable, submission.Failure!.Error);
        Assert.Equal(EsimTools.GuardDecision.Allowed, connection.Judge(EsimTools.EsimAction.Deactivate, Sample.Profile()).Decision);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_tokens()
    {
        await using var elsewhere = new RawServer(_ => RawServer.Json("{}"));
        await using var server = new RawServer(Answer(action: () => $"HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere.BaseUri}\r\nContent-Length: 0\r\n\r\n"));
        var connection = await _fixture.OpenAsync(Options(server.BaseUri));

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal((EsimError.EsimOutcomeUnknown, 307), (submission.Failure!.Error, submission.Failure.StatusCode));
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task An_address_where_nobody_listens_is_told_at_the_login()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        var error = await Assert.ThrowsAsync<EsimException>(() => _fixture.OpenAsync(Options($"http://127.0.0.1:{port}/api")));

        Assert.Equal(EsimError.EsimServiceUnreachable, error.Error);
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    private static Func<string, string?> Answer(Func<string?> action) => requestLine =>
        requestLine.Contains("/oauth2/token", StringComparison.Ordinal) ? RawServer.Json("""{"access_token":"b","expires_in":3600}""")
        : requestLine.Contains("/session/", StringComparison.Ordinal) ? RawServer.Json("""{"sessionToken":"s"}""")
        : requestLine == Deactivate ? action()
        : RawServer.Json("{}");

    private EsimConnectionOptions Options(string baseUri)
    {
        var options = _fixture.Options(baseUri);
        return new()
        {
            ApiCredential = options.ApiCredential,
            UserCredential = options.UserCredential,
            AccountName = options.AccountName,
            BaseUri = options.BaseUri,
            JournalPath = options.JournalPath,
            Clock = options.Clock,
            Timeout = options.Timeout,
            UseProxy = false,
        };
    }
}
