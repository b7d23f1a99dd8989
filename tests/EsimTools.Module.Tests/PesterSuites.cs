// Runs each Pester suite in a pwsh of its own against the staged module, and reports it as one test that fails with Pester's own words.

using System.Diagnostics;
using System.Globalization;
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

    [PowerShellTheory]
    [MemberData(nameof(Suites))]
    public void Suite_passes_in_pwsh(string suite)
    {
        var start = new ProcessStartInfo("pwsh", ["-NoProfile", "-NonInteractive", "-File", Path.Combine(Folder, "Invoke-Suite.ps1"), Path.Combine(Folder, suite)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ESIMTOOLS_MODULE"] = StagedModule.ModulePath;
        start.Environment["ESIMTOOLS_SANDBOX_SERVER"] = Path.Combine(BuildInfo.OutputOf("EsimTools.Sandbox.Server"), "EsimTools.Sandbox.Server.dll");
        start.Environment["ESIMTOOLS_DOCUMENT_SERVER"] = Path.Combine(BuildInfo.OutputOf("DocumentServer"), "DocumentServer.dll");
        start.Environment["NO_COLOR"] = "1";
        using var pwsh = Process.Start(start)!;
        var text = Task.Run(pwsh.StandardOutput.ReadToEnd);
        var errors = Task.Run(pwsh.StandardError.ReadToEnd);
        if (!pwsh.WaitForExit(Limit))
        {
            pwsh.Kill(entireProcessTree: true);
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{suite} did not end within {Limit.TotalMinutes} minutes.\n{text.Result}"));
        }

        output.WriteLine(text.Result);
        Assert.True(pwsh.ExitCode == 0, $"{suite} failed:\n{text.Result}\n{errors.Result}");
    }
}
