// One connection: reads a call, has it judged, writes the answer, and begins again, until one side or the time ends it.

using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace EsimTools.HttpServer;

/// <summary>A connection and, to the handler, the call that is in hand on it.</summary>
/// <remarks>
/// Whoever moves the phase on may write. So an answer and a cut never mix: after a cut no answer is written, and while a call is judged
/// nobody else says anything. Only the handler's own word can be an acknowledgement; everything written elsewhere is an error.
/// </remarks>
internal sealed class HttpConnection(CallbackServer server, Socket socket, IPAddress sender)
{
    /// <summary>How much of a call that is refused is read and thrown away, so that its sender gets to see the answer.</summary>
    public const int MostBytesDrained = 32 * 1024 * 1024;

    private readonly HttpHead _head = new();
    private HttpInput? _input;
    private Stream? _stream;
    private int _phase;
    private long _deadline = (server.Now + CallbackServer.CallLimit).Ticks;
    private volatile bool _hasBegun;
    private volatile bool _wasTooSlow;
    private bool _wasAcknowledged;
    private bool _waitsToSend;

    private enum Phase
    {
        /// <summary>Waits for the other side to send.</summary>
        Reading,

        /// <summary>All that is needed has come; the call is being judged.</summary>
        Busy,

        /// <summary>Waits for the other side to take the answer.</summary>
        Writing,

        /// <summary>Somebody else has ended it.</summary>
        Cut,
    }

    /// <summary>Whether the call's method is POST.</summary>
    public bool IsPost => _head.IsPost;

    /// <summary>The last X-Forwarded-For; null when there is none.</summary>
    public string? ForwardedFor => _head.ForwardedFor;

    /// <summary>The length of a body whose sender waits with it for a word; 0 for every other.</summary>
    public long WaitingBytes => _waitsToSend ? _head.ContentLength : 0;

    /// <summary>Where the connection comes from.</summary>
    public IPAddress Sender => sender;

    /// <summary>Serves it to its end.</summary>
    public async Task RunAsync()
    {
        try
        {
            if (await TryOpenAsync().ConfigureAwait(false))
            {
                while (await TryServeAsync().ConfigureAwait(false))
                {
                }
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The other side is gone or has been cut off, which the network's classes say in many ways. The sender hears nothing and sends again.
        }
        finally
        {
            if (_wasTooSlow)
            {
                server.Handler.Reject(HttpStatusCode.RequestTimeout, $"a call took longer than {CallbackServer.CallLimit.TotalSeconds:0} seconds");
            }

            Close();
            _input?.Release();
            _stream?.Dispose();
            server.Forget(this);
        }
    }

    /// <summary>Reads a part of the call's body. From its end on the call is in hand, and is not cut off for being slow.</summary>
    /// <returns>The number of bytes; 0 at the body's end.</returns>
    public async ValueTask<int> ReadBodyAsync(byte[] buffer, int offset, int count)
    {
        if (_waitsToSend)
        {
            _waitsToSend = false;
            Require(TryMove(Phase.Reading, Phase.Writing));
            await WriteAsync(HttpReplies.Continue).ConfigureAwait(false);
            Require(TryMove(Phase.Writing, Phase.Reading));
        }

        var read = await _input!.ReadBodyAsync(buffer, offset, count).ConfigureAwait(false);
        if (_input.IsAtBodyEnd)
        {
            Require(TryTakeInHand());
        }

        return read;
    }

    /// <summary>Whether it waits for the other side to send.</summary>
    public bool IsReading => (Phase)Volatile.Read(ref _phase) == Phase.Reading;

    /// <summary>Ends it when its time is over.</summary>
    public void LookAt(DateTimeOffset now)
    {
        var phase = (Phase)Volatile.Read(ref _phase);
        if (phase == Phase.Busy || now.Ticks <= Interlocked.Read(ref _deadline))
        {
            return;
        }

        if (phase != Phase.Reading)
        {
            Close();
        }
        else if (_hasBegun)
        {
            TurnAway(HttpStatusCode.RequestTimeout);
        }
        else
        {
            EndIfIdle();
        }
    }

    /// <summary>Ends it when no call has begun on it.</summary>
    public void EndIfIdle()
    {
        if (!_hasBegun && TryMove(Phase.Reading, Phase.Cut))
        {
            Close();
        }
    }

    /// <summary>Ends it with an error when its call has not come to the end.</summary>
    public void TurnAway(HttpStatusCode status)
    {
        if (TryMove(Phase.Reading, Phase.Cut))
        {
            _wasTooSlow = status == HttpStatusCode.RequestTimeout;

            // Who does not even take the answer is closed at the next look.
            SetDeadline(CallbackServer.LookInterval);
            _ = SayAndCloseAsync(status);
        }
    }

    /// <summary>Ends it at once, without a word.</summary>
    public void Close()
    {
        Interlocked.Exchange(ref _phase, (int)Phase.Cut);
        socket.Dispose();
    }

    private static void Require(bool isStillOurs)
    {
        if (!isStillOurs)
        {
            throw new OperationCanceledException();
        }
    }

    private async Task<bool> TryOpenAsync()
    {
        socket.NoDelay = true;
        var network = new NetworkStream(socket, ownsSocket: true);
        _stream = network;
        if (server.Certificate is { } certificate)
        {
            var secure = new SslStream(network);
            _stream = secure;
            try
            {
                await certificate.OpenAsync(secure).ConfigureAwait(false);
            }
            catch (AuthenticationException)
            {
                server.Handler.Reject(HttpStatusCode.BadRequest, "a caller and this machine could not agree on TLS");
                return false;
            }
        }

        _input = new HttpInput(_stream, server.Address);
        return true;
    }

    // False when the connection has ended.
    private async ValueTask<bool> TryServeAsync()
    {
        HttpStatusCode? fault;
        while (!_input!.TryReadHead(_head, out fault))
        {
            if (!await _input.TryFillAsync().ConfigureAwait(false))
            {
                return false;
            }

            if (!_hasBegun)
            {
                SetDeadline(CallbackServer.CallLimit);
                _hasBegun = true;
            }
        }

        var status = fault is { } wrong ? server.Handler.Reject(wrong, ProblemOf(wrong)) : await JudgeAsync().ConfigureAwait(false);
        var isWhole = fault is null && _input.IsAtBodyEnd;

        // Who has asked how the program is has proven nothing, and keeps no connection.
        var isLast = !isWhole || !_head.StaysOpen || server.IsStopping || _head.Question is not null
            || status is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.ServiceUnavailable or HttpStatusCode.Forbidden or HttpStatusCode.InternalServerError;
        if (!await TryAnswerAsync(status, isLast).ConfigureAwait(false))
        {
            return false;
        }

        if (!isLast)
        {
            return TryBeginNext(status);
        }

        if (!isWhole || _input.HasBytes)
        {
            socket.Shutdown(SocketShutdown.Send);
            await _input.DrainAsync(MostBytesDrained).ConfigureAwait(false);
        }

        return false;
    }

    private static string ProblemOf(HttpStatusCode fault) =>
        fault == HttpInput.HeadTooLarge ? $"a call's head was larger than {HttpInput.MostHeadBytes} bytes" : "a call was no HTTP that can be used";

    private async ValueTask<HttpStatusCode> JudgeAsync()
    {
        if (!_head.IsServed && _head.Question is null)
        {
            return server.Handler.Refuse(HttpStatusCode.NotFound, "a call was for another path or host");
        }

        _waitsToSend = _head.ExpectsContinue && !_input!.HasBytes && !_input.IsAtBodyEnd;
        try
        {
            return _head.Question is { } question
                ? await server.Handler.AnswerAsync(this, question).ConfigureAwait(false)
                : await server.JudgeAsync(this).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return server.Handler.Reject(HttpStatusCode.BadRequest, ProblemOf(HttpStatusCode.BadRequest));
        }
        catch (Exception e) when (e is not OutOfMemoryException && (Phase)Volatile.Read(ref _phase) != Phase.Cut)
        {
            // Whatever one call brings, the listener goes on.
            return server.Handler.Reject(HttpStatusCode.InternalServerError, $"a call ended before its answer ({e.GetType().Name})");
        }
    }

    private async ValueTask<bool> TryAnswerAsync(HttpStatusCode status, bool isLast)
    {
        SetDeadline(CallbackServer.CallLimit);
        if (!TryTakeInHand() || !TryMove(Phase.Busy, Phase.Writing))
        {
            return false;
        }

        await WriteAsync(server.Replies.Get(status, isLast ? ReplyEnding.Close : _head.IsOld ? ReplyEnding.OpenForOld : ReplyEnding.Open)).ConfigureAwait(false);
        return true;
    }

    // Only who has proven to be the service, or to know its words, may keep a silent connection for longer.
    private bool TryBeginNext(HttpStatusCode status)
    {
        _wasAcknowledged |= status == HttpStatusCode.OK;
        _hasBegun = _input!.HasBytes;
        SetDeadline(!_hasBegun && _wasAcknowledged ? CallbackServer.IdleLimit : CallbackServer.CallLimit);
        return TryMove(Phase.Writing, Phase.Reading) && (_hasBegun || !server.IsStopping);
    }

    private async Task SayAndCloseAsync(HttpStatusCode status)
    {
        try
        {
            await WriteAsync(server.Replies.Get(status, ReplyEnding.Close)).ConfigureAwait(false);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone.
        }

        Close();
    }

    private bool TryTakeInHand() => TryMove(Phase.Reading, Phase.Busy) || (Phase)Volatile.Read(ref _phase) == Phase.Busy;

    private bool TryMove(Phase from, Phase to) => Interlocked.CompareExchange(ref _phase, (int)to, (int)from) == (int)from;

    private void SetDeadline(TimeSpan limit) => Interlocked.Exchange(ref _deadline, (server.Now + limit).Ticks);

#if NET
    private ValueTask WriteAsync(byte[] bytes) => _stream!.WriteAsync(bytes);
#else
    private Task WriteAsync(byte[] bytes) => _stream!.WriteAsync(bytes, 0, bytes.Length);
#endif
}
