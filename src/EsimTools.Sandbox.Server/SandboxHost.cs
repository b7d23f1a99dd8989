// Kestrel in front of the sandbox: reads the request, asks the sandbox, writes the answer or cuts the connection.

using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace EsimTools.Sandbox.Server;

/// <summary>Builds the web server.</summary>
public static class SandboxHost
{
    // 10,000 devices with three identifiers are about two megabytes.
    private const long MaxBodyBytes = 64L * 1024 * 1024;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>Whether the command line asks for help.</summary>
    /// <param name="args">The command line.</param>
    public static bool AsksForHelp(string[] args) => args.Any(arg => arg is "--help" or "-h" or "-?");

    /// <summary>Builds a server that is ready to start.</summary>
    /// <param name="args">The command line; see <see cref="ServerOptions.Help"/>.</param>
    /// <exception cref="ArgumentException">An option is unknown, or its value makes no sense.</exception>
    public static WebApplication Build(string[] args)
    {
        var options = ServerOptions.Parse(args);
        var fleet = options.Inventory is null ? null : SandboxFleet.Load(options.Inventory, options.Sandbox.AccountName);
        return Build(options.Urls, new ThingSpaceSandbox(options.Sandbox, clock: null, fleet));
    }

    /// <summary>Builds a server for a sandbox, which it owns from now on.</summary>
    /// <param name="urls">Where to listen, separated by semicolons.</param>
    /// <param name="sandbox">The sandbox.</param>
    public static WebApplication Build(string urls, ThingSpaceSandbox sandbox)
    {
        ArgumentNullException.ThrowIfNull(urls);
        CheckAddresses(urls);
        // The command line has been read already, and no settings file or variable of the place where it runs may interfere.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var connections = new OpenConnections();
        builder.WebHost.UseKestrelCore().UseUrls(urls).ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(connections.Count));
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        builder.Services.AddSingleton(_ => sandbox).AddSingleton(connections);
        var app = builder.Build();
        app.Run(context => ServeAsync(context, app.Services.GetRequiredService<ThingSpaceSandbox>()));
        return app;
    }

    /// <summary>The address at which a started server answers, ending in <c>/api</c>.</summary>
    /// <param name="app">The server.</param>
    public static Uri BaseAddress(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        return new Uri(addresses.First().TrimEnd('/') + "/api");
    }

    /// <summary>How many connections a started server has open. A client that was killed may have left requests that are still being served.</summary>
    /// <param name="app">The server.</param>
    public static int CountConnections(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return app.Services.GetRequiredService<OpenConnections>().Now;
    }

    /// <summary>Says where a started server is and what it accepts.</summary>
    /// <param name="app">The server.</param>
    /// <param name="output">Where to say it.</param>
    /// <param name="warnings">Where to say which rows of the inventory were left out, if any.</param>
    public static void Announce(WebApplication app, TextWriter output, TextWriter warnings)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(warnings);
        var sandbox = app.Services.GetRequiredService<ThingSpaceSandbox>();
        var options = sandbox.Options;
        output.WriteLine($"Sandbox ThingSpace at {BaseAddress(app)} (account {options.AccountName}, {sandbox.Fleet.Count} profiles)");
        output.WriteLine($"Credentials: API key {options.ApiKey}, secret {options.ApiSecret}; user {options.UserName}, password {options.Password}");
        if (sandbox.Fleet.Skipped is { Count: > 0 } skipped)
        {
            warnings.WriteLine($"Left out {skipped.Count} rows of the inventory; the first is row {skipped[0].Row}: {skipped[0].Reason}");
        }

        output.Flush();
    }

    private static void CheckAddresses(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != "http")
            {
                throw new ArgumentException($"'{url}' is no http address to listen at, such as http://127.0.0.1:0.");
            }
        }
    }

    private static async Task ServeAsync(HttpContext context, ThingSpaceSandbox sandbox)
    {
        var path = context.Request.Path.Value ?? "";
        if (path == "/sandbox/log")
        {
            await context.Response.WriteAsJsonAsync(sandbox.Log, s_json).ConfigureAwait(false);
        }
        else if (path.StartsWith("/sandbox/profiles/", StringComparison.Ordinal))
        {
            await ShowProfileAsync(context, sandbox.Fleet.Find(path["/sandbox/profiles/".Length..])).ConfigureAwait(false);
        }
        else
        {
            await AnswerAsync(context, sandbox).ConfigureAwait(false);
        }
    }

    private static async Task ShowProfileAsync(HttpContext context, SandboxProfile? profile)
    {
        if (profile is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await context.Response.WriteAsJsonAsync(profile, s_json).ConfigureAwait(false);
    }

    private static async Task AnswerAsync(HttpContext context, ThingSpaceSandbox sandbox)
    {
        var request = context.Request;
        using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, MaxBodyBytes));
        await request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var call = new SandboxCall(
            request.Method,
            Target(context),
            Header(request, "Authorization"),
            Header(request, "VZ-M2M-Token"),
            request.ContentType,
            body.GetBuffer().AsMemory(0, (int)body.Length));
        SandboxAnswer answer;
        try
        {
            answer = await sandbox.AnswerAsync(call, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (answer.IsCut)
        {
            context.Abort();
            return;
        }

        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        if (answer.RetryAfter is not null)
        {
            response.Headers.RetryAfter = answer.RetryAfter;
        }

        await response.Body.WriteAsync(answer.Body, context.RequestAborted).ConfigureAwait(false);
    }

    // As sent, because the parsed path has lost its escapes. Clients that take the sandbox for their proxy send a whole address.
    private static string Target(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return raw.StartsWith('/') || !Uri.TryCreate(raw, UriKind.Absolute, out var address) ? raw : address.PathAndQuery;
    }

    private static string? Header(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;
}
