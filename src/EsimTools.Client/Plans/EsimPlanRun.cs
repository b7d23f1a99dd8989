// Carrying a plan out: exactly what it says, wave by wave, and after any end the same command goes on with the rest.

using EsimTools.Model;
using EsimTools.Plans;
using EsimTools.Runs;
using EsimTools.Store;
using EsimTools.Store.Lines;

namespace EsimTools;

/// <summary>Carries a plan out. One thread drives it; <see cref="EndAfterWave"/> may be called from any.</summary>
/// <remarks>
/// A profile for which the plan has sent its action is not sent for again by it, whatever became of that, nor is one whose deactivation for the plan has failed. Each is judged again at the moment of
/// sending; one of which something else is known than when the plan was made is left out and told.
/// </remarks>
public sealed class EsimPlanRun : IDisposable
{
    private readonly RunServices _services;
    private readonly EsimPlanRunOptions _options;
    private readonly EsimPlanHost _host;
    private readonly CancellationToken _stop;
    private readonly CancellationTokenSource _endAfterWave = new();
    private readonly PlanProblems _problems;
    private EsimRun? _run;
    private PlanGate? _gate;
    private int _forgiven;
    private int _heldWave;
    private int _wave;

    internal EsimPlanRun(RunServices services, EsimPlan plan, EsimPlanRunOptions options, EsimPlanHost? host, CancellationToken stop)
    {
        _services = services;
        _options = options;
        _host = host ?? new EsimPlanHost.Silent();
        _problems = new(_host);
        _stop = stop;
        Plan = plan;
    }

    /// <summary>The plan.</summary>
    public EsimPlan Plan { get; }

    /// <summary>The run that carries it out; null before it has begun.</summary>
    public EsimRun? Run => _run;

    /// <summary>Has the plan end behind the wave that is under way.</summary>
    public void EndAfterWave() => _endAfterWave.Cancel();

    /// <summary>Carries the plan out, or goes on with it, to its end.</summary>
    /// <exception cref="EsimException">
    /// It may not begin (<see cref="EsimError.EsimPlanExpired"/>, <see cref="EsimError.EsimPlanDone"/>, <see cref="EsimError.EsimPlanBusy"/>,
    /// <see cref="EsimError.EsimPlanChanged"/>, <see cref="EsimError.EsimPlanNotApproved"/>, <see cref="EsimError.EsimPolicyRefused"/>), it is held (<see cref="EsimError.EsimPlanHeld"/>), or its run has ended early; see <see cref="EsimRun.Add"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Complete()
    {
        Check();
        _run = NewRun(_problems);
        _services.Tracker.Plans.BeginAsync(Plan.Id, Begin, _stop).GetAwaiter().GetResult();
        _run.IsRecorded = true;
        var stage = PlanStage.Stopped;
        string? why = null;
        try
        {
            // Behind the beginning: what others have sent of the plan has been read by then, and nobody else sends any more.
            stage = SendWaves(TakeUp());
            _run.End(stage == PlanStage.Finished ? EsimRunStage.Ended : EsimRunStage.Stopped);
            stage = stage == PlanStage.Finished && _problems.Left is not null ? PlanStage.Stopped : stage;
        }
        catch (EsimException e) when (e.Error == EsimError.EsimPlanHeld)
        {
            (stage, why) = (PlanStage.Held, e.Message);
            throw;
        }
        finally
        {
            _run.Dispose();
            Note(stage, why);
        }
    }

    /// <summary>Looks whether the plan may begin by what is known, before anybody is asked; <see cref="Complete"/> looks again.</summary>
    /// <exception cref="EsimException">As <see cref="Complete"/>.</exception>
    public void CheckBeginning()
    {
        Check();
        _services.Tracker.Refresher.Refresh();
        if (PlanHurdles.Find(Plan, _services.Tracker.Plans.Find(Plan.Id), isBusy: false, _options.Resume) is { } reason)
        {
            throw reason;
        }
    }

    /// <summary>Judges what would be sent, and sends nothing: the host is asked about every profile, whatever it answers.</summary>
    /// <exception cref="EsimException">As <see cref="Complete"/>.</exception>
    public void Preview()
    {
        CheckBeginning();
        var sent = TakeUp();
        using var run = NewRun(new PlanProblems(_host) { IsPreview = true });
        foreach (var profile in PlanRequests.Waves(Plan).SelectMany(wave => wave).Select(planned => planned.ToProfile()).Where(profile => !sent.Contains(_services.Tracker.KeyOf(Plan.Kind, profile))))
        {
            run.Add(profile);
        }

        run.Complete();
    }

    /// <summary>For how many of its profiles the plan has not sent its action yet, by what the journal knows.</summary>
    public int CountRest()
    {
        _services.Tracker.Refresher.Refresh();
        var sent = PlanTally.DoneKeysOf(_services.Tracker.Requests.OfPlan(Plan.Id), Plan.Kind, _services.Tracker);
        return PlanRequests.Waves(Plan).Sum(wave => wave.Count(planned => !sent.Contains(_services.Tracker.KeyOf(Plan.Kind, planned.ToProfile()))));
    }

    /// <summary>Notes that the rest of the plan is not carried out.</summary>
    /// <exception cref="EsimException">It has ended already, or another command is carrying it out.</exception>
    public void GiveUp()
    {
        var run = _services.Submitter.NewRun(Plan.Reason, Plan.Id);
        _services.Tracker.Plans.BeginAsync(
            Plan.Id,
            (progress, isBusy) => PlanHurdles.Find(Plan, progress, isBusy, mayBeHeld: true) is { } reason ? throw reason : Line(run, PlanStage.GivenUp, null),
            _stop).GetAwaiter().GetResult();
    }

    /// <summary>Ends what is under way.</summary>
    public void Dispose()
    {
        _run?.Dispose();
        _endAfterWave.Dispose();
    }

    // What was confirmed since the plan was made is done, by whomever.
    private EsimRun NewRun(EsimRunHost host)
    {
        var age = _services.Clock.UtcNow - Plan.CreatedAt;
        var options = Plan.Options with
        {
            AccountName = null,
            PlanId = Plan.Id,
            SkipConfirmedWithin = age > TimeSpan.FromHours(24) ? age : TimeSpan.FromHours(24),
            ThrottleLimit = _options.ThrottleLimit,
            MaxErrorCount = _options.MaxErrorCount,
            Confirmation = new() { FirstInterval = _options.PollingInterval, Timeout = Plan.Waves?.Timeout },
        };
        return new(_services, Plan.Kind, options, host, _stop) { Gate = (profile, verdict) => _gate!.FindChange(profile, verdict), CheckMayLeave = CheckMayLeave };
    }

    // The profiles for which nothing more of the plan is sent.
    private HashSet<IdentifierKey> TakeUp()
    {
        var requests = _services.Tracker.Requests.OfPlan(Plan.Id);
        _gate = new(_services.Tracker, Plan, PlanTally.KeysOf(requests, _services.Tracker), PlanTally.DeactivatedKeysOf(requests, Plan.Kind, _services.Tracker));
        return PlanTally.DoneKeysOf(requests, Plan.Kind, _services.Tracker);
    }

    private void Check() => PlanHurdles.Check(Plan, _services.Service, _services.Tracker.Policy.Read(), _services.Clock.UtcNow);

    // Others take a command for one that has ended where it is not seen at work for a while, as after a restart of the database. What they have begun
    // since is theirs: else each would send what has failed for the other one.
    private void CheckMayLeave()
    {
        _services.Tracker.Refresher.Refresh();
        Check();
        if (_services.Tracker.Plans.IsTakenOver(Plan.Id, _run!.Info.Id))
        {
            throw new EsimException(
                EsimError.EsimPlanBusy,
                "Another command has begun to carry the plan out since, or has given it up: this one was not seen at work for a while.",
                "Get-EsimRun -PlanId shows which one, and what came of it.");
        }
    }

    private JournalLine Begin(PlanProgress? progress, bool isBusy)
    {
        if (PlanHurdles.Find(Plan, progress, isBusy, _options.Resume) is { } reason)
        {
            throw reason;
        }

        _forgiven = progress?.Forgiven ?? 0;
        _heldWave = progress?.Wave ?? 0;
        if (_options.Resume && progress is { Stage: PlanStage.Held })
        {
            _forgiven = PlanTally.Of(_services.Tracker.Requests.OfPlan(Plan.Id), Plan.Kind).Failed;
        }

        return Line(_run!.Info, PlanStage.Begun, null);
    }

    private PlanStage SendWaves(HashSet<IdentifierKey> sent)
    {
        var waves = PlanRequests.Waves(Plan);
        if (Plan.Waves is not null && _services.Tracker.Requests.OfPlan(Plan.Id).Count > 0)
        {
            ConfirmAndCheck();
        }

        for (var i = 0; i < waves.Count; i++)
        {
            var profiles = waves[i].Select(planned => planned.ToProfile()).Where(profile => !sent.Contains(_services.Tracker.KeyOf(Plan.Kind, profile))).ToArray();
            if (profiles.Length == 0)
            {
                continue;
            }

            if (Plan.Waves is { } limits)
            {
                // The rest of a wave that was begun follows at once; before another one, the pause, also where that was begun by an earlier command.
                if (!MayBegin(i + 1, waves.Count, limits, profiles.Length == waves[i].Count ? PlanTally.PauseLeft(_services.Tracker.Requests.OfPlan(Plan.Id), limits.Delay, _services.Clock.UtcNow) : TimeSpan.Zero))
                {
                    return PlanStage.Stopped;
                }

                // What was told meanwhile.
                ConfirmAndCheck();
                _problems.BeginWave();
                _wave = i + 1;
                _heldWave = _heldWave > 0 ? _heldWave : _wave;
            }

            if (Plan is { Waves: not null, Options.DisableFirst: true } && PlanRoom.FindNone(_services, _run!, waves[i], profiles) is { } reason)
            {
                throw new EsimException(
                    EsimError.EsimPlanHeld,
                    $"The plan is held: nothing of wave {i + 1} is deactivated, because not all of it could be deleted: {reason}. Nothing more of the plan is sent.",
                    "Invoke-EsimPlan -Resume goes on when there is room for the wave, -GiveUp ends the plan. Get-EsimPolicy shows the policy.");
            }

            _host.OnWave(WaveOf(i + 1, waves, profiles.Length, isOver: false));
            _run!.Wave = Plan.Waves is null ? 0 : i + 1;
            Array.ForEach(profiles, profile => _run.Add(profile));
            _run.SendAll();
            if (Plan.Waves is not null)
            {
                ConfirmAndCheck(() => _host.OnWave(WaveOf(i + 1, waves, profiles.Length, isOver: true)));
                if (_endAfterWave.IsCancellationRequested)
                {
                    return PlanStage.Stopped;
                }
            }
        }

        return PlanStage.Finished;
    }

    // A wave begins when its pause is over and the hours for it have come. False where the plan is to end here.
    private bool MayBegin(int number, int count, EsimWaves waves, TimeSpan pause)
    {
        if (WavePause.Of(number, count, waves, pause, _services.Clock.UtcNow) is { } wait)
        {
            _host.OnPause(wait);
        }

        try
        {
            _run!.Pump.Await(async token =>
            {
                using var end = CancellationTokenSource.CreateLinkedTokenSource(token, _endAfterWave.Token);
                await WavePause.WaitAsync(waves, pause, _services.Clock, end.Token).ConfigureAwait(false);
            });
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return false;
        }

        // The hours may have come after the plan's own time.
        CheckMayLeave();
        return !_endAfterWave.IsCancellationRequested;
    }

    // The next wave begins when what was sent is confirmed and healthy.
    private void ConfirmAndCheck(Action? tell = null)
    {
        var wait = new EsimWaitOptions { FirstInterval = _options.PollingInterval, Timeout = Plan.Waves!.Timeout };
        var open = _services.Tracker.Requests.OfPlan(Plan.Id).Where(request => request is { RequestId: not null, IsComplete: false }).ToArray();
        if (open.Length > 0)
        {
            _run!.Pump.Await(token => Task.WhenAll(open.Select(request => _services.Follower.WaitAsync(request, null, wait, token))));
        }

        // Also where all was confirmed before anybody waited: others look at the plan, and may go on with it, while this process does nothing for hours.
        _services.Tracker.Flush();
        tell?.Invoke();
        var tally = PlanTally.Of(_services.Tracker.Requests.OfPlan(Plan.Id), Plan.Kind);
        if (tally.FindProblem(Plan.Waves, _forgiven) is { } problem)
        {
            throw new EsimException(
                EsimError.EsimPlanHeld,
                $"The plan is held: {problem}. Nothing more of it is sent.",
                $"{PlanHurdles.Look(Plan)} Invoke-EsimPlan -Resume goes on with the next wave, -GiveUp ends the plan.");
        }

        // Who goes on leaves behind what could not be sent of the wave that was held; what the policy refuses it refuses of the next wave as well.
        if ((_options.Resume && _wave == _heldWave ? _problems.Refusal : _problems.LeftOfWave) is { } left)
        {
            throw new EsimException(
                EsimError.EsimPlanHeld,
                $"The plan is held: part of the wave could not be sent ({left.Reason ?? left.Error.ToString()}). Nothing more of it is sent.",
                "See the errors before this one. Invoke-EsimPlan -Resume goes on with the rest, -GiveUp ends the plan.");
        }
    }

    private EsimPlanWave WaveOf(int number, IReadOnlyList<ArraySegment<EsimPlanProfile>> waves, int profiles, bool isOver)
    {
        var tally = PlanTally.Of(_services.Tracker.Requests.OfPlan(Plan.Id), Plan.Kind);
        return new(number, waves.Count, profiles, isOver, tally.Succeeded, tally.Failed, tally.InDoubt, tally.Open);
    }

    private JournalLine Line(EsimRunInfo run, PlanStage stage, string? why) => new()
    {
        Event = JournalEvent.Plan,
        At = _services.Clock.UtcNow,
        Service = _services.Service,
        Action = Plan.Action,
        Run = run,
        PlanStage = stage,
        Digest = Plan.Digest,
        Until = Plan.ExpiresAt,
        Message = why,
        Forgiven = _forgiven,
        Wave = _wave > 0 ? _wave : _heldWave,
    };

    private void Note(PlanStage stage, string? why)
    {
        try
        {
            _services.Tracker.Plans.Note(Line(_run!.Info, stage, why));
        }
        catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
        {
            // What it has sent is in the journal; where it cannot be read that the plan has ended, the same command sends nothing twice.
            _host.OnWarning($"How the plan ended could not be noted: {e.Message}");
        }
    }
}
