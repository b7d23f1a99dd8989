// A certificate as it is given to a command: the object, or the thumbprint of one in the user's or the machine's store.

using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace EsimTools;

/// <summary>Finds the certificate with a thumbprint.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CertificateTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var plain = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return plain is string text ? Find(EsimPolicyApprover.Of(text).Thumbprint) : inputData;
    }

    private static X509Certificate2 Find(string thumbprint)
    {
        foreach (var location in (StoreLocation[])[StoreLocation.CurrentUser, StoreLocation.LocalMachine])
        {
            if (FindIn(location, thumbprint) is { } found)
            {
                return found;
            }
        }

        throw new EsimException(
            EsimError.EsimParameterInvalid, $"No certificate in your store or the machine's (My) has the thumbprint {thumbprint}.", "Get-ChildItem Cert:\\CurrentUser\\My shows them on Windows; elsewhere give a certificate object; Get-PfxCertificate makes one of a file.");
    }

    private static X509Certificate2? FindIn(StoreLocation location, string thumbprint)
    {
        using var store = new X509Store(StoreName.My, location);
        try
        {
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // There is none here.
            return null;
        }

        return store.Certificates.Cast<X509Certificate2>()
            .Where(certificate => certificate.Thumbprint == thumbprint || EsimPolicyApprover.Of(certificate).Thumbprint == thumbprint)
            .OrderByDescending(certificate => certificate.HasPrivateKey).FirstOrDefault();
    }
}
