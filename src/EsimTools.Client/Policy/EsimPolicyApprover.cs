// Somebody who may approve plans: a certificate, and the users who they are.

using System.Security.Cryptography.X509Certificates;
using EsimTools.Policy;

namespace EsimTools;

/// <summary>An approver of plans.</summary>
public sealed record EsimPolicyApprover
{
    private const int Sha1Digits = 40;
    private const int Sha256Digits = 64;
    private const int ShortDigits = 8;

    /// <summary>The thumbprint of the certificate, in capital hexadecimal digits: SHA-256 (64), or SHA-1 (40) as Windows and PowerShell show it.</summary>
    public required string Thumbprint { get; init; }

    /// <summary>The names by which the approver may be the author of a plan: of the service's user, of the machine's user.</summary>
    public IReadOnlyList<string> UserNames { get; init; } = [];

    /// <summary>Who it is, within a sentence: the first name, or as much of the thumbprint as tells the approvers of a rule apart.</summary>
    internal string ShortName => UserNames.Count > 0 ? UserNames[0] : $"{Thumbprint.Substring(0, ShortDigits)}…";

    /// <summary>An approver.</summary>
    /// <param name="thumbprint">The certificate's thumbprint, SHA-256 or SHA-1; spaces and colons in it do no harm.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>: it is none.</exception>
    public static EsimPolicyApprover Of(string thumbprint)
    {
        var approver = new EsimPolicyApprover { Thumbprint = Normalize(thumbprint ?? throw new ArgumentNullException(nameof(thumbprint))) ?? thumbprint };
        approver.Check();
        return approver;
    }

    /// <summary>An approver, named by the SHA-256 thumbprint.</summary>
    /// <param name="certificate">The certificate.</param>
    public static EsimPolicyApprover Of(X509Certificate2 certificate) => new() { Thumbprint = Thumbprints.Sha256Of(certificate ?? throw new ArgumentNullException(nameof(certificate))) };

    /// <summary>A thumbprint as it is kept here; null where the text is none.</summary>
    /// <param name="text">Hexadecimal digits; spaces and colons between them do no harm.</param>
    internal static string? Normalize(string text)
    {
        // What is copied from a certificate's window begins with a character that is not seen.
        var digits = new string([.. text.Where(c => c is not (' ' or ':' or '\u200e'))]).ToUpperInvariant();
        return digits.Length is Sha1Digits or Sha256Digits && digits.All(c => c is (>= '0' and <= '9') or (>= 'A' and <= 'F')) ? digits : null;
    }

    /// <summary>Checks the values.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    internal void Check()
    {
        if (Normalize(Thumbprint) != Thumbprint)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"'{Thumbprint}' is no thumbprint of a certificate: 64 hexadecimal digits (SHA-256), or 40 (SHA-1).", "Of a file Get-PfxCertificate makes a certificate that can be given instead.");
        }

        if (UserNames.Any(string.IsNullOrWhiteSpace))
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"A user name of the approver {Thumbprint} is empty.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => UserNames.Count == 0 ? Thumbprint : $"{Thumbprint} ({string.Join(", ", UserNames)})";
}
