// An approver as it is given to a command: a thumbprint, a certificate, or a hashtable with one of them and user names.

using System.Collections;
using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace EsimTools.Binding;

/// <summary>Reads approvers.</summary>
internal static class ApproverInput
{
    private const string CertificateKey = "Certificate";
    private const string UserNameKey = "UserName";

    /// <summary>Reads an approver.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    public static EsimPolicyApprover Read(object input) => Plain(input) switch
    {
        EsimPolicyApprover approver => approver,
        X509Certificate2 certificate => EsimPolicyApprover.Of(certificate),
        string thumbprint => EsimPolicyApprover.Of(thumbprint),
        IDictionary table => ReadTable(table),
        var other => throw Invalid($"'{other}' is no approver"),
    };

    private static EsimPolicyApprover ReadTable(IDictionary table)
    {
        var entries = table.Cast<DictionaryEntry>().ToDictionary(entry => Convert.ToString(entry.Key, System.Globalization.CultureInfo.InvariantCulture)!, entry => entry.Value, StringComparer.OrdinalIgnoreCase);
        if (entries.Keys.FirstOrDefault(key => !string.Equals(key, CertificateKey, StringComparison.OrdinalIgnoreCase) && !string.Equals(key, UserNameKey, StringComparison.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Invalid($"an approver has no '{unknown}'");
        }

        if (!entries.TryGetValue(CertificateKey, out var certificate) || Plain(certificate) is not (string or X509Certificate2))
        {
            throw Invalid("an approver has no certificate");
        }

        return Read(certificate!) with { UserNames = entries.TryGetValue(UserNameKey, out var names) ? ReadNames(names) : [] };
    }

    // An entry that was left empty would make of an approver who is known by names one who is not.
    private static string[] ReadNames(object? names) =>
        LanguagePrimitives.ConvertTo<string[]>(names) is { Length: > 0 } given ? given : throw Invalid($"the {UserNameKey} of an approver was left empty");

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static EsimException Invalid(string problem) =>
        new(EsimError.EsimParameterInvalid, $"The policy was not changed: {problem}.", $"Give a thumbprint, a certificate, or @{{ {CertificateKey} = ...; {UserNameKey} = 'ada' }}.");
}
