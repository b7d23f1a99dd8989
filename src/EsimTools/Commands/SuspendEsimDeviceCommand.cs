// Suspend-EsimDevice: ThingSpace's "device_suspend".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Suspends all profiles of devices, each named by its EID.</summary>
/// <remarks>Source: the Global IoT reference's page on device_suspend.</remarks>
[Cmdlet(VerbsLifecycle.Suspend, "EsimDevice", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimRequest))]
public sealed class SuspendEsimDeviceCommand : ProfileActionCmdlet
{
    /// <inheritdoc/>
    private protected override EsimAction Action => EsimAction.DeviceSuspend;
}
