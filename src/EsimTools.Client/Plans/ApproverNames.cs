// By which names a person may be known who has signed: those that the policy gives the certificate, and those in the certificate itself.

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace EsimTools.Plans;

/// <summary>Names of a signer.</summary>
internal static class ApproverNames
{
    private const string UserPrincipalName = "1.3.6.1.4.1.311.20.2.3";
    private const byte OtherName = 0xA0;
    private const byte EmailAddress = 0x81;
    private const byte DnsName = 0x82;
    private const byte X400Address = 0xA3;
    private const byte DirectoryName = 0xA4;
    private const byte EdiPartyName = 0xA5;
    private const byte Address = 0x86;
    private const byte IPAddress = 0x87;
    private const byte RegisteredId = 0x88;

    // What names a person in a subject: common name, serial number, name, pseudonym, UID, mail, e-mail address, UPN. Organizations are shared by many.
    private static readonly string[] s_subjectKinds =
    [
        "2.5.4.3", "2.5.4.5", "2.5.4.41", "2.5.4.65", "0.9.2342.19200300.100.1.1", "0.9.2342.19200300.100.1.3", "1.2.840.113549.1.9.1", UserPrincipalName,
    ];

    // The same kinds as they are written.
    private static readonly string[] s_writtenKinds = ["CN", "SERIALNUMBER", "NAME", "PSEUDONYM", "UID", "USERID", "MAIL", "E", "EMAIL", "EMAILADDRESS"];

    private static readonly Regex s_behindPlus = new(@"\+\s*([A-Za-z]+)\s*=", RegexOptions.CultureInvariant);

    // Subject alternative names that have a form of their own: UPN, an e-mail address in any script, an address of XMPP.
    private static readonly string[] s_otherKinds = [UserPrincipalName, "1.3.6.1.5.5.7.8.9", "1.3.6.1.5.5.7.8.5"];

    // The subject alternative name, and the one of before it.
    private static readonly string[] s_alternativeNames = ["2.5.29.17", "2.5.29.7"];

    /// <summary>
    /// Every name in a certificate: those of persons in its subject, however many share a part of it, and all e-mail addresses, UPNs, DNS names
    /// and directory names beside the subject; null where they cannot be read, so that nobody can say who has signed.
    /// </summary>
    public static IReadOnlyList<string>? In(X509Certificate2 certificate)
    {
        try
        {
            var alternatives = certificate.Extensions.Cast<X509Extension>().Where(extension => s_alternativeNames.Contains(extension.Oid?.Value));
            return
            [
                .. InSubject(DerElement.ReadAll(certificate.SubjectName.RawData)).Append(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false))
                    .Concat(alternatives.SelectMany(extension => DerElement.ReadAll(extension.RawData)).SelectMany(names => names.Members).SelectMany(InAlternative))
                    .Select(name => name.Trim()).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase),
            ];
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
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

    // A Name is a sequence of sets (RDNs) of attributes; most sets have one.
    private static IEnumerable<string> InSubject(IReadOnlyList<DerElement> name) =>
        name.SelectMany(sets => sets.Members).SelectMany(set => set.Members).Select(Pair)
            .Where(attribute => s_subjectKinds.Contains(attribute.Kind.Oid)).SelectMany(attribute => InValue(attribute.Value.Text));

    // Off Windows .NET itself, asked for a set of several as text, writes it into the first value: CN "ada+UID=ada-uws".
    private static IEnumerable<string> InValue(string value)
    {
        var parts = s_behindPlus.Split(value);
        return Enumerable.Range(0, parts.Length / 2).Where(i => s_writtenKinds.Contains(parts[(2 * i) + 1], StringComparer.OrdinalIgnoreCase)).Select(i => parts[(2 * i) + 2]).Append(parts[0]).Append(value);
    }

    private static IEnumerable<string> InAlternative(DerElement name) => name.Tag switch
    {
        EmailAddress or DnsName => [name.Text],
        DirectoryName => InSubject(name.Members),
        OtherName => Pair(name) is var other && s_otherKinds.Contains(other.Kind.Oid) ? other.Value.Members.Select(value => value.Text) : [],
        X400Address or EdiPartyName or Address or IPAddress or RegisteredId => [],
        _ => throw new FormatException("it is no name"),
    };

    private static (DerElement Kind, DerElement Value) Pair(DerElement element) =>
        element.Members is { Count: 2 } members ? (members[0], members[1]) : throw new FormatException("it is no kind and value");
}
