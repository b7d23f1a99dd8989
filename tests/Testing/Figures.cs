// What the tests measured and how much they tried: lines in a file, and whether this is the long run that docs/testing.md quotes.

using System.Globalization;

namespace EsimTools.Testing;

internal static class Figures
{
    private static readonly object s_lock = new();

    /// <summary>Whether tests that can be longer are to be so: pwsh ./build.ps1 Test -Long.</summary>
    public static bool IsLongRun => Environment.GetEnvironmentVariable("ESIMTOOLS_TEST_LONG") == "1";

    /// <summary>Notes a figure; lost where nobody has asked for them.</summary>
    public static void Note(string name, FormattableString text)
    {
        if (Environment.GetEnvironmentVariable("ESIMTOOLS_TEST_FIGURES") is { Length: > 0 } file)
        {
            lock (s_lock)
            {
                File.AppendAllText(file, name + ": " + text.ToString(CultureInfo.InvariantCulture) + Environment.NewLine);
            }
        }
    }
}
