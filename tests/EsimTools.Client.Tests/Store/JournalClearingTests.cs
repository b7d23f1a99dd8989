// What Clear takes from a folder's journal and what it leaves, however it is broken off.

using System.Globalization;
using EsimTools.Client.Tests.Support;
using EsimTools.Store;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Store;

public sealed class JournalClearingTests : IDisposable
{
    private const string Service = "https://service.test/api";

    private readonly ConnectionFixture _fixture = new();

    private EsimJournalPlace Journal => new() { Path = _fixture.JournalPath };

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task What_is_open_in_doubt_deleted_or_lead_stays_and_what_has_ended_goes()
    {
        Write(
            ("old.jsonl", [.. Ended("ended", 1, 1, days: 40), .. Ended("gone", 2, 2, days: 40, action: "delete"), .. Ended("open", 3, 3, days: 40)[..2], .. Ended("doubt", 4, 4, days: 40)[..1]]),
            ("new.jsonl", [.. Ended("lead", 5, 5, days: 40, words: ",\"profileRole\":\"LEAD\""), .. Ended("again", 6, 2, days: 39), .. Ended("refused", 7, 6, days: 40)[..1], Answer("refused", "refused", 40), .. Ended("young", 8, 7, days: 3)]));
        _fixture.WriteJournal("20260101T000000-0000000a.jsonl", RunEnd("a", 40), RunEnd("b", 3));

        var cleared = await ClearAsync(days: 30);

        Assert.Equal((2, 6, 6, 16), (cleared.RequestsRemoved, cleared.RequestsKept, cleared.LinesRemoved, cleared.LinesKept));
        var left = Requests();
        Assert.Equal(["again", "doubt", "gone", "lead", "open", "young"], left);
        Assert.Equal(EsimError.EsimProfileBusy, Judge(3).Error);
        Assert.Equal(EsimError.EsimOutcomeUnknown, Judge(4).Error);
        Assert.Equal(EsimError.EsimProfileNotDeletable, Judge(5).Error);
        Assert.Single(Directory.GetFiles(_fixture.JournalPath, "*.jsonl").SelectMany(File.ReadLines), line => line.Contains("\"event\":\"run\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_profile_that_was_deleted_stays_so_and_one_that_came_back_since_too()
    {
        Write(("one.jsonl", [.. Ended("gone", 1, 1, days: 40, action: "delete"), .. Ended("gone-too", 2, 2, days: 40, action: "delete"), .. Ended("back", 3, 2, days: 35, action: "download"), .. Ended("last", 4, 9, days: 34)]));

        await ClearAsync(days: 10);

        Assert.Equal(EsimError.EsimProfileAlreadyDeleted, Judge(1).Error);
        Assert.NotEqual(EsimError.EsimProfileAlreadyDeleted, Judge(2).Error);
    }

    [Theory]
    [InlineData(100, 15, 1)]
    [InlineData(3, 2, 0)]
    public async Task What_a_cap_counts_stays_whatever_date_is_given(int capDays, int requestDays, int kept)
    {
        Write(("one.jsonl", [.. Ended("counted", 1, 1, requestDays + 3), .. Ended("last", 2, 2, 200)]));
        File.WriteAllText(
            Path.Combine(_fixture.JournalPath, "policy.json"),
            new EsimPolicy().With(new() { Action = "deactivate", Caps = [EsimPolicyCap.Parse(string.Create(CultureInfo.InvariantCulture, $"5/{capDays * 24}h"))] }).ToJson());

        var cleared = await ClearAsync(days: 0);

        Assert.Equal(kept, Requests().Count(id => id == "counted"));
        Assert.Equal(_fixture.Clock.UtcNow.AddDays(-Math.Max(2, capDays)), cleared.Before);
        Assert.Contains(_fixture.Warnings, warning => warning.Contains("Only what is older than", StringComparison.Ordinal));
    }

    // What disputes an outcome is dated as that, and news all the same.
    [Fact]
    public async Task A_request_whose_old_outcome_was_disputed_lately_stays()
    {
        string[] Disputed(string id, int sequence, int profile) => [.. Ended(id, sequence, profile, 40), Ended(id, sequence, profile, 40)[^1].Replace("\"v\":1,", $"\"v\":1,\"noted\":\"{Clock.ToIso(_fixture.Clock.UtcNow.AddDays(-1))}\",", StringComparison.Ordinal)];
        Write(("one.jsonl", [.. Ended("ended", 1, 1, 40), .. Disputed("disputed", 2, 2), .. Ended("last", 3, 3, 40)]));

        await ClearAsync(days: 10);

        Assert.Equal(["disputed", "last"], Requests());
    }

    [Fact]
    public async Task The_place_of_the_last_request_is_not_given_twice()
    {
        Write(("one.jsonl", [.. Ended("first", 1, 1, 40), .. Ended("last", 7, 2, 39)]));

        await ClearAsync(days: 10);

        Assert.Equal(["last"], Requests());
    }

    [Fact]
    public async Task Of_requests_that_nobody_can_put_in_order_none_goes()
    {
        Write(("one.jsonl", [.. Ended("a", 1, 1, 40), .. Ended("b", 1, 2, 40), .. Ended("c", 0, 3, 40), .. Ended("d", 2, 4, 40), .. Ended("last", 3, 5, 40)]));

        await ClearAsync(days: 10);

        Assert.Equal(["a", "b", "c", "last"], Requests());
    }

    [Fact]
    public async Task A_request_whose_clock_was_ahead_keeps_those_behind_it()
    {
        Write(("one.jsonl", [.. Ended("old", 1, 1, 40), .. Ended("ahead", 2, 2, 1), .. Ended("behind", 3, 3, 40), .. Ended("last", 4, 4, 1)]));

        await ClearAsync(days: 10);

        Assert.Equal(["ahead", "behind", "last"], Requests());
    }

    [Fact]
    public async Task Lines_that_are_not_understood_or_damaged_stay_and_the_archive_is_cleared_too()
    {
        Write(("one.jsonl", [.. Ended("ended", 1, 1, 40), "this is no line", $$"""{"v":9,"at":"2020-01-01T00:00:00.000Z","event":"sending","service":"{{Service}}","profiles":[{"iccid":"{{Sample.IccidOf(3)}}"}]}""", .. Ended("last", 2, 2, 40)]));
        Directory.CreateDirectory(Path.Combine(_fixture.JournalPath, "archive"));
        File.WriteAllLines(Path.Combine(_fixture.JournalPath, "archive", "a.jsonl"), Ended("archived", 1, 1, 40));
        File.WriteAllLines(Path.Combine(_fixture.JournalPath, "archive", "b.jsonl"), [.. Ended("archived-too", 1, 1, 40), .. Ended("young", 1, 1, 3)]);

        await ClearAsync(days: 10);

        var left = Directory.GetFiles(_fixture.JournalPath, "*.jsonl").SelectMany(File.ReadLines).ToArray();
        Assert.Contains("this is no line", left);
        Assert.Equal(EsimError.EsimJournalTooNew, Judge(3).Error);
        Assert.Equal(["last"], Requests());
        var archive = Assert.Single(Directory.GetFiles(Path.Combine(_fixture.JournalPath, "archive")));
        Assert.Equal(3, File.ReadLines(archive).Count());
    }

    [Fact]
    public async Task Nothing_is_removed_while_somebody_is_at_work()
    {
        Write(("one.jsonl", [.. Ended("ended", 1, 1, 40), .. Ended("last", 2, 2, 40)]));
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        using var busy = await _fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(busy, Sample.Profile(9));

        var error = await Assert.ThrowsAsync<EsimException>(() => ClearAsync(days: 10));

        Assert.Equal(EsimError.EsimJournalInUse, error.Error);
        Assert.Contains($"process {Environment.ProcessId} on ", error.Message, StringComparison.Ordinal);
        Assert.Contains("ended", Requests());
    }

    [Fact]
    public async Task A_connection_that_was_open_all_the_while_goes_on_as_before()
    {
        Write(("one.jsonl", [.. Ended("ended", 1, 1, 40), .. Ended("open", 2, 2, 40)[..2], .. Ended("last", 3, 3, 40)]));
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        using var idle = await _fixture.OpenAsync();

        await ClearAsync(days: 10);

        Assert.Equal(EsimError.EsimProfileBusy, Assert.Single((await ConnectionFixture.DeactivateAsync(idle, Sample.Profile(2), Sample.Profile(8))).Refused).Verdict.Error);
        Assert.Equal(1, idle.FindRequest("r-open")!.Count);
        Assert.Empty(_fixture.Warnings);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Broken_off_anywhere_it_decides_as_before_and_is_finished_by_the_next_one(int steps)
    {
        // Each request's outcome stands in another file than the request.
        var (one, other) = (Ended("ended", 1, 1, 40, words: ",\"state\":\"ACTIVE\"", action: "activate"), Ended("ended-too", 2, 2, 40, action: "activate"));
        Write(("a.jsonl", [.. one[..2], other[2], .. Ended("open", 3, 3, 40)[..2]]), ("b.jsonl", [.. other[..2], one[2], .. Ended("last", 4, 4, 40)]));
        var before = Decided();
        BreakOff(steps);

        Assert.Equal(before[2..], Decided()[2..]);
        await ClearAsync(days: 10);

        Assert.Equal(["last", "open"], Requests());
        Assert.Equal(before[2..], Decided()[2..]);
        Assert.Equal(0, (await ClearAsync(days: 10)).LinesRemoved);
        Assert.Empty(Directory.GetFiles(_fixture.JournalPath, "*.unfinished"));
        Assert.Empty(Directory.GetFiles(_fixture.JournalPath, "*.draft"));
    }

    [Fact]
    public async Task A_policy_that_is_not_understood_counts_nobody_knows_what()
    {
        Write(("one.jsonl", [.. Ended("ended", 1, 1, 40), .. Ended("last", 2, 2, 40)]));
        File.WriteAllText(Path.Combine(_fixture.JournalPath, "policy.json"), "{}");

        Assert.Equal(EsimError.EsimPolicyUnusable, (await Assert.ThrowsAsync<EsimException>(() => ClearAsync(days: 10))).Error);
        Assert.Equal(2, Requests().Length);
    }

    // What the disk holds when the process is killed behind so many of the changes that are made to it.
    private void BreakOff(int steps)
    {
        var before = Directory.GetFiles(_fixture.JournalPath).ToDictionary(path => path, File.ReadAllBytes);
        ClearAsync(days: 10).GetAwaiter().GetResult();
        var after = Directory.GetFiles(_fixture.JournalPath, "*+*").ToDictionary(path => path, File.ReadAllBytes);
        Assert.NotEmpty(after);
        foreach (var path in Directory.GetFiles(_fixture.JournalPath))
        {
            File.Delete(path);
        }

        var gone = before.Keys.Where(path => path.EndsWith(".jsonl", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        foreach (var (path, bytes) in before.Where(file => Array.IndexOf(gone, file.Key) is var i && (i < 0 || i >= steps - 3)))
        {
            File.WriteAllBytes(path, bytes);
        }

        foreach (var (path, bytes) in after)
        {
            File.WriteAllBytes(steps < 2 ? path + ".draft" : path, bytes);
        }

        if (steps > 0)
        {
            File.WriteAllLines(Path.Combine(_fixture.JournalPath, RemovedRequests.FileName), ["ended", "ended-too"]);
        }
    }

    private Task<EsimJournalClearance> ClearAsync(int days) => EsimJournal.ClearAsync(Journal, _fixture.Clock.UtcNow.AddDays(-days), _fixture.Messages.Enqueue, _fixture.Clock);

    private void Write(params (string Name, string[] Lines)[] files)
    {
        foreach (var (name, lines) in files)
        {
            _fixture.WriteJournal($"20260101T000000-{name}", lines);
        }
    }

    private string[] Requests() => [.. Directory.GetFiles(_fixture.JournalPath, "*.jsonl").SelectMany(File.ReadLines)
        .Where(line => line.Contains("\"event\":\"sending\"", StringComparison.Ordinal) && line.Contains("\"v\":1", StringComparison.Ordinal))
        .Select(line => line.Split("\"request\":\"")[1].Split('"')[0]).Order(StringComparer.Ordinal)];

    private string[] Decided()
    {
        using IEsimStore store = new FolderStore(_fixture.JournalPath, Service, _fixture.Clock);
        return Verdicts.Of(store, _fixture.Clock, Sample.Profiles(5));
    }

    private GuardVerdict Judge(int profile)
    {
        using IEsimStore store = new FolderStore(_fixture.JournalPath, Service, _fixture.Clock);
        using var tracker = Verdicts.Open(store, _fixture.Clock);
        return tracker.Judge(EsimAction.Delete, Sample.Profile(profile), Sample.Account, serviceWasAsked: false, ignoreOpen: false);
    }

    private string[] Ended(string id, int place, int profile, int days, string action = "deactivate", string words = "") =>
    [
        $$"""{"v":1,"at":"{{At(days)}}","event":"sending","request":"{{id}}","service":"{{Service}}"{{(place > 0 ? string.Create(CultureInfo.InvariantCulture, $",\"seq\":{place}") : string.Empty)}},"action":"{{action}}","account":"{{Sample.Account}}","profiles":[{"iccid":"{{Sample.IccidOf(profile)}}"}]}""",
        Answer(id, "accepted", days),
        $$"""{"v":1,"at":"{{At(days)}}","event":"outcome","request":"{{id}}","service":"{{Service}}","requestId":"r-{{id}}","action":"{{action}}","source":"Callback","result":"Succeeded","proof":true{{words}},"ids":["{{Sample.IccidOf(profile)}}"]}""",
    ];

    private string Answer(string id, string answer, int days) => $$"""{"v":1,"at":"{{At(days)}}","event":"{{answer}}","request":"{{id}}"{{(answer == "accepted" ? $",\"requestId\":\"r-{id}\"" : string.Empty)}}}""";

    private string RunEnd(string digit, int days) =>
        $$$"""{"v":1,"at":"{{{At(days)}}}","event":"run","service":"{{{Service}}}","action":"deactivate","run":{"id":"{{{string.Concat(Enumerable.Repeat(digit, 32))}}}","at":"{{{At(days)}}}","host":"h","process":1},"stage":"ended","counts":{"given":1}}""";

    private string At(int days) => Clock.ToIso(_fixture.Clock.UtcNow.AddDays(-days));
}
