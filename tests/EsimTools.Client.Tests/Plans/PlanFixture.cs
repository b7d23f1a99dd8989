// A connection whose service lists profiles as a test wants them, and plans over them.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Plans;

/// <summary>A connection with a fleet that the service lists.</summary>
internal sealed class PlanFixture : IDisposable
{
    public ConnectionFixture Connections { get; } = new();

    public ManualClock Clock => Connections.Clock;

    public ScriptedService Service => Connections.Service;

    public string PlanPath => System.IO.Path.Combine(Connections.Folder.Path, "retire.plan");

    /// <summary>Answers the next question about one profile.</summary>
    public void Lists(string iccid, string state, string? profileStatus = null) =>
        Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(iccid, state, profileStatus)));

    /// <summary>Makes a plan, and writes it.</summary>
    public EsimPlan Plan(
        EsimConnection connection, EsimAction action, IEnumerable<EsimProfile> profiles, EsimRunOptions? options = null, EsimPlanOptions? plan = null, EsimRunHost? host = null)
    {
        using var planner = connection.StartPlan(action, options ?? new(), plan, host);
        foreach (var profile in profiles)
        {
            planner.Add(profile);
        }

        var made = planner.Complete();
        made.Save(PlanPath, overwrite: true);
        return made;
    }

    public void Dispose() => Connections.Dispose();
}
