// The base of all action cmdlets: judge each profile, ask, gather batches, send them side by side, report what became of each.

using System.Management.Automation;
using EsimTools.Binding;
using EsimTools.Completion;
using EsimTools.Identity;
using EsimTools.Proof;
using EsimTools.Requests;

namespace EsimTools.Abstractions;

/// <summary>A cmdlet that sends an action for many profiles.</summary>
/// <remarks>
/// A profile passes the guard before the user is asked about it, and again at the moment its request leaves. Profiles that the guard cannot
/// judge wait in a batch of their own until the service has been asked about all of them at once.
/// </remarks>
public abstract class ProfileActionCmdlet : ProfileInputCmdlet
{
    private Dictionary<(string Account, string? Plan), List<EsimProfile>> _batches = [];
    private HashSet<IdentifierKey> _inHand = [];
    private readonly List<Item> _unjudged = [];

    // Stands for this command, in whatever thread: what it has sent itself is a repeated row, what another one has sent is skipped.
    private readonly object _run = new();
    private readonly Dictionary<string, (int Count, EsimProfile First)> _warnings = new(StringComparer.Ordinal);
    private WorkPump? _pump;
    private ProgressReport? _progress;
    private Func<string>? _status;
    private bool _mayActUnasked;
    private bool _isVerbose;
    private EsimActionOptions? _rowOptions;
    private readonly Dictionary<int, List<EsimProfile>> _skipped = [];
    private int _skippedInHand;
    private int _skippedInAll;
    private int _failuresInARow;
    private int _sent;
    private int _accepted;
    private int _keptBack;

    /// <summary>The account; without it the profile's own, or the connection's.</summary>
    [Parameter]
    [Alias("Account")]
    public string? AccountName { get; set; }

    /// <summary>The service plan: the Verizon plan for a US profile, the Global plan for a Global one; without it the profile's own, or none.</summary>
    [Parameter]
    [Alias("Plan", "RatePlan")]
    [ArgumentCompleter(typeof(ServicePlanCompleter))]
    public string? ServicePlan { get; set; }

    /// <summary>The most profiles in one request.</summary>
    [Parameter]
    [ValidateRange(1, EsimConnection.MostProfilesPerRequest)]
    public int BatchSize { get; set; } = EsimConnection.MostProfilesPerRequest;

    /// <summary>The most requests on their way at once; without it the connection's own.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int ThrottleLimit { get; set; }

    /// <summary>Do not ask. Everything else stays as it is: -WhatIf, the guard, and -Confirm when it is given.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// Skip profiles whose same action was confirmed no longer ago than this, with no newer evidence against it: a time span, or a number of
    /// seconds. Those whose same action is still open are skipped always.
    /// </summary>
    [Parameter]
    [Seconds]
    public TimeSpan SkipConfirmedWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>End the command after that many requests in a row that the service did not accept; 0 goes on whatever happens.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MaxErrorCount { get; set; } = 10;

    /// <summary>Send although an earlier request for the profile is open, in doubt or confirmed. It does not skip the guard.</summary>
    [Parameter]
    public SwitchParameter Resubmit { get; set; }

    /// <summary>The action that is sent.</summary>
    private protected abstract EsimAction Action { get; }

    /// <summary>The fields beside the devices, without account and plan.</summary>
    private protected virtual EsimActionOptions Options => new() { Resubmit = Resubmit, SkipConfirmedWithin = SkipConfirmedWithin, Run = _run };

    /// <summary>Runs work beside the pipeline thread.</summary>
    private protected WorkPump Pump => _pump!;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            (Options with { AccountName = AccountName, ServicePlan = ServicePlan }).Check(Action);
        }
        catch (EsimException e)
        {
            Terminate(e);
        }

        _isVerbose = IsSet("Verbose", "VerbosePreference");
        _mayActUnasked = Force && !IsSet("WhatIf", "WhatIfPreference") && !MyInvocation.BoundParameters.ContainsKey("Confirm");

        if (MyInvocation.ExpectingInput)
        {
            // Room for a batch at once: growing to it step by step takes longer than all that is done with it.
            _inHand = new(BatchSize);
        }

        _progress = new ProgressReport(this, Service.Clock);
        _pump = new WorkPump(ThrottleLimit > 0 ? ThrottleLimit : Service.ThrottleLimit, WhenIdle, Stop);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        Pump.RunReady();
        WriteMessages();
    }

    /// <summary>Sends what is left and waits for the answers.</summary>
    protected override void EndProcessing()
    {
        JudgeUnjudged();
        do
        {
            SendAll();
            Pump.Drain();
            WriteMessages();
        }
        while (_batches.Count > 0);

        foreach (var warning in _warnings)
        {
            var (count, first) = warning.Value;
            WriteWarning(count == 1
                ? $"{first}: {warning.Key}; '{Action}' was not kept back for that."
                : $"{count} profiles (the first is {first}): {warning.Key}; '{Action}' was not kept back for that.");
        }

        WarnOfSkipped();
        WriteSkipped();
        base.EndProcessing();
        _progress!.Complete();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _pump?.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    private protected override void ProcessProfile(EsimProfile profile, object input)
    {
        if (ProfileRequirement.Check(Action, profile) is { } missing)
        {
            Refuse(missing, input);
            return;
        }

        // What has left is remembered by the connection; what has not, here.
        var look = Service.Tracker.Look(Action, profile, AccountOf(profile), OptionsFor(PlanOf(profile)));
        if (look.WasSent || !_inHand.Add(KeyOf(profile)))
        {
            if (Action.IsForDevice)
            {
                // An inventory has a row for each profile; the action is for the card that holds them.
                return;
            }

            Refuse(
                new EsimException(EsimError.EsimProfileDuplicate, $"{profile} stands in the input more than once and is served once.", "Take the repeated row out."), input);
            return;
        }

        if (look.Repeat > 0)
        {
            Skip(look.Repeat, profile);
            return;
        }

        Decide(new Item(profile, input), look.Verdict);

        // Under -WhatIf nothing leaves, and a memory of all input would be the only thing that grows.
        if (_inHand.Count > BatchSize && IsEmptyHanded)
        {
            _inHand.Clear();
        }
    }

    // Rows of one file have one plan, as a rule.
    private EsimActionOptions OptionsFor(string? plan) =>
        _rowOptions is { } options && options.ServicePlan == plan ? options : _rowOptions = Options with { ServicePlan = plan };

    /// <summary>Deals with a profile that the guard keeps back; true when it has been taken care of in another way than by an error.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="verdict">The refusal.</param>
    private protected virtual bool TryRescue(EsimProfile profile, in GuardVerdict verdict) => false;

    /// <summary>Whether profiles that were rescued wait to be sent.</summary>
    private protected virtual bool HoldsRescued => false;

    /// <summary>Asks the user, or not with -Force. Says what would happen under -WhatIf.</summary>
    private protected bool MayProceed(EsimProfile profile, string? otherEffect = null)
    {
        // -Force skips the question that the high impact asks, and nothing else.
        if (_mayActUnasked && !_isVerbose)
        {
            return true;
        }

        var target = $"{profile}, account {AccountOf(profile)}{WhyAllowed(profile, otherEffect)}";
        var effect = otherEffect ?? $"{Action} ({Action.Effect})";
        if (_mayActUnasked)
        {
            WriteVerbose($"{effect}: {target}");
            return true;
        }

        return ShouldProcess(target, effect);
    }

    // Whoever is asked about a deletion is told what proves that it is allowed.
    private string WhyAllowed(EsimProfile profile, string? otherEffect) =>
        Action == EsimAction.Delete && otherEffect is null ? $", because {Service.Explain(profile, AccountOf(profile))}" : string.Empty;

    /// <summary>Puts a profile into the batch of its account and plan, and sends the batch when it is full.</summary>
    private protected void Enqueue(EsimProfile profile)
    {
        var key = (AccountOf(profile), PlanOf(profile));
        if (!_batches.TryGetValue(key, out var batch))
        {
            _batches[key] = batch = [];
        }

        batch.Add(profile);
        if (batch.Count >= BatchSize)
        {
            _batches.Remove(key);
            Send(batch, key.Item1, key.Item2);
        }
    }

    /// <summary>The account that a profile's request names.</summary>
    private protected string AccountOf(EsimProfile profile) =>
        (AccountName ?? profile.AccountName) is { Length: > 0 } account ? account : Service.AccountName;

    /// <summary>The plan that a profile's request names.</summary>
    private protected string? PlanOf(EsimProfile profile) =>
        (Action.Takes & ActionFields.ServicePlan) != 0 && (ServicePlan ?? profile.ServicePlan) is { Length: > 0 } plan ? plan : null;

    /// <summary>Writes an accepted request, or the errors of one that was not.</summary>
    private protected void Report(EsimAction action, EsimSubmission submission)
    {
        foreach (var refusal in submission.Refused)
        {
            Refuse(refusal.ToException(action), refusal.Profile);
        }

        if (submission.Failure is { } failure)
        {
            var request = submission.Request!;
            var named = new EsimException(
                failure.Error, $"'{request.Action}' for {Counted(request.Count)} of account {request.AccountName}: {failure.Message}", failure.RecommendedAction, failure)
            { StatusCode = failure.StatusCode, ErrorCode = failure.ErrorCode, RequestId = request.RequestId };
            if (failure.Error is EsimError.EsimLoginRefused or EsimError.EsimNotConnected)
            {
                // Every further request would fail alike, and a refused login must not be tried again.
                Terminate(
                    new EsimException(
                        failure.Error,
                        $"{named.Message} The command has ended: {Counted(_accepted)} were accepted before, the rest of the input was not sent.",
                        failure.RecommendedAction,
                        failure),
                    request);
            }

            WriteFailure(named, request);
            StopWhenAllFails(failure, request);
        }
        else if (submission.Request is { } request)
        {
            _failuresInARow = 0;
            _accepted += request.Count;
            WriteObject(request);
        }

        foreach (var skipped in submission.Skipped)
        {
            _skippedInAll += skipped.Count;
            WriteObject(skipped);
        }

        ShowProgress();
    }

    /// <summary>Writes the earlier requests of the profiles that were skipped, each with those profiles alone.</summary>
    private void WriteSkipped()
    {
        if (_skippedInHand == 0)
        {
            return;
        }

        var requests = _mayActUnasked || !IsSet("WhatIf", "WhatIfPreference") ? Service.PartsOf(_skipped) : [];
        var profiles = _skipped.Values.SelectMany(profiles => profiles).ToArray();
        _skipped.Clear();
        _skippedInHand = 0;
        LetGo(profiles);
        WriteObject(requests, enumerateCollection: true);
    }

    private void WarnOfSkipped()
    {
        if (_skippedInAll > 0)
        {
            WriteWarning(
                $"{Counted(_skippedInAll)} skipped: '{Action}' is open for {(_skippedInAll == 1 ? "it" : "them")}, or was confirmed within {SkipConfirmedWithin.TotalHours:0.##} hours. -Resubmit sends all the same.");
        }
    }

    // A service that takes nothing will not take the rest of a large fleet either, and each attempt may leave ten thousand profiles in doubt.
    private void StopWhenAllFails(EsimException failure, EsimRequest request)
    {
        if (++_failuresInARow == MaxErrorCount)
        {
            Terminate(
                new EsimException(
                    EsimError.EsimTooManyErrors,
                    $"The command has ended because {_failuresInARow} requests in a row were not accepted: {Counted(_accepted)} were accepted before, the rest of the input was not sent. The last one: {failure.Message}",
                    "See what is wrong, then run the command again: it sends only what has not been done. -MaxErrorCount changes the limit.",
                    failure),
                request);
        }
    }

    private void Skip(int request, EsimProfile profile)
    {
        if (!_skipped.TryGetValue(request, out var profiles))
        {
            _skipped[request] = profiles = [];
        }

        profiles.Add(profile);
        _skippedInAll++;
        if (++_skippedInHand >= BatchSize)
        {
            WriteSkipped();
        }
    }

    private static string Counted(int profiles) => profiles == 1 ? "1 profile" : $"{profiles} profiles";

    private void Decide(Item item, in GuardVerdict verdict)
    {
        switch (verdict.Decision)
        {
            case GuardDecision.AskService:
                if (_isVerbose)
                {
                    WriteVerbose($"{item.Profile}: the service is asked for its state, because {Service.Explain(item.Profile, AccountOf(item.Profile))}.");
                }

                _unjudged.Add(item);
                if (_unjudged.Count >= BatchSize)
                {
                    JudgeUnjudged();
                }

                break;
            case GuardDecision.Refused when TryRescue(item.Profile, verdict):
                break;
            case GuardDecision.Refused:
                // Should it come again, it is refused again, for the same reason.
                _inHand.Remove(KeyOf(item.Profile));
                Refuse(new GuardRefusal(item.Profile, verdict).ToException(Action), item.Input);
                break;
            default:
                if (verdict.Warning is { } warning)
                {
                    _warnings[warning] = _warnings.TryGetValue(warning, out var told) ? (told.Count + 1, told.First) : (1, item.Profile);
                }

                if (MayProceed(item.Profile))
                {
                    Enqueue(item.Profile);
                }

                break;
        }
    }

    /// <summary>Asks the service about the profiles that could not be judged, and judges them.</summary>
    private protected void JudgeUnjudged()
    {
        if (_unjudged.Count == 0)
        {
            return;
        }

        var items = _unjudged.ToArray();
        _unjudged.Clear();
        foreach (var account in items.GroupBy(item => AccountOf(item.Profile), StringComparer.Ordinal))
        {
            LookUpAndJudge(account.Key, [.. account]);
        }
    }

    private void LookUpAndJudge(string account, Item[] items)
    {
        try
        {
            Await(token => Service.LookUpAsync([.. items.Select(item => item.Profile)], account, token));
        }
        catch (EsimException e) when (e.Error is not (EsimError.EsimLoginRefused or EsimError.EsimNotConnected))
        {
            WriteFailure(
                new EsimException(
                    e.Error, $"'{Action}' was not sent for {Counted(items.Length)} of account {account}, because their state could not be asked for: {e.Message}", e.RecommendedAction, e),
                items.Select(item => item.Input).ToArray());
            return;
        }
        catch (EsimException e)
        {
            Terminate(e);
        }

        foreach (var item in items)
        {
            Decide(item, Service.Judge(Action, item.Profile, serviceWasAsked: true, Resubmit, account));
        }
    }

    // Identifiers of different kinds have different lengths. What was read is digits.
    private IdentifierKey KeyOf(EsimProfile profile) => Action.IsForDevice ? profile.Keys.Eid : profile.Keys.First;

    private void SendAll()
    {
        var batches = _batches;
        _batches = [];
        foreach (var batch in batches)
        {
            Send(batch.Value, batch.Key.Account, batch.Key.Plan);
        }
    }

    private void Send(List<EsimProfile> profiles, string account, string? plan)
    {
        _sent += profiles.Count;
        var options = Options with { AccountName = account, ServicePlan = plan };
        Pump.Start(async token =>
        {
            try
            {
                var submission = await Service.SubmitAsync(Action, profiles, options, serviceWasAsked: true, token).ConfigureAwait(false);
                return () =>
                {
                    LetGo(profiles);
                    Report(Action, submission);
                };
            }
            catch (EsimException e)
            {
                return () =>
                {
                    LetGo(profiles);
                    WriteFailure(
                        new EsimException(e.Error, $"'{Action}' for {Counted(profiles.Count)} of account {account} was not sent: {e.Message}", e.RecommendedAction, e), profiles);
                };
            }
        });
        ShowProgress();
    }

    private bool IsEmptyHanded => _skipped.Count == 0 && _unjudged.Count == 0 && _batches.Count == 0 && !Pump.IsBusy && !HoldsRescued;

    private void LetGo(IEnumerable<EsimProfile> profiles)
    {
        if (IsEmptyHanded)
        {
            _inHand.Clear();
        }
        else
        {
            _inHand.ExceptWith(profiles.Select(KeyOf));
        }
    }

    private void Refuse(EsimException problem, object input)
    {
        _keptBack++;
        WriteFailure(problem, input);
        ShowProgress();
    }

    private void WhenIdle()
    {
        WriteMessages();
        ShowProgress();
    }

    private void ShowProgress() =>
        _progress!.Show(_status ??= () => $"{_sent} sent, {_accepted} accepted" + (_keptBack > 0 ? $", {_keptBack} kept back" : string.Empty));

    private bool IsSet(string parameter, string preference) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out var value)
            ? value is SwitchParameter { IsPresent: true }
            : LanguagePrimitives.IsTrue(GetVariableValue(preference));

    // A row of a file costs several times the memory of the profile read from it, so it is kept only until the guard has judged.
    private readonly record struct Item(EsimProfile Profile, object Input);
}
