// The client on runtimes that the SDK does not bring: .NET 8, which PowerShell 7.4 runs on, and .NET Framework, which Windows PowerShell runs on;
// where that is missing, Mono.

using System.Diagnostics;
using Xunit.Abstractions;

namespace EsimTools.Module.Tests;

/// <summary>Builds tests/EsimTools.Client.Elsewhere, starts it and takes its word.</summary>
public sealed class ElsewhereTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15);

    private static readonly string s_project = Path.Combine(BuildInfo.Root, "tests", "EsimTools.Client.Elsewhere", "EsimTools.Client.Elsewhere.csproj");

    [NetFrameworkFact]
    public async Task The_clients_rules_pass_on_NET_Framework_or_Mono()
    {
        var program = Path.Combine(await BuildAsync("net472"), "EsimTools.Client.Tests.exe");

        await RunAsync(NetFrameworkFactAttribute.Mono is { } mono ? new(mono, [program]) : new(program), NetFrameworkFactAttribute.Mono is null ? ".NET Framework" : "Mono");
    }

    [Net8Fact]
    public async Task The_clients_tests_pass_on_NET_8()
    {
        var program = Path.Combine(await BuildAsync("net8.0"), "EsimTools.Client.Tests" + (OperatingSystem.IsWindows() ? ".exe" : string.Empty));

        await RunAsync(new(program), ".NET 8");
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

/// <summary>A fact about .NET 8: all tests of the client once more, which is wanted before a release and not on every run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Net8FactAttribute : FactAttribute
{
    private const string Variable = "ESIMTOOLS_TEST_NET8";

    public Net8FactAttribute() =>
        Skip = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } ? null : $"All tests of the client once more take minutes: set {Variable} to 1 to have them run on .NET 8, whose runtime NuGet brings.";
}
