// Set-EsimProfile: ThingSpace's "serviceplan".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Changes the service plan of profiles to the one given with -ServicePlan.</summary>
/// <remarks>Source: the Global IoT reference's page on serviceplan. ICCID and EID are required.</remarks>
[Cmdlet(VerbsCommon.Set, "EsimProfile", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimRequest))]
public sealed class SetEsimProfileCommand : ProfileActionCmdlet
{
    /// <inheritdoc/>
    private protected override EsimAction Action => EsimAction.ServicePlan;
}
