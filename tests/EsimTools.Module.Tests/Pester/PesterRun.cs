// A suite's run in a PowerShell of its own, and the list of what there is to run; both are what tests/module/Invoke-Suite.ps1 writes to a file.

using System.Collections.Concurrent;
using System.Text.Json;

namespace EsimTools.Module.Tests.Pester;

/// <summary>What Pester says of a test.</summary>
internal sealed record PesterRecord(string Suite, string Name, int Line, string Result, string Message, decimal Seconds);

/// <summary>A suite that has run.</summary>
internal sealed class PesterRun
{
    /// <summary>Every test of every suite, found without running any.</summary>
    public static readonly Lazy<PesterRecord[]> Listed = new(() => StartAsync(PesterSuite.Folder, "-List").GetAwaiter().GetResult().Records);

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    private static readonly ConcurrentDictionary<string, Lazy<Task<PesterRun>>> s_runs = new();

    private readonly Dictionary<string, PesterRecord> _records;

    private PesterRun(string suite, PesterRecord[] records, Ended ended)
    {
        _records = records.ToDictionary(record => record.Name);
        var found = Listed.Value.Where(listed => listed.Suite == suite).Select(listed => listed.Name).ToHashSet();
        var others = records.Select(record => record.Name).Where(name => !found.Contains(name)).ToArray();
        var problem = records.Length == 0 ? "No test ran."
            : others.Length > 0 ? $"Ran and had not been found before: {string.Join("; ", others)}"
            : ended.ExitCode != 0 ? $"Its exit code is {ended.ExitCode}: something failed outside of any test."
            : string.Empty;
        Whole = new PesterRecord(suite, PesterTestCase.Whole, 1, problem.Length == 0 ? "Passed" : "Failed", $"{problem}\n{ended.Output}\n{ended.Errors}", 0);
    }

    /// <summary>Whether it ran to its end and nothing but what had been found before, with all that it printed.</summary>
    public PesterRecord Whole { get; }

    /// <summary>Runs a suite, or gives its run where it has run already.</summary>
    public static Task<PesterRun> OfAsync(string suite) => s_runs.GetOrAdd(suite, name => new Lazy<Task<PesterRun>>(() => RunAsync(name))).Value;

    /// <summary>The result of a test; one that was found before and has not run has failed.</summary>
    public PesterRecord Find(string name)
    {
        var record = _records.GetValueOrDefault(name);
        return record is null or { Result: "NotRun" or "" }
            ? new PesterRecord(Whole.Suite, name, record?.Line ?? 1, "Failed", "It was found and did not run.", 0)
            : record;
    }

    private static async Task<PesterRun> RunAsync(string suite)
    {
        var (records, ended) = await StartAsync(Path.Combine(PesterSuite.Folder, suite));
        return new PesterRun(suite, records, ended);
    }

    private static async Task<(PesterRecord[] Records, Ended Ended)> StartAsync(string path, params string[] switches)
    {
        var results = Path.GetTempFileName();
        try
        {
            var environment = new Dictionary<string, string>
            {
                ["ESIMTOOLS_SANDBOX_SERVER"] = Path.Combine(BuildInfo.OutputOf("EsimTools.Sandbox.Server"), "EsimTools.Sandbox.Server.dll"),
                ["ESIMTOOLS_TEST_CONFIGURATION"] = BuildInfo.Configuration,
                ["ESIMTOOLS_DOCUMENT_SERVER"] = Path.Combine(BuildInfo.OutputOf("DocumentServer"), "DocumentServer.dll"),
            };
            string[] arguments = ["-File", Path.Combine(PesterSuite.Folder, "Invoke-Suite.ps1"), "-Path", path, "-Pester", BuildInfo.Pester, "-ResultPath", results, .. switches];
            using var pwsh = PwshHost.Start(s_limit, environment, arguments);
            var ended = await pwsh.Completion;
            var text = await File.ReadAllTextAsync(results);
            return text.Length == 0
                ? throw new InvalidOperationException($"Pester gave no results.\n{ended.Output}\n{ended.Errors}")
                : (JsonSerializer.Deserialize<PesterRecord[]>(text)!, ended);
        }
        finally
        {
            File.Delete(results);
        }
    }
}
