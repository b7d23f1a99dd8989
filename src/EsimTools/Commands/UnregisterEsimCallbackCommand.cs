// Unregister-EsimCallback: ThingSpace's DELETE callbacks/{account}/name/{service}.

using System.Management.Automation;

namespace EsimTools;

/// <summary>Has ThingSpace post no more callbacks. Outcomes can still be polled for.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "EsimCallback", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class UnregisterEsimCallbackCommand : CallbackChangeCmdlet
{
    /// <summary>The callback services; without it those of the two for actions on profiles that are registered.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("ServiceName")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CallbackServiceCompleter))]
    public new string[] Service { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        var connection = base.Service;
        try
        {
            foreach (var service in Service.Length > 0 ? Service : RegisteredDefaults(connection))
            {
                Unregister(connection, service);
            }
        }
        catch (EsimException e)
        {
            WriteFailure(e, AccountName ?? connection.AccountName);
        }
    }

    private string[] RegisteredDefaults(EsimConnection connection) =>
    [
        .. Await(token => connection.GetCallbacksAsync(AccountName, token))
            .Select(registration => registration.ServiceName).Intersect(EsimCallbackRegistration.DefaultServices, StringComparer.OrdinalIgnoreCase),
    ];

    private void Unregister(EsimConnection connection, string service)
    {
        try
        {
            // Nobody is asked about what cannot be.
            connection.CheckCallbackRemoval(service, AccountName);
            if (!MayProceed(service, "post no more callbacks; what happens from then on is known by polling only"))
            {
                return;
            }

            Await<object?>(async token =>
            {
                await connection.UnregisterCallbackAsync(service, AccountName, token).ConfigureAwait(false);
                return null;
            });
        }
        catch (EsimException e)
        {
            WriteFailure(e, service);
        }
    }
}
