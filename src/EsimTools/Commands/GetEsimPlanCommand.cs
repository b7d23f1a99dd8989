// Get-EsimPlan: reads plans from their files.

using System.Management.Automation;

namespace EsimTools;

/// <summary>Reads plans from files that New-EsimPlan has written, and checks that they are as they were written.</summary>
[Cmdlet(VerbsCommon.Get, "EsimPlan")]
[OutputType(typeof(EsimPlan))]
public sealed class GetEsimPlanCommand : EsimCmdlet
{
    /// <summary>The files.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The file of a plan, as New-EsimPlan has written it, for example retire.plan.")]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            try
            {
                WriteObject(EsimPlan.Load(GetUnresolvedProviderPathFromPSPath(path)));
            }
            catch (EsimException e)
            {
                WriteFailure(e, path);
            }
        }
    }
}
