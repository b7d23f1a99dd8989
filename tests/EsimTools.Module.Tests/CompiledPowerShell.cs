// The PowerShell of the tests, compiled ahead of time as installed ones are: see tests/PowerShell/PowerShell.csproj.

using System.Runtime.InteropServices;

namespace EsimTools.Module.Tests;

/// <summary>Compiles the PowerShell of the tests, once for each version of it and of .NET.</summary>
internal static class CompiledPowerShell
{
    // Half a minute of a processor, with others at work beside it.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    private static readonly Lazy<string> s_program = new(Compile);

    /// <summary>Its program, a library that dotnet runs. Where the compiler cannot be had it is the package's own: the tests work with it, and take longer.</summary>
    public static string Program => s_program.Value;

    private static string Compile()
    {
        var package = Path.GetDirectoryName(BuildInfo.PowerShell)!;
        var compiled = Path.Combine(BuildInfo.Artifacts, "bin", "PowerShell", $"{BuildInfo.PowerShellVersion}-{Environment.Version}-{RuntimeInformation.RuntimeIdentifier}");
        var program = Path.Combine(compiled, "pwsh.dll");
        return File.Exists(program) || IsCompiled(package, compiled) ? program : BuildInfo.PowerShell;
    }

    // It gets its name when it is whole: a run that is broken off leaves nothing that passes for it.
    private static bool IsCompiled(string package, string compiled)
    {
        var partial = $"{compiled}.{Environment.ProcessId}";
        var start = BuildProcess.Start(
            Path.Combine(BuildInfo.Root, "tests", "PowerShell", "PowerShell.csproj"), "CompilePowerShell",
            $"RuntimeIdentifier={RuntimeInformation.RuntimeIdentifier}", $"PowerShellPath={package}", $"CompiledPath={partial}",
            $"RuntimePath={Path.GetDirectoryName(typeof(object).Assembly.Location)}");
        using var build = ChildProcess.Start(start, s_limit);
        if (build.Completion.GetAwaiter().GetResult().ExitCode != 0)
        {
            return false;
        }

        Directory.Move(partial, compiled);
        return true;
    }
}
