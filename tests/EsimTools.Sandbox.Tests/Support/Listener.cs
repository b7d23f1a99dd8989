// A web server on loopback that receives callbacks and answers as the test wishes.

using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace EsimTools.Sandbox.Tests.Support;

internal sealed record Received(Answer Callback, string Method, string Path, string? ContentType, string UserAgent, bool HasAuthorization);

internal sealed class Listener : IAsyncDisposable
{
    private readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();
    private readonly WebApplication _app;

    private Listener(WebApplication app)
    {
        _app = app;
    }

    public string Url => _app.Urls.First() + "/hook";

    /// <summary>What every callback is answered with.</summary>
    public int Status { get; set; } = 200;

    public static async Task<Listener> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var listener = new Listener(builder.Build());
        listener._app.Run(listener.ReceiveAsync);
        await listener._app.StartAsync();
        return listener;
    }

    public Task<Received> NextAsync() => _received.Reader.ReadAsync().AsTask().WaitAsync(SandboxFixture.HangLimit);

    public bool IsEmpty => !_received.Reader.TryPeek(out _);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        context.Response.StatusCode = Status;
        await _received.Writer.WriteAsync(new Received(
            new Answer(0, body, null, null), context.Request.Method, context.Request.Path, context.Request.ContentType,
            context.Request.Headers.UserAgent.ToString(), context.Request.Headers.ContainsKey("Authorization")));
    }
}
