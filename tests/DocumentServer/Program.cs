// The document server: the service as the two documents describe deactivate and delete, and no kinder.
// The module is run against it over real HTTP. It shares no code with the rest of the project: whatever both sides
// agree on, they agree on because the documents say so.
//
//   dotnet run --project tests/DocumentServer -- --inventory samples/fleet.csv
//
// Where the two documents are silent (tokens, polling, the device list) it follows Verizon's other pages; where those
// are silent too, the choice made is explained at the place where it is made.

using System.Net.Sockets;
using DocumentServer;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing.Patterns;

Options options;
Fleet fleet;
try
{
    if (args is ["--help"] or ["-h"])
    {
        Console.WriteLine(Options.Usage);
        return 0;
    }

    options = Options.Parse(args);
    fleet = new Fleet(options, Inventory.Read(options.Inventory, options.Account));
}
catch (Exception e) when (e is UsageException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

var tokens = new Tokens(options);
var log = new RequestLog();

// The empty builder brings no loggers, no settings files and no environment variables: quiet, and the same everywhere.
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 64L * 1024 * 1024);
builder.WebHost.UseUrls(options.Urls);
builder.Services.AddRoutingCore();
var app = builder.Build();

// Every request to the service passes here: it is written down, its path is held to the letter, and whatever is
// refused gets the documents' error body.
app.Use(async (context, next) =>
{
    if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
    {
        await next();
        return;
    }

    var entry = new LogEntry(context.Request.Method, context.Request.Path.Value + context.Request.QueryString.Value);
    context.Features.Set(entry);
    try
    {
        RequirePathToTheLetter(context);
        await next();
        entry.Status = context.Response.StatusCode;
    }
    catch (Refusal refusal)
    {
        await AnswerErrorAsync(context, entry, refusal.Status, refusal.Code, refusal.Message);
    }
    catch (BadHttpRequestException e)
    {
        await AnswerErrorAsync(context, entry, e.StatusCode, null, e.Message);
    }
    catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
    {
        // The caller hung up. Nothing can be answered, and the entry keeps status 0 to show it.
    }
    catch (Exception e)
    {
        // A fault of this server must be seen by whoever runs it, not be taken for a finding about the module.
        await Console.Error.WriteLineAsync(e.ToString());
        await AnswerErrorAsync(context, entry, 500, null, "The document server itself failed; see its error output.");
    }
    finally
    {
        log.Add(entry);
    }
});

app.MapPost("/api/ts/v1/oauth2/token", async context =>
    await context.Response.WriteAsJsonAsync(await tokens.IssueBearerAsync(context.Request)));

app.MapPost("/api/m2m/v1/session/login", async context =>
{
    tokens.RequireBearer(context.Request);
    using var body = await StrictBody.ReadAsync(context.Request);
    await context.Response.WriteAsJsonAsync(tokens.LogIn(body.RootElement));
});

app.MapPost("/api/m2m/v1/session/logout", async context =>
{
    tokens.RequireBoth(context.Request);
    await context.Response.WriteAsJsonAsync(tokens.LogOut(context.Request));
});

foreach (var action in ProfileAction.All)
{
    app.MapPost("/api/m2m/v1/devices/profile/actions/" + action.Name, async context =>
    {
        var entry = context.Features.Get<LogEntry>()!;
        entry.Action = action.Name;
        tokens.RequireBoth(context.Request);
        using var body = await StrictBody.ReadAsync(context.Request);
        entry.Devices = StrictBody.CountDevices(body.RootElement);
        var order = StrictBody.ReadOrder(body.RootElement, action, options.Account);
        entry.RequestId = fleet.Accept(order);
        await context.Response.WriteAsJsonAsync(new { requestId = entry.RequestId });
    });
}

app.MapGet("/api/m2m/v2/accounts/{account}/requests/{id}/status", async context =>
{
    var entry = context.Features.Get<LogEntry>()!;
    entry.Action = "status";
    tokens.RequireBoth(context.Request);
    var id = (string)context.Request.RouteValues["id"]!;
    if (!Equals(context.Request.RouteValues["account"], options.Account))
    {
        throw new Refusal(404, "There is no such account.");
    }

    entry.RequestId = id;
    await context.Response.WriteAsJsonAsync(fleet.Poll(id));
});

app.MapPost("/api/m2m/v1/devices/actions/list", async context =>
{
    context.Features.Get<LogEntry>()!.Action = "list";
    tokens.RequireBoth(context.Request);
    using var body = await StrictBody.ReadAsync(context.Request);
    var page = fleet.List(StrictBody.ReadListOrder(body.RootElement, options.Account));

    // The service tells "there is more" in the status as well as in the body.
    context.Response.StatusCode = page.HasMoreData ? 202 : 200;
    await context.Response.WriteAsJsonAsync(page);
});

// The judge's own pages. They are outside /api, need no token and are not written to the log.
app.MapGet("/log", async context => await context.Response.WriteAsJsonAsync(log.All()));
app.MapGet("/summary", async context => await context.Response.WriteAsJsonAsync(fleet.Summarise(log)));
app.MapGet("/profiles/{iccid}", async context =>
{
    var found = fleet.Describe((string)context.Request.RouteValues["iccid"]!);
    context.Response.StatusCode = found is null ? 404 : 200;
    await context.Response.WriteAsJsonAsync(found ?? new { errorCode = "404", errorMessage = "The inventory has no such ICCID." });
});

try
{
    await app.StartAsync();
}
catch (Exception e) when (e is IOException or SocketException or FormatException or InvalidOperationException)
{
    await Console.Error.WriteLineAsync($"Cannot listen at {options.Urls}: {e.Message}");
    return 2;
}

var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
Console.WriteLine($"Document server at {address}/api");
await app.WaitForShutdownAsync();
return 0;

// Routing forgives: letter case, a closing slash, a query nobody asked for. A reading to the letter does not.
static void RequirePathToTheLetter(HttpContext context)
{
    var path = context.Request.Path.Value!;
    if (path.Contains("//", StringComparison.Ordinal))
    {
        throw new Refusal(404, "There is nothing at this path: it has an empty part (two slashes in a row).");
    }

    if (context.GetEndpoint() is not RouteEndpoint endpoint)
    {
        throw new Refusal(404, "There is nothing at this path for this method.");
    }

    var given = path.Split('/', StringSplitOptions.None)[1..];
    var pattern = endpoint.RoutePattern.PathSegments;
    var asWritten = given.Length == pattern.Count
        && given.Zip(pattern).All(pair => pair.Second.Parts[0] is not RoutePatternLiteralPart literal
            || string.Equals(literal.Content, pair.First, StringComparison.Ordinal));
    if (!asWritten)
    {
        throw new Refusal(404, $"There is nothing at this path; written to the letter it is {endpoint.RoutePattern.RawText}.");
    }

    if (context.Request.QueryString.HasValue)
    {
        throw new Refusal(400, "The documents name no query parameters for this path.");
    }
}

static async Task AnswerErrorAsync(HttpContext context, LogEntry entry, int status, string? code, string message)
{
    entry.Status = status;
    entry.Error = message;
    if (context.Response.HasStarted)
    {
        context.Abort();
        return;
    }

    context.Response.Clear();
    context.Response.StatusCode = status;
    object body = context.Request.Path.StartsWithSegments("/api/ts", StringComparison.Ordinal)
        ? new { error = code ?? "invalid_request", error_description = message }
        : new { errorCode = code ?? status.ToString(System.Globalization.CultureInfo.InvariantCulture), errorMessage = message };
    await context.Response.WriteAsJsonAsync(body);
}
