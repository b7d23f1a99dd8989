// A web server for the service's callbacks: takes messages over HTTP, believes only those it should, and acknowledges only what is recorded.

using System.Buffers;
using System.Net;
using System.Text.Json;
using EsimTools.Callbacks;
using EsimTools.HttpServer;
using EsimTools.Protocol;
using EsimTools.Store.Folder;

namespace EsimTools;

/// <summary>A running listener. It ends with <see cref="Stop"/>, with its connection, or with the process. Every member may be used from any thread.</summary>
/// <remarks>
/// Answers: 200 recorded, or recorded before; 400 not a message; 401 user name or password wrong; 403 sender not allowed; 404 another path or
/// host; 405 not a POST; 408 too slow; 413 body too large; 503 cannot be recorded now; 417, 431, 501 and 505 for heads that are of no use. The
/// service repeats everything that is not answered with 2xx. A message with the right user name and password about requests or devices that
/// are not known here is recorded and acknowledged like any other.
/// </remarks>
public sealed class EsimCallbackListener : IDisposable, ICallHandler
{
    private const int FirstBufferBytes = 8 * 1024;
    private const int SmallestBodyLimit = 1024;

    // In the record a character may take six times what it took in the message, and a line that is too long is not read again.
    private const int LargestBodyLimit = TextLines.LongestLine / 8;

    // With what the intake and the last answers take, less than a second.
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(200);

    private readonly CallbackInbox _inbox;
    private readonly CallbackServer _server;
    private readonly CallbackIntake _intake;
    private readonly HashSet<IPAddress> _allowed;
    private readonly bool _trustsForwardedFor;
    private readonly bool _tellsHealth;
    private readonly ReadinessCheck _readiness;
    private readonly int _maxBodyBytes;
    private IDisposable? _expectation;
    private int _isStopped;
    private long _received;
    private long _recorded;
    private long _duplicates;
    private long _refused;
    private long _invalid;

    private EsimCallbackListener(CallbackInbox inbox, EsimCallbackListenerOptions options, ListenAddress address, ServerCertificate? certificate)
    {
        _inbox = inbox;
        Prefix = address.Text;
        OwnCredential = options.Credential is { } credential ? new(credential) : null;
        if (options.FormerCredential is { } given && new CallbackCredential(given) is var former && OwnCredential?.Matches(former) == false)
        {
            inbox.Credentials.Retire(former);
        }

        _allowed = [.. (options.AllowedAddresses ?? []).Select(Plain)];
        _trustsForwardedFor = options.TrustForwardedFor;
        _tellsHealth = options.HealthPath is not null;
        _readiness = new(inbox, Tell);
        _maxBodyBytes = options.MaxBodyBytes;
        StartedAt = inbox.Clock.UtcNow;
        _server = new CallbackServer(address, certificate, this, inbox.Clock);
        _intake = new CallbackIntake(inbox, Tell, options.Limits);
    }

    /// <summary>The addresses that Verizon's callbacks come from. Source: "Callback best practices" as of 2025; the list can change.</summary>
    public static IReadOnlyList<IPAddress> VerizonAddresses { get; } =
        new[] { "3.87.163.45", "3.91.119.203", "54.197.62.209", "35.165.205.14", "54.200.43.232", "34.216.81.234", "137.117.33.109", "168.62.173.153" }
            .Select(IPAddress.Parse).ToArray();

    /// <summary>Where it listens.</summary>
    public string Prefix { get; }

    /// <summary>Whether it is running.</summary>
    public bool IsListening => Volatile.Read(ref _isStopped) == 0;

    /// <summary>When it was started, in UTC.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>The messages that have come in, whatever became of them.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>The messages recorded and acknowledged.</summary>
    public long Recorded => Interlocked.Read(ref _recorded);

    /// <summary>The messages acknowledged because they had been recorded before.</summary>
    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>The calls refused: wrong user name or password, wrong sender, wrong path, not a POST, too many at once, or no way to record.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>The calls that were no message: not HTTP, not JSON, too large, too slow, without a request id.</summary>
    public long Invalid => Interlocked.Read(ref _invalid);

    /// <summary>What was wrong with the newest call that was not acknowledged; null when there was none. Shows no part of a message.</summary>
    public string? LastProblem { get; private set; }

    /// <summary>The file in the journal's folder that messages are recorded in, without user names and passwords. At 32 MB it is followed by another one.</summary>
    public string RecordPath => _intake.Record.FilePath;

    /// <summary>The connections that are held now.</summary>
    internal IReadOnlyList<HttpConnection> Connections => _server.Connections();

    /// <summary>What takes its messages in.</summary>
    internal CallbackIntake Intake => _intake;

    /// <summary>What it was started with; null where messages need no user name and password.</summary>
    internal CallbackCredential? OwnCredential { get; }

    /// <summary>Starts a listener that feeds a connection; see <see cref="EsimConnectionCallbacks.StartCallbackListener"/>.</summary>
    /// <param name="inbox">The connection's inbox; the listener ends with the connection.</param>
    /// <param name="options">Where to listen and whom to believe.</param>
    /// <exception cref="EsimException">
    /// <see cref="EsimError.EsimParameterInvalid"/>: an option makes no sense; <see cref="EsimError.EsimListenerUnavailable"/>: the address cannot
    /// be listened on; <see cref="EsimError.EsimJournalUnavailable"/>: nothing can be recorded; <see cref="EsimError.EsimNotConnected"/>.
    /// </exception>
    internal static EsimCallbackListener Start(CallbackInbox inbox, EsimCallbackListenerOptions options)
    {
        var address = ListenAddress.Parse((options ?? throw new ArgumentNullException(nameof(options))).Prefix, options.HealthPath);
        if (options.MaxBodyBytes is < SmallestBodyLimit or > LargestBodyLimit)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"A body limit of {options.MaxBodyBytes} bytes makes no sense; it goes from {SmallestBodyLimit} to {LargestBodyLimit}.");
        }

        // Before anything is begun that would have to be taken back.
        inbox.ThrowIfClosed();
        var listener = new EsimCallbackListener(inbox, options, address, ServerCertificate.Of(options.Certificate, address));
        try
        {
            listener._server.Start();
            inbox.Attach(listener);
            listener._expectation = inbox.Expect();
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
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        // Calls that have begun are heard to their end as long as there is time; then what has come in is recorded, then answered.
        _server.TurnAway(StopLimit);
        _expectation?.Dispose();
        _intake.Dispose();
        _server.Dispose();
        _inbox.Detach(this);
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();

    /// <inheritdoc/>
    public override string ToString() => Prefix;

    async Task<HttpStatusCode> ICallHandler.AnswerAsync(HttpConnection call)
    {
        if (!IsAllowed(call))
        {
            return Refuse(HttpStatusCode.Forbidden, $"a call came from {call.Sender}, or was forwarded for an address, that is not allowed");
        }

        if (!call.IsPost)
        {
            return Refuse(HttpStatusCode.MethodNotAllowed, "a call was no POST");
        }

        Interlocked.Increment(ref _received);
        return call.WaitingBytes > _maxBodyBytes ? RejectSize() : await ReadAndJudgeAsync(call, _inbox.Clock.UtcNow).ConfigureAwait(false);
    }

    async Task<HttpStatusCode> ICallHandler.AnswerAsync(HttpConnection call, HealthQuestion question)
    {
        // This machine itself may ask; what a proxy here has forwarded is the stranger's question.
        var isOwn = IPAddress.IsLoopback(call.Sender) && call.ForwardedFor is null;
        return !isOwn && !IsAllowed(call)
            ? Refuse(HttpStatusCode.Forbidden, $"a call came from {call.Sender}, or was forwarded for an address, that is not allowed")
            : question == HealthQuestion.IsAlive || (IsListening && await _readiness.AskAsync().ConfigureAwait(false)) ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable;
    }

    // What a proxy here has forwarded, or this machine asks, is judged by its head.
    bool ICallHandler.MayHear(IPAddress sender) => _allowed.Count == 0 || IsProxy(sender) || (_tellsHealth && IPAddress.IsLoopback(sender)) || _allowed.Contains(Plain(sender));

    bool ICallHandler.IsProxy(IPAddress sender) => IsProxy(sender);

    HttpStatusCode ICallHandler.Refuse(HttpStatusCode status, string problem) => Refuse(status, problem);

    HttpStatusCode ICallHandler.Reject(HttpStatusCode status, string problem) => Reject(status, problem);

    // However somebody writes an IPv4 address.
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private async Task<HttpStatusCode> ReadAndJudgeAsync(HttpConnection call, DateTimeOffset at)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var length = 0;
            var drained = 0;
            int read;
            while ((read = await call.ReadBodyAsync(buffer, length, buffer.Length - length).ConfigureAwait(false)) > 0)
            {
                length += read;
                if (drained + length > _maxBodyBytes)
                {
                    drained += length;
                    length = 0;
                    if (drained > HttpConnection.MostBytesDrained)
                    {
                        break;
                    }
                }
                else if (length == buffer.Length)
                {
                    Grow(ref buffer, length);
                }
            }

            return drained > 0 ? RejectSize() : await JudgeAsync(new ReadOnlyMemory<byte>(buffer, 0, length), at).ConfigureAwait(false);
        }
        finally
        {
            // Messages hold the password.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private HttpStatusCode RejectSize() => Reject(HttpStatusCode.RequestEntityTooLarge, $"a body was larger than {_maxBodyBytes} bytes");

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

            if (OwnCredential is not null && !_inbox.Credentials.Count(CallbackCredential.Of(message), OwnCredential))
            {
                return Refuse(HttpStatusCode.Unauthorized, "a message came with a wrong user name or password");
            }

            // What has a request id is the service's, although it may be about something else than a profile; sending it again changes nothing.
            callback = EsimCallback.TryRead(message, out problem);
            if (callback is null && EsimCallback.RequestIdOf(message) is null)
            {
                return Reject(HttpStatusCode.BadRequest, $"a message could not be used: {problem}");
            }

            try
            {
                line = CallbackRecord.LineOf(message, at, _inbox.HiddenBy);
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

    private bool IsProxy(IPAddress sender) => _trustsForwardedFor && IPAddress.IsLoopback(sender);

    private bool IsAllowed(HttpConnection call)
    {
        if (_allowed.Count == 0)
        {
            return true;
        }

        IPAddress? sender = call.Sender;
        if (IsProxy(sender) && call.ForwardedFor is { } forwarded)
        {
            sender = ForwardedSender.Of(forwarded);
        }

        return sender is not null && _allowed.Contains(Plain(sender));
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
            _inbox.Report(new(EsimMessageLevel.Warning, text));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whoever listens to messages failed; that must not end the listener.
        }
    }
}
