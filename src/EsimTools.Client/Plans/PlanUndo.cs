// The way back of a run: for each profile whose action was confirmed, the action that leads to the state of before, or why there is none.

using EsimTools.Model;
using EsimTools.Runs;

namespace EsimTools.Plans;

/// <summary>Finds the way back of a run.</summary>
internal sealed class PlanUndo
{
    private readonly IReadOnlyList<string> _runIds;
    private readonly EsimAction _undone;
    private readonly IReadOnlyList<(EsimRequest Request, EsimResult Result)> _done;

    private PlanUndo(IReadOnlyList<string> runIds, EsimAction undone, EsimAction action, IReadOnlyList<(EsimRequest Request, EsimResult Result)> done)
    {
        _runIds = runIds;
        _undone = undone;
        _done = done;
        Action = action;
    }

    /// <summary>The action that leads back.</summary>
    public EsimAction Action { get; }

    /// <summary>What the plan undoes, and what does not come back, in words.</summary>
    public string Words => $"the '{_undone}' of {Named(_runIds)}: {_undone.WayBack}";

    /// <summary>Finds the way back.</summary>
    /// <param name="services">What is known of requests.</param>
    /// <param name="runIds">The run, or several that have carried out one plan.</param>
    /// <exception cref="EsimException">No such run is known, or what it did cannot be undone.</exception>
    public static PlanUndo Of(RunServices services, IReadOnlyList<string> runIds)
    {
        services.Tracker.Refresher.Refresh();
        if (runIds.Count == 0)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, "A way back is of one run at least.");
        }

        var ofRuns = runIds.Select(services.Tracker.Requests.OfRun).ToArray();
        string?[] plans = [.. ofRuns.SelectMany(run => run).Select(request => request.Run!.PlanId).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (runIds.Count > 1 && (plans.Length > 1 || plans.Contains(null)))
        {
            throw new EsimException(EsimError.EsimParameterInvalid, "Runs are undone together where they have carried out one plan, and these have not.", "Make a plan for each of them.");
        }

        // A run of a plan that was held before it could send anything has nothing to undo.
        EsimRequest[] requests = [.. ofRuns.SelectMany(run => run).OrderBy(request => request.SubmittedAt)];
        if (requests.Length == 0)
        {
            throw new EsimException(
                EsimError.EsimRequestNotFound, $"No request of {Named(runIds)} is known here.", "Look for it with Get-EsimRun; the journal of the connection has to be the one that the run wrote to.");
        }

        // A run that disables before it deletes is undone as far as it has not deleted.
        var undone = requests.Select(request => request.Kind).FirstOrDefault(kind => InverseOf(kind) is not null);
        if (undone is null || InverseOf(undone) is not { } inverse)
        {
            throw new EsimException(
                EsimError.EsimParameterInvalid, $"What {Named(runIds)} did cannot be undone by a plan. {string.Join(" ", requests.Select(request => request.Kind).Distinct().Select(kind => $"Way back from '{kind}': {kind.WayBack}."))}");
        }

        return new(
            runIds, undone, inverse, [.. requests.SelectMany(request => request.GetResults().Where(result => result.Status == OutcomeStatus.Succeeded).Select(result => (request, result)))]);
    }

    /// <summary>Gives the planner what leads back.</summary>
    /// <param name="planner">The planner.</param>
    /// <param name="rows">
    /// The profiles that are to be undone, with their former service plan where the run has changed it; where the run has changed from one profile
    /// to another, the former ones. Null means all, as far as the run itself tells what was before.
    /// </param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimInputInvalid"/>: there are no rows in the list.</exception>
    public void Fill(EsimPlanner planner, IReadOnlyList<EsimProfile>? rows)
    {
        if (rows is { Count: 0 })
        {
            // Fail safe: a filter that has found nobody, or a file that cannot be read, does not mean everybody.
            throw new EsimException(
                EsimError.EsimInputInvalid, "None of the profiles that were to be undone is known, so nothing was planned.", "See why the input has no profile that can be used. To undo all, give no input at all.");
        }

        var deleted = new HashSet<IdentifierKey>(Of(EsimAction.Delete).Select(done => done.Result.Profile.Keys.First));
        var wanted = Wanted(rows);
        if (_undone.EffectOnOthers == EffectOnOthers.Disables)
        {
            FillFormer(planner, rows ?? []);
            return;
        }

        var taken = new HashSet<IdentifierKey>();
        foreach (var (request, result) in Of(_undone).Where(done => (wanted is null || wanted.ContainsKey(KeyOf(done.Result.Profile))) && taken.Add(KeyOf(done.Result.Profile))))
        {
            var profile = result.Profile;
            var row = wanted?[KeyOf(profile)];
            var former = new EsimProfile(profile)
            {
                AccountName = request.AccountName,
                ServicePlan = _undone == EsimAction.ServicePlan ? row?.ServicePlan : row?.ServicePlan ?? request.ServicePlan,
            };
            if (deleted.Contains(KeyOf(profile)))
            {
                planner.Leave(former, EsimError.EsimProfileAlreadyDeleted, "It has been deleted, and there is no way back from that.");
            }
            else if (_undone == EsimAction.ServicePlan && former.ServicePlan is null)
            {
                planner.Leave(former, EsimError.EsimParameterInvalid, "Nothing tells its former service plan: pipe in the inventory of before, with its column ServicePlan.");
            }
            else
            {
                planner.Add(former);
            }
        }
    }

    // Of a change of profile, the run's own profile is the one that was changed to.
    private void FillFormer(EsimPlanner planner, IReadOnlyList<EsimProfile> rows)
    {
        var changed = Of(_undone).Select(done => done.Result.Profile).ToArray();
        var devices = new HashSet<IdentifierKey>(changed.Where(profile => profile.Eid is not null).Select(profile => profile.Keys.Eid));
        var own = new HashSet<IdentifierKey>(changed.Select(profile => profile.Keys.First));
        var former = rows.Where(row => row.Eid is not null && devices.Contains(row.Keys.Eid) && !own.Contains(row.Keys.First)).ToArray();
        var found = new HashSet<IdentifierKey>(former.Select(row => row.Keys.Eid));
        foreach (var profile in changed.Where(profile => profile.Eid is null || !found.Contains(profile.Keys.Eid)))
        {
            planner.Leave(profile, EsimError.EsimParameterInvalid, "Nothing tells which profile its device used before: pipe in the former profiles, with their EID.");
        }

        Array.ForEach(former, planner.Add);
    }

    private Dictionary<IdentifierKey, EsimProfile>? Wanted(IReadOnlyList<EsimProfile>? rows)
    {
        if (rows is null)
        {
            return null;
        }

        var wanted = new Dictionary<IdentifierKey, EsimProfile>();
        foreach (var row in rows)
        {
            wanted[KeyOf(row)] = row;
        }

        return wanted;
    }

    private IEnumerable<(EsimRequest Request, EsimResult Result)> Of(EsimAction action) => _done.Where(done => done.Request.Kind == action);

    private IdentifierKey KeyOf(EsimProfile profile) => _undone.IsForDevice ? profile.Keys.Eid : profile.Keys.First;

    private static string Named(IReadOnlyList<string> runIds) => runIds.Count == 1 ? $"run {runIds[0]}" : $"the runs {string.Join(", ", runIds)}";

    private static EsimAction? InverseOf(EsimAction action) =>
        action == EsimAction.Deactivate ? EsimAction.Activate
        : action == EsimAction.Activate ? EsimAction.Deactivate
        : action == EsimAction.ProfileSuspend ? EsimAction.ProfileResume
        : action == EsimAction.ProfileResume ? EsimAction.ProfileSuspend
        : action == EsimAction.DeviceSuspend ? EsimAction.DeviceResume
        : action == EsimAction.DeviceResume ? EsimAction.DeviceSuspend
        : action == EsimAction.ServicePlan ? EsimAction.ServicePlan
        : action.EffectOnOthers == EffectOnOthers.Disables || action == EsimAction.Disable ? EsimAction.Enable
        : null;
}
