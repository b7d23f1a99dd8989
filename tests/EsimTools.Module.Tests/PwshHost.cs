// The one place that starts PowerShell. It takes the PowerShell that the test project brings, or the one that ESIMTOOLS_TEST_PWSH names, never one
// of the PATH; and its home, temporary files, module path and culture are the test run's own, so that nothing of a user is read or written.

using System.Diagnostics;

namespace EsimTools.Module.Tests;

/// <summary>Starts PowerShell.</summary>
internal static class PwshHost
{
    // What changes where PowerShell and .NET look for a user's files, which language they speak, and what the build says to its own children.
    private static readonly string[] s_foreign =
    [
        "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "PSModulePath", "LANG", "LANGUAGE",
        "MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath",
        "ESIMTOOLS_API_KEY", "ESIMTOOLS_API_SECRET", "ESIMTOOLS_USER", "ESIMTOOLS_PASSWORD", "ESIMTOOLS_ACCOUNT", "ESIMTOOLS_BASE_URI", "ESIMTOOLS_JOURNAL",
    ];

    private static readonly Lazy<string> s_home = new(MakeHome);

    /// <summary>Starts PowerShell with no profile and nobody to answer.</summary>
    /// <param name="limit">How long it may take; then it is ended with its children.</param>
    /// <param name="environment">Variables for it, beside those that every PowerShell of the tests has.</param>
    /// <param name="arguments">What follows its own switches: -File or -Command, and what belongs to them.</param>
    public static ChildProcess Start(TimeSpan limit, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var program = FindProgram();
        var start = new ProcessStartInfo(program[0], [.. program[1..], "-NoLogo", "-NoProfile", "-NonInteractive", .. arguments]);
        Isolate(start);
        start.Environment["ESIMTOOLS_MODULE"] = StagedModule.ModulePath;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return ChildProcess.Start(start, limit);
    }

    // The tool's package brings its program as a library, which the .NET that runs the tests can start on every system.
    private static string[] FindProgram() => Environment.GetEnvironmentVariable("ESIMTOOLS_TEST_PWSH") is { Length: > 0 } named
        ? [named]
        : [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", CompiledPowerShell.Program];

    private static void Isolate(ProcessStartInfo start)
    {
        foreach (var name in s_foreign)
        {
            start.Environment.Remove(name);
        }

        foreach (var name in (string[])["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "DOTNET_CLI_HOME"])
        {
            start.Environment[name] = s_home.Value;
        }

        foreach (var name in (string[])["TMPDIR", "TMP", "TEMP"])
        {
            start.Environment[name] = Path.Combine(s_home.Value, "tmp");
        }

        // Another home, and yet the packages that are there already.
        start.Environment["NUGET_PACKAGES"] = BuildInfo.PackageRoot;
        start.Environment["LC_ALL"] = "en_US.UTF-8";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        start.Environment["NO_COLOR"] = "1";
        // A shell of the tests lives for seconds, and most of what it compiles is the script of Pester and of the tests: nothing of that is used
        // for long enough to be compiled well, or twice. What was compiled ahead of time is used as it is.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        start.Environment["DOTNET_JITMinOpts"] = "1";
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
    }

    private static string MakeHome()
    {
        var home = Directory.CreateTempSubdirectory("esimtools-").FullName;
        Directory.CreateDirectory(Path.Combine(home, "tmp"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                Directory.Delete(home, recursive: true);
            }
            catch (IOException)
            {
                // Something that a test left behind still writes there; the system's own cleaning takes it.
            }
        };
        return home;
    }
}
