// The HTTP layer: one call, one answer, no retry. Time limit, size cap and whether it left are settled here.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using EsimTools.Model;

namespace EsimTools.Transport;

/// <summary>Sends single requests. Redirects are not followed, so no token ever goes to another host.</summary>
internal sealed class HttpWire : IDisposable
{
    /// <summary>A page of the device list is about 2 MB; nothing the service sends is larger.</summary>
    private const int MostBodyBytes = 64 * 1024 * 1024;

    /// <summary>How long a stopped action may still wait for its answer.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(750);

    private static readonly string Version = typeof(HttpWire).Assembly.GetName().Version?.ToString(3) ?? "0";

    private readonly Uri _baseUri;
    private readonly TimeSpan _timeout;
    private readonly Func<Action?, HttpMessageHandler> _newHandler;
    private readonly HttpClient _shared;
    private readonly bool _ownsHandlers;
    private readonly Action<EsimMessage> _report;

    /// <param name="baseUri">The service's base address, ending in a slash.</param>
    /// <param name="timeout">The time limit of one call.</param>
    /// <param name="handler">A handler that stands for the network (the sandbox, a test); null for the real one.</param>
    /// <param name="proxy">A proxy; null for the system's.</param>
    /// <param name="useProxy">Whether any proxy is used.</param>
    /// <param name="report">Told of every call for the verbose and debug streams.</param>
    public HttpWire(Uri baseUri, TimeSpan timeout, HttpMessageHandler? handler, IWebProxy? proxy, bool useProxy, Action<EsimMessage> report)
    {
        _baseUri = baseUri;
        _timeout = timeout;
        _report = report;
        _ownsHandlers = handler is null;
        _newHandler = handler is null ? look => NewHandler(proxy, useProxy, look) : _ => handler;
        _shared = NewClient(look: null);
    }

    /// <summary>Sends one request and reads the whole answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">Its path.</param>
    /// <param name="kind">Whether it may be repeated.</param>
    /// <param name="look">Called before it leaves; throws where it must not. Null where it always may.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="CallFailedException">No answer came; also where an action was kept from leaving.</exception>
    public async Task<ServiceAnswer> SendAsync(HttpRequestMessage request, string path, CallKind kind, Action? look, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(_baseUri, path);
        request.Version = HttpVersion.Version11;
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("EsimTools", Version));
        request.Headers.ExpectContinue = false;

        // An idle connection may be dead without anyone knowing, and .NET Framework then repeats the request by itself. An action
        // therefore gets a connection of its own that nobody has used.
        var isSingleUse = kind == CallKind.Action && _ownsHandlers;
        if (!isSingleUse || !LooksWhenConnected)
        {
            look?.Invoke();
        }

        var client = isSingleUse ? NewClient(look) : _shared;
        var watch = Stopwatch.StartNew();
        using var limit = new CancellationTokenSource(_timeout);

        // An action on its way is given a moment to be answered, because breaking it off leaves its outcome unknown.
        using var stop = cancellationToken.Register(() => limit.CancelAfter(kind == CallKind.Action ? Grace : TimeSpan.Zero));
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            var body = await ReadBodyAsync(response, limit.Token).ConfigureAwait(false);
            var answer = new ServiceAnswer((int)response.StatusCode, body, response.Headers.RetryAfter);
            _report(new(EsimMessageLevel.Debug, string.Format(
                CultureInfo.InvariantCulture, "{0} {1} -> {2}, {3:N0} bytes, {4:N0} ms", request.Method, request.RequestUri.AbsolutePath, answer.StatusCode, body.Length, watch.Elapsed.TotalMilliseconds)));
            return answer;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or InvalidDataException or ObjectDisposedException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var timedOut = e is OperationCanceledException;
            var ownWords = OwnWordsFor(e);
            var reason = timedOut
                ? $"no answer came within {Quantity.Of(_timeout.TotalSeconds, "second")}"
                : ownWords ?? Innermost(e).Message.TrimEnd('.');
            _report(new(EsimMessageLevel.Debug, $"{request.Method} {request.RequestUri.AbsolutePath} -> no answer: {reason}"));
            throw new CallFailedException(reason, timedOut || !WasNeverConnected(e), timedOut, ownWords is null ? e : null);
        }
        finally
        {
            if (client != _shared)
            {
                client.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _shared.Dispose();

    private static async Task<byte[]> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content is null)
        {
            return [];
        }

        using var stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);

        // .NET Framework's stream heeds no token while it waits, so its end is brought about by closing it.
        using var registration = cancellationToken.Register(static state => ((Stream)state!).Dispose(), stream);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        try
        {
            while ((read = await stream.ReadAsync(buffer, 0, buffer.Length, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (body.Length + read > MostBodyBytes)
                {
                    throw new IOException($"the answer is larger than {MostBodyBytes / (1024 * 1024)} MB");
                }

                body.Write(buffer, 0, read);
            }
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is not OperationCanceledException)
        {
            throw new OperationCanceledException("The wait for the answer was ended.", e, cancellationToken);
        }

        return body.ToArray();
    }

    // Where .NET quotes the answer's bytes, which may repeat a token, or the proxy's address with the password in it; null elsewhere.
    private static string? OwnWordsFor(Exception e)
    {
#if NET
        return ((e as HttpRequestException)?.HttpRequestError ?? (e as HttpIOException)?.HttpRequestError) switch
        {
            HttpRequestError.InvalidResponse => "the answer is not valid HTTP",
            HttpRequestError.ProxyTunnelError => "the proxy refused to pass the call on",
            _ => null,
        };
#else
        _ = e;
        return null;
#endif
    }

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e;
    }

    // Only these prove that nothing left: the name was not found, the connection was refused, or no TLS was agreed on.
    private static bool WasNeverConnected(Exception e)
    {
#if NET
        if (e is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError })
        {
            return true;
        }
#else
        if (e.InnerException is WebException { Status: WebExceptionStatus.NameResolutionFailure or WebExceptionStatus.ConnectFailure
            or WebExceptionStatus.ProxyNameResolutionFailure or WebExceptionStatus.TrustFailure or WebExceptionStatus.SecureChannelFailure })
        {
            return true;
        }
#endif
        // A lost route is not among them: it ends connections that have carried the request already.
        return Innermost(e) is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound };
    }

    // To look up a name, to connect and to agree on TLS may take as long as a call may, and what was judged before may have changed meanwhile.
#if NET
    private const bool LooksWhenConnected = true;

    private static SocketsHttpHandler NewHandler(IWebProxy? proxy, bool useProxy, Action? look)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = look is null ? TimeSpan.FromMinutes(5) : TimeSpan.Zero,
            UseProxy = useProxy,
        };
        if (look is not null)
        {
            handler.PlaintextStreamFilter = (connected, _) =>
            {
                // A proxy is asked for a tunnel first.
                if (connected.InitialRequestMessage.Method != HttpMethod.Connect)
                {
                    look();
                }

                return new(connected.PlaintextStream);
            };
        }
#else
    private const bool LooksWhenConnected = false;

    private static HttpClientHandler NewHandler(IWebProxy? proxy, bool useProxy, Action? look)
    {
        // A new handler has connections of its own here, so a single-use one needs nothing more.
        _ = look;
        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            MaxConnectionsPerServer = 16,
            UseProxy = useProxy,
        };
#endif
        if (proxy is not null)
        {
            handler.Proxy = proxy;
        }

        return handler;
    }

    private HttpClient NewClient(Action? look) =>
        new(_newHandler(look), disposeHandler: _ownsHandlers) { Timeout = Timeout.InfiniteTimeSpan };
}
