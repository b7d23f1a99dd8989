// Listens, samples its own memory, and in the end accounts for every message: in what listeners record and in the journal.

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EsimTools;
using Npgsql;

namespace CallbackBench;

/// <summary>The process that is measured.</summary>
internal static class ListenerProcess
{
    /// <summary>The line that says that the load may begin.</summary>
    public const string Ready = "ready";

    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(5);

    /// <summary>How much the memory of the last third may be above that of the second.</summary>
    private const double FlatFactor = 1.1;

    public static async Task<int> RunAsync(Settings settings)
    {
        var folder = Directory.CreateTempSubdirectory("esimtools-bench-").FullName;
        try
        {
            var isFlat = await ListenAsync(settings, folder).ConfigureAwait(false);
            var isWhole = await AccountAsync(settings, folder).ConfigureAwait(false);
            Console.WriteLine(isFlat && isWhole ? "PASSED: none lost, none doubled, memory flat" : "FAILED");
            return isFlat && isWhole ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static EsimConnectionOptions Options(Settings settings, string folder, HttpMessageHandler service) => new()
    {
        ApiCredential = new EsimCredential("key", "secret"),
        UserCredential = new EsimCredential("user", "password"),
        AccountName = Fleet.AccountName,
        BaseUri = new Uri("https://bench.invalid/api"),
        JournalPath = folder,
        Database = settings.Journal,
        PostgresFolder = AppContext.BaseDirectory,
        Handler = service,
    };

    private static void Warn(EsimMessage message)
    {
        if (message.Level == EsimMessageLevel.Warning)
        {
            Console.WriteLine(message.Text);
        }
    }

    private static async Task<bool> ListenAsync(Settings settings, string folder)
    {
        using var service = new StandInService();
        using var connection = await EsimConnection.OpenAsync(Options(settings, folder, service), Warn).ConfigureAwait(false);
        for (var first = 0; first < settings.Messages; first += Fleet.ProfilesPerRequest)
        {
            // The requests are not kept: a listener that runs for months has long lost sight of most that it hears of.
            var profiles = Enumerable.Range(first, Math.Min(Fleet.ProfilesPerRequest, settings.Messages - first))
                .Select(number => new EsimProfile { Iccid = Fleet.IccidOf(number), Eid = Fleet.EidOf(number) }).ToArray();
            await connection.SubmitAsync(EsimAction.Deactivate, profiles, new EsimActionOptions { ServicePlan = "M2M Global", ReasonCode = "FF" }).ConfigureAwait(false);
        }

        GC.Collect();
        using var listener = connection.StartCallbackListener(new EsimCallbackListenerOptions
        {
            Prefix = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{settings.ListenerPort}/callbacks/"),
            Credential = new EsimCredential(Fleet.UserName, Fleet.Password),
        });
        Console.WriteLine(Ready);

        var end = Task.Run(Console.In.ReadLineAsync);
        var samples = new List<(double Heap, double WorkingSet)>();
        var watch = Stopwatch.StartNew();
        using var self = Process.GetCurrentProcess();
        var processor = self.TotalProcessorTime;
        do
        {
            self.Refresh();
            samples.Add((GC.GetTotalMemory(forceFullCollection: false) / 1e6, self.WorkingSet64 / 1e6));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {watch.Elapsed.TotalSeconds,5:N0} s  recorded {listener.Recorded,9:N0}  duplicates {listener.Duplicates,6:N0}  heap {samples[^1].Heap,6:N1} MB  working set {samples[^1].WorkingSet,6:N1} MB"));
        }
        while (await Task.WhenAny(end, Task.Delay(SampleInterval)).ConfigureAwait(false) != end);

        self.Refresh();
        var share = (self.TotalProcessorTime - processor) / watch.Elapsed;
        var stopping = Stopwatch.StartNew();
        listener.Stop();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"listener: received {listener.Received:N0}, recorded {listener.Recorded:N0}, duplicates {listener.Duplicates:N0}, refused {listener.Refused:N0}, invalid {listener.Invalid:N0}; {share * 100:N0}% of one core; stopped in {stopping.ElapsedMilliseconds:N0} ms"));
        return IsFlat(samples);
    }

    private static bool IsFlat(List<(double Heap, double WorkingSet)> samples)
    {
        var third = samples.Count / 3;
        if (third == 0)
        {
            Console.WriteLine("memory: too short a run to tell");
            return true;
        }

        var (before, after) = (samples.GetRange(third, third), samples.GetRange(samples.Count - third, third));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"memory, second third against last third: heap {before.Average(s => s.Heap):N1} -> {after.Average(s => s.Heap):N1} MB, working set {before.Average(s => s.WorkingSet):N1} -> {after.Average(s => s.WorkingSet):N1} MB"));
        return after.Average(s => s.WorkingSet) <= before.Average(s => s.WorkingSet) * FlatFactor && after.Average(s => s.Heap) <= before.Average(s => s.Heap) * FlatFactor;
    }

    private static async Task<bool> AccountAsync(Settings settings, string folder)
    {
        var recorded = new byte[settings.Messages];
        foreach (var file in Directory.GetFiles(folder, "callbacks-*.jsonl"))
        {
            foreach (var message in EsimCallbackImport.ReadFile(file))
            {
                Count(recorded, message.Callback!.Iccid!);
            }
        }

        var journaled = new byte[settings.Messages];
        foreach (var text in settings.Journal is { } journal ? LinesOf(journal) : Directory.GetFiles(folder, "2*.jsonl").SelectMany(File.ReadLines))
        {
            using var line = JsonDocument.Parse(text);
            if (line.RootElement.GetProperty("event").GetString() == "outcome")
            {
                foreach (var id in line.RootElement.GetProperty("ids").EnumerateArray())
                {
                    Count(journaled, id.GetString()!);
                }
            }
        }

        // What a later session makes of it all.
        using var service = new StandInService();
        using var later = await EsimConnection.OpenAsync(Options(settings, folder, service)).ConfigureAwait(false);
        var succeeded = later.GetRequests().Sum(request => request.SucceededCount);

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"account of {settings.Messages:N0}: recorded once {Once(recorded):N0}, journaled once {Once(journaled):N0}, lost {Zero(recorded) + Zero(journaled):N0}, doubled {More(recorded) + More(journaled):N0}; a later session counts {succeeded:N0} succeeded"));
        return Once(recorded) == settings.Messages && Once(journaled) == settings.Messages && succeeded == settings.Messages;
    }

    private static IEnumerable<string> LinesOf(string journal)
    {
        using var connection = new NpgsqlConnection(journal);
        connection.Open();
        using var command = new NpgsqlCommand("select text from esimtools.line order by id", connection);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return reader.GetString(0);
        }
    }

    private static void Count(byte[] counts, string iccid) => counts[Fleet.NumberOf(iccid)]++;

    private static int Once(byte[] counts) => counts.Count(count => count == 1);

    private static int Zero(byte[] counts) => counts.Count(count => count == 0);

    private static int More(byte[] counts) => counts.Count(count => count > 1);
}
