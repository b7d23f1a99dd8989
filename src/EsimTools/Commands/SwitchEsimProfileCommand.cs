// Switch-EsimProfile: ThingSpace's "enable".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Makes each profile the one enabled profile of its eUICC; the eUICC disables the others.</summary>
/// <remarks>Source: the Global IoT reference's page on enable. The device must be powered on and connected.</remarks>
[Cmdlet(VerbsCommon.Switch, "EsimProfile", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimRequest))]
public sealed class SwitchEsimProfileCommand : ProfileActionCmdlet
{
    /// <inheritdoc/>
    private protected override EsimAction Action => EsimAction.Enable;
}
