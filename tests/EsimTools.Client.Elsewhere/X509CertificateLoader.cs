// What .NET 9 brought for reading certificates, by the means of .NET 8, so that the same tests compile for both.

namespace System.Security.Cryptography.X509Certificates;

/// <summary>Reads certificates.</summary>
internal static class X509CertificateLoader
{
    /// <summary>Reads one without a private key.</summary>
    public static X509Certificate2 LoadCertificate(byte[] data) => new(data);

    /// <summary>Reads one with its private key.</summary>
    public static X509Certificate2 LoadPkcs12(byte[] data, string? password) => new(data, password);
}
