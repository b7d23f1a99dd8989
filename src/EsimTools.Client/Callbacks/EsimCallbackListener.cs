// A web server for the service's callbacks: takes messages over HTTP, believes only those it should, and acknowledges only what is recorded.

using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using EsimTools.Session;
using EsimTools.Wire;

namespace EsimTools.Callbacks;

/// <summary>A running listener. It ends with <see cref="Stop"/>, with its connection, or with the process. Every member may be used from any thread.</summary>
/// <remarks>
/// Answers: 200 recorded, or recorded before; 400 not a message; 401 user name or password wrong; 403 sender not allowed; 405 not a POST;
/// 413 body too large; 503 cannot be recorded now. The service repeats everything that is not answered with 2xx. A message with the right
/// user name and password about requests or devices that are not known here is recorded and acknowledged like any other.
/// </remarks>
public sealed class EsimCallbackListener : IDisposable
{
    private const int PendingAccepts = 4;
    private const int MostCallsAtOnce = 256;
    private const int FirstBufferBytes = 8 * 1024;
    private const int SmallestBodyLimit = 1024;

    /// <summary>How much of a body that is too large is read and thrown away, so that its sender gets to see the answer.</summary>
    private const int MostBytesDrained = 32 * 1024 * 1024;

    /// <summary>How long a sender may take for its body; the service sends a kilobyte.</summary>
    private static readonly TimeSpan BodyLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    // With what the intake takes, less than a second.
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    private readonly EsimConnection _connection;
    private readonly HttpListener _http;
    private readonly ListenerDoor _door;
    private readonly CallbackIntake _intake;
    private readonly CallbackCredential? _credential;
    private readonly HashSet<IPAddress> _allowed;
    private readonly bool _trustsForwardedFor;
    private readonly int _maxBodyBytes;
    private readonly ConcurrentDictionary<HttpListenerContext, DateTimeOffset> _calls = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly object _stopLock = new();
    private IDisposable? _expectation;
    private int _callCount;
    private long _lastCall;
    private long _received;
    private long _recorded;
    private long _duplicates;
    private long _refused;
    private long _invalid;

    private EsimCallbackListener(EsimConnection connection, EsimCallbackListenerOptions options, string prefix)
    {
        _connection = connection;
        Prefix = prefix;
        _credential = options.Credential is { } credential ? new(credential) : null;
        _allowed = [.. (options.AllowedAddresses ?? []).Select(Plain)];
        _trustsForwardedFor = options.TrustForwardedFor;
        _maxBodyBytes = options.MaxBodyBytes;
        StartedAt = connection.Clock.UtcNow;
        _http = new HttpListener { IgnoreWriteExceptions = true };
        _door = new ListenerDoor(_http, connection.Clock);
        _intake = new CallbackIntake(connection, Tell);
    }

    /// <summary>The addresses that Verizon's callbacks come from. Source: "Callback best practices" as of 2025; the list can change.</summary>
    public static IReadOnlyList<IPAddress> VerizonAddresses { get; } =
    [
        .. new[] { "3.87.163.45", "3.91.119.203", "54.197.62.209", "35.165.205.14", "54.200.43.232", "34.216.81.234", "137.117.33.109", "168.62.173.153" }
            .Select(IPAddress.Parse),
    ];

    /// <summary>Where it listens.</summary>
    public string Prefix { get; }

    /// <summary>Whether it is running.</summary>
    public bool IsListening => !_stop.IsCancellationRequested;

    /// <summary>When it was started, in UTC.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>The messages that have come in, whatever became of them.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>The messages recorded and acknowledged.</summary>
    public long Recorded => Interlocked.Read(ref _recorded);

    /// <summary>The messages acknowledged because they had been recorded before.</summary>
    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>The calls refused: wrong user name or password, wrong sender, not a POST, or no way to record.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>The calls whose body was no message: not JSON, too large, too slow, without a request id.</summary>
    public long Invalid => Interlocked.Read(ref _invalid);

    /// <summary>What was wrong with the newest call that was not acknowledged; null when there was none. Shows no part of a message.</summary>
    public string? LastProblem { get; private set; }

    /// <summary>The file in the journal's folder that messages are recorded in, without user names and passwords.</summary>
    public string SpoolPath => _intake.SpoolPath;

    /// <summary>Starts a listener that feeds a connection.</summary>
    /// <param name="connection">The connection whose requests the messages settle; the listener ends with it.</param>
    /// <param name="options">Where to listen and whom to believe.</param>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimParameterInvalid"/>: an option makes no sense; <see cref="EsimError.EsimListenerUnavailable"/>: the address cannot
    /// be listened on; <see cref="EsimError.EsimJournalUnavailable"/>: nothing can be recorded; <see cref="EsimError.EsimNotConnected"/>.
    /// </exception>
    public static EsimCallbackListener Start(EsimConnection connection, EsimCallbackListenerOptions options)
    {
        var prefix = CheckPrefix((options ?? throw new ArgumentNullException(nameof(options))).Prefix);
        if (options.MaxBodyBytes is < SmallestBodyLimit or > TextLines.LongestLine)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"A body limit of {options.MaxBodyBytes} bytes makes no sense; it goes from {SmallestBodyLimit} to {TextLines.LongestLine}.");
        }

        var listener = new EsimCallbackListener(connection ?? throw new ArgumentNullException(nameof(connection)), options, prefix);
        try
        {
            listener.Open();
            connection.Attach(listener);
            listener._expectation = connection.ExpectCallbacks();
            return listener;
        }
        catch
        {
            listener.Stop();
            throw;
        }
    }

    /// <summary>Ends it within a second. What has been acknowledged by then is recorded. Stopping twice is no error.</summary>
    public void Stop()
    {
        lock (_stopLock)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            _stop.Cancel();
        }

        // Calls in hand are answered and new ones turned away, until it is quiet or the time is over; who is not done by then is cut off.
        Quietly(_door.Lock);
        SpinWait.SpinUntil(
            () => Volatile.Read(ref _callCount) == 0 && Stopwatch.GetTimestamp() - Interlocked.Read(ref _lastCall) > Quiet.TotalSeconds * Stopwatch.Frequency, StopLimit);
        foreach (var call in _calls)
        {
            Cut(call.Key.Response, HttpStatusCode.ServiceUnavailable);
        }

        Quietly(_door.Close);
        _expectation?.Dispose();
        _intake.Dispose();
        _connection.Detach(this);
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();

    /// <inheritdoc/>
    public override string ToString() => Prefix;

    private static string CheckPrefix(string? prefix)
    {
        var text = prefix?.Trim() ?? string.Empty;
        var full = text.EndsWith("/", StringComparison.Ordinal) ? text : text + "/";

        // + and * stand for any host; no address has them.
        var probe = full.Replace("://+", "://any").Replace("://*", "://any");
        if (!Uri.TryCreate(probe, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
        {
            throw new EsimException(
                EsimError.EsimParameterInvalid, $"'{text}' is not an address to listen on.", "Give scheme, host, port and path, for example http://+:9001/thingspace/; + stands for any host name.");
        }

        if (address.Scheme == Uri.UriSchemeHttps && !ListenerDoor.IsWindows)
        {
            throw new EsimException(
                EsimError.EsimParameterInvalid,
                "On this system a listener speaks plain http only.",
                "Let a reverse proxy on this machine hold the certificate and pass messages on, for example to http://127.0.0.1:9001/thingspace/.");
        }

        return full;
    }

    // A connection of IPv4 that came in through an IPv6 socket is still from its IPv4 address.
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // The other side is gone, or has been told already.
        }
    }

    // Outside Windows, breaking a call off sends the headers as they stand.
    private static void Cut(HttpListenerResponse response, HttpStatusCode status)
    {
        Quietly(() => response.StatusCode = (int)status);
        Quietly(() => response.KeepAlive = false);
        Quietly(response.Abort);
    }

    private void Open()
    {
        try
        {
            _http.Prefixes.Add(Prefix);
            _http.Start();
        }
        catch (Exception e) when (e is HttpListenerException or ArgumentException or PlatformNotSupportedException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            throw new EsimException(
                EsimError.EsimListenerUnavailable,
                $"'{Prefix}' cannot be listened on: {e.Message.TrimEnd('.')}.",
                "See whether another program uses the port. Ports below 1024 need special rights; on Windows an administrator permits a prefix with: "
                    + $"netsh http add urlacl url={Prefix} user={Environment.UserName}.",
                e);
        }

        for (var i = 0; i < PendingAccepts; i++)
        {
            _ = Task.Run(AcceptAsync);
        }

        _ = Task.Run(CutSlowCallsAsync);
    }

    private async Task AcceptAsync()
    {
        while (_http.IsListening)
        {
            try
            {
                var context = await _http.GetContextAsync().ConfigureAwait(false);
                Interlocked.Exchange(ref _lastCall, Stopwatch.GetTimestamp());

                // Until there is an answer, whatever ends this call must not look like an acknowledgement.
                context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;

                // Not on this loop: whoever is slow to read its answer would keep the others waiting.
                _ = Task.Run(() => ServeAsync(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                if (!await PauseAsync(AcceptPause).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
    }

    private async Task CutSlowCallsAsync()
    {
        while (await PauseAsync(LookInterval).ConfigureAwait(false))
        {
            var oldest = _connection.Clock.UtcNow - BodyLimit;
            foreach (var call in _calls)
            {
                // Only calls whose body is still being read are listed.
                if (call.Value < oldest && _calls.TryRemove(call.Key, out _))
                {
                    Cut(call.Key.Response, HttpStatusCode.RequestTimeout);
                }
            }
        }
    }

    private async Task<bool> PauseAsync(TimeSpan time)
    {
        try
        {
            await _connection.Clock.Delay(time, _stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task ServeAsync(HttpListenerContext context)
    {
        var isTooMany = Interlocked.Increment(ref _callCount) > MostCallsAtOnce;
        try
        {
            var answer = _stop.IsCancellationRequested || isTooMany
                ? Refuse(HttpStatusCode.ServiceUnavailable, "there were too many calls at once, or the listener was being stopped")
                : await JudgeAsync(context).ConfigureAwait(false);
            context.Response.StatusCode = (int)answer;
            context.Response.ContentLength64 = 0;
            if (answer == HttpStatusCode.MethodNotAllowed)
            {
                context.Response.AddHeader("Allow", "POST");
            }

            if (answer is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.ServiceUnavailable or HttpStatusCode.Forbidden)
            {
                context.Response.KeepAlive = false;
            }

            context.Response.Close();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever one call brings, the listener goes on. The sender hears nothing and sends again.
            Reject(ref _invalid, $"a call ended before its answer ({e.GetType().Name})");
            Cut(context.Response, HttpStatusCode.InternalServerError);
        }
        finally
        {
            _calls.TryRemove(context, out _);
            Interlocked.Decrement(ref _callCount);
        }
    }

    private async Task<HttpStatusCode> JudgeAsync(HttpListenerContext context)
    {
        var request = context.Request;
        if (!IsAllowed(request))
        {
            return Refuse(HttpStatusCode.Forbidden, $"a call came from {request.RemoteEndPoint?.Address}, or was forwarded for an address, that is not allowed");
        }

        if (request.HttpMethod != "POST")
        {
            return Refuse(HttpStatusCode.MethodNotAllowed, "a call was no POST");
        }

        Interlocked.Increment(ref _received);
        var at = _connection.Clock.UtcNow;
        _calls[context] = at;
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var length = 0;
            var drained = 0;
            int read;
            while ((read = await request.InputStream.ReadAsync(buffer, length, buffer.Length - length).ConfigureAwait(false)) > 0)
            {
                length += read;
                if (drained + length > _maxBodyBytes)
                {
                    drained += length;
                    length = 0;
                    if (drained > MostBytesDrained)
                    {
                        break;
                    }
                }
                else if (length == buffer.Length)
                {
                    Grow(ref buffer, length);
                }
            }

            _calls.TryRemove(context, out _);
            return drained > 0
                ? Reject(HttpStatusCode.RequestEntityTooLarge, $"a body was larger than {_maxBodyBytes} bytes")
                : await JudgeAsync(new ReadOnlyMemory<byte>(buffer, 0, length), at).ConfigureAwait(false);
        }
        finally
        {
            // Messages hold the password.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private async Task<HttpStatusCode> JudgeAsync(ReadOnlyMemory<byte> body, DateTimeOffset at)
    {
        byte[] line;
        EsimCallback? callback;
        using (var document = LenientJson.TryParse(body, out var problem))
        {
            if (document is not { RootElement: { ValueKind: JsonValueKind.Object } message })
            {
                return Reject(HttpStatusCode.BadRequest, $"a message could not be used: {problem ?? "it is not a JSON object"}");
            }

            if (_credential?.Matches(message) == false)
            {
                return Refuse(HttpStatusCode.Unauthorized, "a message came with a wrong user name or password");
            }

            // What has a request id is the service's, although it may be about something else than a profile; sending it again changes nothing.
            callback = EsimCallback.TryRead(message, out problem);
            if (callback is null && (message.Text("requestId") ?? message.Find("faultResponse")?.Text("requestId")) is null)
            {
                return Reject(HttpStatusCode.BadRequest, $"a message could not be used: {problem}");
            }

            try
            {
                line = CallbackSpool.LineOf(message, at, _connection.HiddenBy);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                return Reject(HttpStatusCode.BadRequest, "a message could not be used: a text in it is no valid Unicode");
            }
        }

        if (callback is not null)
        {
            callback.ReceivedAt = at;
        }

        switch (await _intake.TakeAsync(line, callback).ConfigureAwait(false))
        {
            case IntakeResult.Recorded:
                Interlocked.Increment(ref _recorded);
                return HttpStatusCode.OK;
            case IntakeResult.Duplicate:
                Interlocked.Increment(ref _duplicates);
                return HttpStatusCode.OK;
            default:
                return Refuse(HttpStatusCode.ServiceUnavailable, "a message could not be recorded");
        }
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        Buffer.BlockCopy(buffer, 0, larger, 0, length);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        buffer = larger;
    }

    private bool IsAllowed(HttpListenerRequest request)
    {
        if (_allowed.Count == 0)
        {
            return true;
        }

        var sender = request.RemoteEndPoint?.Address;
        if (_trustsForwardedFor && sender is not null && IPAddress.IsLoopback(sender) && request.Headers["X-Forwarded-For"] is { } forwarded)
        {
            // The last entry is the proxy's own observation; those before it are the sender's word.
            sender = ParseForwarded(forwarded.Substring(forwarded.LastIndexOf(',') + 1).Trim());
        }

        return sender is not null && _allowed.Contains(Plain(sender));
    }

    // 1.2.3.4, 1.2.3.4:567, [2001:db8::1]:567 and 2001:db8::1 all occur.
    private static IPAddress? ParseForwarded(string text)
    {
        var port = text.LastIndexOf(':');
        var isIPv4WithPort = port > 0 && text.IndexOf(':') == port;
        var isIPv6InBrackets = text.StartsWith("[", StringComparison.Ordinal) && text.IndexOf(']') > 0;
        var host = isIPv4WithPort ? text.Substring(0, port) : isIPv6InBrackets ? text.Substring(1, text.IndexOf(']') - 1) : text;
        return IPAddress.TryParse(host, out var address) ? address : null;
    }

    private HttpStatusCode Refuse(HttpStatusCode status, string problem)
    {
        Reject(ref _refused, problem);
        return status;
    }

    private HttpStatusCode Reject(HttpStatusCode status, string problem)
    {
        Reject(ref _invalid, problem);
        return status;
    }

    // The first of each kind is said aloud; thousands would only hide each other.
    private void Reject(ref long counter, string problem)
    {
        LastProblem = problem;
        if (Interlocked.Increment(ref counter) == 1)
        {
            Tell($"The callback listener on {Prefix} did not acknowledge a call: {problem}. More like it are counted, not reported.");
        }
    }

    private void Tell(string text)
    {
        try
        {
            _connection.Report(new(EsimMessageLevel.Warning, text));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever listens to messages failed; that must not end the listener.
        }
    }
}
