// A signature over a plan's digest: detached CMS (RFC 5652) with the time of signing and the signer's certificate.

using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EsimTools.Policy;

namespace EsimTools.Plans;

/// <summary>A signature that was read: what it says, and the certificate.</summary>
/// <param name="Approval">What it says.</param>
/// <param name="Certificate">The signer's certificate; null where it cannot be read.</param>
internal sealed record PlanSignature(EsimPlanApproval Approval, X509Certificate2? Certificate)
{
    private const string Sha256Oid = "2.16.840.1.101.3.4.2.1";
    private const string SigningTimeOid = "1.2.840.113549.1.9.5";

    // Clocks differ a little from machine to machine.
    private static readonly TimeSpan s_clockDifference = TimeSpan.FromMinutes(5);

    // SHA-256, SHA-384 and SHA-512. Older ones can be made to fit another text.
    private static readonly string[] s_digests = [Sha256Oid, "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"];

    /// <summary>Signs.</summary>
    /// <param name="digest">The plan's digest.</param>
    /// <param name="certificate">A certificate with its private key.</param>
    /// <param name="now">The time of signing.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>: it cannot sign.</exception>
    public static byte[] Sign(string digest, X509Certificate2 certificate, DateTimeOffset now)
    {
        if (!certificate.HasPrivateKey)
        {
            throw CannotSign(certificate, "its private key is not here");
        }

        if (TimeProblem(certificate, now) is { } problem)
        {
            throw CannotSign(certificate, problem);
        }

        var cms = new SignedCms(new ContentInfo(Encoding.UTF8.GetBytes(digest)), detached: true);
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, certificate)
        {
            DigestAlgorithm = new Oid(Sha256Oid),
            IncludeOption = X509IncludeOption.EndCertOnly,
        };
        signer.SignedAttributes.Add(new Pkcs9SigningTime(now.UtcDateTime));
        try
        {
            cms.ComputeSignature(signer, silent: false);
            return cms.Encode();
        }
        catch (CryptographicException e)
        {
            throw CannotSign(certificate, e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>Reads and checks a signature.</summary>
    /// <param name="signature">The signature, in CMS.</param>
    /// <param name="digest">The digest of the plan that it stands in.</param>
    /// <param name="createdAt">When that plan was made.</param>
    public static PlanSignature Read(byte[] signature, string digest, DateTimeOffset createdAt)
    {
        try
        {
            var content = Encoding.UTF8.GetBytes(digest);
            var cms = new SignedCms(new ContentInfo(content), detached: true);
            cms.Decode(signature);

            // Not every framework leaves a text in it aside.
            return !cms.ContentInfo.Content.SequenceEqual(content) ? Unreadable("it brings a text of its own")
                : cms.SignerInfos.Count == 1 ? Read(cms, cms.SignerInfos[0], createdAt) : Unreadable("it is not the signature of one person");
        }
        catch (CryptographicException)
        {
            return Unreadable("it cannot be read");
        }
    }

    /// <summary>Why a certificate is not valid at a time; null where it is.</summary>
    public static string? TimeProblem(X509Certificate2 certificate, DateTimeOffset at) =>
        at < certificate.NotBefore.ToUniversalTime() ? $"the certificate is valid from {Clock.ToIso(certificate.NotBefore.ToUniversalTime())} on"
        : at > certificate.NotAfter.ToUniversalTime() ? $"the certificate has expired at {Clock.ToIso(certificate.NotAfter.ToUniversalTime())}"
        : null;

    /// <summary>Why the time of signing makes no sense now; null where it does.</summary>
    public string? FutureProblem(DateTimeOffset now) => Approval.SignedAt > now + s_clockDifference ? "it is dated in the future" : null;

    private static PlanSignature Read(SignedCms cms, SignerInfo signer, DateTimeOffset createdAt)
    {
        if (signer.Certificate is not { } certificate)
        {
            return Unreadable("the signer's certificate is not in it");
        }

        var signedAt = SigningTime(signer);
        return new(
            new()
            {
                Subject = ForeignText.Show(certificate.Subject),
                Thumbprint = certificate.Thumbprint,
                Sha256Thumbprint = Thumbprints.Sha256Of(certificate),
                SignedAt = signedAt,
                Problem = ProblemOf(cms, signer, certificate, signedAt, createdAt),
            },
            certificate);
    }

    private static string? ProblemOf(SignedCms cms, SignerInfo signer, X509Certificate2 certificate, DateTimeOffset? signedAt, DateTimeOffset createdAt)
    {
        if (!s_digests.Contains(signer.DigestAlgorithm.Value))
        {
            return "its digest algorithm is none of SHA-256, SHA-384 and SHA-512";
        }

        try
        {
            cms.CheckSignature(verifySignatureOnly: true);
        }
        catch (CryptographicException)
        {
            return "it is not over this plan";
        }

        return signedAt is not { } at ? "it does not say when it was signed"
            : at < createdAt - s_clockDifference ? "it was signed before the plan was made"
            : TimeProblem(certificate, at) is { } problem ? $"when it was signed, {problem}"
            : null;
    }

    private static DateTimeOffset? SigningTime(SignerInfo signer)
    {
        var times = signer.SignedAttributes.Cast<CryptographicAttributeObject>().Where(attribute => attribute.Oid.Value == SigningTimeOid).SelectMany(attribute => attribute.Values.Cast<AsnEncodedData>()).ToArray();
        return times.Length == 1 ? new DateTimeOffset(DateTime.SpecifyKind(new Pkcs9SigningTime(times[0].RawData).SigningTime, DateTimeKind.Utc)) : null;
    }

    private static PlanSignature Unreadable(string problem) => new(new() { Subject = string.Empty, Thumbprint = string.Empty, Sha256Thumbprint = string.Empty, Problem = problem }, null);

    private static EsimException CannotSign(X509Certificate2 certificate, string problem, Exception? cause = null) =>
        new(EsimError.EsimParameterInvalid, $"The plan was not signed: the certificate '{ForeignText.Show(certificate.Subject)}' cannot sign, because {problem}.", "Give a certificate that is valid now, with its private key.", cause);
}
