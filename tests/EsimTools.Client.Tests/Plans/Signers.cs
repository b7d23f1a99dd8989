// Certificates of people who sign plans, made for a test.

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EsimTools.Client.Tests.Plans;

/// <summary>Makes certificates. Disposed with the test.</summary>
internal sealed class Signers : IDisposable
{
    private readonly List<X509Certificate2> _made = [];

    /// <summary>A certificate that is valid for a year around the tests' present.</summary>
    public X509Certificate2 Of(string subject, DateTimeOffset? from = null, DateTimeOffset? until = null, string? email = null, string? upn = null, ECDsa? key = null)
    {
        using var own = key is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : null;
        var request = new CertificateRequest(subject, key ?? own!, HashAlgorithmName.SHA256);
        if (email is not null || upn is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            if (email is not null)
            {
                names.AddEmailAddress(email);
            }

            if (upn is not null)
            {
                names.AddUserPrincipalName(upn);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        var certificate = request.CreateSelfSigned(from ?? ManualClock.Start.AddMonths(-6), until ?? ManualClock.Start.AddMonths(6));
        _made.Add(certificate);
        return certificate;
    }

    public void Dispose() => _made.ForEach(certificate => certificate.Dispose());
}
