// A host that remembers what the carrying out of a plan has told it.

namespace EsimTools.Client.Tests.Plans;

/// <summary>Agrees to everything, or to nothing, and keeps what it is told.</summary>
internal sealed class PlanHost : EsimPlanHost
{
    public bool Agrees { get; init; } = true;

    public int Asked { get; private set; }

    public List<EsimRequest> Accepted { get; } = [];

    public List<EsimPlanWave> Waves { get; } = [];

    public List<EsimPlanPause> Pauses { get; } = [];

    public List<(EsimException Problem, object? Target)> Problems { get; } = [];

    public List<string> Warnings { get; } = [];

    public Action<EsimRequest>? WhenAccepted { get; set; }

    public Action<EsimPlanWave>? WhenWave { get; set; }

    public override bool Confirm(in EsimRunStep step)
    {
        Asked++;
        return Agrees;
    }

    public override void OnAccepted(EsimRequest request)
    {
        Accepted.Add(request);
        WhenAccepted?.Invoke(request);
    }

    public override void OnWave(EsimPlanWave wave)
    {
        Waves.Add(wave);
        WhenWave?.Invoke(wave);
    }

    public override void OnPause(EsimPlanPause pause) => Pauses.Add(pause);

    public override void OnWarning(string text) => Warnings.Add(text);

    public override void OnProblem(EsimException problem, object? target) => Problems.Add((problem, target));
}
