// The base of cmdlets that talk over a connection: -Connection, or the runspace's own.

using System.Management.Automation;
using EsimTools.Abstractions;

namespace EsimTools;

/// <summary>A cmdlet that uses a connection.</summary>
public abstract class ConnectedCmdlet : EsimCmdlet
{
    private EsimConnection? _connection;
    private EsimConnection? _own;

    /// <summary>The connection to use; without it, the one that Connect-EsimService has opened in this runspace.</summary>
    [Parameter]
    public EsimConnection? Connection { get; set; }

    /// <summary>The connection in use; only after <see cref="BeginProcessing"/>. Ends the command when there is none.</summary>
    private protected EsimConnection Service
    {
        get
        {
            if (_connection is null)
            {
                Terminate(new EsimException(
                    EsimError.EsimNotConnected, "There is no connection to ThingSpace in this session.", "Run Connect-EsimService first, or give -Connection. Connect-EsimService -Sandbox needs no account."));
            }

            return _connection;
        }
    }

    /// <summary>Whether the cmdlet is of no use without a connection.</summary>
    private protected virtual bool NeedsConnection => true;

    /// <summary>Whether there is a connection.</summary>
    private protected bool HasConnection => _connection is not null;

    /// <summary>Finds the connection; ends the command when there is none.</summary>
    protected override void BeginProcessing()
    {
        RefuseNull(nameof(Connection));
        _own = Connection ?? DefaultConnection.Current;
        Use(_own);
        if (NeedsConnection)
        {
            _ = Service;
        }
    }

    /// <summary>Uses the connection that is piped in, and without one that of before: its account alone, asked for over another connection, would be another one.</summary>
    /// <param name="piped">The connection; null where something else is piped in, or nothing.</param>
    private protected void UsePiped(EsimConnection? piped)
    {
        if (piped is not null && Connection is not null && piped != Connection)
        {
            Terminate(
                new EsimException(
                    EsimError.EsimParameterInvalid, "A connection is piped in, and -Connection names another one. Which is meant cannot be told.", "Pipe it, or give it with -Connection."),
                piped);
        }

        Use(piped ?? _own);
    }

    private void Use(EsimConnection? connection)
    {
        if (connection == _connection)
        {
            return;
        }

        Leave();
        if (connection is { IsOpen: false })
        {
            Terminate(new EsimException(EsimError.EsimNotConnected, "The connection has been closed.", "Connect again with Connect-EsimService."), connection);
        }

        _connection = connection;
        if (connection is not null)
        {
            ConnectionMessages.Of(connection).Add(Keep);
        }
    }

    private void Leave()
    {
        if (_connection is not null)
        {
            ConnectionMessages.Of(_connection).Remove(Keep);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Leave();
        base.Dispose(disposing);
    }
}
