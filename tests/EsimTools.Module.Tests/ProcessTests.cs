// A pwsh that is killed at random moments of a large run, again and again: in the end the service has been asked once for every profile.
// And two that run at once over one journal: likewise.

using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace EsimTools.Module.Tests;

/// <summary>Processes that end and processes that meet, and what the server's log says after them.</summary>
public sealed class ProcessTests(ITestOutputHelper output)
{
    private const int FleetSize = 50_000;
    private const int KillsInARound = 10;
    private const int MostRequestsBeforeAKill = 12;

    [Fact]
    public async Task A_run_that_is_killed_and_run_again_asks_for_every_profile_exactly_once()
    {
        var rounds = Figures.IsLongRun ? 20 : 1;
        var whileSending = 0;
        for (var round = 0; round < rounds; round++)
        {
            whileSending += await RunRoundAsync(round);
        }

        Figures.Note("kills", $"{rounds * KillsInARound} kills of pwsh, {whileSending} of them after requests had left, in {rounds} runs of {FleetSize:n0} profiles: never asked for 0, asked for twice 0");
    }

    [Fact]
    public async Task Two_runs_at_once_over_one_journal_ask_for_every_profile_exactly_once()
    {
        await using var run = await FleetRun.BeginAsync(FleetSize);
        using var one = run.Start();
        using var two = run.Start();

        var texts = (await Task.WhenAll(one.Completion, two.Completion)).Select(ended => ended.Output + ended.Errors).ToArray();

        run.AssertAskedOnceForEach(string.Concat(texts));
        Assert.All(texts, text => Assert.Contains($"profiles: {FleetSize}; ", text, StringComparison.Ordinal));
        Assert.All(texts, text => Assert.Contains("errors: 0", text, StringComparison.Ordinal));
    }

    private async Task<int> RunRoundAsync(int round)
    {
        await using var run = await FleetRun.BeginAsync(FleetSize);
        var random = new Random(Figures.IsLongRun ? Environment.TickCount + round : 20261122);
        var whileSending = 0;
        for (var kill = 0; kill < KillsInARound; kill++)
        {
            whileSending += await KillOneAsync(run, random) ? 1 : 0;
        }

        using var last = run.Start();
        var ended = await last.Completion;
        var text = ended.Output + ended.Errors;
        output.WriteLine(text);

        run.AssertAskedOnceForEach(text);
        Assert.Contains($"profiles: {FleetSize}; in doubt: 0; errors: 0", text, StringComparison.Ordinal);
        return whileSending;
    }

    private async Task<bool> KillOneAsync(FleetRun run, Random random)
    {
        var before = run.Sent;
        var after = random.Next(MostRequestsBeforeAKill);
        using var pwsh = run.Start();

        // The PowerShell that runs the script, which is a child of what was started where that is the small program of a .NET tool.
        using var real = Process.GetProcessById(int.Parse(await pwsh.FirstLine, CultureInfo.InvariantCulture));
        while (!pwsh.HasExited && run.Sent < before + after)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }

        await Task.Delay(random.Next(after == 0 ? 2000 : 30));
        await run.KillAsync(pwsh, real);
        var sent = run.Sent - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killed when {sent} requests had arrived"));
        return sent > 0;
    }
}
