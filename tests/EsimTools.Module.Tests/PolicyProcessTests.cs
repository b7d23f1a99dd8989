// A cap over four processes: they send at once over one journal, and no profile more than the policy allows is asked for.

using System.Globalization;

namespace EsimTools.Module.Tests;

/// <summary>Processes that meet at a cap.</summary>
public sealed class PolicyProcessTests
{
    private const int Processes = 4;
    private const int Part = 1_000;
    private const int Allowed = 1_730;

    [Fact]
    public async Task Four_processes_at_once_send_what_a_cap_allows_and_no_more()
    {
        await using var run = await FleetRun.BeginAsync(Processes * Part);
        run.SetPolicy("""{"version":1,"actions":{"deactivate":{"caps":[{"profiles":ALLOWED,"within":"24h"}]}}}""".Replace("ALLOWED", Allowed.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        var processes = Enumerable.Range(0, Processes).Select(i => run.Start(i * Part, Part, batchSize: 40)).ToArray();

        var texts = (await Task.WhenAll(processes.Select(process => process.Completion))).Select(ended => ended.Output + ended.Errors).ToArray();
        Array.ForEach(processes, process => process.Dispose());

        var times = run.TimesAsked();
        Assert.True(times.Count(asked => asked == 1) == Allowed && times.All(asked => asked <= 1), string.Concat(texts));

        // One of them may have been served whole; each of the others was told once of all that it may not send.
        Assert.True(texts.Count(text => text.Contains("errors: 1", StringComparison.Ordinal)) >= Processes - 1, string.Concat(texts));
    }
}
