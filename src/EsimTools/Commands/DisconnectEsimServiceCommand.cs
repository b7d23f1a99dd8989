// Disconnect-EsimService: logs out and closes a connection.

using System.Management.Automation;
using EsimTools.Abstractions;

namespace EsimTools;

/// <summary>Logs out and closes a connection; without one, this runspace's own. Closing twice is no error.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "EsimService")]
[OutputType(typeof(void))]
public sealed class DisconnectEsimServiceCommand : EsimCmdlet
{
    /// <summary>The connection to close; without it, the one that Connect-EsimService has opened in this runspace.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public EsimConnection? Connection { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => RefuseNull(nameof(Connection));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Connection is null && MyInvocation.ExpectingInput)
        {
            // Those behind it are closed all the same.
            WriteFailure(new EsimException(EsimError.EsimInputInvalid, "The input is null.", "See why the command before gave nothing for it. Without input this session's own connection is closed."), null);
            return;
        }

        if ((Connection ?? DefaultConnection.Current) is not { } connection)
        {
            return;
        }

        try
        {
            Await<object?>(async token =>
            {
                await DefaultConnection.CloseAsync(connection, token).ConfigureAwait(false);
                return null;
            });
        }
        catch (EsimException e)
        {
            WriteFailure(e, connection);
        }
    }
}
