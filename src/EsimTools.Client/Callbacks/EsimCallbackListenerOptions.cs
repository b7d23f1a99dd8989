// What is needed to start a listener.

using System.Net;
using System.Security.Cryptography.X509Certificates;
using EsimTools.Callbacks;

namespace EsimTools;

/// <summary>Where a listener listens and whom it believes.</summary>
public sealed class EsimCallbackListenerOptions
{
    /// <summary>The size of a message's body that is accepted when nothing else is said: 1 MB. A message about one profile has about one kilobyte.</summary>
    public const int DefaultMaxBodyBytes = 1024 * 1024;

    /// <summary>
    /// Scheme, host, port and path, for example <c>http://+:9001/thingspace/</c>. The host is the one that callers name; <c>+</c> stands for
    /// any. An IP address and <c>localhost</c> say which of this machine's addresses are listened on; another name is compared with what callers
    /// name. https needs a <see cref="Certificate"/>.
    /// </summary>
    public required string Prefix { get; init; }

    /// <summary>
    /// The certificate that an https listener shows, with its private key; null for http. Certificates between it and its authority come from
    /// this machine's stores, or from where the certificate says that they are. It stays the caller's and must not be disposed before the listener ends.
    /// </summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The user name and password that messages have to carry, as registered; null means that none are asked for.</summary>
    public EsimCredential? Credential { get; init; }

    /// <summary>
    /// What was registered before <see cref="Credential"/>: the service goes on with it for a while. Accepted for 24 hours from the start; not
    /// needed where this connection has registered the new one itself.
    /// </summary>
    public EsimCredential? FormerCredential { get; init; }

    /// <summary>The addresses that messages may come from, for example <see cref="EsimCallbackListener.VerizonAddresses"/>; null or none means any.</summary>
    public IReadOnlyList<IPAddress>? AllowedAddresses { get; init; }

    /// <summary>Whether the last entry of <c>X-Forwarded-For</c> counts as the sender where the connection comes from this machine: a reverse proxy here.</summary>
    public bool TrustForwardedFor { get; init; }

    /// <summary>
    /// The path on which the listener tells how it is, for example <c>/health</c>; null for none. A GET of it is answered with 200 as long as
    /// connections are taken, one of the path with <c>/ready</c> behind it with 200 while callbacks could be recorded and the journal written, and
    /// else with 503. Asked for without user name and password, by this machine and by those that messages may come from.
    /// </summary>
    public string? HealthPath { get; init; }

    /// <summary>The largest body in bytes that is accepted, from 1 KB to 8 MB.</summary>
    public int MaxBodyBytes { get; init; } = DefaultMaxBodyBytes;

    /// <summary>How much is held and written.</summary>
    internal IntakeLimits Limits { get; init; } = new();
}
