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

    private RunReport(IReadOnlyList<EsimRunSummary> runs, string service, DateTimeOffset madeAt, IReadOnlyList<string> approvals)
    {
        Runs = runs;
        Service = service;
        MadeAt = madeAt;
        Approvals = approvals;
    }

    /// <summary>The runs, oldest first.</summary>
    public IReadOnlyList<EsimRunSummary> Runs { get; }

    /// <summary>The address of the service.</summary>
    public string Service { get; }

    /// <summary>When the report was made.</summary>
    public DateTimeOffset MadeAt { get; }

    /// <summary>Who has approved it.</summary>
    public IReadOnlyList<string> Approvals { get; }

    /// <summary>The profiles for which something was sent.</summary>
    public ReportCounts Counts { get; private set; }

    /// <summary>With deactivations first: profiles whose deactivation is confirmed.</summary>
    public long Deactivated => Runs.Sum(run => run.Deactivated);

    /// <summary>Profiles in requests that the service has not taken.</summary>
    public long Refused => Runs.Sum(run => run.Refused);

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
        foreach (var run in Runs.Where(run => run.Failed > 0))
        {
            steps.Add(($"See the {ReportText.Profiles(run.Failed)} that failed.", $"Get-EsimResult -Run {run.Id} -Status Failed, NotDone"));
        }

        var last = Runs[Runs.Count - 1];
        if (last.Stage is EsimRunStage.Interrupted or EsimRunStage.Stopped)
        {
            steps.Add((
                "The last command did not come to its end. Given again, it sends only what has not been done.",
                last.PlanId is null ? "the same command" : "Invoke-EsimPlan with the same file"));
        }

        Add(Counts.Succeeded > 0, "Have the service asked whether the profiles are as they should be.", $"Test-EsimRun -Run {last.Id}");
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
        foreach (var refusal in runs.SelectMany(history.RefusalsOf))
        {
            if (!report._refusals.TryGetValue(refusal.ErrorId, out var reason))
            {
                report._refusals[refusal.ErrorId] = reason = new(null, refusal.ErrorId, null);
            }

            reason.Add(refusal.Count, refusal.Ids);
        }

        var ids = new HashSet<string>(runs.Select(run => run.Id), StringComparer.OrdinalIgnoreCase);
        foreach (var request in history.Requests(run => ids.Contains(run.Id)))
        {
            report.Take(request, Array.Find([.. runs], run => run.Id == request.Run!.Id)!.Action);
        }

        return report;
    }

    private void Take(EsimRequest request, string action)
    {
        var left = request.Count - request.SucceededCount - request.FailedCount;
        var counts = new ReportCounts(
            request.Action == action ? request.SucceededCount : 0,
            request.FailedCount,
            request.Status == EsimRequestStatus.InDoubt ? left : 0,
            request.Status == EsimRequestStatus.Accepted ? left : 0);
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

        foreach (var result in request.GetResults())
        {
            Time.Add(result.ReceivedAt, result.Status == OutcomeStatus.Succeeded);
            if (result.Status != OutcomeStatus.Succeeded)
            {
                AddFailure(result);
            }
        }
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
