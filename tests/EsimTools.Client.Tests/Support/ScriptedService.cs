// A handler that stands for the service: it records every call and answers from a script, or as the documents say when there is none.

using System.Net;
using System.Text;

namespace EsimTools.Client.Tests.Support;

/// <summary>The services' entry points that the client uses.</summary>
internal enum Endpoint
{
    Token,
    Login,
    Logout,
    Action,
    List,
    Status,
    Other,
}

/// <summary>One call as it arrived.</summary>
internal sealed record Call(Endpoint Endpoint, HttpMethod Method, string Path, string? Authorization, string? Session, string? ContentType, string Body);

/// <summary>The scripted service. Answers queued for an entry point are used up first; after them the default answers.</summary>
internal sealed class ScriptedService : HttpMessageHandler
{
    private readonly object _lock = new();
    private readonly List<Call> _calls = [];
    private readonly Dictionary<Endpoint, Queue<Func<Call, CancellationToken, Task<HttpResponseMessage>>>> _scripts = [];
    private int _numbers;

    /// <summary>Every call so far, in the order of arrival.</summary>
    public IReadOnlyList<Call> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>The lifetime that the token answer states.</summary>
    public int BearerLifetimeSeconds { get; set; } = 3600;

    /// <summary>The calls of one entry point.</summary>
    public IReadOnlyList<Call> Of(Endpoint endpoint) => [.. Calls.Where(call => call.Endpoint == endpoint)];

    /// <summary>Queues an answer.</summary>
    public ScriptedService On(Endpoint endpoint, Func<Call, CancellationToken, Task<HttpResponseMessage>> answer)
    {
        lock (_lock)
        {
            if (!_scripts.TryGetValue(endpoint, out var queue))
            {
                _scripts[endpoint] = queue = [];
            }

            queue.Enqueue(answer);
        }

        return this;
    }

    /// <summary>Queues an answer.</summary>
    public ScriptedService On(Endpoint endpoint, Func<Call, HttpResponseMessage> answer) => On(endpoint, (call, _) => Task.FromResult(answer(call)));

    /// <summary>Queues an answer.</summary>
    public ScriptedService On(Endpoint endpoint, int status, string body, string type = "application/json") => On(endpoint, _ => Answer(status, body, type));

    /// <summary>Queues a failure of the network.</summary>
    public ScriptedService On(Endpoint endpoint, Exception failure) => On(endpoint, (_, _) => Task.FromException<HttpResponseMessage>(failure));

    /// <summary>An answer.</summary>
    public static HttpResponseMessage Answer(int status, string body, string type = "application/json") =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };

    /// <summary>An answer to a profile action.</summary>
    public static HttpResponseMessage Taken(string requestId) => Answer(200, $$"""{"requestId":"{{requestId}}"}""");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
        var path = request.RequestUri!.AbsolutePath;
        var endpoint = path switch
        {
            _ when path.EndsWith("/ts/v1/oauth2/token", StringComparison.Ordinal) => Endpoint.Token,
            _ when path.EndsWith("/m2m/v1/session/login", StringComparison.Ordinal) => Endpoint.Login,
            _ when path.EndsWith("/m2m/v1/session/logout", StringComparison.Ordinal) => Endpoint.Logout,
            _ when path.Contains("/m2m/v1/devices/profile/actions/", StringComparison.Ordinal) => Endpoint.Action,
            _ when path.EndsWith("/m2m/v1/devices/actions/list", StringComparison.Ordinal) => Endpoint.List,
            _ when path.EndsWith("/status", StringComparison.Ordinal) => Endpoint.Status,
            _ => Endpoint.Other,
        };
        var call = new Call(
            endpoint,
            request.Method,
            path,
            request.Headers.Authorization?.ToString(),
            request.Headers.TryGetValues("VZ-M2M-Token", out var session) ? string.Join(",", session) : null,
            request.Content?.Headers.ContentType?.ToString(),
            body);
        Func<Call, CancellationToken, Task<HttpResponseMessage>>? answer = null;
        int number;
        lock (_lock)
        {
            number = ++_numbers;
            _calls.Add(call);
            if (_scripts.TryGetValue(endpoint, out var queue) && queue.Count > 0)
            {
                answer = queue.Dequeue();
            }
        }

        return answer is not null ? await answer(call, cancellationToken) : Default(endpoint, number, path);
    }

    private HttpResponseMessage Default(Endpoint endpoint, int number, string path) => endpoint switch
    {
        Endpoint.Token => Answer(200, $$"""{"access_token":"bearer-{{number}}","token_type":"Bearer","expires_in":{{BearerLifetimeSeconds}},"scope":"x"}"""),
        Endpoint.Login => Answer(200, $$"""{"sessionToken":"session-{{number}}"}"""),
        Endpoint.Logout => Answer(200, """{"sessionToken":"gone"}"""),
        Endpoint.Action => Taken($"request-{number}"),
        Endpoint.List => Answer(200, """{"hasMoreData":false,"devices":[]}"""),
        Endpoint.Status => Answer(200, $$"""{"requestId":"{{Uri.UnescapeDataString(path.Split('/')[^2])}}","status":"Pending"}"""),
        _ => Answer(404, """{"errorCode":"404","errorMessage":"no such path"}"""),
    };
}
