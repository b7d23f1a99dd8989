// A ThingSpace over real HTTP with a fault proxy in front of it, kept for the next case where the last one has left it whole.

using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using EsimTools.Sandbox;
using EsimTools.Sandbox.Server;
using Microsoft.AspNetCore.Builder;

namespace EsimTools.Failure.Tests;

/// <summary>One server with its proxy. Used by one case at a time.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    // The sandbox keeps the newest 10,000 requests; a case must find all of its own.
    private const int MostLogged = 5_000;

    private static readonly ConcurrentBag<ServerFixture> s_free = [];
    private static int s_profiles;

    private readonly WebApplication _server;

    private ServerFixture(ThingSpaceSandbox sandbox, ManualClock clock, WebApplication server)
    {
        Sandbox = sandbox;
        Clock = clock;
        _server = server;
        ServerPort = SandboxHost.BaseAddress(server).Port;
        Proxy = new FaultProxy(ServerPort);
        Elsewhere = new FaultProxy(ServerPort);
    }

    public ThingSpaceSandbox Sandbox { get; }

    /// <summary>The server's clock.</summary>
    public ManualClock Clock { get; }

    /// <summary>The server's own port, behind the proxy.</summary>
    public int ServerPort { get; }

    public FaultProxy Proxy { get; }

    /// <summary>Another way to the same server, which no client has been told of.</summary>
    public FaultProxy Elsewhere { get; }

    /// <summary>The password of the user, which a case may have changed.</summary>
    public string Password { get; private set; } = "sandbox-password";

    public string BaseUri => $"http://127.0.0.1:{Proxy.Port}/api";

    /// <summary>A server that no other case uses at this time.</summary>
    public static async Task<ServerFixture> TakeAsync()
    {
        if (s_free.TryTake(out var free))
        {
            return free;
        }

        var clock = new ManualClock();
        var sandbox = new ThingSpaceSandbox(new SandboxOptions(), clock, new SandboxFleet());
        var server = SandboxHost.Build("http://127.0.0.1:0", sandbox);
        await server.StartAsync();
        return new(sandbox, clock, server);
    }

    /// <summary>Gives it back; one that the next case would notice a difference on is thrown away.</summary>
    public async Task GiveBackAsync(bool isSpoilt)
    {
        if (isSpoilt || Clock.UtcNow != ManualClock.Start || Sandbox.Log.Count > MostLogged)
        {
            await DisposeAsync();
        }
        else
        {
            s_free.Add(this);
        }
    }

    /// <summary>Throws away all that are free.</summary>
    public static async Task DisposeFreeAsync()
    {
        while (s_free.TryTake(out var server))
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Profiles on eUICCs of their own, which any action is allowed for, deleting included.</summary>
    public EsimProfile[] NewProfiles(int count)
    {
        var first = Interlocked.Add(ref s_profiles, count) - count + 1;
        var profiles = Sample.Profiles(count, first);
        foreach (var profile in profiles)
        {
            Sandbox.Fleet.Add(new SandboxProfile
            {
                Iccid = profile.Iccid, Eid = profile.Eid, Imei = profile.Imei, ServicePlan = SandboxFleet.GlobalServicePlan, ProfileStatus = "DISABLE",
            });
        }

        return profiles;
    }

    /// <summary>Somebody else changes the user's password.</summary>
    public async Task ChangePasswordAsync()
    {
        var (bearer, session) = await LogInAsync(Password);
        var answer = await CallAsync("PUT", "m2m/v1/session/password/actions/reset", $$"""{"oldPassword":"{{Password}}"}""", "Bearer " + bearer, session);
        Password = Text(answer, "newPassword");
    }

    /// <summary>Somebody else gets the password wrong until the user is locked.</summary>
    public async Task LockUserAsync()
    {
        for (var i = 0; i < Sandbox.Options.MaxFailedLogins; i++)
        {
            await LogInAsync("wrong");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        await Elsewhere.DisposeAsync();
        await _server.DisposeAsync();
        Sandbox.Dispose();
    }

    private async Task<(string Bearer, string? Session)> LogInAsync(string password)
    {
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Sandbox.Options.ApiKey}:{Sandbox.Options.ApiSecret}"));
        var token = await CallAsync("POST", "ts/v1/oauth2/token", "grant_type=client_credentials", "Basic " + key, null, "application/x-www-form-urlencoded");
        var bearer = Text(token, "access_token");
        var login = await CallAsync(
            "POST", "m2m/v1/session/login", $$"""{"username":"{{Sandbox.Options.UserName}}","password":"{{password}}"}""", "Bearer " + bearer, null);
        return (bearer, login.Status == 200 ? Text(login, "sessionToken") : null);
    }

    private Task<SandboxAnswer> CallAsync(string method, string path, string body, string authorization, string? session, string type = "application/json") =>
        Sandbox.AnswerAsync(new SandboxCall(method, "/api/" + path, authorization, session, type, Encoding.UTF8.GetBytes(body)), CancellationToken.None);

    private static string Text(SandboxAnswer answer, string name)
    {
        using var json = JsonDocument.Parse(answer.Body);
        return json.RootElement.GetProperty(name).GetString()!;
    }
}
