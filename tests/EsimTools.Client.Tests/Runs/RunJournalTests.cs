// What the journal keeps of a run: how it ended, in numbers, and what the guard kept back.

using System.Text.Json;
using EsimTools.Client.Tests.Plans;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Runs;

public sealed class RunJournalTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_run_that_has_ended_says_so_with_its_numbers_and_what_was_kept_back()
    {
        var connection = await _fixture.OpenAsync();
        var profiles = Sample.Profiles(3);

        var run = await connection.RunAsync(EsimAction.Deactivate, [.. profiles, profiles[1]], new() { Reason = "CHG-1" });

        var line = Assert.Single(RunLines());
        Assert.Equal(("ended", run.Info.Id, "CHG-1"), (line.GetProperty("stage").GetString(), line.GetProperty("run").GetProperty("id").GetString(), line.GetProperty("run").GetProperty("reason").GetString()));
        Assert.Equal(("deactivate", Sample.Account), (line.GetProperty("action").GetString(), line.GetProperty("account").GetString()));
        Assert.Equal("""{"given":4,"keptBack":1,"accepted":3}""", line.GetProperty("counts").GetRawText());
        Assert.Equal($$"""[{"error":"EsimProfileDuplicate","count":1,"of":["{{profiles[1].Iccid}}"]}]""", line.GetProperty("refusals").GetRawText());
    }

    [Fact]
    public async Task A_run_that_was_stopped_says_that()
    {
        var connection = await _fixture.OpenAsync();
        using (var run = connection.StartRun(EsimAction.Deactivate, new() { BatchSize = 1, ThrottleLimit = 1 }))
        {
            Array.ForEach(Sample.Profiles(2), profile => run.Add(profile));
        }

        Assert.Equal("stopped", Assert.Single(RunLines()).GetProperty("stage").GetString());
    }

    [Fact]
    public async Task A_run_that_has_sent_nothing_leaves_nothing()
    {
        var connection = await _fixture.OpenAsync();

        await connection.RunAsync(EsimAction.Deactivate, Sample.Profiles(2), new(), new ListeningHost(_ => false));

        Assert.Empty(Directory.GetFiles(_fixture.JournalPath, "*.jsonl"));
    }

    [Fact]
    public async Task At_most_a_thousand_profiles_are_named_for_a_reason_and_all_are_counted()
    {
        var connection = await _fixture.OpenAsync();
        var profiles = Sample.Profiles(1005);

        await connection.RunAsync(EsimAction.Deactivate, [.. profiles, .. profiles], new());

        var refusal = Assert.Single(RunLines()).GetProperty("refusals")[0];
        Assert.Equal((1005, 1000), (refusal.GetProperty("count").GetInt32(), refusal.GetProperty("of").GetArrayLength()));
    }

    [Fact]
    public async Task Identifiers_are_hidden_where_the_journal_hides_them()
    {
        var connection = await _fixture.OpenAsync(_fixture.Options(hashIdentifiers: true));
        var profiles = Sample.Profiles(1);

        await connection.RunAsync(EsimAction.Deactivate, [profiles[0], profiles[0]], new());

        Assert.StartsWith("hmac:", Assert.Single(RunLines()).GetProperty("refusals")[0].GetProperty("of")[0].GetString());
    }

    [Fact]
    public async Task The_wave_of_a_plan_stands_in_its_requests_and_is_read_back()
    {
        using var fixture = new PlanFixture();
        var connection = await fixture.Connections.OpenAsync();
        var host = new PlanHost { WhenAccepted = request => CallbackOf(connection, request) };
        fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["1", "3"] } });

        using (var run = connection.StartPlanRun(EsimPlan.Load(fixture.PlanPath), null, host))
        {
            run.Complete();
        }

        var later = await fixture.Connections.OpenAsync();
        Assert.Equal([(1, 1), (2, 3)], later.GetRequests().Select(request => (request.Wave, request.Count)).Order());
        Assert.All(later.GetRequests(), request => Assert.Equal(request.Wave, request.Part([request.Profiles[0]]).Wave));
        Assert.Single(fixture.Connections.JournalLines(), line => line.Contains("\"event\":\"run\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plan_that_may_not_begin_and_one_that_is_looked_at_leave_no_line()
    {
        using var fixture = new PlanFixture();
        var connection = await fixture.Connections.OpenAsync();
        fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(1));
        using (var preview = connection.StartPlanRun(EsimPlan.Load(fixture.PlanPath), null, new PlanHost { Agrees = false }))
        {
            preview.Preview();
        }

        Carry();
        Assert.Throws<EsimException>(Carry);

        Assert.Single(fixture.Connections.JournalLines(), line => line.Contains("\"event\":\"run\"", StringComparison.Ordinal));

        void Carry()
        {
            using var run = connection.StartPlanRun(EsimPlan.Load(fixture.PlanPath));
            run.Complete();
        }
    }

    [Fact]
    public async Task The_end_of_a_run_closes_nothing_whoever_reads_it()
    {
        var connection = await _fixture.OpenAsync();
        var profiles = Sample.Profiles(2);
        await connection.RunAsync(EsimAction.Deactivate, [profiles[0], profiles[0]], new());

        using var later = await _fixture.OpenAsync();
        var submission = await ConnectionFixture.DeactivateAsync(later, profiles[1]);

        Assert.NotNull(submission.Request);
        Assert.Empty(_fixture.Warnings);
    }

    [Theory]
    [InlineData("""{"v":1,"at":"2026-11-22T04:53:58Z","event":"run","service":"https://service.test/api","run":5,"stage":[],"counts":7,"refusals":{}}""")]
    [InlineData("""{"v":1,"at":"2026-11-22T04:53:58Z","event":"run","service":"https://service.test/api","run":{"id":"a","at":"2026-11-22T04:53:58Z"},"stage":"ended","counts":{"given":"x","skipped":[]},"refusals":[3,{"count":2},{"error":"A","count":"x","of":9}]}""")]
    public async Task A_damaged_line_of_a_run_harms_nothing(string line)
    {
        _fixture.WriteJournal("other.jsonl", line);

        var connection = await _fixture.OpenAsync();

        Assert.NotNull((await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1))).Request);
    }

    private static void CallbackOf(EsimConnection connection, EsimRequest request) =>
        request.Profiles.ToList().ForEach(profile => connection.ReceiveCallback(Sample.Callback(request.RequestId!, profile.Iccid!)));

    private List<JsonElement> RunLines() =>
        [.. _fixture.JournalLines().Select(line => JsonDocument.Parse(line).RootElement).Where(line => line.GetProperty("event").GetString() == "run")];
}
