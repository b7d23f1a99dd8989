// The client's assemblies for .NET Framework, which Windows PowerShell loads: on Windows they run as they are, elsewhere on Mono.

using System.Diagnostics;
using Xunit.Abstractions;

namespace EsimTools.Module.Tests;

/// <summary>Builds tests/EsimTools.Client.Elsewhere, starts it and takes its word.</summary>
public sealed class ElsewhereTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private static readonly string s_project = Path.Combine(BuildInfo.Root, "tests", "EsimTools.Client.Elsewhere", "EsimTools.Client.Elsewhere.csproj");

    [NetFrameworkFact]
    public async Task The_clients_rules_pass_on_NET_Framework_or_Mono()
    {
        var program = Path.Combine(await BuildAsync("net472"), "EsimTools.Client.Tests.exe");

        await RunAsync(NetFrameworkFactAttribute.Mono is { } mono ? new(mono, [program]) : new(program), NetFrameworkFactAttribute.Mono is null ? ".NET Framework" : "Mono");
    }

    private async Task RunAsync(ProcessStartInfo start, string runtime)
    {
        using var program = ChildProcess.Start(start, s_limit);
        var ended = await program.Completion;
        output.WriteLine(ended.Output);
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
        Assert.Matches($@"(?m)^[1-9]\d* passed, 0 failed, \d+ skipped on {runtime.Replace(".", @"\.", StringComparison.Ordinal)}", ended.Output);
    }

    // Into a folder of its own: the module is staged at the same time, from the same projects.
    private static async Task<string> BuildAsync(string framework)
    {
        var artifacts = Path.Combine(BuildInfo.OutputOf("EsimTools.Module.Tests"), "elsewhere", framework);
        var start = new ProcessStartInfo("dotnet", ["build", s_project, "--framework", framework, "--configuration", BuildInfo.Configuration, "--artifacts-path", artifacts, "--verbosity", "quiet", "-nodeReuse:false"]);
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment.Remove("MSBuildSDKsPath");
        using var build = ChildProcess.Start(start, s_limit);
        var ended = await build.Completion;
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
        return Directory.GetDirectories(Path.Combine(artifacts, "bin", "EsimTools.Client.Elsewhere"), $"*{framework}*").Single();
    }
}

/// <summary>A fact about .NET Framework's assemblies: on Windows they run as they are, elsewhere on Mono, which the machine may have.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NetFrameworkFactAttribute : FactAttribute
{
    public NetFrameworkFactAttribute() => Skip = OperatingSystem.IsWindows() || Mono is not null ? null : "No mono on the PATH (Debian: mono-complete).";

    /// <summary>The program mono; null on Windows and where there is none.</summary>
    public static string? Mono { get; } = OperatingSystem.IsWindows() ? null : Environment.GetEnvironmentVariable("PATH")?
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, "mono"))
        .FirstOrDefault(File.Exists);
}
