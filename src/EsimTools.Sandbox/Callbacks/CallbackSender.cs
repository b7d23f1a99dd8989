// Brings callbacks to those who want them: to the process through an event, and to the registered listener over HTTP.

using System.Globalization;
using System.Text;
using System.Text.Json;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Callbacks;

/// <summary>Sends callbacks.</summary>
/// <remarks>
/// An HTTP listener that does not answer 2xx is tried again five minutes later on the sandbox's clock, four sends in all, each with a
/// higher <c>callbackCount</c>, to the listener that is registered by then. A listener has ten seconds of real time to answer: the
/// documents name no deadline. Callbacks of one request reach an HTTP listener in any order; without a listener they are lost.
/// </remarks>
internal sealed class CallbackSender : IDisposable
{
    private const int ParallelPosts = 8;
    private const string CountField = "\"callbackCount\":";

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly CallbackRegistrations _registrations;
    private readonly Clock _clock;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _posts = new(ParallelPosts);
    private readonly CancellationTokenSource _end = new();

    public CallbackSender(CallbackRegistrations registrations, Clock clock)
    {
        _registrations = registrations;
        _clock = clock;
        _http = new HttpClient(
            new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false, MaxConnectionsPerServer = ParallelPosts },
            disposeHandler: true)
        {
            Timeout = s_timeout,
        };
    }

    /// <summary>Raised for each callback, in order, on the work queue's thread.</summary>
    public event Action<string>? Sent;

    /// <summary>The same callback with another count.</summary>
    public static string Again(string callback, int count)
    {
        // Quotes inside a JSON string are escaped, so the first match is the field itself.
        var at = callback.IndexOf(CountField, StringComparison.Ordinal) + CountField.Length;
        return callback.Substring(0, at) + count.ToString(CultureInfo.InvariantCulture) + callback.Substring(at + 1);
    }

    /// <summary>Sends a callback to the event and to the account's listener.</summary>
    public void Send(string account, string callback)
    {
        RaiseSent(callback);
        if (_registrations.ForProfiles(account) is not null)
        {
            _ = PostAsync(account, callback);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _http.Dispose();
    }

    // A subscriber's own failure is no business of the service, which must go on with the next subscriber and the next callback.
    private void RaiseSent(string callback)
    {
        foreach (var subscriber in Sent?.GetInvocationList() ?? [])
        {
            try
            {
                ((Action<string>)subscriber)(callback);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
            }
        }
    }

    private async Task PostAsync(string account, string callback)
    {
        try
        {
            var count = ReadCount(callback);
            for (var sends = 1; !await TryPostAsync(account, callback).ConfigureAwait(false) && sends < CallbackText.MaxSends; sends++)
            {
                await _clock.Delay(s_retryAfter, _end.Token).ConfigureAwait(false);
                callback = Again(callback, ++count);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The sandbox was disposed of.
        }
    }

    private async Task<bool> TryPostAsync(string account, string callback)
    {
        await _posts.WaitAsync(_end.Token).ConfigureAwait(false);
        try
        {
            if (_registrations.ForProfiles(account) is not { } registration)
            {
                return false;
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, registration.Url)
            {
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes(WithCredentials(callback, registration))),
            };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            request.Headers.TryAddWithoutValidation("User-Agent", "Verizon's callback service");
            using var answer = await _http.SendAsync(request, _end.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !_end.IsCancellationRequested))
        {
            return false;
        }
        finally
        {
            _posts.Release();
        }
    }

    private static int ReadCount(string callback) =>
        callback[callback.IndexOf(CountField, StringComparison.Ordinal) + CountField.Length] - '0';

    // The registered user name and password are plain fields of the body; there is no Authorization header.
    private static string WithCredentials(string callback, CallbackRegistration registration)
    {
        if (registration.UserName is null && registration.Password is null)
        {
            return callback;
        }

        return callback.Substring(0, callback.Length - 1) + Field("username", registration.UserName) + Field("password", registration.Password) + "}";
    }

    private static string Field(string name, string? value) =>
        value is null ? "" : $",\"{name}\":\"{JsonEncodedText.Encode(value, ByteBuffer.WriterOptions.Encoder)}\"";
}
