// A large journal: read fast and small, split into files, and archived when it no longer matters.

using EsimTools.Client.Tests.Support;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Store.Folder;

public sealed class JournalSizeTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("deactivate")]
    [InlineData("delete")]
    public async Task A_fleet_of_any_size_is_known_again_when_the_folder_is_opened(string action)
    {
        const int Requests = 6;
        Write("20260301T110000-aaaaaaaa", "2026-03-01T11:00:00.000Z", 0, Requests, action);

        var connection = await _fixture.OpenAsync();

        Assert.Equal(
            action == "delete" ? EsimError.EsimProfileAlreadyDeleted : null, connection.Judge(EsimAction.Delete, Sample.Profile((Requests * LargeJournal.BatchSize) - 1)).Error);
        Assert.Equal(LargeJournal.BatchSize, connection.FindRequest("r2")!.SucceededCount);
        Assert.Equal(Requests, connection.GetRequests().Count());
        Assert.All(Enumerable.Range(0, 100), i => Assert.Equal(
            action == "delete" ? EsimError.EsimProfileAlreadyDeleted : null, connection.Judge(EsimAction.Delete, Sample.Profile(i * 599)).Error));
    }

    [Fact]
    public async Task A_file_that_has_grown_large_is_followed_by_another_one()
    {
        var connection = await _fixture.OpenAsync();
        for (var i = 0; i < 4; i++)
        {
            // The text of a plan is as good as any for making a line long.
            await connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile(i)], new() { ServicePlan = new string('x', 11 * 1024 * 1024) });
        }

        var files = Directory.GetFiles(_fixture.JournalPath, "*.jsonl").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, files.Length);
        Assert.Equal(files[0] + "-002", files[1]);
        Assert.All(connection.GetRequests(), request => Assert.Equal(1, request.Count));
        Assert.Equal(EsimError.EsimProfileBusy, (await _fixture.OpenAsync()).Judge(EsimAction.Deactivate, Sample.Profile(3)).Error);
    }

    [Theory]
    [InlineData("\"v\":2,\"event\":\"sending\",\"action\":\"activate\"")]
    [InlineData("\"v\":1,\"event\":\"sending\",\"action\":\"reactivate\"")]
    public async Task A_file_with_a_line_of_a_newer_journal_is_not_put_away(string line)
    {
        var plan = new string('x', (int)JournalFolder.LargestFolder);
        var path = _fixture.WriteJournal(
            "20260226T000000-aaaaaaaa.jsonl",
            $$"""{{{line}},"at":"2026-02-26T00:00:00.000Z","request":"L","service":"https://service.test/api","plan":"{{plan}}","profiles":[{"iccid":"{{Sample.Iccid}}"}]}""");

        (await _fixture.OpenAsync()).Dispose();

        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task What_has_ended_and_is_old_is_put_away_when_there_is_too_much()
    {
        // Each file alone is below the limit, all of them together are above it.
        var plan = new string('x', (int)(JournalFolder.LargestFolder / 2) - 1000);
        Write("20260226T000000-aaaaaaaa", "2026-02-26T00:00:00.000Z", 0, plan: plan);
        Write("20260226T010000-bbbbbbbb", "2026-02-26T01:00:00.000Z", 2, plan: plan, outcomes: 9_999);
        Write("20260301T110000-cccccccc", "2026-03-01T11:00:00.000Z", 4, plan: plan);

        var connection = await _fixture.OpenAsync();

        Assert.Equal(["20260226T000000-aaaaaaaa.jsonl"], Directory.GetFiles(Path.Combine(_fixture.JournalPath, JournalFolder.ArchiveName)).Select(Path.GetFileName));
        Assert.Equal(2, Directory.GetFiles(_fixture.JournalPath, "*.jsonl").Length);

        // This session has read it and goes on knowing it; the next one asks the service.
        Assert.Equal(3, connection.GetRequests().Count(request => request.Count == LargeJournal.BatchSize));
        var later = await _fixture.OpenAsync();
        Assert.Equal(2, later.GetRequests().Count());
        Assert.Equal(GuardDecision.AskService, later.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
        Assert.Equal(EsimError.EsimProfileBusy, later.Judge(EsimAction.Delete, Sample.Profile(29_999)).Error);
        Assert.Equal(GuardDecision.Allowed, later.Judge(EsimAction.Delete, Sample.Profile(40_000)).Decision);
    }

    [Fact]
    public void Places_near_each_other_are_one_unless_it_would_be_too_much_to_read()
    {
        var place = new JournalPlace("a", 1000, 10);

        Assert.Equal(new("a", 1000, 110), place.With(new("a", 1100, 10)));
        Assert.Equal(new("a", 1000, 262_144), place.With(new("a", 1011, 262_133)));
        Assert.Null(place.With(new("a", 1011, 262_134)));
        Assert.Null(place.With(new("a", 900, 10)));
        Assert.Null(place.With(new("b", 1100, 10)));
    }

    [Fact]
    public async Task Requests_whose_outcomes_come_by_turns_are_told_apart_when_they_are_read_again()
    {
        using (var connection = await _fixture.OpenAsync())
        {
            for (var request = 0; request < 3; request++)
            {
                _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r" + request));
                await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(20, request * 20));
            }

            for (var i = 0; i < 60; i++)
            {
                connection.ReceiveCallback(Sample.Callback("r" + (i % 3), Sample.IccidOf((i % 3 * 20) + (i / 3)), i % 2 == 0 ? "SUCCESS" : "Failed"));
            }
        }

        var requests = (await _fixture.OpenAsync()).GetRequests().ToArray();
        Assert.Equal(3, requests.Length);
        for (var request = 0; request < 3; request++)
        {
            var results = requests[request].GetResults();
            Assert.Equal(Enumerable.Range(request * 20, 20).Select(Sample.IccidOf), results.Select(result => result.Iccid));
            Assert.All(results, (result, i) => Assert.Equal(((i * 3) + request) % 2 == 0 ? OutcomeStatus.Succeeded : OutcomeStatus.Failed, result.Status));
        }
    }

    private void Write(string name, string at, int firstRequest, int requests = 1, string action = "deactivate", string plan = "M2M Global", int outcomes = LargeJournal.BatchSize) =>
        LargeJournal.Write(
            Path.Combine(_fixture.JournalPath, name + ".jsonl"), "https://service.test/api", action, at, Enumerable.Range(firstRequest, requests),
            i => (Sample.IccidOf(i), Sample.EidOf(i), Sample.ImeiOf(i)), plan, outcomes);
}
