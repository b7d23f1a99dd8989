// Enable-EsimProfile: ThingSpace's "activate".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Starts carrier service of eSIM profiles, also again after Disable-EsimProfile.</summary>
/// <remarks>Source: the Global IoT reference's page on activate.</remarks>
[Cmdlet(VerbsLifecycle.Enable, "EsimProfile", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EsimRequest))]
public sealed class EnableEsimProfileCommand : ProfileActionCmdlet
{
    /// <summary>The ZIP code, five digits, from whose area the phone number is taken.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MdnZipCode { get; set; }

    /// <inheritdoc/>
    private protected override EsimAction Action => EsimAction.Activate;

    /// <inheritdoc/>
    private protected override EsimRunOptions Options => base.Options with { MdnZipCode = MdnZipCode };
}
