// Connect-EsimService: opens a connection to ThingSpace, or to a sandbox in this process.

using System.Management.Automation;
using System.Net;
using EsimTools.Abstractions;
using EsimTools.Binding;
using EsimTools.Sandbox;

namespace EsimTools;

/// <summary>Opens a connection and makes it this runspace's own.</summary>
[Cmdlet(VerbsCommunications.Connect, "EsimService", DefaultParameterSetName = CredentialSet)]
[OutputType(typeof(EsimConnection))]
public sealed class ConnectEsimServiceCommand : EsimCmdlet
{
    private const string CredentialSet = "Credential";
    private const string VaultSet = "Vault";
    private const string SandboxSet = "Sandbox";

    private bool _hasOpened;

    /// <summary>API key (as user name) and API secret (as password) from the ThingSpace portal; without it the environment's ESIMTOOLS_API_KEY and ESIMTOOLS_API_SECRET, or a question.</summary>
    [Parameter(Position = 0, ParameterSetName = CredentialSet)]
    [Credential]
    public PSCredential? ApiCredential { get; set; }

    /// <summary>UWS user name and password, not the portal's login; without it the environment's ESIMTOOLS_USER and ESIMTOOLS_PASSWORD, or a question.</summary>
    [Parameter(Position = 1, ParameterSetName = CredentialSet)]
    [Credential]
    public PSCredential? UserCredential { get; set; }

    /// <summary>The SecretManagement vault; without it the default vault.</summary>
    [Parameter(ParameterSetName = VaultSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? VaultName { get; set; }

    /// <summary>The name of the secret (a PSCredential) that holds API key and secret.</summary>
    [Parameter(Mandatory = true, ParameterSetName = VaultSet, HelpMessage = "The name of the secret with API key and secret, for example ThingSpaceApi.")]
    [ValidateNotNullOrEmpty]
    public string? ApiSecretName { get; set; }

    /// <summary>The name of the secret (a PSCredential) that holds UWS user name and password.</summary>
    [Parameter(Mandatory = true, ParameterSetName = VaultSet, HelpMessage = "The name of the secret with UWS user name and password, for example ThingSpaceUser.")]
    [ValidateNotNullOrEmpty]
    public string? UserSecretName { get; set; }

    /// <summary>The account that profiles without one of their own belong to, for example 0000123456-00001; without it the environment's ESIMTOOLS_ACCOUNT, or a question.</summary>
    [Parameter(Position = 2, ParameterSetName = CredentialSet)]
    [Parameter(ParameterSetName = VaultSet)]
    [Parameter(ParameterSetName = SandboxSet)]
    [ValidateNotNullOrEmpty]
    public string? AccountName { get; set; }

    /// <summary>The service's address up to and including /api; without it the environment's ESIMTOOLS_BASE_URI, or Verizon's own. Plain http is accepted for this machine only.</summary>
    [Parameter(ParameterSetName = CredentialSet)]
    [Parameter(ParameterSetName = VaultSet)]
    [ValidateNotNull]
    public Uri BaseUri { get; set; } = EsimConnectionOptions.DefaultBaseUri;

    /// <summary>Open a ThingSpace in this process that needs no account and no network; what is given for the service does not count then.</summary>
    [Parameter(ParameterSetName = CredentialSet)]
    [Parameter(ParameterSetName = VaultSet)]
    [Parameter(Mandatory = true, ParameterSetName = SandboxSet, HelpMessage = "Opens a ThingSpace in this process: -Sandbox, without a value.")]
    public SwitchParameter Sandbox { get; set; }

    /// <summary>A CSV file with the sandbox's profiles; without it the sandbox makes a hundred devices of its own.</summary>
    [Parameter(ParameterSetName = SandboxSet)]
    [ValidateNotNullOrEmpty]
    public string? SandboxInventory { get; set; }

    /// <summary>The sandbox's knobs, as a hashtable: profiles that fail, latency, lost, late and doubled callbacks, refusals, cut connections. Times are time spans or seconds.</summary>
    [Parameter(ParameterSetName = SandboxSet)]
    [ArgumentCompleter(typeof(SandboxOptionsCompleter))]
    [SandboxOptionsTransformation]
    [ValidateNotNull]
    public SandboxOptions? SandboxOptions { get; set; }

    /// <summary>
    /// The folder of the journal, or the connection string of its PostgreSQL database; without it the environment's ESIMTOOLS_JOURNAL, or the user's own
    /// folder, and for a sandbox one that is thrown away.
    /// </summary>
    [Parameter]
    [Alias("JournalPath")]
    [ValidateNotNullOrEmpty]
    public string? Journal { get; set; }

    /// <summary>User and password of the journal's database.</summary>
    [Parameter]
    [Credential]
    public PSCredential? JournalCredential { get; set; }

    /// <summary>Name profiles in the journal by keyed hashes instead of their ICCIDs, EIDs and IMEIs. The key is in the folder.</summary>
    [Parameter]
    public SwitchParameter HashIdentifiers { get; set; }

    /// <summary>The proxy to use instead of the system's.</summary>
    [Parameter(ParameterSetName = CredentialSet)]
    [Parameter(ParameterSetName = VaultSet)]
    [ValidateNotNull]
    public Uri? Proxy { get; set; }

    /// <summary>The credential for the proxy.</summary>
    [Parameter(ParameterSetName = CredentialSet)]
    [Parameter(ParameterSetName = VaultSet)]
    [Credential]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Use the present user's credentials for the proxy.</summary>
    [Parameter(ParameterSetName = CredentialSet)]
    [Parameter(ParameterSetName = VaultSet)]
    public SwitchParameter ProxyUseDefaultCredentials { get; set; }

    /// <summary>Use no proxy at all.</summary>
    [Parameter(ParameterSetName = CredentialSet)]
    [Parameter(ParameterSetName = VaultSet)]
    public SwitchParameter NoProxy { get; set; }

    /// <summary>How many seconds one call may take.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int TimeoutSec { get; set; } = 100;

    /// <summary>The most requests on their way at once.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; } = 4;

    /// <summary>Write the connection, in place of the line about it.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        RefuseNull(nameof(ApiCredential), nameof(UserCredential), nameof(JournalCredential), nameof(ProxyCredential));
        if (ParameterSetName == SandboxSet && !Sandbox)
        {
            Terminate(new EsimException(
                EsimError.EsimParameterInvalid, "-SandboxInventory and -SandboxOptions are for a sandbox, and -Sandbox:$false opens none.", "Leave them out to connect to the service, or give -Sandbox."));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            var connection = Sandbox ? OpenSandbox() : OpenService();
            DefaultConnection.Current = connection;
            _hasOpened = true;
            if (PassThru)
            {
                WriteObject(connection);
            }
            else
            {
                WriteHostLine(Greeting.Of(connection));
            }
        }
        catch (EsimException e)
        {
            Terminate(e, AccountName);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Reached wherever it fails, also where PowerShell refuses a parameter and nothing else of the cmdlet runs; the constructor is run by tab
        // completion as well. What follows in the script must not go to another account, or to the real service in place of a sandbox.
        if (!_hasOpened)
        {
            DefaultConnection.Current = null;
        }

        base.Dispose(disposing);
    }

    private static EsimCredential ToCredential(PSCredential credential) => new(credential.GetNetworkCredential());

    private EsimConnection OpenService()
    {
        var isVault = ParameterSetName == VaultSet;
        var settings = new EnvironmentSettings();
        var api = settings.FindApiCredential(isVault || ApiCredential is not null) ?? ApiCredential;
        var user = settings.FindUserCredential(isVault || UserCredential is not null) ?? UserCredential;
        var account = settings.FindAccount(AccountName is not null) ?? AccountName;
        var baseUri = settings.FindBaseUri(MyInvocation.BoundParameters.ContainsKey(nameof(BaseUri))) ?? BaseUri;
        var journal = JournalTarget.Of(this, settings.FindJournal(Journal is not null) ?? Journal, JournalCredential);
        if (settings.Unused.Count > 0)
        {
            WriteWarning($"What is given to the command counts; the environment's {string.Join(", ", settings.Unused)} does not.");
        }

        var question = new ConnectionQuestion(this);
        if (isVault)
        {
            (api, user) = (FromVault(ApiSecretName!), FromVault(UserSecretName!));
        }
        else
        {
            api ??= question.AskFor("API key and secret", "API key as user name, API secret as password");
            user ??= question.AskFor("UWS user name and password", "the user of the API, not of the portal");
        }

        account ??= question.AskForAccount();
        return Open(new EsimConnectionOptions
        {
            ApiCredential = ToCredential(api),
            UserCredential = ToCredential(user),
            AccountName = account,
            BaseUri = baseUri,
            JournalPath = journal.Folder,
            Database = journal.Database,
            DatabaseCredential = journal.Credential,
            PostgresFolder = journal.PostgresFolder,
            HashIdentifiers = HashIdentifiers,
            Timeout = TimeSpan.FromSeconds(TimeoutSec),
            ThrottleLimit = ThrottleLimit,
            Proxy = MakeProxy(),
            UseProxy = !NoProxy,
        });
    }

    private EsimConnection OpenSandbox()
    {
        var options = SandboxOptions ?? new SandboxOptions();
        if (AccountName is not null)
        {
            options.AccountName = AccountName;
        }

        SandboxSession? session = null;
        try
        {
            session = SandboxSession.Start(
                options,
                SandboxInventory is null ? null : GetUnresolvedProviderPathFromPSPath(SandboxInventory),
                JournalTarget.Of(this, Journal, JournalCredential));
            if (session.Skipped is { } skipped)
            {
                WriteWarning(skipped);
            }

            var connection = Open(session.ConnectionOptions(TimeSpan.FromSeconds(TimeoutSec), ThrottleLimit, HashIdentifiers), session);
            session.Attach(connection);
            return connection;
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    private EsimConnection Open(EsimConnectionOptions options, IDisposable? companion = null)
    {
        void KeepText(EsimMessage message) => Keep(new(message));
        var connection = Await(token => EsimConnection.OpenAsync(options, KeepText, token));
        connection.Message -= KeepText;
        DefaultConnection.Opening(connection, companion);
        return connection;
    }

    private WebProxy? MakeProxy()
    {
        if (NoProxy && Proxy is not null)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, "-Proxy and -NoProxy exclude each other.");
        }

        if (Proxy is null)
        {
            return ProxyCredential is null && !ProxyUseDefaultCredentials
                ? null
                : throw new EsimException(EsimError.EsimParameterInvalid, "A credential for the proxy needs -Proxy with its address.");
        }

        return new WebProxy(Proxy)
        {
            UseDefaultCredentials = ProxyUseDefaultCredentials,
            Credentials = ProxyCredential?.GetNetworkCredential() ?? (ProxyUseDefaultCredentials ? CredentialCache.DefaultCredentials : null),
        };
    }

    private PSCredential FromVault(string name)
    {
        const string advice = "Register a vault and store the pair in it: Set-Secret <name> -Secret (Get-Credential).";
        object? secret;
        try
        {
            secret = SessionState.InvokeCommand.InvokeScript(
                "param($parameters) Microsoft.PowerShell.SecretManagement\\Get-Secret @parameters -ErrorAction Stop",
                new System.Collections.Hashtable(VaultName is null ? new Dictionary<string, string> { ["Name"] = name } : new() { ["Name"] = name, ["Vault"] = VaultName }))
                .FirstOrDefault()?.BaseObject;
        }
        catch (CommandNotFoundException e)
        {
            throw new EsimException(
                EsimError.EsimVaultUnavailable,
                $"The secret '{name}' cannot be read: Microsoft.PowerShell.SecretManagement is not installed.",
                "Install-PSResource Microsoft.PowerShell.SecretManagement and the module of a vault. Without a vault: -ApiCredential and -UserCredential, or variables of the environment.",
                e);
        }
        catch (RuntimeException e)
        {
            throw new EsimException(EsimError.EsimLoginRefused, $"The secret '{name}' could not be read: {e.Message.TrimEnd('.')}.", advice, e);
        }

        return secret as PSCredential
            ?? throw new EsimException(EsimError.EsimLoginRefused, $"The secret '{name}' is not a PSCredential.", advice);
    }
}
