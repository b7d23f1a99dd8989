// Marks tests that need PowerShell: skipped in one line each where there is none, because this project treats it as something its user has.

using System.Diagnostics;

namespace EsimTools.Module.Tests;

/// <summary>What PowerShell this machine has.</summary>
internal static class PowerShellHost
{
    private static readonly Lazy<string?> Problem = new(FindProblem);

    /// <summary>Why suites cannot run here; null when they can.</summary>
    public static string? SkipReason => Problem.Value;

    private static string? FindProblem()
    {
        const string Question = "if (Get-Module -ListAvailable Pester | Where-Object Version -ge 5.0.0) { 'yes' } else { 'no' }";
        try
        {
            using var pwsh = Process.Start(new ProcessStartInfo("pwsh", ["-NoProfile", "-NonInteractive", "-Command", Question]) { RedirectStandardOutput = true })!;
            var answer = pwsh.StandardOutput.ReadToEnd().Trim();
            pwsh.WaitForExit();
            return answer == "yes" ? null : "Skipped: pwsh has no Pester 5.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Skipped: pwsh is not on PATH.";
        }
    }
}

/// <summary>A theory that needs PowerShell with Pester.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PowerShellTheoryAttribute : TheoryAttribute
{
    public PowerShellTheoryAttribute() => Skip = PowerShellHost.SkipReason;
}

/// <summary>A fact that needs PowerShell; Pester comes with every PowerShell that runs these tests.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PowerShellFactAttribute : FactAttribute
{
    public PowerShellFactAttribute() => Skip = PowerShellHost.SkipReason;
}
