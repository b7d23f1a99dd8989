// A journal of a million profiles: what connecting costs in a real pwsh.

using System.Globalization;
using System.Text.RegularExpressions;
using EsimTools.Sandbox;
using EsimTools.Sandbox.Server;
using Xunit.Abstractions;

namespace EsimTools.Module.Tests;

/// <summary>Runs when nothing else does, so that its figures are worth something.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Time and memory of Connect-EsimService; only what is known afterwards can fail.</summary>
[Collection(nameof(Alone))]
public sealed partial class LargeJournalTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15);

    private const string Script = """
        $ErrorActionPreference = 'Stop'
        Import-Module $env:ESIMTOOLS_MODULE
        $api, $user = @('sandbox-key', 'sandbox-secret'), @('sandbox-user', 'sandbox-password') |
            ForEach-Object { [pscredential]::new($_[0], (ConvertTo-SecureString $_[1] -AsPlainText -Force)) }
        $parameters = @{ ApiCredential = $api; UserCredential = $user; AccountName = '0000123456-00001'; BaseUri = $env:TEST_SERVICE }
        Connect-EsimService -InformationAction Ignore @parameters -JournalPath $env:TEST_EMPTY
        Disconnect-EsimService
        $process = Get-Process -Id $PID
        $without = $process.PeakWorkingSet64
        $time = Measure-Command { Connect-EsimService -InformationAction Ignore @parameters -JournalPath $env:TEST_JOURNAL }
        $process.Refresh()
        $run = Remove-EsimProfile -Iccid $env:TEST_ICCID -Force -ErrorAction SilentlyContinue -WarningVariable said
        "connected in $([int] $time.TotalMilliseconds) ms, peak working set $([int] ($process.PeakWorkingSet64 / 1MB)) MB, without a journal $([int] ($without / 1MB)) MB"
        "$said"
        """;

    [Theory]
    [InlineData("deactivate")]
    [InlineData("delete")]
    public async Task Connecting_reads_all_of_it(string action)
    {
        var requests = Figures.IsLongRun ? 100 : 2;
        var folder = Directory.CreateTempSubdirectory("esimtools-journal");
        try
        {
            using var sandbox = new ThingSpaceSandbox();
            await using var app = SandboxHost.Build("http://127.0.0.1:0", sandbox);
            await app.StartAsync();
            var address = SandboxHost.BaseAddress(app).ToString();
            var at = DateTime.UtcNow.AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            var journal = Path.Combine(folder.FullName, "journal");
            LargeJournal.Write(
                Path.Combine(journal, "20260301T110000-aaaaaaaa.jsonl"), address, action, at, Enumerable.Range(0, requests),
                i => (MadeUp.IccidOf(i), MadeUp.EidOf(i), MadeUp.ImeiOf(i)));
            var script = Path.Combine(folder.FullName, "connect.ps1");
            await File.WriteAllTextAsync(script, Script);
            var environment = new Dictionary<string, string>
            {
                ["TEST_SERVICE"] = address,
                ["TEST_JOURNAL"] = journal,
                ["TEST_EMPTY"] = Path.Combine(folder.FullName, "empty"),
                ["TEST_ICCID"] = MadeUp.IccidOf((requests * LargeJournal.BatchSize) - 1),
            };
            using var pwsh = PwshHost.Start(s_limit, environment, "-File", script);
            var ended = await pwsh.Completion;
            var text = ended.Output;

            output.WriteLine(text + ended.Errors);
            Assert.Equal(0, ended.ExitCode);
            Figures.Note("journal", $"{requests * LargeJournal.BatchSize:n0} outcomes of '{action}': {ConnectedLine().Match(text).Value}");

            // The last profile of all: a deletion is skipped as done, a deactivation is proof enough to delete.
            Assert.Equal(action == "delete" ? 0 : 1, sandbox.TimesAccepted("delete", MadeUp.IccidOf((requests * LargeJournal.BatchSize) - 1)));
            Assert.Equal(action == "delete", text.Contains("1 profile skipped", StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("connected in .*")]
    private static partial Regex ConnectedLine();
}
