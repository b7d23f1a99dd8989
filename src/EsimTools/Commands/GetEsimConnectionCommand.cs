// Get-EsimConnection: the connection that serves in this runspace.

using System.Management.Automation;
using EsimTools.Abstractions;

namespace EsimTools;

/// <summary>Gets this runspace's connection; nothing when there is none.</summary>
[Cmdlet(VerbsCommon.Get, "EsimConnection")]
[OutputType(typeof(EsimConnection))]
public sealed class GetEsimConnectionCommand : EsimCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (DefaultConnection.Current is { } connection)
        {
            WriteObject(connection);
        }
    }
}
