// Compare-EsimPlan: what has changed from one plan to another.

using System.Management.Automation;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Compares two plans profile by profile: added, gone, judged otherwise, or with other identifiers, account or service plan.</summary>
[Cmdlet(VerbsData.Compare, "EsimPlan")]
[OutputType(typeof(EsimPlanChange))]
public sealed class CompareEsimPlanCommand : EsimCmdlet
{
    private EsimPlan? _reference;

    /// <summary>The plan of before: its file, or an object of Get-EsimPlan.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The plan of before: its file, for example day1.plan, or an object of Get-EsimPlan.")]
    [ValidateNotNull]
    public object ReferencePlan { get; set; } = null!;

    /// <summary>The plan that it is compared with: its file, or an object of Get-EsimPlan.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, HelpMessage = "The plan of now: its file, for example day2.plan, or an object of Get-EsimPlan.")]
    [ValidateNotNull]
    public object DifferencePlan { get; set; } = null!;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            _reference = PlanInput.Read(this, ReferencePlan);
        }
        catch (EsimException e)
        {
            Terminate(e, ReferencePlan);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var difference = PlanInput.Read(this, DifferencePlan);
            if (_reference!.Action != difference.Action)
            {
                WriteWarning($"The plans are of different actions: '{_reference.Action}' and '{difference.Action}'.");
            }

            WriteObject(EsimPlanChange.Compare(_reference, difference), enumerateCollection: true);
        }
        catch (EsimException e)
        {
            WriteFailure(e, DifferencePlan);
        }
    }
}
