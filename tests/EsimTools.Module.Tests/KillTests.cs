// A pwsh that is killed at random moments of a large run, again and again: in the end the service has been asked once for every profile.

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using EsimTools.Sandbox;
using EsimTools.Sandbox.Server;
using EsimTools.Tests;
using Microsoft.AspNetCore.Builder;
using Xunit.Abstractions;

namespace EsimTools.Module.Tests;

/// <summary>Kills, and what the server's log says after them.</summary>
public sealed class KillTests(StagedModule module, ITestOutputHelper output) : IClassFixture<StagedModule>
{
    private const int FleetSize = 50_000;
    private const int KillsInARound = 10;
    private const int MostRequestsBeforeAKill = 12;

    // Settled before the rest is sent: what the killed one had on its way. The sandbox acts at once, so nothing is still to come.
    private const string Script = """
        $ErrorActionPreference = 'Continue'
        Import-Module $env:ESIMTOOLS_MODULE
        $api, $user = @('sandbox-key', 'sandbox-secret'), @('sandbox-user', 'sandbox-password') |
            ForEach-Object { [pscredential]::new($_[0], (ConvertTo-SecureString $_[1] -AsPlainText -Force)) }
        Connect-EsimService -ApiCredential $api -UserCredential $user -AccountName 0000123456-00001 -BaseUri $env:TEST_SERVICE -JournalPath $env:TEST_JOURNAL
        $null = Resolve-EsimRequest -NotDoneAfter 0
        $requests = Import-Csv $env:TEST_FLEET | Disable-EsimProfile -BatchSize 500 -Force -WarningVariable said
        "skipped: $said"
        "profiles: $(($requests | Measure-Object Count -Sum).Sum); in doubt: $(@(Get-EsimRequest -Status InDoubt).Count); errors: $($Error.Count)"
        """;

    [PowerShellFact]
    public async Task A_run_that_is_killed_and_run_again_asks_for_every_profile_exactly_once()
    {
        var rounds = Figures.IsLongRun ? 20 : 1;
        var (kills, whileSending) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var (killed, sending) = await RunRoundAsync(round);
            kills += killed;
            whileSending += sending;
        }

        Figures.Note("kills", $"{kills} kills of pwsh, {whileSending} of them with requests on their way or unanswered, in {rounds} runs of {FleetSize:n0} profiles: 0 lost, 0 asked for twice");
    }

    private async Task<(int Kills, int WhileSending)> RunRoundAsync(int round)
    {
        var folder = Directory.CreateTempSubdirectory("esimtools-kill");
        try
        {
            var fleet = WriteFleet(folder.FullName);
            using var sandbox = new ThingSpaceSandbox(new SandboxOptions(), clock: null, SandboxFleet.Load(fleet));
            await using var app = SandboxHost.Build("http://127.0.0.1:0", sandbox);
            await app.StartAsync();
            var random = new Random(Figures.IsLongRun ? Environment.TickCount + round : 20261122);
            var whileSending = 0;
            for (var kill = 0; kill < KillsInARound; kill++)
            {
                whileSending += await KillOneAsync(app, sandbox, folder.FullName, fleet, random) ? 1 : 0;
            }

            using var last = Start(app, folder.FullName, fleet);
            var text = await last.StandardOutput.ReadToEndAsync();
            await last.WaitForExitAsync();
            output.WriteLine(text);

            var wrong = File.ReadLines(fleet).Skip(1).Select(line => line.Split(',')[0]).Where(iccid => sandbox.TimesAccepted("deactivate", iccid) != 1).ToArray();
            Assert.True(wrong.Length == 0, $"{wrong.Length} profiles were not asked for exactly once, {wrong.Count(iccid => sandbox.TimesAccepted("deactivate", iccid) == 0)} of them never.\n{text}");
            Assert.Contains($"profiles: {FleetSize}; in doubt: 0; errors: 0", text, StringComparison.Ordinal);
            return (KillsInARound, whileSending);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<bool> KillOneAsync(WebApplication app, ThingSpaceSandbox sandbox, string folder, string fleet, Random random)
    {
        var before = Sent(sandbox);
        var after = random.Next(MostRequestsBeforeAKill);
        using var pwsh = Start(app, folder, fleet);
        while (!pwsh.HasExited && Sent(sandbox) < before + after)
        {
            await Task.Yield();
        }

        await Task.Delay(random.Next(after == 0 ? 2000 : 30));
        pwsh.Kill();
        var text = await pwsh.StandardOutput.ReadToEndAsync();
        await pwsh.WaitForExitAsync();
        await UntilNothingIsServedAsync(app);
        var sent = Sent(sandbox) - before;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killed when {sent} requests had arrived {text}"));
        return sent > 0;
    }

    // Connections are taken in the order in which they come, so when a new one has been served none of the dead one's is still outside.
    private static async Task UntilNothingIsServedAsync(WebApplication app)
    {
        var address = SandboxHost.BaseAddress(app);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(address.Host, address.Port);
            await client.GetStream().WriteAsync("GET /sandbox/profiles/0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
            using var reader = new StreamReader(client.GetStream());
            await reader.ReadToEndAsync();
        }

        while (SandboxHost.CountConnections(app) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    private static int Sent(ThingSpaceSandbox sandbox) => sandbox.Log.Count(entry => entry.Path.Contains("/profile/actions/", StringComparison.Ordinal));

    private Process Start(WebApplication app, string folder, string fleet)
    {
        var script = Path.Combine(folder, "run.ps1");
        File.WriteAllText(script, Script);
        var start = new ProcessStartInfo("pwsh", ["-NoProfile", "-NonInteractive", "-File", script]) { RedirectStandardOutput = true };
        start.Environment["ESIMTOOLS_MODULE"] = module.ModulePath;
        start.Environment["TEST_SERVICE"] = SandboxHost.BaseAddress(app).ToString();
        start.Environment["TEST_JOURNAL"] = Path.Combine(folder, "journal");
        start.Environment["TEST_FLEET"] = fleet;
        start.Environment["NO_COLOR"] = "1";
        return Process.Start(start)!;
    }

    private static string WriteFleet(string folder)
    {
        var path = Path.Combine(folder, "fleet.csv");
        File.WriteAllLines(path, Enumerable.Range(0, FleetSize).Select(i => $"{MadeUp.IccidOf(i)},{MadeUp.EidOf(i)}").Prepend("Iccid,Eid"));
        return path;
    }
}
