// Runs each Pester suite in a pwsh of its own against the staged module, and reports it as one test that fails with Pester's own words.

using Xunit.Abstractions;

namespace EsimTools.Module.Tests;

/// <summary>The suites of tests/module.</summary>
public sealed class PesterSuites(ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private static readonly string Folder = Path.Combine(BuildInfo.Root, "tests", "module");

    /// <summary>The suites there are.</summary>
    public static TheoryData<string> Suites =>
        [.. Directory.GetFiles(Folder, "*.Tests.ps1").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Suites))]
    public async Task Suite_passes_in_pwsh(string suite)
    {
        var environment = new Dictionary<string, string>
        {
            ["ESIMTOOLS_SANDBOX_SERVER"] = Path.Combine(BuildInfo.OutputOf("EsimTools.Sandbox.Server"), "EsimTools.Sandbox.Server.dll"),
            ["ESIMTOOLS_DOCUMENT_SERVER"] = Path.Combine(BuildInfo.OutputOf("DocumentServer"), "DocumentServer.dll"),
        };
        using var pwsh = PwshHost.Start(Limit, environment, "-File", Path.Combine(Folder, "Invoke-Suite.ps1"), Path.Combine(Folder, suite), "-Pester", BuildInfo.Pester);
        var ended = await pwsh.Completion;
        output.WriteLine(ended.Output);
        Assert.True(ended.ExitCode == 0, $"{suite} failed:\n{ended.Output}\n{ended.Errors}");
    }
}
