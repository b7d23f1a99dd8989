// A sandbox with a client in front of it, in the process or over a real socket, and the few moves that every test makes.

using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using EsimTools.Sandbox.Server;
using Microsoft.AspNetCore.Builder;

namespace EsimTools.Sandbox.Tests.Support;

/// <summary>Everything a test of the sandbox needs.</summary>
internal sealed class SandboxFixture : IAsyncDisposable
{
    /// <summary>How long a test may hang before it fails. Long enough for a busy machine; no test passes by waiting.</summary>
    public static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    public const string Account = "0000123456-00001";

    private readonly Channel<string> _callbacks = Channel.CreateUnbounded<string>();
    private WebApplication? _server;
    private string _authorization = "";
    private string _session = "";

    private SandboxFixture(SandboxOptions options, SandboxFleet? fleet)
    {
        Sandbox = new ThingSpaceSandbox(options, Clock, fleet);
        Sandbox.CallbackSent += text => _callbacks.Writer.TryWrite(text);
    }

    public ManualClock Clock { get; } = new();

    public ThingSpaceSandbox Sandbox { get; }

    public HttpClient Http { get; private set; } = null!;

    /// <summary>A sandbox with a client that has logged in.</summary>
    public static async Task<SandboxFixture> StartAsync(SandboxOptions? options = null, SandboxFleet? fleet = null, bool overSocket = false)
    {
        var fixture = await StartLoggedOutAsync(options, fleet, overSocket);
        await fixture.ConnectAsync();
        return fixture;
    }

    public static async Task<SandboxFixture> StartLoggedOutAsync(SandboxOptions? options = null, SandboxFleet? fleet = null, bool overSocket = false)
    {
        var fixture = new SandboxFixture(options ?? new SandboxOptions(), fleet);
        if (overSocket)
        {
            fixture._server = SandboxHost.Build("http://127.0.0.1:0", fixture.Sandbox);
            await fixture._server.StartAsync();
            fixture.Http = new HttpClient { BaseAddress = new Uri(SandboxHost.BaseAddress(fixture._server) + "/") };
        }
        else
        {
            fixture.Http = new HttpClient(fixture.Sandbox.CreateHandler()) { BaseAddress = new Uri("https://thingspace.verizon.com/api/") };
        }

        return fixture;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Sandbox.Dispose();
    }

    public async Task ConnectAsync()
    {
        _authorization = "Bearer " + (await TokenAsync()).Text("access_token");
        _session = (await LoginAsync()).Text("sessionToken");
    }

    public Task<Answer> TokenAsync(string credentials = "sandbox-key:sandbox-secret", string form = "grant_type=client_credentials", string path = "ts/v1/oauth2/token") =>
        SendAsync(HttpMethod.Post, path, form, "application/x-www-form-urlencoded",
            "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)), session: null);

    public Task<Answer> LoginAsync(string password = "sandbox-password", string user = "sandbox-user") =>
        SendAsync(HttpMethod.Post, "m2m/v1/session/login", $$"""{"username":"{{user}}","password":"{{password}}"}""", session: "");

    public Task<Answer> ActAsync(string action, string body) => SendAsync(HttpMethod.Post, "m2m/v1/devices/profile/actions/" + action, body);

    /// <summary>An action with a body that may be no text.</summary>
    public Task<Answer> ActAsync(string action, byte[] body) =>
        SendAsync(HttpMethod.Post, "m2m/v1/devices/profile/actions/" + action, body, "application/json");

    /// <summary>An action for one or more profiles, by ICCID alone or with what the action needs.</summary>
    public Task<Answer> ActAsync(string action, params SandboxProfile[] profiles) => ActAsync(action, Body(action, profiles));

    /// <summary>Sends an action for one profile and returns its callback.</summary>
    public async Task<Answer> ActAndHearAsync(string action, SandboxProfile profile)
    {
        var answer = await ActAsync(action, profile);
        Assert.Equal(200, answer.Status);
        var callback = await CallbackAsync();
        return callback;
    }

    public Task<Answer> ListAsync(string body) => SendAsync(HttpMethod.Post, "m2m/v1/devices/actions/list", body);

    public Task<Answer> StatusAsync(string requestId, string version = "v2") =>
        SendAsync(HttpMethod.Get, $"m2m/{version}/accounts/{Account}/requests/{requestId}/status", body: null);

    public Task<Answer> SendAsync(HttpMethod method, string path, string? body) =>
        SendAsync(method, path, body, "application/json");

    public Task<Answer> SendAsync(
        HttpMethod method, string path, string? body, string? contentType = "application/json", string? authorization = "", string? session = "") =>
        SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), contentType, authorization, session);

    private async Task<Answer> SendAsync(
        HttpMethod method, string path, byte[]? body, string? contentType, string? authorization = "", string? session = "")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        }

        Add(request, "Authorization", authorization == "" ? _authorization : authorization);
        Add(request, "VZ-M2M-Token", session == "" ? _session : session);
        using var response = await Http.SendAsync(request);
        return new Answer(
            (int)response.StatusCode,
            await response.Content.ReadAsStringAsync(),
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.TryGetValues("Retry-After", out var values) ? values.Single() : null);
    }

    /// <summary>The next callback.</summary>
    public async Task<Answer> CallbackAsync() => new(0, await CallbackTextAsync(), null, null);

    public async Task<string> CallbackTextAsync() => await _callbacks.Reader.ReadAsync().AsTask().WaitAsync(HangLimit);

    /// <summary>Callbacks are raised in order: when the callback of a later action is the next one, nothing came before it.</summary>
    public async Task AssertNoCallbackAsync(SandboxProfile other)
    {
        var answer = await ActAsync("setfallbackattribute", other);
        Assert.Equal(answer.Text("requestId"), (await CallbackAsync()).Text("requestId"));
    }

    public SandboxProfile Find(SandboxProfile profile) => Sandbox.Fleet.Find(profile.Iccid!)!;

    public static string Body(string action, params SandboxProfile[] profiles)
    {
        var kinds = action switch
        {
            "profile_suspend" or "profile_resume" => new[] { "iccid" },
            "device_suspend" or "device_resume" => ["eid"],
            "serviceplan" or "disable" or "download_disable" => ["eid", "iccid"],
            _ => ["eid", "iccid", "imei"],
        };
        var devices = profiles.Select(profile => new
        {
            deviceIds = kinds
                .Select(kind => new { kind, id = kind == "iccid" ? profile.Iccid : kind == "eid" ? profile.Eid : profile.Imei })
                .Where(id => id.id is not null),
        });
        var extra = action switch
        {
            "serviceplan" => ""","servicePlan":"New Plan" """,
            "disable" or "download_disable" => ""","smsrOid":"1.3.6.1.4.1.31746.1.500.200.101.5" """,
            _ => "",
        };
        return $$"""{"devices":{{JsonSerializer.Serialize(devices)}},"accountName":"{{Account}}"{{extra}}}""";
    }

    private static void Add(HttpRequestMessage request, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
