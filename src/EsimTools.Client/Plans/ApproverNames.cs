// By which names a person may be known who has signed: those that the policy gives the certificate, and those in the certificate itself.

using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EsimTools.Plans;

/// <summary>Names of a signer.</summary>
internal static class ApproverNames
{
    /// <summary>The names in a certificate: common names of its subject, e-mail addresses and UPN, each of the last two also up to its @.</summary>
    public static IReadOnlyList<string> In(X509Certificate2 certificate)
    {
        string[] addresses = [certificate.GetNameInfo(X509NameType.EmailName, forIssuer: false), certificate.GetNameInfo(X509NameType.UpnName, forIssuer: false), .. InSubject(certificate, "E", "EMAIL", "EMAILADDRESS", "UID")];
        return
        [
            .. InSubject(certificate, "CN").Append(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)).Concat(addresses).Concat(addresses.Select(LocalPart))
                .Select(name => name.Trim()).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase),
        ];
    }

    /// <summary>Whether two names are of one user: capitals, how its letters are encoded, a Windows domain before and an address behind make no difference.</summary>
    public static bool AreSame(string one, string other) => Plain(one) is { Length: > 0 } name && string.Equals(name, Plain(other), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name) => Encoded(LocalPart(name.Substring(name.LastIndexOf('\\') + 1)).Trim());

    // A system may give an accent as a character of its own.
    private static string Encoded(string name)
    {
        try
        {
            return name.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // No valid Unicode.
            return name;
        }
    }

    private static string LocalPart(string address) => address.IndexOf('@') is > 0 and var at ? address.Substring(0, at) : address;

    // Each part of the subject on a line of its own.
    private static IEnumerable<string> InSubject(X509Certificate2 certificate, params string[] kinds) =>
        certificate.SubjectName.Format(multiLine: true).Split('\r', '\n')
            .Select(line => line.Split(['='], 2)).Where(parts => parts.Length == 2 && kinds.Contains(parts[0].Trim(), StringComparer.OrdinalIgnoreCase))
            .Select(parts => parts[1].Trim().Trim('"'));
}
