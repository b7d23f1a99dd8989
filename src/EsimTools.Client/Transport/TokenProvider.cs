// The token provider: the two tokens of the service, fetched once for all callers, renewed early, dropped when refused, and never fought for:
// five failed logins lock the user, so the second refusal in a row ends the connection.

using System.Net.Http.Headers;
using System.Text.Json;
using EsimTools.Protocol;

namespace EsimTools.Transport;

/// <summary>Provides the bearer token and the VZ-M2M session token.</summary>
internal sealed class TokenProvider : IDisposable
{
    /// <summary>The bearer token is renewed this long before it ends.</summary>
    private static readonly TimeSpan BearerMargin = TimeSpan.FromMinutes(5);

    /// <summary>The session dies after 20 minutes without use; after 15 it is not trusted any more.</summary>
    private static readonly TimeSpan SessionIdleLimit = TimeSpan.FromMinutes(15);

    /// <summary>Three below the number at which the service locks the user.</summary>
    private const int MostRefusedLogins = 2;

    private readonly HttpWire _wire;
    private readonly Clock _clock;
    private readonly EsimCredential _api;
    private readonly EsimCredential _user;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _bearer;
    private DateTimeOffset _bearerRenewal;
    private DateTimeOffset _bearerFetched;
    private DateTimeOffset _sessionFetched;
    private string? _session;
    private DateTimeOffset _sessionUsed;
    private int _refusedKeys;
    private int _refusedLogins;
    private EsimException? _ended;

    public TokenProvider(HttpWire wire, Clock clock, EsimCredential api, EsimCredential user)
    {
        _wire = wire;
        _clock = clock;
        _api = api;
        _user = user;
    }

    /// <summary>When the bearer token was fetched, in UTC; null where there is none.</summary>
    public DateTimeOffset? BearerAt => _bearer is null ? null : _bearerFetched;

    /// <summary>When the session token was fetched, in UTC; null where there is none.</summary>
    public DateTimeOffset? SessionAt => _session is null ? null : _sessionFetched;

    /// <summary>Both tokens, fetching or renewing what is missing. Concurrent callers share one fetch.</summary>
    /// <exception cref="EsimException">A credential was refused, or the service could not be asked. Nothing of the caller's has been sent.</exception>
    public async Task<Tokens> GetAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_ended is not null)
            {
                throw new EsimException(_ended.Error, _ended.Message, _ended.RecommendedAction, _ended);
            }

            if (_bearer is null || _clock.UtcNow >= _bearerRenewal)
            {
                await FetchBearerAsync(cancellationToken).ConfigureAwait(false);
            }

            if (_session is null || _clock.UtcNow - _sessionUsed >= SessionIdleLimit)
            {
                await LogInAsync(mayRenewBearer: true, cancellationToken).ConfigureAwait(false);
            }

            _sessionUsed = _clock.UtcNow;
            return new(_bearer!, _session!);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Drops the token that the service blamed, unless somebody has renewed it since.</summary>
    public void Drop(Tokens used, ServiceFault fault)
    {
        if (fault.BlamesSession)
        {
            Interlocked.CompareExchange(ref _session, null, used.Session);
        }
        else if (fault.BlamesBearer)
        {
            Interlocked.CompareExchange(ref _bearer, null, used.Bearer);
        }
    }

    /// <summary>Reads a refusal, without the service's words where they repeat a secret.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="used">The tokens that the call carried; null for those of the moment.</param>
    /// <param name="secret">A secret that the call itself carried; null for none.</param>
    public ServiceFault FaultOf(ServiceAnswer answer, Tokens? used = null, string? secret = null)
    {
        var fault = ServiceFault.Read(answer.StatusCode, answer.Body);
        return Secrets.AreIn(fault.Words, secret, _api.Name, _api.Secret, Secrets.Basic(_api), _user.Secret, used?.Bearer ?? _bearer, used?.Session ?? _session)
            ? fault.WithoutWords(Secrets.Withheld)
            : fault;
    }

    /// <summary>Ends the session at the service, as well as that can be done.</summary>
    public async Task LogOutAsync(CancellationToken cancellationToken)
    {
        if (_bearer is not { } bearer || _session is not { } session)
        {
            return;
        }

        _session = null;
        using var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null) { Content = Json(new("{}"u8.ToArray())) };
        request.Headers.Authorization = new("Bearer", bearer);
        request.Headers.TryAddWithoutValidation(SessionHeader, session);
        try
        {
            await _wire.SendAsync(request, "m2m/v1/session/logout", CallKind.Idempotent, null, cancellationToken).ConfigureAwait(false);
        }
        catch (CallFailedException)
        {
            // The session dies by itself after twenty minutes.
        }
    }

    /// <summary>The header of the session token.</summary>
    public const string SessionHeader = "VZ-M2M-Token";

    /// <summary>JSON content with the exact content type that the documents demand.</summary>
    public static HttpContent Json(ArraySegment<byte> body)
    {
        var content = new ByteArrayContent(body.Array!, body.Offset, body.Count);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task FetchBearerAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials" }),
        };
        request.Headers.Authorization = new("Basic", Secrets.Basic(_api));
        var answer = await AskAsync(request, "ts/v1/oauth2/token", "API key and secret", cancellationToken).ConfigureAwait(false);
        var bearer = ServiceAnswers.Bearer(answer.Body) ?? throw Unreadable("token");

        // A token that is near its end already is used for half of what is left.
        var margin = bearer.Lifetime > BearerMargin + BearerMargin ? BearerMargin : TimeSpan.FromTicks(bearer.Lifetime.Ticks / 2);
        _bearerRenewal = _clock.UtcNow + bearer.Lifetime - margin;
        _bearer = bearer.Token;
        _bearerFetched = _clock.UtcNow;
        _refusedKeys = 0;
    }

    private async Task LogInAsync(bool mayRenewBearer, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("username", _user.Name);
            writer.WriteString("password", _user.Secret);
            writer.WriteEndObject();
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null) { Content = Json(new(stream.ToArray())) };
        request.Headers.Authorization = new("Bearer", _bearer);
        ServiceAnswer answer;
        try
        {
            answer = await AskAsync(request, "m2m/v1/session/login", "user name and password", cancellationToken).ConfigureAwait(false);
        }
        catch (BearerRefusedException) when (mayRenewBearer)
        {
            await FetchBearerAsync(cancellationToken).ConfigureAwait(false);
            await LogInAsync(mayRenewBearer: false, cancellationToken).ConfigureAwait(false);
            return;
        }
        catch (BearerRefusedException e)
        {
            throw new EsimException(EsimError.EsimLoginRefused, $"The service refused a bearer token that it had just issued: {e.Message}.");
        }

        _session = ServiceAnswers.SessionToken(answer.Body) ?? throw Unreadable("session");
        _sessionUsed = _clock.UtcNow;
        _sessionFetched = _sessionUsed;
        _refusedLogins = 0;
    }

    private async Task<ServiceAnswer> AskAsync(HttpRequestMessage request, string path, string whatIsRefused, CancellationToken cancellationToken)
    {
        ServiceAnswer answer;
        try
        {
            answer = await _wire.SendAsync(request, path, CallKind.Idempotent, null, cancellationToken).ConfigureAwait(false);
        }
        catch (CallFailedException e)
        {
            throw new EsimException(
                e.TimedOut ? EsimError.EsimServiceTimeout : EsimError.EsimServiceUnreachable,
                $"The service did not answer the login at {request.RequestUri!.GetLeftPart(UriPartial.Path)}: {e.Message}.",
                "Check the address, the network and the proxy. Nothing was sent.",
                e);
        }

        if (answer.IsSuccess)
        {
            return answer;
        }

        var fault = FaultOf(answer);
        if (answer.StatusCode is 429 or >= 500)
        {
            throw new EsimException(
                answer.StatusCode == 429 ? EsimError.EsimThrottled : EsimError.EsimServiceFailed,
                $"The service could not log in ({Describe(fault)}).",
                "Try again in a few minutes. Nothing was sent.")
            { StatusCode = fault.StatusCode, ErrorCode = fault.Code };
        }

        var isLogin = path.EndsWith("login", StringComparison.Ordinal);
        if (isLogin && fault.BlamesBearer && fault.IsBearerCode)
        {
            throw new BearerRefusedException(Describe(fault));
        }

        var refusal = new EsimException(
            EsimError.EsimLoginRefused,
            $"The service refused the {whatIsRefused} ({Describe(fault)}).",
            "Check them in the ThingSpace portal before you try again: five refused logins in a row lock the user, and only Verizon unlocks it.")
        { StatusCode = fault.StatusCode, ErrorCode = fault.Code };

        // Counted apart: a bearer token that was granted in between makes the user's refusals no fewer.
        if ((isLogin ? ++_refusedLogins : ++_refusedKeys) >= MostRefusedLogins)
        {
            _ended = refusal;
        }

        throw refusal;
    }

    private static string Describe(ServiceFault fault) => fault.Code is null ? fault.Message : $"{fault.Code}: {fault.Message}";

    private static EsimException Unreadable(string what) => new(
        EsimError.EsimAnswerInvalid,
        $"The service's answer to the request for a {what} token cannot be understood.",
        "Check the address given with -BaseUri. Nothing was sent.");

    private sealed class BearerRefusedException(string message) : Exception(message);
}
