// The base of cmdlets that talk over a connection: -Connection, or the runspace's own.

using System.Management.Automation;
using EsimTools.Abstractions;

namespace EsimTools;

/// <summary>A cmdlet that uses a connection.</summary>
public abstract class ConnectedCmdlet : EsimCmdlet
{
    private EsimConnection? _connection;

    /// <summary>The connection to use; without it, the one that Connect-EsimService has opened in this runspace.</summary>
    [Parameter]
    [ValidateNotNull]
    public EsimConnection? Connection { get; set; }

    /// <summary>The connection in use; only after <see cref="BeginProcessing"/>.</summary>
    private protected EsimConnection Service => _connection ?? throw new InvalidOperationException("The connection is not known before BeginProcessing.");

    /// <summary>Whether the cmdlet is of no use without a connection.</summary>
    private protected virtual bool NeedsConnection => true;

    /// <summary>Whether there is a connection.</summary>
    private protected bool HasConnection => _connection is not null;

    /// <summary>Finds the connection; ends the command when there is none.</summary>
    protected override void BeginProcessing()
    {
        _connection = Connection ?? DefaultConnection.Current;
        if (_connection is null && !NeedsConnection)
        {
            return;
        }

        if (_connection is null)
        {
            Terminate(new EsimException(
                EsimError.EsimNotConnected, "There is no connection to ThingSpace in this session.", "Run Connect-EsimService first, or give -Connection. Connect-EsimService -Sandbox needs no account."));
        }

        if (!_connection.IsOpen)
        {
            Terminate(new EsimException(EsimError.EsimNotConnected, "The connection has been closed.", "Connect again with Connect-EsimService."), _connection);
        }

        ConnectionMessages.Of(_connection).Add(Keep);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_connection is not null)
        {
            ConnectionMessages.Of(_connection).Remove(Keep);
        }

        base.Dispose(disposing);
    }
}
