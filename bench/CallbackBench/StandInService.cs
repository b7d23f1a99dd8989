// Stands for ThingSpace while the requests are sent whose callbacks the measurement is about.

using System.Net;
using System.Text;

namespace CallbackBench;

/// <summary>Answers logins, and takes each action with the request id that the fleet expects next.</summary>
internal sealed class StandInService : HttpMessageHandler
{
    private int _requests;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var body = path.EndsWith("/oauth2/token", StringComparison.Ordinal) ? """{"access_token":"bearer","token_type":"Bearer","expires_in":3600}"""
            : path.Contains("/session/", StringComparison.Ordinal) ? """{"sessionToken":"session"}"""
            : $$"""{"requestId":"{{Fleet.RequestIdOf((Interlocked.Increment(ref _requests) - 1) * Fleet.ProfilesPerRequest)}}"}""";
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") });
    }
}
