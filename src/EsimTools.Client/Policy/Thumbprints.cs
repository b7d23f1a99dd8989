// Thumbprints of certificates, as the policy keeps them.

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EsimTools.Policy;

/// <summary>Makes thumbprints.</summary>
internal static class Thumbprints
{
    /// <summary>The SHA-256 thumbprint.</summary>
    public static string Sha256Of(X509Certificate2 certificate)
    {
        using var sha = SHA256.Create();
        return Hex(sha.ComputeHash(certificate.RawData));
    }

    /// <summary>Bytes in capital hexadecimal digits.</summary>
    public static string Hex(byte[] bytes) => BitConverter.ToString(bytes).Replace("-", string.Empty);
}
