// Start-EsimCallbackListener: receives callbacks over HTTP in the background of this session.

using System.Management.Automation;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace EsimTools;

/// <summary>Starts a listener that settles this connection's requests as callbacks arrive. It runs until Stop-EsimCallbackListener, or as long as the connection.</summary>
[Cmdlet(VerbsLifecycle.Start, "EsimCallbackListener")]
[OutputType(typeof(EsimCallbackListener))]
public sealed class StartEsimCallbackListenerCommand : ConnectedCmdlet
{
    /// <summary>
    /// Where to listen, for example http://+:9001/thingspace/. The host is the one that callers name; + stands for any. Behind a reverse proxy
    /// on this machine, http://127.0.0.1:9001/ with any port.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "Where to listen: scheme, host, port and path, for example http://127.0.0.1:9001/thingspace/.")]
    [ValidateNotNullOrEmpty]
    public string? Prefix { get; set; }

    /// <summary>The certificate of an https prefix, with its private key.</summary>
    [Parameter]
    [ValidateNotNull]
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The user name and password that messages must carry, as given to Register-EsimCallback.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>
    /// The user name and password registered before: the service goes on with them for a while, so they are accepted for 24 hours. Not needed in
    /// the session that has registered the new ones.
    /// </summary>
    [Parameter]
    [Credential]
    public PSCredential? FormerCredential { get; set; }

    /// <summary>The addresses that messages may come from; the word Verizon stands for those that Verizon documents.</summary>
    [Parameter]
    [SenderAddress]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SenderAddressCompleter))]
    public IPAddress[]? AllowedAddress { get; set; }

    /// <summary>Take the last entry of X-Forwarded-For for the sender where the connection comes from this machine: a reverse proxy here.</summary>
    [Parameter]
    public SwitchParameter TrustForwardedFor { get; set; }

    /// <summary>
    /// The path on which the listener tells those who look after it how it is, for example /health; /health/ready then tells whether callbacks
    /// could be recorded and the journal written.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HealthPath { get; set; }

    /// <summary>The largest message in bytes that is accepted; one about a single profile has about a kilobyte.</summary>
    [Parameter]
    [ValidateRange(1024, 8 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = EsimCallbackListenerOptions.DefaultMaxBodyBytes;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        RefuseNull(nameof(Credential), nameof(FormerCredential));
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            var listener = Service.StartCallbackListener(new EsimCallbackListenerOptions
            {
                Prefix = Prefix!,
                Certificate = Certificate,
                Credential = Credential is null ? null : new EsimCredential(Credential.GetNetworkCredential()),
                FormerCredential = FormerCredential is null ? null : new EsimCredential(FormerCredential.GetNetworkCredential()),
                AllowedAddresses = AllowedAddress,
                TrustForwardedFor = TrustForwardedFor,
                HealthPath = HealthPath,
                MaxBodyBytes = MaxBodyBytes,
            });
            if (Credential is null && !Service.IsSandbox)
            {
                WriteWarning($"Without -Credential, whoever can reach {listener.Prefix} can report outcomes that this session believes.");
            }

            WriteMessages();
            WriteObject(listener);
        }
        catch (EsimException e)
        {
            Terminate(e, Prefix);
        }
    }
}
