// A name and a secret that stays out of every text: the client reads it only while it writes the login.

using System.Net;

namespace EsimTools;

/// <summary>A pair of name and secret: API key and secret, or UWS user name and password.</summary>
public sealed class EsimCredential
{
    private readonly NetworkCredential _credential;

    /// <summary>Keeps a pair in the form that PowerShell's credentials convert to.</summary>
    /// <param name="credential">The pair; its domain is not used.</param>
    public EsimCredential(NetworkCredential credential) => _credential = credential ?? throw new ArgumentNullException(nameof(credential));

    /// <summary>Keeps a pair.</summary>
    /// <param name="name">API key or user name.</param>
    /// <param name="secret">API secret or password.</param>
    public EsimCredential(string name, string secret)
        : this(new NetworkCredential(name, secret))
    {
    }

    internal string Name => _credential.UserName;

    internal string Secret => _credential.Password;

    /// <summary>Never the secret, and not the name either: an API key is half of one.</summary>
    public override string ToString() => nameof(EsimCredential);
}
