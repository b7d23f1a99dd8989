// A message that is far too large costs the listener no memory. What the whole process allocates is measured, so nothing else runs beside it.

using System.Net;
using System.Text;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Callbacks;

[Collection(nameof(Alone))]
public sealed class LargeMessageTests : IDisposable
{
    private const string Login = "\"username\":\"hook-user\",\"password\":\"hook-password\"";

    private readonly ConnectionFixture _fixture = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public void Dispose()
    {
        _http.Dispose();
        _fixture.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_megabytes_are_too_large_and_are_never_held(bool isChunked)
    {
        using var listener = (await _fixture.OpenAsync()).StartCallbackListener(new EsimCallbackListenerOptions
        {
            Prefix = $"http://127.0.0.1:{FreePort.Next()}/hook",
            Credential = new EsimCredential("hook-user", "hook-password"),
        });
        Assert.Equal(HttpStatusCode.OK, await PostAsync($$"""{{{Login}},"requestId":"warm-up"}"""));
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{{{Login}},"requestId":"r","note":"{{new string('9', 10_000_000)}}"}"""));
        using var request = new HttpRequestMessage(HttpMethod.Post, listener.Prefix) { Content = content };
        request.Headers.TransferEncodingChunked = isChunked;

        var before = GC.GetTotalAllocatedBytes(precise: true);
        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 5_000_000);
        Assert.Equal((1, 1), (listener.Recorded, listener.Invalid));
        Assert.Equal(HttpStatusCode.OK, await PostAsync($$"""{{{Login}},"requestId":"r"}"""));

        async Task<HttpStatusCode> PostAsync(string body)
        {
            using var small = await _http.PostAsync(listener.Prefix, new StringContent(body));
            return small.StatusCode;
        }
    }
}
