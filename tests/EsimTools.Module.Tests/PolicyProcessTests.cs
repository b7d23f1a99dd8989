// A cap over four processes: they send at once over one journal, and no profile more than the policy allows is asked for.

namespace EsimTools.Module.Tests;

/// <summary>Processes that meet at a cap.</summary>
public sealed class PolicyProcessTests
{
    private const int FleetSize = 4_000;
    private const int Allowed = 1_700;

    [Fact]
    public async Task Four_processes_at_once_send_what_a_cap_allows_and_no_more()
    {
        await using var run = await FleetRun.BeginAsync(FleetSize);
        run.SetPolicy("""{"version":1,"actions":{"deactivate":{"caps":[{"profiles":1700,"within":"24h"}]}}}""");
        var processes = Enumerable.Range(0, 4).Select(_ => run.Start()).ToArray();

        var texts = (await Task.WhenAll(processes.Select(process => process.Completion))).Select(ended => ended.Output + ended.Errors).ToArray();
        Array.ForEach(processes, process => process.Dispose());

        var times = run.TimesAsked();
        Assert.True(times.Count(asked => asked == 1) == Allowed && times.All(asked => asked <= 1), string.Concat(texts));
        Assert.All(texts, text => Assert.Contains("errors: 1", text, StringComparison.Ordinal));
    }
}
