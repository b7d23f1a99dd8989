// Get-EsimPolicy: the policy that the journal's users keep to.

using System.Management.Automation;

namespace EsimTools;

/// <summary>Gets the policy beside the journal; nothing where there is none.</summary>
[Cmdlet(VerbsCommon.Get, "EsimPolicy")]
[OutputType(typeof(EsimPolicy))]
public sealed class GetEsimPolicyCommand : ConnectedCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            if (Service.GetPolicy() is { } policy)
            {
                WriteObject(policy);
            }
        }
        catch (EsimException e)
        {
            Terminate(e, Service.Journal);
        }
    }
}
