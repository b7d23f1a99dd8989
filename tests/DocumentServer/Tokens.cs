// The two tokens of every call. The documents ask for a "current" authorization token and a "valid" session token; their
// lifetimes and error codes come from Verizon's pages on authentication.

using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace DocumentServer;

internal sealed class Tokens(Options options)
{
    private const int FailuresUntilLocked = 5;
    private const string SessionHeader = "VZ-M2M-Token";

    private static readonly HashSet<string> LoginFields = new(StringComparer.Ordinal) { "username", "password" };

    private readonly Lock gate = new();
    private readonly TimeSpan bearerLife = TimeSpan.FromSeconds(options.TokenSeconds);
    private readonly TimeSpan sessionIdle = TimeSpan.FromSeconds(options.SessionIdleSeconds);
    private readonly Dictionary<string, DateTime> sessionsLastUsed = new(StringComparer.Ordinal);
    private string bearer = "";
    private DateTime bearerEnds = DateTime.MinValue;
    private int failedLogins;

    /// <summary>The bearer token for a correct key and secret; the same one again while it is current.</summary>
    public async Task<object> IssueBearerAsync(HttpRequest request)
    {
        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Key}:{options.Secret}"));
        if (!HasExactly(request.Headers.Authorization, expected))
        {
            throw new Refusal(401, "The header Authorization must be Basic with the API key and secret.", "invalid_client");
        }

        if (!request.HasFormContentType)
        {
            throw new Refusal(400, "The body must be a form (application/x-www-form-urlencoded).", "invalid_request");
        }

        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        if (!HasExactly(form["grant_type"], "client_credentials"))
        {
            throw new Refusal(400, "grant_type must be client_credentials.", "unsupported_grant_type");
        }

        lock (gate)
        {
            var now = DateTime.UtcNow;
            if (now >= bearerEnds)
            {
                bearer = Guid.NewGuid().ToString("N");
                bearerEnds = now + bearerLife;
            }

            return new { access_token = bearer, token_type = "Bearer", expires_in = (int)(bearerEnds - now).TotalSeconds, scope = "default" };
        }
    }

    public void RequireBearer(HttpRequest request)
    {
        lock (gate)
        {
            if (DateTime.UtcNow >= bearerEnds || !HasExactly(request.Headers.Authorization, "Bearer " + bearer))
            {
                throw new Refusal(401, "The header Authorization does not carry a current bearer token.");
            }
        }
    }

    /// <summary>Both tokens of a call; using a session keeps it alive.</summary>
    public void RequireBoth(HttpRequest request)
    {
        RequireBearer(request);
        var given = request.Headers[SessionHeader];
        if (given.Count != 1)
        {
            throw new Refusal(400, $"The header {SessionHeader} is missing.", "UnifiedWebService.REQUEST_FAILED.SessionToken.Format");
        }

        lock (gate)
        {
            if (!sessionsLastUsed.TryGetValue(given.ToString(), out var lastUsed))
            {
                throw new Refusal(400, "The session token is not known.", "UnifiedWebService.INPUT_INVALID.SessionToken.Invalid");
            }

            var now = DateTime.UtcNow;
            if (now - lastUsed >= sessionIdle)
            {
                throw new Refusal(400, "The session token has expired.", "UnifiedWebService.REQUEST_FAILED.SessionToken.Expired");
            }

            sessionsLastUsed[given.ToString()] = now;
        }
    }

    /// <summary>
    /// A new session. Five wrong logins in a row lock the user, as Verizon's page says. Nothing is written about the status of a
    /// wrong password, so it is 400 like any other refused body, nor about older sessions of the same user, so they stay.
    /// </summary>
    public object LogIn(JsonElement body)
    {
        var asDocumented = body.EnumerateObject().All(member => LoginFields.Contains(member.Name) && member.Value.ValueKind == JsonValueKind.String)
            && body.EnumerateObject().Count() == LoginFields.Count;
        if (!asDocumented)
        {
            throw new Refusal(400, "The login body holds exactly the strings username and password.");
        }

        lock (gate)
        {
            if (failedLogins >= FailuresUntilLocked)
            {
                throw new Refusal(400, "The user is locked after five failed logins.");
            }

            if (body.GetProperty("username").GetString() != options.User || body.GetProperty("password").GetString() != options.Password)
            {
                failedLogins++;
                throw new Refusal(400, "The user name or the password is wrong.");
            }

            failedLogins = 0;
            var session = Guid.NewGuid().ToString();
            sessionsLastUsed[session] = DateTime.UtcNow;
            return new { sessionToken = session };
        }
    }

    public object LogOut(HttpRequest request)
    {
        var session = request.Headers[SessionHeader].ToString();
        lock (gate)
        {
            sessionsLastUsed.Remove(session);
        }

        return new { sessionToken = session };
    }

    /// <summary>True when a header or form field was sent once and reads exactly so.</summary>
    private static bool HasExactly(StringValues values, string expected) =>
        values.Count == 1 && string.Equals(values[0], expected, StringComparison.Ordinal);
}
