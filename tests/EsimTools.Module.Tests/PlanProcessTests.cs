// A plan in several processes: killed in each of its waves and invoked again, and invoked by two at once.

using System.Diagnostics;
using System.Globalization;

namespace EsimTools.Module.Tests;

/// <summary>What the server's log says of a plan whose processes end and meet.</summary>
public sealed class PlanProcessTests
{
    private const int FleetSize = 4_000;

    private const string Invoke = """
        if (-not (Test-Path $env:TEST_PLAN)) {
            $null = Import-Csv $env:TEST_FLEET | New-EsimPlan -Action deactivate -Wave 1000 -BatchSize 500 -Path $env:TEST_PLAN
        }
        $requests = Invoke-EsimPlan $env:TEST_PLAN -Resume -Force -PollingIntervalSec 1
        "sent: $(($requests | Measure-Object Count -Sum).Sum); errors: $($Error.FullyQualifiedErrorId)"
        """;

    [Fact]
    public async Task A_plan_that_is_killed_in_each_wave_and_invoked_again_asks_for_every_profile_exactly_once()
    {
        await using var run = await FleetRun.BeginAsync(FleetSize, Invoke);
        for (var requests = 1; requests < 8; requests += 2)
        {
            using var pwsh = run.Start();
            using var real = Process.GetProcessById(int.Parse(await pwsh.FirstLine, CultureInfo.InvariantCulture));
            while (!pwsh.HasExited && run.Sent < requests)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1));
            }

            Assert.False(pwsh.HasExited, "There was nothing left to kill.");
            await run.KillAsync(pwsh, real);
        }

        using var last = run.Start();
        var ended = await last.Completion;
        using var again = run.Start();
        var refused = await again.Completion;

        run.AssertAskedOnceForEach(ended.Output + ended.Errors);
        Assert.Contains("errors: \n", ended.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("errors: EsimPlanDone", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_two_invoke_at_once_is_carried_out_by_one()
    {
        await using var run = await FleetRun.BeginAsync(FleetSize, Invoke);
        using (var maker = run.Start())
        {
            await maker.FirstLine;
            while (!maker.HasExited && run.Sent < 1)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1));
            }

            using var two = run.Start();
            using var three = run.Start();
            var texts = await Task.WhenAll(maker.Completion, two.Completion, three.Completion);

            run.AssertAskedOnceForEach(string.Concat(texts.Select(ended => ended.Output + ended.Errors)));
            Assert.Contains($"sent: {FleetSize}", texts[0].Output, StringComparison.Ordinal);
            Assert.All(texts.Skip(1), ended => Assert.Matches("errors: EsimPlan(Busy|Done)", ended.Output));
        }
    }
}
