// Which user names and passwords of messages count: after an address has been registered with new ones, the service goes on with the former ones
// for a while (a quarter of an hour has been measured), and a message that is refused meanwhile may never come again.

namespace EsimTools.Callbacks;

/// <summary>What one connection has registered, and what it was before. Every member may be called from any thread.</summary>
internal sealed class CallbackCredentials(Clock clock)
{
    /// <summary>How long the former user name and password count after new ones have been registered.</summary>
    public static readonly TimeSpan FormerLifetime = TimeSpan.FromHours(24);

    private readonly object _lock = new();
    private readonly Dictionary<(string Account, string Service), CallbackCredential> _registered = [];
    private readonly List<CallbackCredential> _accepted = [];
    private readonly List<(CallbackCredential Credential, DateTimeOffset Until)> _former = [];

    /// <summary>Whether a message's pair counts.</summary>
    /// <param name="given">What the message carries.</param>
    /// <param name="own">What its listener was started with.</param>
    public bool Count(CallbackCredential given, CallbackCredential own)
    {
        lock (_lock)
        {
            // All of them are always compared.
            var now = clock.UtcNow;
            var isFormer = false;
            var isPast = false;
            foreach (var (credential, until) in _former)
            {
                var matches = credential.Matches(given);
                isFormer |= matches & now < until;
                isPast |= matches & now >= until;
            }

            var isAccepted = own.Matches(given);
            foreach (var credential in _accepted)
            {
                isAccepted |= credential.Matches(given);
            }

            return isFormer | (isAccepted & !isPast);
        }
    }

    /// <summary>Accepts a pair from now on. Called before the service hears of it: its first message may come before its answer does.</summary>
    public void Accept(CallbackCredential credential)
    {
        lock (_lock)
        {
            _former.RemoveAll(former => former.Credential.Matches(credential));
            if (!_accepted.Exists(credential.Matches))
            {
                _accepted.Add(credential);
            }
        }
    }

    /// <summary>Notes that the service has a pair for a callback service now.</summary>
    /// <param name="account">The account.</param>
    /// <param name="service">The callback service.</param>
    /// <param name="credential">The pair.</param>
    /// <param name="own">What listeners of this connection were started with: the former pair, where nothing was registered from here and they all have one.</param>
    /// <returns>Until when the former pair counts; null where none is known.</returns>
    public DateTimeOffset? Registered(string account, string service, CallbackCredential credential, IReadOnlyList<CallbackCredential> own)
    {
        lock (_lock)
        {
            var former = _registered.TryGetValue((account, service), out var known) ? known
                : own.Count > 0 && own.All(own[0].Matches) ? own[0]
                : null;
            _registered[(account, service)] = credential;

            // Another callback service may still have it.
            return former is null || _registered.Values.Any(former.Matches) ? null : RetireLocked(former);
        }
    }

    /// <summary>Accepts a pair for as long as a former one.</summary>
    public DateTimeOffset Retire(CallbackCredential former)
    {
        lock (_lock)
        {
            return RetireLocked(former);
        }
    }

    private DateTimeOffset RetireLocked(CallbackCredential former)
    {
        var until = clock.UtcNow + FormerLifetime;
        _accepted.RemoveAll(former.Matches);
        _former.RemoveAll(known => known.Credential.Matches(former));
        _former.Add((former, until));
        return until;
    }
}
