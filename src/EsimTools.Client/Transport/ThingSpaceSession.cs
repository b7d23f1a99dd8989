// Calls with both tokens: renewal after a refusal, the pause after "too many requests", and the rule that decides what may be repeated.

using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using EsimTools.Protocol;

namespace EsimTools.Transport;

/// <summary>An authenticated session with the service.</summary>
internal sealed class ThingSpaceSession : IDisposable
{
    private const int MostThrottledAttempts = 6;
    private const int MostIdempotentAttempts = 3;

    // Of one attempt: nothing leaves before it is judged, which may take longer than somebody waits.
    private const int Unjudged = 0;
    private const int Judged = 1;
    private const int GivenUp = 2;

    private readonly HttpWire _wire;
    private readonly TokenProvider _tokens;
    private readonly ThrottleGate _gate;
    private readonly Clock _clock;

    public ThingSpaceSession(HttpWire wire, TokenProvider tokens, ThrottleGate gate, Clock clock)
    {
        _wire = wire;
        _tokens = tokens;
        _gate = gate;
        _clock = clock;
    }

    /// <summary>When the bearer token was fetched, in UTC; null where there is none.</summary>
    public DateTimeOffset? BearerTokenAt => _tokens.BearerAt;

    /// <summary>When the session token was fetched, in UTC; null where there is none.</summary>
    public DateTimeOffset? SessionTokenAt => _tokens.SessionAt;

    /// <summary>Logs in, so that wrong credentials show at once.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => _tokens.GetAsync(cancellationToken);

    /// <summary>Logs out.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) => _tokens.LogOutAsync(cancellationToken);

    /// <summary>Makes a call and returns its successful answer.</summary>
    /// <exception cref="EsimException">
    /// With <see cref="EsimError.EsimOutcomeUnknown"/> for an action that may have been taken; every other error proves that it was not.
    /// </exception>
    public async Task<ServiceAnswer> SendAsync(ServiceCall call, CancellationToken cancellationToken)
    {
        var renewedBearer = false;
        var renewedSession = false;
        var throttled = 0;
        for (var attempt = 1; ; attempt++)
        {
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            var tokens = await _tokens.GetAsync(cancellationToken).ConfigureAwait(false);
            ServiceAnswer answer;
            ExceptionDispatchInfo? refusal = null;
            var stage = Unjudged;
            try
            {
                using var request = NewRequest(call, tokens);
                answer = await _wire.SendAsync(request, call.Path, call.Kind, Look, cancellationToken).ConfigureAwait(false);
            }
            catch when (refusal is not null)
            {
                // Whatever has become of it on its way here: nothing has left.
                refusal.Throw();
                throw;
            }
            catch (OperationCanceledException) when (Interlocked.CompareExchange(ref stage, GivenUp, Unjudged) == Unjudged)
            {
                throw;
            }
            catch (CallFailedException) when (call.Kind == CallKind.Idempotent && attempt < MostIdempotentAttempts)
            {
                await PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
                continue;
            }
            catch (CallFailedException e)
            {
                throw Unanswered(call, e, Interlocked.CompareExchange(ref stage, GivenUp, Unjudged) != Unjudged);
            }
            catch (OperationCanceledException) when (call.Kind == CallKind.Action)
            {
                // The caller gave up while the request was on its way.
                throw new EsimException(EsimError.EsimOutcomeUnknown, "The command was stopped before the service had answered.", UnknownAdvice);
            }

            if (answer.IsSuccess)
            {
                return answer;
            }

            var fault = _tokens.FaultOf(answer, tokens, call.Secret);
            if ((fault.BlamesBearer && !renewedBearer) || (fault.BlamesSession && !renewedSession))
            {
                // A refused token proves that the request was not taken. Each once: a second refusal is not about age.
                renewedBearer |= fault.BlamesBearer;
                renewedSession |= fault.BlamesSession;
                _tokens.Drop(tokens, fault);
                continue;
            }

            if (answer.StatusCode == 429 && ++throttled < MostThrottledAttempts)
            {
                _gate.Close(answer.RetryAfter, throttled);
                continue;
            }

            if (answer.StatusCode >= 500 && call.Kind == CallKind.Idempotent && attempt < MostIdempotentAttempts)
            {
                await PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
                continue;
            }

            throw Refused(call, fault);

            void Look()
            {
                try
                {
                    refusal = null;
                    call.BeforeSending?.Invoke();
                    if (Interlocked.CompareExchange(ref stage, Judged, Unjudged) == GivenUp)
                    {
                        throw new OperationCanceledException("The call was given up while it was being judged.");
                    }
                }
                catch (Exception e)
                {
                    refusal = ExceptionDispatchInfo.Capture(e);
                    throw;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens.Dispose();
        _wire.Dispose();
    }

    private const string UnknownAdvice =
        "It is not sent again by itself. Find out with Resolve-EsimRequest what became of the profiles.";

    private static HttpRequestMessage NewRequest(ServiceCall call, Tokens tokens)
    {
        var request = new HttpRequestMessage(call.Method, (Uri?)null);
        if (call.Body is { } body)
        {
            request.Content = TokenProvider.Json(body);
        }
#if NET
        else
        {
            // The pages demand the content type on GET too. .NET Framework refuses content there and goes without.
            request.Content = TokenProvider.Json(new([]));
        }
#endif

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Bearer);
        request.Headers.TryAddWithoutValidation(TokenProvider.SessionHeader, tokens.Session);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return request;
    }

    private static EsimException Unanswered(ServiceCall call, CallFailedException e, bool mayHaveLeft)
    {
        if (!mayHaveLeft || !e.MayHaveArrived)
        {
            return new(EsimError.EsimServiceUnreachable, $"The service could not be reached: {e.Message}.", "Check the network and the proxy. Nothing was sent.", e);
        }

        if (call.Kind == CallKind.Action)
        {
            return new(EsimError.EsimOutcomeUnknown, $"The request left, but it is not known whether the service took it: {e.Message}.", UnknownAdvice, e);
        }

        return e.TimedOut
            ? new(EsimError.EsimServiceTimeout, $"The service did not answer: {e.Message}.", "Try again later, or allow more time with Connect-EsimService -TimeoutSec.", e)
            : new(EsimError.EsimServiceUnreachable, $"The connection to the service broke: {e.Message}.", "Try again.", e);
    }

    private static EsimException Refused(ServiceCall call, ServiceFault fault)
    {
        var words = fault.Code is null ? fault.Message : $"{fault.Code}: {fault.Message}";
        return fault switch
        {
            { StatusCode: 429 } => Make(EsimError.EsimThrottled, $"The service goes on asking for fewer requests ({words}).", "Try again later with a smaller -ThrottleLimit. This request was not taken."),
            { ProvesNotTaken: false } when call.Kind == CallKind.Action => Make(
                EsimError.EsimOutcomeUnknown,
                $"The service answered HTTP {fault.StatusCode} after the request had arrived ({words}), and it is not known whether it was taken.",
                UnknownAdvice),
            { StatusCode: 408 or >= 500 } => Make(EsimError.EsimServiceFailed, $"The service failed ({words}).", "Try again later."),
            { StatusCode: 401 } or { BlamesSession: true } => Make(EsimError.EsimLoginRefused, $"The service refused the renewed login ({words}).", "Connect again with Connect-EsimService. The request was not taken."),
            { StatusCode: 403 } => Make(EsimError.EsimRequestRefused, $"The service does not allow this ({words}).", "Ask the account's administrator whether this user may do it."),
            { StatusCode: < 400 } => Make(EsimError.EsimRequestRefused, $"The service sent the request elsewhere (HTTP {fault.StatusCode}), which is not followed.", "Check the address given with -BaseUri."),
            _ => Make(EsimError.EsimRequestRefused, $"The service refused the request ({words}).", null),
        };

        EsimException Make(EsimError error, string message, string? advice) =>
            new(error, message, advice) { StatusCode = fault.StatusCode, ErrorCode = fault.Code };
    }

    private Task PauseAsync(int attempt, CancellationToken cancellationToken) =>
        _clock.Delay(TimeSpan.FromSeconds(1 << (attempt - 1)), cancellationToken);
}
