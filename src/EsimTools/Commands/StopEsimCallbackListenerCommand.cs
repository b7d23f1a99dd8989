// Stop-EsimCallbackListener: ends listeners.

using System.Management.Automation;

namespace EsimTools;

/// <summary>Stops listeners; without one, all of the connection. Stopping twice is no error. Where ThingSpace posts to stays registered.</summary>
[Cmdlet(VerbsLifecycle.Stop, "EsimCallbackListener")]
[OutputType(typeof(void))]
public sealed class StopEsimCallbackListenerCommand : ConnectedCmdlet
{
    /// <summary>The listener, as Start-EsimCallbackListener has written it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public EsimCallbackListener[]? Listener { get; set; }

    /// <inheritdoc/>
    private protected override bool NeedsConnection => false;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var listener in Listener ?? (HasConnection ? Service.Listeners : []))
        {
            listener.Stop();
        }

        WriteMessages();
    }
}
