// Resume-EsimProfile: ThingSpace's "profile_resume".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Resumes service of single profiles.</summary>
/// <remarks>Source: the Global IoT reference's page on profile_resume.</remarks>
[Cmdlet(VerbsLifecycle.Resume, "EsimProfile", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimRequest))]
public sealed class ResumeEsimProfileCommand : ProfileActionCmdlet
{
    /// <inheritdoc/>
    private protected override EsimAction Action => EsimAction.ProfileResume;
}
