// A build that the tests start, of what only they need.

using System.Diagnostics;

namespace EsimTools.Module.Tests;

/// <summary>How a target is built.</summary>
internal static class BuildProcess
{
    /// <summary>What starts MSBuild.</summary>
    public static ProcessStartInfo Start(string project, string target, params IEnumerable<string> properties)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            ["msbuild", project, "-restore", "-nologo", "-verbosity:quiet", "-nodeReuse:false", $"-target:{target}", .. properties.Select(property => $"-property:{property}")]);

        // The test host's own build variables must not leak into the build that it starts.
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment.Remove("MSBuildSDKsPath");
        return start;
    }
}
