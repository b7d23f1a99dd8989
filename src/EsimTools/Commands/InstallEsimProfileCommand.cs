// Install-EsimProfile: ThingSpace's "download", and with -Enable "download_enable".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Puts Global profiles on their eUICCs.</summary>
/// <remarks>Source: the Global IoT reference's pages on download and download_enable. The device must be powered on and connected.</remarks>
[Cmdlet(VerbsLifecycle.Install, "EsimProfile", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimRequest))]
public sealed class InstallEsimProfileCommand : ProfileActionCmdlet
{
    /// <summary>Enable the profile too; the eUICC disables the others.</summary>
    [Parameter]
    public SwitchParameter Enable { get; set; }

    /// <inheritdoc/>
    private protected override EsimAction Action => Enable ? EsimAction.DownloadEnable : EsimAction.Download;
}
