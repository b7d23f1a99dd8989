// Out-Nothing: what PowerShell's own binding of a row costs, and nothing else.

using System.Management.Automation;

namespace Baseline;

[Cmdlet(VerbsData.Out, "Nothing")]
public sealed class OutNothingCommand : PSCmdlet
{
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Iccid { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Eid { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Imei { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? AccountName { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? ServicePlan { get; set; }
}
