// Set-EsimFallbackProfile: ThingSpace's "setfallbackattribute".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Marks profiles as those that their eUICCs fall back to when the lead profile fails.</summary>
/// <remarks>Source: the Global IoT reference's page on set fallback.</remarks>
[Cmdlet(VerbsCommon.Set, "EsimFallbackProfile", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimRequest))]
public sealed class SetEsimFallbackProfileCommand : ProfileActionCmdlet
{
    /// <inheritdoc/>
    private protected override EsimAction Action => EsimAction.SetFallback;
}
