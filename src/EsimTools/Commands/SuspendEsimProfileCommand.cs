// Suspend-EsimProfile: ThingSpace's "profile_suspend".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Suspends service of single Global profiles.</summary>
/// <remarks>Source: the Global IoT reference's page on profile_suspend.</remarks>
[Cmdlet(VerbsLifecycle.Suspend, "EsimProfile", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimRequest))]
public sealed class SuspendEsimProfileCommand : ProfileActionCmdlet
{
    /// <inheritdoc/>
    private protected override EsimAction Action => EsimAction.ProfileSuspend;
}
