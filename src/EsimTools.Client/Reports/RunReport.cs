// What a report tells of one run, or of the runs of one plan: gathered request by request, so that it is small whatever the fleet is.

using EsimTools.Runs;

namespace EsimTools.Reports;

/// <summary>The figures of a report.</summary>
internal sealed class RunReport
{
    private readonly Dictionary<(string, string?, string?), ReportReason> _failures = [];
    private readonly Dictionary<string, ReportReason> _refusals = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, ReportCounts> _waves = [];
    private readonly List<ReportRequest> _loose = [];
    private readonly ILookup<bool, EsimRunSummary> _isShared;
    private long _refused;
    private long _keptBack;

    private RunReport(IReadOnlyList<EsimRunSummary> runs, string service, DateTimeOffset madeAt, IReadOnlyList<string> approvals)
    {
        Runs = runs;
        Service = service;
        MadeAt = madeAt;
        Approvals = approvals;
        _isShared = runs.ToLookup(run => run.PlanId is { } plan && runs.Count(other => string.Equals(other.PlanId, plan, StringComparison.OrdinalIgnoreCase)) > 1);
    }

    /// <summary>The runs, oldest first.</summary>
    public IReadOnlyList<EsimRunSummary> Runs { get; }

    /// <summary>The address of the service.</summary>
    public string Service { get; }

    /// <summary>When the report was made.</summary>
    public DateTimeOffset MadeAt { get; }

    /// <summary>Who has approved it.</summary>
    public IReadOnlyList<string> Approvals { get; }

    /// <summary>The profiles for which something was sent. One that several runs of a plan have sent for is counted once, by the last that is known of it.</summary>
    public ReportCounts Counts { get; private set; }

    /// <summary>With deactivations first: profiles whose deactivation is confirmed.</summary>
    public long Deactivated => Runs.Sum(run => run.Deactivated);

    /// <summary>Profiles in requests that the service has not taken.</summary>
    public long Refused => _isShared[false].Sum(run => run.Refused) + _refused;

    /// <summary>Profiles that the guard or the plan kept back.</summary>
    public long KeptBack => _isShared[false].Sum(run => run.KeptBack ?? 0) + _keptBack;

    /// <summary>Profiles for which nothing was to be done.</summary>
    public long Skipped => OfLast(run => run.Skipped);

    /// <summary>Profiles that the person who was asked did not want.</summary>
    public long Declined => OfLast(run => run.Declined);

    /// <summary>Profiles taken up whose turn did not come.</summary>
    public long NotSent => OfLast(run => run.NotSent);

    /// <summary>When outcomes became known.</summary>
    public ReportTime Time { get; } = new();

    /// <summary>The waves of the plan; none where there are none.</summary>
    public IReadOnlyList<ReportWave> Waves => [.. _waves.Select(wave => new ReportWave(wave.Key, wave.Value))];

    /// <summary>Why profiles failed, the most frequent reason first.</summary>
    public IReadOnlyList<ReportReason> Failures => [.. _failures.Values.OrderByDescending(reason => reason.Count)];

    /// <summary>Why profiles were kept back, the most frequent reason first.</summary>
    public IReadOnlyList<ReportReason> Refusals => [.. _refusals.Values.OrderByDescending(reason => reason.Count)];

    /// <summary>Requests in doubt, and those whose outcomes are not all known.</summary>
    public IReadOnlyList<ReportRequest> Loose => _loose;

    /// <summary>What is to be done next, in sentences with the command to type.</summary>
    public IReadOnlyList<(string Text, string Command)> NextSteps()
    {
        var steps = new List<(string, string)>();
        Add(Counts.InDoubt > 0, $"Find out what became of the {ReportText.Profiles(Counts.InDoubt)} in doubt. Nothing is sent for them until that is known.", "Get-EsimRequest -Status InDoubt | Resolve-EsimRequest");
        Add(Counts.Open > 0, $"Wait for the outcome of the {ReportText.Profiles(Counts.Open)} that are open.", "Get-EsimRequest -Status Accepted | Wait-EsimRequest");
        foreach (var run in Runs.Where(run => run.Failed > 0 && Counts.Failed > 0))
        {
            steps.Add(($"See the {ReportText.Profiles(run.Failed)} that failed.", $"Get-EsimResult -Run {run.Id} -Status Failed, NotDone"));
        }

        var last = Runs[Runs.Count - 1];
        Add(last.Stage == EsimRunStage.Held, "The plan is held, and nothing more of it is sent. Go on with -Resume when what held it is mended, or give it up with -GiveUp.", "Invoke-EsimPlan -Resume with the same file");
        if (last.Stage is EsimRunStage.Interrupted or EsimRunStage.Stopped)
        {
            steps.Add((
                "The last command did not come to its end. Given again, it sends only what has not been done.",
                last.PlanId is null ? "the same command" : "Invoke-EsimPlan with the same file"));
        }

        Add(Counts.Succeeded > 0, "Have the service asked whether the profiles are as they should be.", last.PlanId is { } plan && _isShared[true].Contains(last) ? $"Get-EsimRun -PlanId {plan} | Test-EsimRun" : $"Test-EsimRun -Run {last.Id}");
        return steps;

        void Add(bool isSo, string text, string command)
        {
            if (isSo)
            {
                steps.Add((text, command));
            }
        }
    }

    /// <summary>Gathers the figures.</summary>
    /// <param name="history">What has become of runs.</param>
    /// <param name="runs">The runs, oldest first.</param>
    /// <param name="service">The address of the service.</param>
    /// <param name="madeAt">The time.</param>
    /// <param name="approvals">Who has approved it.</param>
    public static RunReport Of(RunHistory history, IReadOnlyList<EsimRunSummary> runs, string service, DateTimeOffset madeAt, IReadOnlyList<string> approvals)
    {
        var report = new RunReport(runs, service, madeAt, approvals);
        report.TakeAll(history);
        return report;
    }

    private void TakeAll(RunHistory history)
    {
        var runs = Runs.ToDictionary(run => run.Id, StringComparer.OrdinalIgnoreCase);
        var shared = new HashSet<string>(_isShared[true].Select(run => run.Id), StringComparer.OrdinalIgnoreCase);
        foreach (var run in _isShared[false])
        {
            foreach (var refusal in history.RefusalsOf(run))
            {
                AddRefusal(refusal.ErrorId, refusal.Count, refusal.Ids);
            }
        }

        foreach (var request in history.Requests(run => runs.ContainsKey(run.Id) && !shared.Contains(run.Id)))
        {
            Take(request, runs[request.Run!.Id], _ => true);
        }

        var words = new LastWords(history);
        foreach (var request in history.RequestsFromLast(run => shared.Contains(run.Id)))
        {
            var run = runs[request.Run!.Id];
            Take(request, run, profile => words.IsLast(run.PlanId!, request, profile));
        }

        foreach (var run in _isShared[true].Reverse())
        {
            foreach (var refusal in history.RefusalsOf(run))
            {
                var ids = refusal.Ids.Where(id => words.IsLast(run.PlanId!, id)).ToArray();
                var count = refusal.Count - refusal.Ids.Count + ids.Length;
                _keptBack += count;
                AddRefusal(refusal.ErrorId, count, ids);
            }
        }
    }

    private void Take(EsimRequest request, EsimRunSummary run, Func<EsimProfile, bool> isLast)
    {
        var isOwn = request.Action == run.Action;
        if (request.IsRefused)
        {
            _refused += isOwn ? request.Profiles.Count(isLast) : 0;
            return;
        }

        var (succeeded, failed, left) = (0, 0, 0);
        for (var i = 0; i < request.Count; i++)
        {
            if (!isLast(request.Profiles[i]))
            {
                continue;
            }

            if (request.ResultAt(i) is not { } result)
            {
                left++;
                continue;
            }

            var isDone = result.Status == OutcomeStatus.Succeeded;
            Time.Add(result.ReceivedAt, isDone);
            if (isDone)
            {
                succeeded++;
            }
            else
            {
                failed++;
                AddFailure(result);
            }
        }

        var isInDoubt = request.Status == EsimRequestStatus.InDoubt;
        var counts = new ReportCounts(isOwn ? succeeded : 0, failed, isInDoubt ? left : 0, isInDoubt ? 0 : left);
        Counts += counts;
        if (request.Wave > 0)
        {
            _waves.TryGetValue(request.Wave, out var wave);
            _waves[request.Wave] = wave + counts;
        }

        if (left > 0)
        {
            _loose.Add(new(request.DisplayId, request.Action, request.AccountName, request.Status, request.SubmittedAt, left));
        }
    }

    // Every run of a plan takes up again what the ones before have not sent.
    private long OfLast(Func<EsimRunSummary, long?> number) =>
        _isShared[false].Sum(run => number(run) ?? 0) + _isShared[true].GroupBy(run => run.PlanId, StringComparer.OrdinalIgnoreCase).Sum(runs => number(runs.Last()) ?? 0);

    private void AddRefusal(string errorId, int count, IEnumerable<string> ids)
    {
        if (count == 0)
        {
            return;
        }

        if (!_refusals.TryGetValue(errorId, out var reason))
        {
            _refusals[errorId] = reason = new(null, errorId, null);
        }

        reason.Add(count, ids);
    }

    private void AddFailure(EsimResult result)
    {
        var key = (result.Action, result.ErrorCode, result.ErrorMessage);
        if (!_failures.TryGetValue(key, out var reason))
        {
            _failures[key] = reason = new(result.Action, result.ErrorCode, result.ErrorMessage);
        }

        reason.Add(1, [result.Iccid ?? result.Eid ?? result.Imei ?? "?"]);
    }
}
