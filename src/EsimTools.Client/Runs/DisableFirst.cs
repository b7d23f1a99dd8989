// -DisableFirst: what is still enabled is deactivated, and deleted when the service has confirmed that.

using EsimTools.Model;

namespace EsimTools.Runs;

/// <summary>The deactivations before the deletions of a run.</summary>
internal sealed class DisableFirst(EsimRun run, RunServices services, EsimRunOptions options)
{
    private readonly RunBatches _batches = new(options.BatchSize);
    private readonly RoomAhead _room = new(services, run.Action, run.Info);

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

    /// <summary>A profile is on its way to the action.</summary>
    public void Enqueued(EsimProfile profile) => _room.Take(run.AccountOf(profile), 1);

    /// <summary>A request was answered: profiles that it did not hold, and those that the service did not take, leave room for others.</summary>
    public void Reported(EsimAction action, EsimSubmission submission)
    {
        if (action != run.Action)
        {
            return;
        }

        foreach (var refusal in submission.Refused)
        {
            _room.Drop(run.AccountOf(refusal.Profile), 1);
        }

        foreach (var skipped in submission.Skipped)
        {
            _room.Drop(skipped.AccountName, skipped.Count);
        }

        if (submission is { Request: { } request, Failure.Error: not EsimError.EsimOutcomeUnknown })
        {
            _room.Drop(request.AccountName, request.Count);
        }
    }

    /// <summary>A request was not sent.</summary>
    public void Unsent(EsimAction action, RunBatch batch)
    {
        if (action == run.Action)
        {
            _room.Drop(batch.AccountName, batch.Profiles.Count);
        }
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

    private void DisableAndConfirm(RunBatch batch)
    {
        var account = batch.AccountName;
        var (left, refusal) = _room.Look(account, batch.Profiles.Count);
        var rest = batch.Profiles.Skip(left).ToArray();
        Array.ForEach(rest, profile => run.KeepBack(new(profile, refusal), run.Action));
        if (rest.Length < batch.Profiles.Count)
        {
            _room.Take(account, batch.Profiles.Count - rest.Length);
            Start(batch with { Profiles = [.. batch.Profiles.Take(left)] });
        }
    }

    private void Start(RunBatch batch) => run.Pump.Start(async token =>
    {
        EsimSubmission submission;
        try
        {
            submission = await run.SubmitAsync(EsimAction.Deactivate, batch, serviceWasAsked: false, token).ConfigureAwait(false);
        }
        catch (EsimException e)
        {
            return () =>
            {
                _room.Drop(batch.AccountName, batch.Profiles.Count);
                run.ReportUnsent(EsimAction.Deactivate, batch, e);
            };
        }

        // The host hears of the request as soon as it is accepted; the wait follows behind it.
        run.Pump.Post(() => run.Report(EsimAction.Deactivate, submission));
        var requests = submission is { Request: { } sent, Failure: null } ? submission.Skipped.Prepend(sent) : submission.Skipped;
        var waits = await Task.WhenAll(requests.Select(request => WaitAsync(request, run.Pump.Over))).ConfigureAwait(false);
        return () =>
        {
            var confirmed = 0;
            foreach (var (request, failure) in waits)
            {
                if (failure is not null)
                {
                    run.Host.OnProblem(failure, request);
                }

                confirmed += DeleteConfirmed(request, batch);
            }

            _room.Drop(batch.AccountName, batch.Profiles.Count - confirmed);
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

    private int DeleteConfirmed(EsimRequest request, RunBatch batch)
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
        _room.Drop(batch.AccountName, confirmed.Count);
        confirmed.ForEach(run.Enqueue);
        if (confirmed.Count + failed < request.Count)
        {
            run.Host.OnProblem(OutcomeFailures.TimedOut(request, "Those profiles were not deleted."), request.OpenPart);
        }

        return confirmed.Count;
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
                run.Host.OnWarning($"The state of {Quantity.Of(unproven.Count, "profile")} could not be asked for: {e.Message}");
            }
        }
    }
}
