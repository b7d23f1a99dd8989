// The OAuth side of the gateway: one token an hour for the one client, and the check that every other request passes.

using System.Net;
using System.Text;

namespace EsimTools.Sandbox.Service;

/// <summary>Issues, checks and revokes bearer tokens. Thread-safe.</summary>
/// <remarks>
/// Asking again within a token's life answers the same token with what is left of it. Where the documents are silent: a wrong key or
/// secret is 401 <c>invalid_client</c>, and revoking a token that is not known succeeds, as RFC 7009 has it.
/// </remarks>
internal sealed class BearerTokens
{
    private readonly SandboxOptions _options;
    private readonly Clock _clock;
    private readonly object _gate = new();
    private string? _token;
    private DateTimeOffset _end;

    public BearerTokens(SandboxOptions options, Clock clock)
    {
        _options = options;
        _clock = clock;
    }

    /// <summary>Answers <c>POST oauth2/token</c>.</summary>
    public SandboxAnswer Issue(SandboxCall call)
    {
        CheckClient(call.Authorization);
        CheckGrant(Form(call));
        lock (_gate)
        {
            var now = _clock.UtcNow;
            if (_token is null || SecondsLeft(now) < 1)
            {
                _token = Guid.NewGuid().ToString();
                _end = now + _options.BearerLifetime;
            }

            var token = _token;
            var left = SecondsLeft(now);
            return Answers.Write(200, json =>
            {
                json.WriteStartObject();
                json.WriteString("access_token", token);
                json.WriteString("scope", "default");
                json.WriteString("token_type", "Bearer");
                json.WriteNumber("expires_in", left);
                json.WriteEndObject();
            });
        }
    }

    /// <summary>Answers <c>POST oauth2/revoke</c>.</summary>
    public SandboxAnswer Revoke(SandboxCall call)
    {
        CheckClient(call.Authorization);
        if (!Form(call).TryGetValue("token", out var token) || token.Length == 0)
        {
            throw Refusal.OAuth(400, "invalid_request", "Missing token parameter value");
        }

        lock (_gate)
        {
            if (token == _token)
            {
                _token = null;
            }
        }

        return new SandboxAnswer(200, null, default);
    }

    /// <summary>Turns down a request without a living bearer token.</summary>
    public void Check(string? authorization)
    {
        const string Scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Refusal.Gateway(401, "900902", "Missing Credentials", "Make sure your API invocation call has a header: 'Authorization : Bearer ACCESS_TOKEN'");
        }

        lock (_gate)
        {
            if (_token is null || authorization.Substring(Scheme.Length).Trim() != _token || _clock.UtcNow >= _end)
            {
                throw Refusal.Gateway(401, "900901", "Invalid Credentials", "Access failure for API. Make sure you have provided the correct security credentials.");
            }
        }
    }

    /// <summary>Ends the token, as if its hour were over.</summary>
    public void Expire()
    {
        lock (_gate)
        {
            _token = null;
        }
    }

    private long SecondsLeft(DateTimeOffset now) => (long)(_end - now).TotalSeconds;

    private void CheckClient(string? authorization)
    {
        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(_options.ApiKey + ":" + _options.ApiSecret));
        if (authorization != expected)
        {
            throw Refusal.OAuth(401, "invalid_client", "Client Authentication failed.");
        }
    }

    private static void CheckGrant(Dictionary<string, string> form)
    {
        if (!form.TryGetValue("grant_type", out var grant) || grant.Length == 0)
        {
            throw Refusal.OAuth(400, "invalid_request", "Missing grant_type parameter value");
        }

        if (grant != "client_credentials")
        {
            throw Refusal.OAuth(400, "unsupported_grant_type", "Unsupported grant_type value");
        }
    }

    // A body that is not a form has no fields, so that its sender is told that grant_type is missing.
    private static Dictionary<string, string> Form(SandboxCall call)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (call.ContentType is null || !call.ContentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            return fields;
        }

        foreach (var pair in Encoding.UTF8.GetString(call.Body.ToArray()).Split('&'))
        {
            var at = pair.IndexOf('=');
            if (at > 0)
            {
                fields[WebUtility.UrlDecode(pair.Substring(0, at))] = WebUtility.UrlDecode(pair.Substring(at + 1));
            }
        }

        return fields;
    }
}
