// A host that remembers what a run has told it.

namespace EsimTools.Client.Tests.Runs;

/// <summary>Agrees to what a test wants and keeps everything.</summary>
internal sealed class ListeningHost(Func<EsimProfile, bool>? agrees = null) : EsimRunHost
{
    public List<EsimRequest> Accepted { get; } = [];

    public List<EsimRequest> Skipped { get; } = [];

    public List<(EsimException Problem, object? Target)> Problems { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Asked { get; } = [];

    public override bool Confirm(in EsimRunStep step)
    {
        Asked.Add($"{step.Effect}: {step.Target}");
        return agrees?.Invoke(step.Profile) ?? true;
    }

    public override void OnAccepted(EsimRequest request) => Accepted.Add(request);

    public override void OnSkipped(EsimRequest request) => Skipped.Add(request);

    public override void OnProblem(EsimException problem, object? target) => Problems.Add((problem, target));

    public override void OnWarning(string text) => Warnings.Add(text);
}
