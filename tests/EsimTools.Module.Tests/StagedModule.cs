// The module as it is published, staged once for all suites by the same target that build.ps1 uses.

namespace EsimTools.Module.Tests;

/// <summary>Stages the module into a folder of the test run.</summary>
internal static class StagedModule
{
    // A first build restores and compiles everything, with others at work beside it.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    // Once for all classes of tests: they run side by side, and each of them would build over what another is using.
    private static readonly Lazy<string> s_path = new(Stage);

    /// <summary>The folder to import.</summary>
    public static string ModulePath => s_path.Value;

    // What somebody else has staged, with code in it that counts what runs, for example, is named by ESIMTOOLS_TEST_STAGED.
    private static string Stage() => Environment.GetEnvironmentVariable("ESIMTOOLS_TEST_STAGED") is { Length: > 0 } staged ? staged : StageHere();

    private static string StageHere()
    {
        var staged = Path.Combine(BuildInfo.OutputOf("EsimTools.Module.Tests"), "staged", "EsimTools");
        var start = BuildProcess.Start(
            Path.Combine(BuildInfo.Root, "src", "EsimTools", "EsimTools.csproj"), "StageModule",
            $"Configuration={BuildInfo.Configuration}", $"StagePath={staged}", $"CompanionPath={staged}.Postgres");
        using var build = ChildProcess.Start(start, s_limit);
        var ended = build.Completion.GetAwaiter().GetResult();
        return ended.ExitCode == 0 ? staged : throw new InvalidOperationException("The module could not be staged:\n" + ended.Output + ended.Errors);
    }
}
