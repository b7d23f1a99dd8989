// A service that costs next to nothing: it reads what it is sent, understands none of it, and accepts every request.

var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
var app = builder.Build();
app.Run(async context =>
{
    await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted).ConfigureAwait(false);
    var path = context.Request.Path.Value ?? "";
    context.Response.ContentType = "application/json";
    await context.Response.WriteAsync(
        path.EndsWith("/oauth2/token", StringComparison.Ordinal) ? """{"access_token":"bearer","token_type":"Bearer","expires_in":3600}"""
        : path.Contains("/session/", StringComparison.Ordinal) ? """{"sessionToken":"session"}"""
        : $$"""{"requestId":"{{Guid.NewGuid()}}"}""").ConfigureAwait(false);
});
await app.StartAsync().ConfigureAwait(false);
Console.WriteLine($"Stand-in at {app.Urls.First()}/api");
await app.WaitForShutdownAsync().ConfigureAwait(false);
