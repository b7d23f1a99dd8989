// Suspensions that end by themselves.

using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Actions;

/// <summary>Ends suspensions after <see cref="SandboxOptions.SuspensionEndsAfter"/>.</summary>
/// <remarks>
/// Verizon's documents have such an end for classic lines, with a notification seven days before, and are silent about eSIM profiles. Here
/// the profile becomes active; no callback tells it, because none of a request is due, and the history, which is one of requests, does not either.
/// </remarks>
internal sealed class Suspensions
{
    private readonly SandboxOptions _options;
    private readonly SandboxFleet _fleet;
    private readonly Timetable _timetable;
    private List<Profile> _suspended = [];

    public Suspensions(SandboxOptions options, SandboxFleet fleet, Timetable timetable)
    {
        _options = options;
        _fleet = fleet;
        _timetable = timetable;
    }

    /// <summary>Notes that a profile has been suspended. Called under the fleet's gate, on the work queue.</summary>
    public void Add(Profile profile)
    {
        profile.Suspension = _suspended;
        _suspended.Add(profile);
    }

    /// <summary>From now on the time runs for those that were noted. Called on the work queue.</summary>
    public void Start()
    {
        if (_suspended.Count == 0)
        {
            return;
        }

        var suspended = _suspended;
        _suspended = [];
        if (_options.SuspensionEndsAfter > TimeSpan.Zero)
        {
            _timetable.Start(new Step(_options.SuspensionEndsAfter, () => End(suspended)));
        }
    }

    private void End(List<Profile> suspended)
    {
        lock (_fleet.Gate)
        {
            foreach (var profile in suspended)
            {
                if (profile.State == ServiceState.Suspend && profile.Suspension == suspended)
                {
                    profile.State = ServiceState.Active;
                    profile.IsSuspendedAlone = false;
                }
            }
        }
    }
}
