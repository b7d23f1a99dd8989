// A suite's run in a PowerShell of its own: what tests/module/Invoke-Suite.ps1 writes to a file.

using System.Text.Json;

namespace EsimTools.Module.Tests.Pester;

/// <summary>What Pester says of a test.</summary>
internal sealed record PesterRecord(string Name, int Line, string Result, string Message, decimal Seconds);

/// <summary>Runs suites.</summary>
internal static class PesterRun
{
    /// <summary>The test that is about the suite as a whole: that it ran to its end, and nothing failed outside of its tests.</summary>
    public const string Whole = "runs to its end";

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    /// <summary>Runs a suite.</summary>
    /// <returns>Its tests, that of the whole first; one that Pester found and did not run has failed.</returns>
    public static async Task<PesterRecord[]> OfAsync(string suite)
    {
        var results = Path.GetTempFileName();
        try
        {
            var environment = new Dictionary<string, string>
            {
                ["ESIMTOOLS_SANDBOX_SERVER"] = Path.Combine(BuildInfo.OutputOf("EsimTools.Sandbox.Server"), "EsimTools.Sandbox.Server.dll"),
                ["ESIMTOOLS_TEST_CONFIGURATION"] = BuildInfo.Configuration,
                ["ESIMTOOLS_DOCUMENT_SERVER"] = Path.Combine(BuildInfo.OutputOf("DocumentServer"), "DocumentServer.dll"),
            };
            string[] arguments = ["-File", Path.Combine(PesterSuite.Folder, "Invoke-Suite.ps1"), "-Path", Path.Combine(PesterSuite.Folder, suite), "-Pester", BuildInfo.Pester, "-ResultPath", results];
            using var pwsh = PwshHost.Start(s_limit, environment, arguments);
            var ended = await pwsh.Completion;
            var text = await File.ReadAllTextAsync(results);
            var records = text.Length == 0 ? [] : JsonSerializer.Deserialize<PesterRecord[]>(text)!;
            return [OfWhole(records.Length, ended), .. records.Select(record => record.Result is "NotRun" or "" ? record with { Result = "Failed", Message = "It was found and did not run." } : record)];
        }
        finally
        {
            File.Delete(results);
        }
    }

    private static PesterRecord OfWhole(int tests, Ended ended)
    {
        var problem = tests == 0 ? "No test ran." : ended.ExitCode != 0 ? $"Its exit code is {ended.ExitCode}: something failed outside of any test." : string.Empty;
        return new PesterRecord(Whole, 1, problem.Length == 0 ? "Passed" : "Failed", $"{problem}\n{ended.Output}\n{ended.Errors}", 0);
    }
}
