// Remove-EsimProfile: ThingSpace's "delete", for profiles that are proven disabled.

using System.Management.Automation;

namespace EsimTools;

/// <summary>Deletes Global eSIM profiles that are proven disabled.</summary>
/// <remarks>Source: the document "Delete an eSIM Profile". A profile must be disabled before it can be deleted; no parameter skips that.</remarks>
[Cmdlet(VerbsCommon.Remove, "EsimProfile", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EsimRequest))]
public sealed class RemoveEsimProfileCommand : ProfileActionCmdlet
{
    /// <summary>Deactivate the profiles that are still enabled, wait for the confirmation of each, and delete only those confirmed.</summary>
    [Parameter]
    public SwitchParameter DisableFirst { get; set; }

    /// <summary>With -DisableFirst: the customer qualifies for a waiver of the early termination fee.</summary>
    [Parameter]
    public SwitchParameter EtfWaiver { get; set; }

    /// <summary>With -DisableFirst: two characters that say why; FF is general administration or maintenance.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ReasonCodeCompleter))]
    public string? ReasonCode { get; set; }

    /// <summary>With -DisableFirst: how many seconds to wait for the confirmations of a request; without it, as long as it takes.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int TimeoutSec { get; set; }

    /// <summary>With -DisableFirst: how many seconds to wait before the service is first asked for the outcome.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int PollingIntervalSec { get; set; } = 5;

    /// <inheritdoc/>
    private protected override EsimAction Action => EsimAction.Delete;

    /// <inheritdoc/>
    private protected override EsimRunOptions Options => base.Options with
    {
        DisableFirst = DisableFirst,
        EtfWaiver = MyInvocation.BoundParameters.ContainsKey(nameof(EtfWaiver)) ? EtfWaiver.IsPresent : null,
        ReasonCode = ReasonCode,
        Confirmation = new()
        {
            FirstInterval = TimeSpan.FromSeconds(PollingIntervalSec),
            Timeout = TimeoutSec > 0 ? TimeSpan.FromSeconds(TimeoutSec) : null,
        },
    };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        string[] names = [nameof(EtfWaiver), nameof(ReasonCode), nameof(TimeoutSec), nameof(PollingIntervalSec)];
        if (!DisableFirst && Array.Find(names, MyInvocation.BoundParameters.ContainsKey) is { } name)
        {
            Terminate(new EsimException(EsimError.EsimParameterInvalid, $"-{name} goes with -DisableFirst only.", "Deleting alone takes no such field."));
        }

        base.BeginProcessing();
    }
}
