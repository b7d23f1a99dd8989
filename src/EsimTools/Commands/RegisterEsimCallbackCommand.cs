// Register-EsimCallback: ThingSpace's POST callbacks/{account}.

using System.Management.Automation;

namespace EsimTools;

/// <summary>Has ThingSpace post the outcomes of actions to an address.</summary>
/// <remarks>
/// Source: "Register a callback listener" and "Callback best practices". One listener serves each callback service of an account; registering
/// again replaces it. ThingSpace puts user name and password into each message, and lists them in plain to whoever has the account.
/// </remarks>
[Cmdlet(VerbsLifecycle.Register, "EsimCallback", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimCallbackRegistration))]
public sealed class RegisterEsimCallbackCommand : CallbackChangeCmdlet
{
    /// <summary>
    /// The address that ThingSpace is to post to. Ports 80, 443, 9001 to 9006, 28200 to 28220 and 50551 to 50559 are allowed; the certificate
    /// of an https address must chain to a public authority.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The address that ThingSpace posts to, for example https://callbacks.example.com/thingspace/.")]
    [ValidateNotNull]
    public Uri? Uri { get; set; }

    /// <summary>The callback services; without it the two that report the actions on profiles.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("ServiceName")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CallbackServiceCompleter))]
    public new string[] Service { get; set; } = [.. EsimCallbackRegistration.DefaultServices];

    /// <summary>The user name and password that each message is to carry: at most 40 characters each, and not the UWS user.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        RefuseNull(nameof(Credential));
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        var connection = base.Service;
        var credential = Credential is null ? null : new EsimCredential(Credential.GetNetworkCredential());
        try
        {
            connection.CheckCallback(Uri!, Service, credential, AccountName);
        }
        catch (EsimException e)
        {
            // The address as text: a Uri object would be followed by what it points to in some views.
            Terminate(e, Uri!.IsAbsoluteUri && Uri.UserInfo.Length > 0 ? null : Uri.OriginalString);
        }

        if (Uri!.Scheme == System.Uri.UriSchemeHttp && !Uri.IsLoopback && credential is not null)
        {
            WriteWarning($"'{Uri}' is not encrypted: messages, and the user name and password in them, can be read on their way. Prefer an https address.");
        }

        foreach (var service in Service)
        {
            if (!MayProceed(service, $"post callbacks to {Uri}, in place of any address registered before"))
            {
                continue;
            }

            try
            {
                foreach (var registration in Await(token => connection.RegisterCallbackAsync(Uri, [service], credential, AccountName, token)))
                {
                    WriteObject(registration);
                }
            }
            catch (EsimException e)
            {
                WriteFailure(e, service);
            }
        }
    }
}
