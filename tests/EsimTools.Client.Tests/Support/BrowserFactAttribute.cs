// A test that needs a Chromium, which is looked for under its usual names; without one it is skipped and says so.

namespace EsimTools.Client.Tests.Support;

/// <summary>A test for machines with a Chromium.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    private const string Variable = "ESIMTOOLS_TEST_CHROMIUM";

    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome", "chrome", "msedge"];

    public BrowserFactAttribute() => Skip = Path is null ? $"No Chromium on the PATH (Debian: chromium); {Variable} names one." : null;

    /// <summary>The program; null where there is none.</summary>
    public static string? Path { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : s_names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => System.IO.Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)))
        .FirstOrDefault(File.Exists);
}
