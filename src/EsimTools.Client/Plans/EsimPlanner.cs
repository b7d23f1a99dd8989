// Making a plan: the profiles are given to a run that nobody lets send anything, and what it asks and tells is written down.

using EsimTools.Plans;
using EsimTools.Runs;

namespace EsimTools;

/// <summary>Makes a plan. Profiles are added one after the other; <see cref="Complete"/> gives the plan. One thread at a time drives it.</summary>
/// <remarks>A profile is judged as the action itself would judge it, by the same run; the service is asked for its state where that is needed, and nothing is sent.</remarks>
public sealed class EsimPlanner : IDisposable
{
    private readonly RunServices _services;
    private readonly EsimAction _action;
    private readonly EsimRunOptions _options;
    private readonly EsimPlanOptions _plan;
    private readonly PlanRecorder _recorder;
    private readonly EsimRun _run;
    private int _added;

    internal EsimPlanner(RunServices services, EsimAction action, EsimRunOptions options, EsimPlanOptions plan, EsimRunHost? host, CancellationToken stop)
    {
        plan.Check();
        _services = services;
        _action = action;

        // A plan's file does not say that something is sent again, so nobody has agreed to it.
        _options = options with { Resubmit = false };
        _plan = plan;
        _recorder = new(services.Tracker, host ?? new EsimRunHost.Silent());
        _run = new(services, action, _options, _recorder, stop);
    }

    /// <summary>What has been judged so far; those that may be sent for are counted as declined.</summary>
    public EsimRunCounts Counts => _run.Counts;

    /// <summary>Takes up one profile.</summary>
    /// <param name="profile">The profile.</param>
    /// <exception cref="EsimException">The login was refused, or the journal cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Add(EsimProfile profile)
    {
        if (_plan.First is { } first && _added >= first)
        {
            return;
        }

        _added++;
        _recorder.Given(profile ?? throw new ArgumentNullException(nameof(profile)));
        _run.Add(profile);
    }

    /// <summary>Takes up a profile for which nothing can be sent.</summary>
    internal void Leave(EsimProfile profile, EsimError error, string because) => _recorder.Leave(profile, error, because);

    /// <summary>Judges what is left.</summary>
    /// <returns>The plan, which is in no file yet.</returns>
    /// <exception cref="EsimException">As <see cref="Add"/>.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public EsimPlan Complete()
    {
        _run.Complete();
        var profiles = _recorder.ToProfiles(_action, _run.AccountOf, _run.PlanOf);
        return new(_action, _options, _plan.Waves is { Canary: EsimCanary.Random } waves ? PlanOrder.WithRandomCanary(profiles, waves) : profiles)
        {
            Id = _run.Info.Id,
            Author = new() { UserName = _run.Info.UserName!, SystemUserName = Environment.UserName, HostName = _run.Info.HostName! },
            CreatedAt = _run.Info.StartedAt,
            ExpiresAt = _run.Info.StartedAt + _plan.ExpiresIn,
            Service = new(_services.Service),
            AccountName = _options.AccountName ?? _services.AccountName,
            Waves = _plan.Waves,
            UndoOf = _plan.UndoOf,
            Undoes = _plan.Undoes,
        };
    }

    /// <summary>Ends the judging.</summary>
    public void Dispose() => _run.Dispose();
}
