// Remove-EsimProfile: ThingSpace's "delete", for profiles that are proven disabled.

using System.Management.Automation;
using EsimTools.Abstractions;
using EsimTools.Completion;
using EsimTools.Identity;
using EsimTools.Proof;
using EsimTools.Requests;

namespace EsimTools.Commands;

/// <summary>Deletes Global eSIM profiles that are proven disabled.</summary>
/// <remarks>Source: the document "Delete an eSIM Profile". A profile must be disabled before it can be deleted; no parameter skips that.</remarks>
[Cmdlet(VerbsCommon.Remove, "EsimProfile", DefaultParameterSetName = InputSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EsimRequest))]
public sealed class RemoveEsimProfileCommand : ProfileActionCmdlet
{
    private readonly Dictionary<(string Account, string? Plan), List<EsimProfile>> _toDisable = [];

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
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (!DisableFirst)
        {
            foreach (var name in (string[])[nameof(EtfWaiver), nameof(ReasonCode), nameof(TimeoutSec), nameof(PollingIntervalSec)])
            {
                if (MyInvocation.BoundParameters.ContainsKey(name))
                {
                    Terminate(new EsimException(EsimError.EsimParameterInvalid, $"-{name} goes with -DisableFirst only.", "Deleting alone takes no such field."));
                }
            }
        }

        try
        {
            DeactivateOptions.Check(EsimAction.Deactivate);
        }
        catch (EsimException e)
        {
            Terminate(e);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        JudgeUnjudged();
        foreach (var batch in _toDisable.ToArray())
        {
            DisableAndConfirm(batch.Value, batch.Key.Account, batch.Key.Plan);
        }

        _toDisable.Clear();
        base.EndProcessing();
    }

    /// <inheritdoc/>
    private protected override bool TryRescue(EsimProfile profile, in GuardVerdict verdict)
    {
        // A profile that the service lists without a profile status may be enabled; deactivating it is what the user has asked for.
        var isEnabled = verdict.Error == EsimError.EsimProfileNotDisabled
            || (verdict.Error == EsimError.EsimProfileStateUnknown && Service.Tracker.StatementOf(profile).Source != EvidenceSource.None)
            || IsBeingDisabled(profile, verdict);
        if (!DisableFirst || !isEnabled)
        {
            return false;
        }

        if (!MayProceed(profile, $"{EsimAction.Deactivate} ({EsimAction.Deactivate.Effect}), then {Action} ({Action.Effect})"))
        {
            return true;
        }

        var key = (AccountOf(profile), PlanOf(profile));
        if (!_toDisable.TryGetValue(key, out var batch))
        {
            _toDisable[key] = batch = [];
        }

        batch.Add(profile);
        if (batch.Count >= BatchSize)
        {
            _toDisable.Remove(key);
            DisableAndConfirm(batch, key.Item1, key.Item2);
        }

        return true;
    }

    /// <inheritdoc/>
    private protected override bool HoldsRescued => _toDisable.Count > 0;

    // Left open by this command when it was stopped, for example: then its end is waited for, and nothing is sent twice.
    private bool IsBeingDisabled(EsimProfile profile, in GuardVerdict verdict) =>
        verdict.Error == EsimError.EsimProfileBusy && Service.Tracker.FindRepeat(EsimAction.Deactivate, profile, new() { SkipConfirmedWithin = TimeSpan.Zero }) > 0;

    private EsimActionOptions DeactivateOptions => Options with
    {
        EtfWaiver = MyInvocation.BoundParameters.ContainsKey(nameof(EtfWaiver)) ? EtfWaiver.IsPresent : null,
        ReasonCode = ReasonCode,
    };

    private void DisableAndConfirm(List<EsimProfile> profiles, string account, string? plan)
    {
        var options = DeactivateOptions with { AccountName = account, ServicePlan = plan };
        var wait = new EsimWaitOptions
        {
            FirstInterval = TimeSpan.FromSeconds(PollingIntervalSec),
            Timeout = TimeoutSec > 0 ? TimeSpan.FromSeconds(TimeoutSec) : null,
        };
        Pump.Start(async token =>
        {
            EsimSubmission submission;
            try
            {
                submission = await Service.SubmitAsync(EsimAction.Deactivate, profiles, options, cancellationToken: token).ConfigureAwait(false);
            }
            catch (EsimException e)
            {
                return () => WriteFailure(e, profiles);
            }

            // The request object goes out as soon as the request is accepted; the wait follows behind it.
            Pump.Post(() => Report(EsimAction.Deactivate, submission with { Skipped = [] }));
            var requests = submission is { Request: { } sent, Failure: null } ? submission.Skipped.Prepend(sent) : submission.Skipped;
            var failures = await Task.WhenAll(requests.Select(request => WaitAsync(request, wait, token))).ConfigureAwait(false);
            return () =>
            {
                foreach (var (request, failure) in failures)
                {
                    if (failure is not null)
                    {
                        WriteFailure(failure, request);
                    }

                    DeleteConfirmed(request);
                }
            };
        });
    }

    private async Task<(EsimRequest Request, EsimException? Failure)> WaitAsync(EsimRequest request, EsimWaitOptions wait, CancellationToken token)
    {
        try
        {
            await Service.WaitAsync(request, null, wait, token).ConfigureAwait(false);
            return (request, null);
        }
        catch (EsimException e)
        {
            return (request, e);
        }
    }

    private void DeleteConfirmed(EsimRequest request)
    {
        var confirmed = new List<EsimProfile>();
        var failed = 0;
        foreach (var result in request.GetResults())
        {
            if (result.Status == OutcomeStatus.Succeeded)
            {
                // What the inventory said of the state is older than this confirmation and is left behind.
                var profile = result.Profile;
                confirmed.Add(new EsimProfile(profile) { AccountName = request.AccountName, ServicePlan = profile.ServicePlan ?? request.ServicePlan });
            }
            else
            {
                failed++;
                WriteFailure(Failures.Of(result, "It was not deleted."), result);
            }
        }

        AskAboutUnproven(confirmed, request.AccountName);
        confirmed.ForEach(Enqueue);
        if (confirmed.Count + failed < request.Count)
        {
            WriteFailure(Failures.TimedOut(request, "Those profiles were not deleted."), request);
        }
    }

    // A confirmation that does not name the profile, for example, ends the waiting and proves nothing.
    private void AskAboutUnproven(List<EsimProfile> confirmed, string account)
    {
        var unproven = confirmed.FindAll(profile => Service.Judge(Action, profile, resubmit: Resubmit, accountName: account).Decision == GuardDecision.AskService);
        if (unproven.Count > 0)
        {
            try
            {
                Await(token => Service.LookUpAsync(unproven, account, token));
            }
            catch (EsimException e) when (e.Error is not (EsimError.EsimLoginRefused or EsimError.EsimNotConnected))
            {
                // The guard keeps them back, and says that the service has not told their state.
                WriteWarning($"The state of {unproven.Count} profiles could not be asked for: {e.Message}");
            }
        }
    }
}
