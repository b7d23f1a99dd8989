// A large journal: read fast and small, split into files, and put away when it no longer matters.

using System.Diagnostics;
using EsimTools.Client.Tests.Support;
using EsimTools.Journal;
using EsimTools.Requests;
using EsimTools.Rules;
using EsimTools.Tests;

namespace EsimTools.Client.Tests.Journal;

public sealed class JournalSizeTests : IDisposable
{
    private const int BatchSize = 10_000;

    private readonly Bench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("deactivate")]
    [InlineData("delete")]
    public async Task A_fleet_of_any_size_is_known_again_when_the_folder_is_opened(string action)
    {
        var batches = Figures.IsLongRun ? 100 : 2;
        WriteFleet("20260301T110000-aaaaaaaa", action, batches, "2026-03-01T11:00:00.000Z");
        var before = MemoryInUse();
        var watch = Stopwatch.StartNew();

        var connection = await _bench.OpenAsync();

        var time = watch.Elapsed;
        Figures.Note(
            "journal", $"{batches * BatchSize:n0} outcomes of '{action}' read in {time.TotalMilliseconds:n0} ms, {(MemoryInUse() - before) / 1048576.0:n0} MB kept, {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576:n0} MB peak working set of the test process");
        Assert.Equal(
            action == "delete" ? EsimError.EsimProfileAlreadyDeleted : null, connection.Judge(EsimAction.Delete, Sample.Profile(batches * BatchSize)).Error);
        Assert.Equal(BatchSize, connection.FindRequest("r" + (batches - 1))!.SucceededCount);
        Assert.Equal(batches, connection.GetRequests().Count());
    }

    [Fact]
    public async Task A_file_that_has_grown_large_is_followed_by_another_one()
    {
        var connection = await _bench.OpenAsync();
        for (var i = 0; i < 4; i++)
        {
            // The text of a plan is as good as any for making a line long.
            await connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile(i)], new() { ServicePlan = new string('x', 11 * 1024 * 1024) });
        }

        var files = Directory.GetFiles(_bench.JournalPath, "*.jsonl").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, files.Length);
        Assert.Equal(files[0] + "-002", files[1]);
        Assert.All(connection.GetRequests(), request => Assert.Equal(1, request.Count));
        Assert.Equal(EsimError.EsimProfileBusy, (await _bench.OpenAsync()).Judge(EsimAction.Deactivate, Sample.Profile(3)).Error);
    }

    [Fact]
    public async Task What_has_ended_and_is_old_is_put_away_when_there_is_too_much()
    {
        // Each file alone is below the limit, all of them together are above it.
        var filler = (int)(JournalFolder.LargestFolder / 2) - 1000;
        WriteFleet("20260226T000000-aaaaaaaa", "deactivate", 1, "2026-02-26T00:00:00.000Z", first: 0, filler: filler);
        WriteFleet("20260226T010000-bbbbbbbb", "deactivate", 1, "2026-02-26T01:00:00.000Z", first: 20_000, filler: filler, outcomes: 9_999);
        WriteFleet("20260301T110000-cccccccc", "deactivate", 1, "2026-03-01T11:00:00.000Z", first: 40_000, filler: filler);

        var connection = await _bench.OpenAsync();

        Assert.Equal(["20260226T000000-aaaaaaaa.jsonl"], Directory.GetFiles(Path.Combine(_bench.JournalPath, JournalFolder.ArchiveName)).Select(Path.GetFileName));
        Assert.Equal(2, Directory.GetFiles(_bench.JournalPath, "*.jsonl").Length);

        // This session has read it and goes on knowing it; the next one asks the service.
        Assert.Equal(3, connection.GetRequests().Count(request => request.Count == BatchSize));
        var later = await _bench.OpenAsync();
        Assert.Equal(2, later.GetRequests().Count());
        Assert.Equal(GuardDecision.AskService, later.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
        Assert.Equal(EsimError.EsimProfileBusy, later.Judge(EsimAction.Delete, Sample.Profile(29_999)).Error);
        Assert.Equal(GuardDecision.Allowed, later.Judge(EsimAction.Delete, Sample.Profile(40_000)).Decision);
    }

    private static long MemoryInUse() => GC.GetTotalMemory(forceFullCollection: true);

    private void WriteFleet(string name, string action, int batches, string at, int first = 1, int filler = 0, int outcomes = BatchSize)
    {
        Directory.CreateDirectory(_bench.JournalPath);
        using var file = new StreamWriter(Path.Combine(_bench.JournalPath, name + ".jsonl"));
        for (var batch = 0; batch < batches; batch++)
        {
            var start = first + (batch * BatchSize);
            var id = name + batch;
            file.Write($$"""{"v":1,"at":"{{at}}","event":"sending","request":"{{id}}","service":"https://service.test/api","action":"{{action}}","account":"{{Sample.Account}}","plan":"{{new string('x', filler)}}","profiles":[""");
            for (var i = start; i < start + BatchSize; i++)
            {
                file.Write($$"""{{(i > start ? "," : "")}}{"iccid":"{{Sample.IccidOf(i)}}","eid":"{{Sample.EidOf(i)}}","imei":"{{Sample.ImeiOf(i)}}"}""");
            }

            file.Write("]}\n");
            file.Write($$"""{"v":1,"at":"{{at}}","event":"accepted","request":"{{id}}","requestId":"r{{(first == 1 ? batch : id)}}"}""" + "\n");
            var status = action == "delete" ? "DELETE" : "ENABLE";
            foreach (var part in Enumerable.Range(start, outcomes).Chunk(1000))
            {
                file.Write($$"""{"v":1,"at":"{{at}}","event":"outcome","request":"{{id}}","service":"https://service.test/api","action":"{{action}}","source":"Callback","result":"Succeeded","state":"DEACTIVE","profileStatus":"{{status}}","ids":[{{string.Join(",", part.Select(i => $"\"{Sample.IccidOf(i)}\""))}}]}""" + "\n");
            }
        }
    }
}
