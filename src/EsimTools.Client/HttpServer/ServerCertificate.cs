// The certificate of an https listener, and the handshake with it.

using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EsimTools.HttpServer;

/// <summary>Opens TLS on connections. The system chooses the versions.</summary>
internal sealed class ServerCertificate
{
#if NET
    private readonly SslServerAuthenticationOptions _options;

    private ServerCertificate(X509Certificate2 certificate) => _options = new()
    {
        // Made once: it finds the certificates between this one and its authority, which callers want to see too.
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: false),
        EnabledSslProtocols = SslProtocols.None,
        AllowRenegotiation = false,
    };
#else
    private readonly X509Certificate2 _certificate;

    private ServerCertificate(X509Certificate2 certificate) => _certificate = certificate;
#endif

    /// <summary>Checks that scheme and certificate fit each other.</summary>
    /// <returns>What to open connections with; null for plain http.</returns>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    public static ServerCertificate? Of(X509Certificate2? certificate, ListenAddress address)
    {
        if (certificate is null)
        {
            return !address.IsSecure ? null : throw new EsimException(
                EsimError.EsimParameterInvalid,
                $"'{address.Text}' is https, and no certificate was given.",
                "Give one with its private key (-Certificate), or let a reverse proxy on this machine hold it and pass messages on, for example to http://127.0.0.1:9001/thingspace/.");
        }

        if (!address.IsSecure)
        {
            throw new EsimException(
                EsimError.EsimParameterInvalid, $"A certificate was given, and '{address.Text}' is plain http.", "Let the prefix begin with https://, or leave the certificate out.");
        }

        try
        {
            return certificate.HasPrivateKey ? new(certificate) : throw new NotSupportedException("It has no private key");
        }
        catch (Exception e) when (e is NotSupportedException or CryptographicException)
        {
            throw new EsimException(
                EsimError.EsimParameterInvalid, $"The certificate cannot be used to listen with: {e.Message.TrimEnd('.')}.", "Give a certificate with its private key, for example from a PFX file.", e);
        }
    }

    /// <summary>Does the server's part of the handshake.</summary>
    public Task OpenAsync(SslStream stream) =>
#if NET
        stream.AuthenticateAsServerAsync(_options);
#else
        stream.AuthenticateAsServerAsync(_certificate, clientCertificateRequired: false, SslProtocols.None, checkCertificateRevocation: false);
#endif
}
