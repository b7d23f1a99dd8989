// Resume-EsimDevice: ThingSpace's "device_resume".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Resumes devices, each named by its EID; profiles that were suspended one by one stay suspended.</summary>
/// <remarks>Source: the Global IoT reference's page on device_resume.</remarks>
[Cmdlet(VerbsLifecycle.Resume, "EsimDevice", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimRequest))]
public sealed class ResumeEsimDeviceCommand : ProfileActionCmdlet
{
    /// <inheritdoc/>
    private protected override EsimAction Action => EsimAction.DeviceResume;
}
