// The M2M side: logins, sessions that die when idle, the lock after too many failures, and the password reset.

using System.Security.Cryptography;
using System.Text.Json;

namespace EsimTools.Sandbox.Service;

/// <summary>Keeps the sessions of the one UWS user. Thread-safe.</summary>
/// <remarks>
/// Where the documents are silent: a wrong password is 400 <c>REQUEST_FAILED.Login.InvalidCredentials</c> and a locked user is 400
/// <c>REQUEST_FAILED.Login.UserLocked</c>; a second login does not end the first session; a successful login sets the count of failures
/// back; sessions survive a password reset; a wrong old password in a reset does not count as a failed login.
/// </remarks>
internal sealed class Sessions
{
    private readonly SandboxOptions _options;
    private readonly Clock _clock;
    private readonly object _gate = new();
    private readonly Dictionary<Guid, DateTimeOffset> _lastUse = [];
    private string _password;
    private int _failures;

    public Sessions(SandboxOptions options, Clock clock)
    {
        _options = options;
        _clock = clock;
        _password = options.Password;
    }

    /// <summary>Answers <c>POST session/login</c>.</summary>
    public SandboxAnswer Login(ReadOnlyMemory<byte> body)
    {
        string? user = null;
        string? password = null;
        JsonBody.ReadObject(body.Span, (string name, ref Utf8JsonReader json) =>
        {
            switch (name)
            {
                case "username":
                    user = JsonBody.AnyText(ref json, name);
                    return true;
                case "password":
                    password = JsonBody.AnyText(ref json, name);
                    return true;
                default:
                    return false;
            }
        });
        if (string.IsNullOrEmpty(user) || string.IsNullOrEmpty(password))
        {
            throw Refusal.BadRequest("INPUT_INVALID.RequestUndefined", "username and password are required.");
        }

        lock (_gate)
        {
            if (_failures >= _options.MaxFailedLogins)
            {
                throw Refusal.BadRequest("REQUEST_FAILED.Login.UserLocked", "The user is locked after too many failed logins. Please contact support.");
            }

            if (user != _options.UserName || password != _password)
            {
                _failures++;
                throw Refusal.BadRequest("REQUEST_FAILED.Login.InvalidCredentials", "The username or password is invalid.");
            }

            _failures = 0;
            var token = Guid.NewGuid();
            _lastUse[token] = _clock.UtcNow;
            return Answers.Strings(200, ("sessionToken", token.ToString()));
        }
    }

    /// <summary>Turns down a request without a living session; a living one lives on from now.</summary>
    public Guid Check(string? header)
    {
        if (string.IsNullOrWhiteSpace(header))
        {
            throw Refusal.BadRequest("REQUEST_FAILED.SessionToken.Format", "The header VZ-M2M-Token is missing.");
        }

        lock (_gate)
        {
            if (!Guid.TryParse(header, out var token) || !_lastUse.TryGetValue(token, out var lastUse))
            {
                throw Refusal.BadRequest("INPUT_INVALID.SessionToken.Invalid", "The session token is not valid or has been replaced.");
            }

            var now = _clock.UtcNow;
            if (now - lastUse >= _options.SessionIdleTimeout)
            {
                throw Refusal.BadRequest("REQUEST_FAILED.SessionToken.Expired", "The session token has expired. Please log in again.");
            }

            _lastUse[token] = now;
            return token;
        }
    }

    /// <summary>Answers <c>POST session/logout</c>.</summary>
    public SandboxAnswer Logout(Guid token)
    {
        lock (_gate)
        {
            _lastUse.Remove(token);
        }

        return Answers.Strings(200, ("sessionToken", token.ToString()));
    }

    /// <summary>Answers <c>PUT session/password/actions/reset</c>: the new password is valid at once.</summary>
    public SandboxAnswer ResetPassword(ReadOnlyMemory<byte> body)
    {
        string? old = null;
        JsonBody.ReadObject(body.Span, (string name, ref Utf8JsonReader json) =>
        {
            if (name != "oldPassword")
            {
                return false;
            }

            old = JsonBody.AnyText(ref json, name);
            return true;
        });
        lock (_gate)
        {
            if (old != _password)
            {
                throw Refusal.BadRequest("REQUEST_FAILED.Login.InvalidCredentials", "The old password is invalid.");
            }

            var random = new byte[12];
            using (var generator = RandomNumberGenerator.Create())
            {
                generator.GetBytes(random);
            }

            _password = Convert.ToBase64String(random);
            return Answers.Strings(200, ("newPassword", _password));
        }
    }

    /// <summary>Ends all sessions, as if they had been idle for too long.</summary>
    public void Expire()
    {
        lock (_gate)
        {
            foreach (var token in _lastUse.Keys.ToArray())
            {
                _lastUse[token] = DateTimeOffset.MinValue;
            }
        }
    }
}
