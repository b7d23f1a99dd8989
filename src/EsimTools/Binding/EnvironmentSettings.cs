// What a runbook's environment says of the connection: the variables ESIMTOOLS_…, for jobs that have secrets as variables and nobody to ask.

using System.Management.Automation;
using System.Security;

namespace EsimTools.Binding;

/// <summary>The variables of the environment that Connect-EsimService reads; blank ones count as not set.</summary>
internal sealed class EnvironmentSettings
{
    private const string Prefix = "ESIMTOOLS_";
    private const string ApiKey = Prefix + "API_KEY";
    private const string ApiSecret = Prefix + "API_SECRET";
    private const string User = Prefix + "USER";
    private const string Password = Prefix + "PASSWORD";
    private const string Account = Prefix + "ACCOUNT";
    private const string Address = Prefix + "BASE_URI";
    private const string Journal = Prefix + "JOURNAL";

    private readonly List<string> _unused = [];

    /// <summary>The variables that the credentials and the account come from, for messages.</summary>
    public static string Names { get; } = $"{ApiKey}, {ApiSecret}, {User}, {Password} and {Account}";

    /// <summary>The variables that are set and do not count, because a parameter says the same; empty where there are none.</summary>
    public IReadOnlyList<string> Unused => _unused;

    /// <summary>API key and secret; null where neither is set.</summary>
    public PSCredential? FindApiCredential(bool isGiven) => FindPair(ApiKey, ApiSecret, isGiven);

    /// <summary>UWS user name and password; null where neither is set.</summary>
    public PSCredential? FindUserCredential(bool isGiven) => FindPair(User, Password, isGiven);

    /// <summary>The account.</summary>
    public string? FindAccount(bool isGiven) => Find(Account, isGiven);

    /// <summary>The folder of the journal, or the connection string of its database.</summary>
    public string? FindJournal(bool isGiven) => Find(Journal, isGiven);

    /// <summary>The service's address.</summary>
    public Uri? FindBaseUri(bool isGiven) => Find(Address, isGiven) switch
    {
        null => null,
        { } text when Uri.TryCreate(text, UriKind.Absolute, out var uri) => uri,
        _ => throw new EsimException(EsimError.EsimAddressInvalid, $"The variable {Address} is no address.", "Give the whole address up to and including /api, or unset it."),
    };

    private PSCredential? FindPair(string name, string secret, bool isGiven) => (Find(name, isGiven), Find(secret, isGiven)) switch
    {
        (null, null) => null,
        ({ } user, { } text) => new PSCredential(user, ToSecure(text)),
        var (user, _) => throw new EsimException(
            EsimError.EsimParameterInvalid, $"The variable {(user is null ? secret : name)} is set, and {(user is null ? name : secret)} is not.", "Set both, or neither."),
    };

    private string? Find(string name, bool isGiven)
    {
        var value = Environment.GetEnvironmentVariable(name);
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        if (!isGiven)
        {
            return value;
        }

        _unused.Add(name);
        return null;
    }

    private static SecureString ToSecure(string text)
    {
        var secure = new SecureString();
        foreach (var character in text)
        {
            secure.AppendChar(character);
        }

        secure.MakeReadOnly();
        return secure;
    }
}
