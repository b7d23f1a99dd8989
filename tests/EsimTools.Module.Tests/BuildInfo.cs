// Where the build put things, handed over by the project file, so that no test guesses paths.

using System.Reflection;

namespace EsimTools.Module.Tests;

/// <summary>Paths of this build.</summary>
internal static class BuildInfo
{
    private static readonly Dictionary<string, string> Values = typeof(BuildInfo).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .ToDictionary(attribute => attribute.Key, attribute => attribute.Value ?? string.Empty);

    /// <summary>The repository's folder.</summary>
    public static string Root => Values["RepositoryRoot"];

    /// <summary>The build's configuration, Debug or Release.</summary>
    public static string Configuration => Values["Configuration"];

    /// <summary>Where builds put what they make.</summary>
    public static string Artifacts => Values["ArtifactsPath"];

    /// <summary>The version of the tests' PowerShell.</summary>
    public static string PowerShellVersion => Values["PowerShellVersion"];

    /// <summary>The PowerShell of the tests: a .NET tool's package, which holds one for Windows and one for all other systems.</summary>
    public static string PowerShell => Path.Combine(Values["PowerShellPackage"], "tools", "net10.0", "any", OperatingSystem.IsWindows() ? "win" : "unix", "pwsh.dll");

    /// <summary>The Pester of the tests. Its package has no module folder, so it is imported by this path.</summary>
    public static string Pester => Path.Combine(Values["PesterPackage"], "tools", "Pester.psd1");

    /// <summary>Where NuGet keeps packages.</summary>
    public static string PackageRoot => Values["PackageRoot"];

    /// <summary>The output folder of a project.</summary>
    public static string OutputOf(string project) => Path.Combine(Artifacts, "bin", project, Configuration.ToLowerInvariant());
}
