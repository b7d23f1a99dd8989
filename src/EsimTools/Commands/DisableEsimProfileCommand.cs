// Disable-EsimProfile: ThingSpace's "deactivate", or with -SmsrOid its limited-release "disable" on the eUICC.

using System.Management.Automation;

namespace EsimTools;

/// <summary>Ends carrier service of eSIM profiles, so that they may be deleted.</summary>
/// <remarks>Source: the document "Deactivate an eSIM Profile"; for -SmsrOid the older local-profile reference.</remarks>
[Cmdlet(VerbsLifecycle.Disable, "EsimProfile", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EsimRequest))]
public sealed class DisableEsimProfileCommand : ProfileActionCmdlet
{
    /// <summary>The customer qualifies for a waiver of the early termination fee. Left out, the field is not sent; -EtfWaiver:$false sends false.</summary>
    [Parameter]
    public SwitchParameter EtfWaiver { get; set; }

    /// <summary>Two characters that say why; FF is general administration or maintenance.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ReasonCodeCompleter))]
    public string? ReasonCode { get; set; }

    /// <summary>The OID of the SM-SR: disables the profile on the eUICC instead of ending service. Limited release; EID and ICCID required; no waiver, no reason code.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SmsrOid { get; set; }

    /// <inheritdoc/>
    private protected override EsimAction Action => SmsrOid is not null ? EsimAction.Disable : EsimAction.Deactivate;

    /// <inheritdoc/>
    private protected override EsimRunOptions Options => base.Options with
    {
        EtfWaiver = MyInvocation.BoundParameters.ContainsKey(nameof(EtfWaiver)) ? EtfWaiver.IsPresent : null,
        ReasonCode = ReasonCode,
        SmsrOid = SmsrOid,
    };
}
