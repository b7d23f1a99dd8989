// The handler for HttpClient: no sockets, the same bytes.

using System.Buffers;
using System.Net;

namespace EsimTools.Sandbox;

/// <summary>Turns HTTP messages into <see cref="SandboxCall"/>s and back. Thread-safe; disposing of it leaves the sandbox alone.</summary>
internal sealed class SandboxHandler(ThingSpaceSandbox sandbox) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var body = request.Content is null ? default : await RentAsync(request.Content).ConfigureAwait(false);
        try
        {
            var call = new SandboxCall(
                request.Method.Method,
                request.RequestUri!.PathAndQuery,
                Header(request, "Authorization"),
                Header(request, "VZ-M2M-Token"),
                request.Content?.Headers.ContentType?.ToString(),
                body);
            var answer = await sandbox.AnswerAsync(call, cancellationToken).ConfigureAwait(false);
            return answer.IsCut
                ? throw new HttpRequestException("An error occurred while sending the request.", new IOException("The connection was cut by the sandbox."))
                : Message(request, answer);
        }
        finally
        {
            if (body.Array is { } rented)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    // Ten thousand devices are more than a megabyte, of which HttpContent itself would make two copies for the garbage collector.
    private static async Task<ArraySegment<byte>> RentAsync(HttpContent content)
    {
        if (content.Headers.ContentLength is null)
        {
            await content.LoadIntoBufferAsync().ConfigureAwait(false);
        }

        var length = (int)content.Headers.ContentLength!;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        await content.CopyToAsync(new MemoryStream(bytes, 0, length)).ConfigureAwait(false);
        return new(bytes, 0, length);
    }

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    private static HttpResponseMessage Message(HttpRequestMessage request, SandboxAnswer answer)
    {
        var message = new HttpResponseMessage((HttpStatusCode)answer.Status)
        {
            RequestMessage = request,
            Content = new ByteArrayContent(answer.Body.ToArray()),
        };
        if (answer.ContentType is not null)
        {
            message.Content.Headers.TryAddWithoutValidation("Content-Type", answer.ContentType);
        }

        if (answer.RetryAfter is not null)
        {
            message.Headers.TryAddWithoutValidation("Retry-After", answer.RetryAfter);
        }

        return message;
    }
}
