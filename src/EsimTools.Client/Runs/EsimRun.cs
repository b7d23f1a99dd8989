// The run: one command over one fleet. It takes profiles up, judges them, has the person asked, cuts requests, sends them side by side, and
// knows at any moment what has become of each part.

using System.Collections.Concurrent;
using EsimTools.Model;
using EsimTools.Runs;
using EsimTools.Store;

namespace EsimTools;

/// <summary>
/// A command over a fleet. Profiles are added one after the other; <see cref="Complete"/> sends what is left and waits for the answers. One
/// thread at a time drives a run, and waits in <see cref="Add"/> while the throttle is full; <see cref="EsimConnection.RunAsync"/> drives one.
/// </summary>
/// <remarks>
/// A profile passes the guard before the host is asked about it, and again at the moment its request leaves. Profiles that the guard cannot
/// judge wait until the service has been asked about all of them at once.
/// </remarks>
public sealed class EsimRun : IDisposable
{
    /// <summary>The most profiles that one request may carry. Source: both documents.</summary>
    internal const int MostProfilesPerRequest = 10_000;

    private readonly RunServices _services;
    private readonly EsimRunOptions _options;
    private readonly RunTally _tally;
    private readonly RunRefusals _refusals;
    private readonly RunPolicy _policy;
    private readonly RunFailures _failures;
    private readonly SkippedProfiles _skipped;
    private readonly DisableFirst? _disableFirst;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly RunIntake _intake;
    private readonly UnjudgedProfiles _unjudged;
    private readonly RunBatches _batches;
    private bool _isOver;
    private bool _isNoted;

    internal EsimRun(RunServices services, EsimAction action, EsimRunOptions options, EsimRunHost? host, CancellationToken stop)
    {
        options.CheckRun(action);
        _services = services;
        Host = host ?? new EsimRunHost.Silent();
        _options = options;
        Action = action;
        _policy = new(services, Host, action, options);
        _tally = new(action);
        Info = services.Submitter.NewRun(options.Reason, options.PlanId);
        Pump = new(options.ThrottleLimit > 0 ? options.ThrottleLimit : services.ThrottleLimit, WhenIdle, stop);
        _batches = new(options.BatchSize);
        _skipped = new(services, Host, action, options);
        _refusals = new(services, Host, action, _tally);
        _failures = new(Host, options.MaxErrorCount);
        _disableFirst = options.DisableFirst ? new(this, services, options) : null;
        _intake = new(this, services, options, _tally, _skipped, _refusals, _disableFirst);
        _unjudged = new(this, _intake, services, _tally, options);
    }

    /// <summary>The action.</summary>
    public EsimAction Action { get; }

    /// <summary>Who, where, when and why.</summary>
    public EsimRunInfo Info { get; }

    /// <summary>What has become of the profiles so far; may be read on any thread.</summary>
    public EsimRunCounts Counts => _tally.Counts;

    /// <summary>What was kept back so far, reason by reason, the most frequent first; may be read on any thread.</summary>
    public IReadOnlyList<EsimRunRefusal> Refusals => _tally.Refusals;

    /// <summary>The last request that was not accepted; null while there is none.</summary>
    public EsimRequest? LastFailed => _failures.Last;

    /// <summary>Runs work beside the driving thread.</summary>
    internal RunPump Pump { get; }

    /// <summary>Who is asked and told.</summary>
    internal EsimRunHost Host { get; }

    /// <summary>Says why a profile is left out that the guard has judged; null lets it go its way.</summary>
    internal Func<EsimProfile, GuardVerdict, EsimException?>? Gate { get; init; }

    /// <summary>Throws where no request of the run may leave any more, or not yet: the time for it is over, for example.</summary>
    internal Action? CheckMayLeave { get; init; }

    /// <summary>The wave of the plan that is being sent, from 1 on; 0 where there are no waves.</summary>
    internal int Wave { get; set; }

    /// <summary>Whether its end is noted although it has sent nothing.</summary>
    internal bool IsRecorded { get; set; }

    /// <summary>Takes up one profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="source">The object it was read from, named in what the host is told of it; null means the profile itself.</param>
    /// <exception cref="EsimException">The run has ended: too many requests in a row were not accepted, the login was refused, or the journal cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public void Add(EsimProfile profile, object? source = null)
    {
        if (_isOver)
        {
            throw new InvalidOperationException("The run is complete.");
        }

        _intake.TakeUp(profile ?? throw new ArgumentNullException(nameof(profile)), source ?? profile);
        Serve();
    }

    /// <summary>Tells the host of what has been answered meanwhile, without waiting.</summary>
    public void Serve() => Pump.RunReady();

    /// <summary>Sends what is left and waits for the answers.</summary>
    /// <exception cref="EsimException">As <see cref="Add"/>.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public void Complete() => End(EsimRunStage.Ended);

    /// <summary>The same for a run that may have been ended before all of its input was taken up.</summary>
    internal void End(EsimRunStage stage)
    {
        _isOver = true;
        SendAll();
        _policy.Flush();
        _skipped.Flush();
        _skipped.Tell();
        if (FindNoteFailure(stage) is { } failure)
        {
            Host.OnWarning($"How the run ended could not be noted: {failure.Message}");
        }

        Host.OnProgress(this);
    }

    /// <summary>Sends what has been taken up so far, waits for the answers, and tells what was kept back.</summary>
    internal void SendAll()
    {
        _unjudged.Flush();
        _disableFirst?.Flush();
        do
        {
            foreach (var batch in _batches.TakeAll())
            {
                Send(batch);
            }

            Pump.Drain();
        }
        while (!_batches.IsEmpty);
        _refusals.Flush();
    }

    /// <summary>Drives the run on a thread of its own to its end.</summary>
    internal Task<EsimRun> DriveAsync(IEnumerable<EsimProfile> profiles, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Drive(profiles), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The requests of the run that were taken or may have been, oldest first, as far as they have come by now.</summary>
    public IReadOnlyList<EsimRequest> GetRequests() => _requests.Select(_services.Follower.Find).OfType<EsimRequest>().ToArray();

    /// <summary>Waits until the outcome of every profile of every accepted request is known.</summary>
    /// <param name="onResult">Called for every outcome, on any thread.</param>
    /// <param name="options">How often to ask and when to give up.</param>
    /// <param name="cancellationToken">Stops the waiting, and nothing else.</param>
    /// <returns>True when every outcome is known; false when the time ran out first.</returns>
    /// <exception cref="EsimException">The login was refused, or the connection is closed.</exception>
    public async Task<bool> WaitAsync(Action<EsimResult>? onResult = null, EsimWaitOptions? options = null, CancellationToken cancellationToken = default)
    {
        var requests = GetRequests().Where(request => request.RequestId is not null);
        var waits = await Task.WhenAll(requests.Select(request => _services.Follower.WaitAsync(request, onResult, options, cancellationToken))).ConfigureAwait(false);
        return waits.All(isComplete => isComplete);
    }

    /// <summary>What the run has come to, in one sentence.</summary>
    public override string ToString() => Host.IsRehearsal ? RunWords.OfRehearsal(this, Counts) : RunWords.Of(this, Counts);

    /// <summary>What is left to do, in sentences; null when nothing is.</summary>
    public string? WhatNext() => RunWords.Next(Counts);

    /// <summary>Waits, for at most five seconds, for what is still on its way after the run was stopped. Nobody is told of anything any more.</summary>
    public void Dispose()
    {
        Pump.Dispose();
        FindNoteFailure(EsimRunStage.Stopped);
    }

    /// <summary>Why a profile is proven disabled, or why not.</summary>
    internal ProofFinding Explain(EsimProfile profile, string account) => _services.Tracker.Profiles.Explain(profile, account);

    /// <summary>Has a profile wait until the service has been asked for its state.</summary>
    internal void Ask(EsimProfile profile, object source) => _unjudged.Add(profile, source);

    /// <summary>Puts a profile into the batch of its account and plan, and sends the batch when it is full.</summary>
    internal void Enqueue(EsimProfile profile)
    {
        _disableFirst?.Enqueued(profile);
        if (_batches.Add(profile, AccountOf(profile), PlanOf(profile)) is { } full)
        {
            Send(full);
        }
    }

    /// <summary>Has the person asked.</summary>
    internal bool MayProceed(EsimProfile profile, bool disablesFirst = false)
    {
        _policy.Rehearse(Action, AccountOf(profile), disablesFirst);
        if (Host.Confirm(new(this, profile, AccountOf(profile), disablesFirst)))
        {
            return true;
        }

        _tally.Declined();
        return false;
    }

    /// <summary>The account that a profile's request names.</summary>
    internal string AccountOf(EsimProfile profile) => (_options.AccountName ?? profile.AccountName) is { Length: > 0 } account ? account : _services.AccountName;

    /// <summary>The plan that a profile's request names.</summary>
    internal string? PlanOf(EsimProfile profile) =>
        (Action.Takes & ActionFields.ServicePlan) != 0 && (_options.ServicePlan ?? profile.ServicePlan) is { Length: > 0 } plan ? plan : null;

    /// <summary>Sends a request, and counts what came of it at once: who stops the run is told the truth.</summary>
    internal async Task<EsimSubmission> SubmitAsync(EsimAction action, RunBatch batch, bool serviceWasAsked, CancellationToken stop)
    {
        var options = (action == Action ? _options.ForAction(action) : _options) with { AccountName = batch.AccountName, ServicePlan = batch.ServicePlan, Run = Info, Wave = Wave };
        var submission = await _services.Submitter.SubmitAsync(action, batch.Profiles, options, serviceWasAsked, CheckMayLeave, stop, Pump.Over).ConfigureAwait(false);
        if (submission.Request is { } request)
        {
            _tally.Sent(request.Count, submission.Failure, isFirst: action != Action);
            _requests.Enqueue(request.LocalId);
        }

        if (action == Action)
        {
            _tally.Skipped(submission.Skipped.Sum(skipped => skipped.Count));
        }

        return submission;
    }

    /// <summary>Tells of a request that was accepted, or of what became of one that was not.</summary>
    internal void Report(EsimAction action, EsimSubmission submission)
    {
        foreach (var refusal in submission.Refused)
        {
            KeepBack(refusal, action);
        }

        _disableFirst?.Reported(action, submission);
        if (submission is { Failure: { } failure, Request: { } failed })
        {
            if (failure.Error != EsimError.EsimOutcomeUnknown)
            {
                failed.Profiles.ToList().ForEach(_intake.Forget);
            }

            _failures.Failed(failure, failed, Counts);
        }
        else if (submission.Request is { } request)
        {
            _failures.Succeeded();
            Host.OnAccepted(request);
        }

        if (action == Action)
        {
            _skipped.Add(submission.Skipped);
        }

        Host.OnProgress(this);
    }

    /// <summary>Keeps a profile back that the guard or the policy refuses.</summary>
    internal void KeepBack(GuardRefusal refusal, EsimAction action)
    {
        _intake.Forget(refusal.Profile);
        _refusals.Add(refusal, refusal.Profile, action);
    }

    /// <summary>Keeps a profile back.</summary>
    internal void Refuse(EsimException problem, EsimProfile profile, object target)
    {
        _tally.KeptBack(problem.Error, profile);
        Host.OnProblem(problem, target);
        Host.OnProgress(this);
    }

    // What it has sent stands in the journal whatever happens; without this line nobody can tell how the run ended.
    private void WhenIdle()
    {
        _services.Follower.LookNowAndThen();
        Host.OnProgress(this);
    }

    private EsimException? FindNoteFailure(EsimRunStage stage)
    {
        if (_isNoted || (_requests.IsEmpty && !IsRecorded))
        {
            return null;
        }

        _isNoted = true;
        try
        {
            _services.Tracker.NoteRun(JournalLines.RunEnd(Info, Action, _options.AccountName ?? _services.AccountName, _services.Service, stage, _services.Clock.UtcNow, _tally.Counts, _tally.Refusals));
            return null;
        }
        catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
        {
            return e;
        }
    }

    private EsimRun Drive(IEnumerable<EsimProfile> profiles)
    {
        using (this)
        {
            foreach (var profile in profiles)
            {
                Add(profile);
            }

            Complete();
            return this;
        }
    }

    private void Send(RunBatch batch)
    {
        Pump.Start(async token =>
        {
            try
            {
                var submission = await SubmitAsync(Action, batch, serviceWasAsked: true, token).ConfigureAwait(false);
                return () => Report(Action, submission);
            }
            catch (EsimException e)
            {
                return () => ReportUnsent(Action, batch, e);
            }
        });
        Host.OnProgress(this);
    }

    /// <summary>Tells of a request that was not sent.</summary>
    internal void ReportUnsent(EsimAction action, RunBatch batch, EsimException reason)
    {
        batch.Profiles.ForEach(_intake.Forget);
        _disableFirst?.Unsent(action, batch);
        _failures.Unsent(action, batch, reason);
    }
}
