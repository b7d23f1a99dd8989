// The run: one command over one fleet. It takes profiles up, judges them, has the person asked, cuts requests, sends them side by side, and
// knows at any moment what has become of each part.

using System.Collections.Concurrent;
using EsimTools.Model;
using EsimTools.Runs;

namespace EsimTools;

/// <summary>
/// A command over a fleet. Profiles are added one after the other; <see cref="Complete"/> sends what is left and waits for the answers. A run
/// is driven by one thread at a time, which waits in <see cref="Add"/> while the throttle is full; <see cref="EsimConnection.RunAsync"/> drives
/// one for who does not want to wait.
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
    private readonly EsimRunHost _host;
    private readonly EsimRunOptions _options;
    private readonly RunPump _pump;
    private readonly RunTally _tally = new();
    private readonly RunRefusals _refusals;
    private readonly SkippedProfiles _skipped;
    private readonly DisableFirst? _disableFirst;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly HashSet<IdentifierKey> _taken = [];
    private readonly List<Item> _unjudged = [];
    private readonly RunBatches _batches;
    private EsimRunOptions? _rowOptions;
    private int _failuresInARow;
    private bool _isOver;

    internal EsimRun(RunServices services, EsimAction action, EsimRunOptions options, EsimRunHost? host, CancellationToken stop)
    {
        options.CheckRun(action);
        _services = services;
        _host = host ?? new EsimRunHost.Silent();
        _options = options;
        Action = action;
        Info = services.Submitter.NewRun(options.Reason);
        _pump = new(options.ThrottleLimit > 0 ? options.ThrottleLimit : services.ThrottleLimit, () => _host.OnProgress(this), stop);
        _batches = new(options.BatchSize);
        _skipped = new(services, _host, action, options);
        _refusals = new(services, _host, action, _tally);
        _disableFirst = options.DisableFirst ? new(this, services, options) : null;
    }

    /// <summary>The action.</summary>
    public EsimAction Action { get; }

    /// <summary>Who, where, when and why.</summary>
    public EsimRunInfo Info { get; }

    /// <summary>What has become of the profiles so far; may be read on any thread.</summary>
    public EsimRunCounts Counts => _tally.Counts;

    /// <summary>The last request that was not accepted; null while there is none.</summary>
    public EsimRequest? LastFailed { get; private set; }

    /// <summary>Runs work beside the driving thread.</summary>
    internal RunPump Pump => _pump;

    /// <summary>Who is asked and told.</summary>
    internal EsimRunHost Host => _host;

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

        TakeUp(profile, source ?? profile);
        Serve();
    }

    /// <summary>Tells the host of what has been answered meanwhile, without waiting.</summary>
    public void Serve() => _pump.RunReady();

    /// <summary>Sends what is left and waits for the answers.</summary>
    /// <exception cref="EsimException">As <see cref="Add"/>.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public void Complete()
    {
        _isOver = true;
        JudgeUnjudged();
        _disableFirst?.Flush();
        do
        {
            foreach (var batch in _batches.TakeAll())
            {
                Send(batch);
            }

            _pump.Drain();
        }
        while (!_batches.IsEmpty);

        _refusals.Flush();
        _skipped.Flush();
        _skipped.Tell();
        _host.OnProgress(this);
    }

    /// <summary>The requests of the run that were taken or may have been, oldest first, as far as they have come by now.</summary>
    public IReadOnlyList<EsimRequest> GetRequests() => [.. _requests.Select(_services.Follower.Find).OfType<EsimRequest>()];

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
    public override string ToString() => RunWords.Of(this, Counts);

    /// <summary>What is left to do, in sentences; null when nothing is.</summary>
    public string? WhatNext() => RunWords.Next(Counts);

    /// <summary>Waits, for at most five seconds, for what is still on its way after the run was stopped. Nobody is told of anything any more.</summary>
    public void Dispose() => _pump.Dispose();

    /// <summary>Why a profile is proven disabled, or why not.</summary>
    internal ProofFinding Explain(EsimProfile profile, string account) => _services.Tracker.Explain(profile, account);

    /// <summary>Puts a profile into the batch of its account and plan, and sends the batch when it is full.</summary>
    internal void Enqueue(EsimProfile profile)
    {
        if (_batches.Add(profile, AccountOf(profile), PlanOf(profile)) is { } full)
        {
            Send(full);
        }
    }

    /// <summary>Has the person asked.</summary>
    internal bool MayProceed(EsimProfile profile, bool disablesFirst = false)
    {
        var may = _host.Confirm(new(this, profile, AccountOf(profile), disablesFirst));
        if (!may)
        {
            _tally.Declined();
        }

        return may;
    }

    /// <summary>The account that a profile's request names.</summary>
    internal string AccountOf(EsimProfile profile) => (_options.AccountName ?? profile.AccountName) is { Length: > 0 } account ? account : _services.AccountName;

    /// <summary>The plan that a profile's request names.</summary>
    internal string? PlanOf(EsimProfile profile) =>
        (Action.Takes & ActionFields.ServicePlan) != 0 && (_options.ServicePlan ?? profile.ServicePlan) is { Length: > 0 } plan ? plan : null;

    /// <summary>Sends a request, and counts what came of it as soon as that is known: who stops the run is told the truth.</summary>
    internal async Task<EsimSubmission> SubmitAsync(EsimAction action, RunBatch batch, bool serviceWasAsked, CancellationToken stop)
    {
        var options = (action == Action ? _options.ForAction(action) : _options) with { AccountName = batch.AccountName, ServicePlan = batch.ServicePlan, Run = Info };
        var submission = await _services.Submitter.SubmitAsync(action, batch.Profiles, options, serviceWasAsked, stop).ConfigureAwait(false);
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
            Forget(refusal.Profile);
            _refusals.Add(refusal, refusal.Profile);
        }

        if (submission is { Failure: { } failure, Request: { } failed })
        {
            ReportFailure(failure, failed);
        }
        else if (submission.Request is { } request)
        {
            _failuresInARow = 0;
            _host.OnAccepted(request);
        }

        if (action == Action)
        {
            _skipped.Add(submission.Skipped);
        }

        _host.OnProgress(this);
    }

    /// <summary>Keeps a profile back.</summary>
    internal void Refuse(EsimException problem, object target)
    {
        _tally.KeptBack();
        _host.OnProblem(problem, target);
        _host.OnProgress(this);
    }

    private void TakeUp(EsimProfile profile, object source)
    {
        if (Action.FindMissing(profile) is { } missing)
        {
            _tally.Given();
            Refuse(missing, source);
            return;
        }

        if (!_taken.Add(KeyOf(profile)))
        {
            if (!Action.IsForDevice)
            {
                _tally.Given();
                Refuse(new(EsimError.EsimProfileDuplicate, $"{profile} stands in the input more than once and is served once.", "Take the repeated row out."), source);
            }

            // An inventory has a row for each profile; an action for a device is for the eUICC that holds them.
            return;
        }

        _tally.Given();
        var look = _services.Tracker.Look(Action, profile, AccountOf(profile), OptionsFor(PlanOf(profile)));
        if (look.Repeat > 0)
        {
            _tally.Skipped(1);
            _skipped.Add(look.Repeat, profile);
            return;
        }

        Decide(new(profile, source), look.Verdict);
    }

    // Rows of one file have one plan, as a rule.
    private EsimRunOptions OptionsFor(string? plan) =>
        _rowOptions is { } options && options.ServicePlan == plan ? options : _rowOptions = _options with { ServicePlan = plan };

    private void Decide(Item item, in GuardVerdict verdict)
    {
        switch (verdict.Decision)
        {
            case GuardDecision.AskService:
                if (_host.WantsDetails)
                {
                    _host.OnDetail($"{item.Profile}: the service is asked for its state, because {Explain(item.Profile, AccountOf(item.Profile))}.");
                }

                _unjudged.Add(item);
                if (_unjudged.Count >= _options.BatchSize)
                {
                    JudgeUnjudged();
                }

                break;
            case GuardDecision.Refused when _disableFirst?.TryTake(item.Profile, verdict) == true:
                break;
            case GuardDecision.Refused when _skipped.TryEnd(item.Profile, verdict):
                _tally.Skipped(1);
                break;
            case GuardDecision.Refused:
                // Should it come again, it is refused again, for the same reason.
                Forget(item.Profile);
                _refusals.Add(new(item.Profile, verdict), item.Source);
                break;
            default:
                _refusals.Warn(item.Profile, verdict);
                if (MayProceed(item.Profile))
                {
                    Enqueue(item.Profile);
                }

                break;
        }
    }

    // Asks the service about the profiles that could not be judged, all at once, and judges them.
    private void JudgeUnjudged()
    {
        var items = _unjudged.ToArray();
        _unjudged.Clear();
        foreach (var account in items.GroupBy(item => AccountOf(item.Profile), StringComparer.Ordinal))
        {
            if (TryLookUp(account.Key, [.. account]))
            {
                foreach (var item in account)
                {
                    Decide(item, _services.Tracker.Judge(Action, item.Profile, account.Key, serviceWasAsked: true, _options.Resubmit));
                }
            }
        }
    }

    private bool TryLookUp(string account, Item[] items)
    {
        try
        {
            _pump.Await(token => _services.LookUp.AskAsync(null, [.. items.Select(item => item.Profile)], account, token));
            return true;
        }
        catch (EsimException e) when (e.Error is not (EsimError.EsimLoginRefused or EsimError.EsimNotConnected))
        {
            _tally.KeptBack(items.Length);
            Array.ForEach(items, item => Forget(item.Profile));
            _host.OnProblem(
                new(e.Error, $"'{Action}' was not sent for {RunWords.Profiles(items.Length)} of account {account}, because their state could not be asked for: {e.Message}", e.RecommendedAction, e),
                items.Select(item => item.Source).ToArray());
            return false;
        }
    }

    private void Send(RunBatch batch)
    {
        _pump.Start(async token =>
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
        _host.OnProgress(this);
    }

    /// <summary>Tells of a request that was not sent.</summary>
    internal void ReportUnsent(EsimAction action, RunBatch batch, EsimException reason)
    {
        batch.Profiles.ForEach(Forget);
        _host.OnProblem(
            new(reason.Error, $"'{action}' for {RunWords.Profiles(batch.Profiles.Count)} of account {batch.AccountName} was not sent: {reason.Message}", reason.RecommendedAction, reason),
            batch.Profiles);
    }

    private void ReportFailure(EsimException failure, EsimRequest request)
    {
        LastFailed = request;
        if (failure.Error != EsimError.EsimOutcomeUnknown)
        {
            foreach (var profile in request.Profiles)
            {
                Forget(profile);
            }
        }

        var named = new EsimException(
            failure.Error, $"'{request.Action}' for {RunWords.Profiles(request.Count)} of account {request.AccountName}: {failure.Message}", failure.RecommendedAction, failure)
        { StatusCode = failure.StatusCode, ErrorCode = failure.ErrorCode, RequestId = request.RequestId };
        var before = $"{RunWords.Profiles(Counts.Accepted)} were accepted before, the rest of the input was not sent.";
        if (failure.Error is EsimError.EsimLoginRefused or EsimError.EsimNotConnected)
        {
            // Every further request would fail alike, and a refused login must not be tried again.
            throw new EsimException(failure.Error, $"{named.Message} The command has ended: {before}", failure.RecommendedAction, failure);
        }

        _host.OnProblem(named, request);

        // A service that takes nothing will not take the rest of a large fleet either, and each attempt may leave ten thousand profiles in doubt.
        if (++_failuresInARow == _options.MaxErrorCount)
        {
            throw new EsimException(
                EsimError.EsimTooManyErrors,
                $"The command has ended because {_failuresInARow} requests in a row were not accepted: {before} The last one: {failure.Message}",
                "See what is wrong, then run the command again: it sends only what has not been done. -MaxErrorCount changes the limit.",
                failure);
        }
    }

    // Identifiers of different kinds have different lengths. What was read is digits.
    private IdentifierKey KeyOf(EsimProfile profile) => Action.IsForDevice ? profile.Keys.Eid : profile.Keys.First;

    // What has not left may come again, and is then judged again.
    private void Forget(EsimProfile profile) => _taken.Remove(KeyOf(profile));

    // A row of a file costs several times the memory of the profile read from it, so it is kept only until the guard has judged.
    private readonly record struct Item(EsimProfile Profile, object Source);
}
