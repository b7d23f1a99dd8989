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

    /// <summary>The output folder of a project.</summary>
    public static string OutputOf(string project) => Path.Combine(Values["ArtifactsPath"], "bin", project, Configuration.ToLowerInvariant());
}
