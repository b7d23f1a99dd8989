// -DisableFirst: what is still enabled is deactivated, and deleted when the service has confirmed that.

namespace EsimTools.Runs;

/// <summary>The deactivations before the deletions of a run.</summary>
internal sealed class DisableFirst(EsimRun run, RunServices services, EsimRunOptions options)
{
    private readonly RunBatches _batches = new(options.BatchSize);

    /// <summary>Takes a profile that the guard keeps back only because nothing shows that it is disabled; false for another reason.</summary>
    public bool TryTake(EsimProfile profile, in GuardVerdict verdict)
    {
        // A profile that the service lists without a profile status may be enabled; deactivating it is what the user has asked for.
        var isEnabled = verdict.Error == EsimError.EsimProfileNotDisabled
            || (verdict.Error == EsimError.EsimProfileStateUnknown && services.Tracker.Profiles.StatementOf(profile).Source != EvidenceSource.None)
            || IsBeingDisabled(profile, verdict);
        if (isEnabled && run.MayProceed(profile, disablesFirst: true) && _batches.Add(profile, run.AccountOf(profile), run.PlanOf(profile)) is { } full)
        {
            DisableAndConfirm(full);
        }

        return isEnabled;
    }

    /// <summary>Sends what has gathered.</summary>
    public void Flush()
    {
        foreach (var batch in _batches.TakeAll())
        {
            DisableAndConfirm(batch);
        }
    }

    // Left open by this command when it was stopped, for example: then its end is waited for, and nothing is sent twice.
    private bool IsBeingDisabled(EsimProfile profile, in GuardVerdict verdict) =>
        verdict.Error == EsimError.EsimProfileBusy && services.Tracker.FindRepeat(EsimAction.Deactivate, profile, run.AccountOf(profile), new() { SkipConfirmedWithin = TimeSpan.Zero }) > 0;

    private void DisableAndConfirm(RunBatch batch) => run.Pump.Start(async token =>
    {
        EsimSubmission submission;
        try
        {
            submission = await run.SubmitAsync(EsimAction.Deactivate, batch, serviceWasAsked: false, token).ConfigureAwait(false);
        }
        catch (EsimException e)
        {
            return () => run.ReportUnsent(EsimAction.Deactivate, batch, e);
        }

        // The host hears of the request as soon as it is accepted; the wait follows behind it.
        run.Pump.Post(() => run.Report(EsimAction.Deactivate, submission));
        var requests = submission is { Request: { } sent, Failure: null } ? submission.Skipped.Prepend(sent) : submission.Skipped;
        var waits = await Task.WhenAll(requests.Select(request => WaitAsync(request, run.Pump.Over))).ConfigureAwait(false);
        return () =>
        {
            foreach (var (request, failure) in waits)
            {
                if (failure is not null)
                {
                    run.Host.OnProblem(failure, request);
                }

                DeleteConfirmed(request, batch);
            }
        };
    });

    private async Task<(EsimRequest Request, EsimException? Failure)> WaitAsync(EsimRequest request, CancellationToken token)
    {
        try
        {
            await services.Follower.WaitAsync(request, null, options.Confirmation, token).ConfigureAwait(false);
            return (request, null);
        }
        catch (EsimException e)
        {
            return (request, e);
        }
    }

    private void DeleteConfirmed(EsimRequest request, RunBatch batch)
    {
        // What the inventory said of the state is older than the deactivation and is left behind; what an object says that was made since is not.
        var newer = batch.Profiles.Where(row => row.AsOf > request.SubmittedAt).ToDictionary(row => row.Keys.First);
        var confirmed = new List<EsimProfile>();
        var failed = 0;
        foreach (var result in request.GetResults())
        {
            if (result.Status == OutcomeStatus.Succeeded)
            {
                var profile = result.Profile;
                var said = newer.TryGetValue(profile.Keys.First, out var row) ? row : null;
                confirmed.Add(new EsimProfile(profile)
                {
                    AccountName = request.AccountName,
                    ServicePlan = profile.ServicePlan ?? request.ServicePlan,
                    Known = said?.Known ?? default,
                });
            }
            else
            {
                failed++;
                run.Refuse(OutcomeFailures.Of(result, "It was not deleted."), result.Profile, result);
            }
        }

        AskAboutUnproven(confirmed, request.AccountName);
        confirmed.ForEach(run.Enqueue);
        if (confirmed.Count + failed < request.Count)
        {
            run.Host.OnProblem(OutcomeFailures.TimedOut(request, "Those profiles were not deleted."), request);
        }
    }

    // A confirmation that does not name the profile, for example, ends the waiting and proves nothing.
    private void AskAboutUnproven(List<EsimProfile> confirmed, string account)
    {
        var unproven = confirmed.FindAll(
            profile => services.Tracker.Judge(run.Action, profile, account, serviceWasAsked: false, options.Resubmit).Decision == GuardDecision.AskService);
        if (unproven.Count > 0)
        {
            try
            {
                run.Pump.Await(token => services.LookUp.AskAsync(null, unproven, account, token));
            }
            catch (EsimException e) when (e.Error is not (EsimError.EsimLoginRefused or EsimError.EsimNotConnected))
            {
                // The guard keeps them back, and says that the service has not told their state.
                run.Host.OnWarning($"The state of {unproven.Count} profiles could not be asked for: {e.Message}");
            }
        }
    }
}
