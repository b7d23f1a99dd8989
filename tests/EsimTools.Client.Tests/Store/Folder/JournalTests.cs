// The journal of a connection: on the disk before anything leaves, readable by anything that reads JSON lines, and enough to know
// after a crash what was sent.

using System.Text.Json;
using System.Text.Json.Nodes;
using EsimTools.Client.Tests.Support;
using EsimTools.Store.Lines;

namespace EsimTools.Client.Tests.Store.Folder;

public sealed class JournalTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task The_line_is_on_the_disk_before_the_request_leaves_and_another_after_the_answer()
    {
        IReadOnlyList<string> before = [];
        var isWholeLine = false;
        _fixture.Service.On(Endpoint.Action, _ =>
        {
            before = _fixture.JournalLines();
            using var file = new FileStream(Directory.GetFiles(_fixture.JournalPath, "*.jsonl").Single(), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(-1, SeekOrigin.End);
            isWholeLine = file.ReadByte() == '\n';
            return ScriptedService.Taken("d1f08526");
        });
        var connection = await _fixture.OpenAsync();
        Assert.Empty(_fixture.JournalLines());
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(123));

        await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(2));

        Assert.True(isWholeLine, "the line was still without its end when the request left");
        var sending = JsonNode.Parse(Assert.Single(before))!.AsObject();
        Assert.Equal(["v", "at", "event", "request", "service", "seq", "action", "account", "plan", "run", "profiles"], sending.Select(member => member.Key));
        Assert.Equal(
            (1, "2026-03-01T12:00:00.123Z", "sending", "https://service.test/api", "deactivate", Sample.Account, "M2M Global"),
            ((int)sending["v"]!, (string)sending["at"]!, (string)sending["event"]!, (string)sending["service"]!, (string)sending["action"]!, (string)sending["account"]!, (string)sending["plan"]!));
        Assert.Equal(
            $$"""[{"iccid":"{{Sample.IccidOf(1)}}","eid":"{{Sample.EidOf(1)}}","imei":"{{Sample.ImeiOf(1)}}"},{"iccid":"{{Sample.IccidOf(2)}}","eid":"{{Sample.EidOf(2)}}","imei":"{{Sample.ImeiOf(2)}}"}]""",
            sending["profiles"]!.ToJsonString());

        var lines = _fixture.JournalLines();
        Assert.Equal(2, lines.Count);
        Assert.Equal(
            $$"""{"v":1,"at":"2026-03-01T12:00:00.123Z","event":"accepted","request":"{{sending["request"]}}","requestId":"d1f08526"}""",
            lines[1]);
    }

    [Theory]
    [InlineData(400, """{"errorCode":"X.REQUEST_FAILED.Y","errorMessage":"no"}""", "refused", "X.REQUEST_FAILED.Y")]
    [InlineData(500, """{"errorCode":"X.REQUEST_FAILED.Z","errorMessage":"no"}""", "inDoubt", "X.REQUEST_FAILED.Z")]
    [InlineData(200, "{}", "inDoubt", null)]
    public async Task The_answer_line_tells_refused_from_in_doubt(int status, string body, string kind, string? code)
    {
        _fixture.Service.On(Endpoint.Action, status, body);
        var connection = await _fixture.OpenAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        var line = JsonNode.Parse(_fixture.JournalLines()[1])!;
        Assert.Equal((kind, status, code, submission.Failure!.Message), ((string)line["event"]!, (int)line["status"]!, (string?)line["code"], (string)line["message"]!));
    }

    [Fact]
    public async Task Equal_outcomes_are_gathered_in_one_line_and_different_ones_are_not_mixed()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(2505));
        for (var i = 1; i <= 2503; i++)
        {
            connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(i)));
        }

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2504), "Failed"));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2505)));
        connection.Dispose();

        var outcomes = _fixture.JournalLines().Select(line => JsonNode.Parse(line)!).Where(line => (string)line["event"]! == "outcome").ToArray();
        Assert.Equal(
            [("Succeeded", 1000), ("Succeeded", 1000), ("Succeeded", 503), ("Failed", 1), ("Succeeded", 1)],
            outcomes.Select(line => ((string)line["result"]!, line["ids"]!.AsArray().Count)));
        Assert.Equal(
            Enumerable.Range(1, 2505).Select(Sample.IccidOf),
            outcomes.SelectMany(line => line["ids"]!.AsArray()).Select(iccid => (string)iccid!));
        Assert.Equal(
            ("Callback", "DEACTIVE", "ENABLE", "LOCAL", "r", "deactivate"),
            ((string)outcomes[0]["source"]!, (string)outcomes[0]["state"]!, (string)outcomes[0]["profileStatus"]!, (string)outcomes[0]["profileRole"]!, (string)outcomes[0]["requestId"]!, (string)outcomes[0]["action"]!));
    }

    [Fact]
    public async Task Gathered_outcomes_are_written_before_the_next_request_leaves()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));

        await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(2));

        Assert.Equal(["sending", "accepted", "outcome", "sending", "accepted"], _fixture.JournalLines().Select(line => (string)JsonNode.Parse(line)!["event"]!));
    }

    [Fact]
    public async Task Reopening_restores_what_is_open_confirmed_refused_and_in_doubt()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r1")).On(Endpoint.Action, 400, "").On(Endpoint.Action, 500, "");
        using (var first = await _fixture.OpenAsync())
        {
            await ConnectionFixture.DeactivateAsync(first, Sample.Profiles(3));
            await ConnectionFixture.DeactivateAsync(first, Sample.Profile(4));
            await ConnectionFixture.DeactivateAsync(first, Sample.Profile(5));
            _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
            first.ReceiveCallback(Sample.Callback("r1", Sample.IccidOf(1)));
            first.ReceiveCallback(Sample.Callback("r1", Sample.IccidOf(2), "Failed", state: null, profileStatus: null));
        }

        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        var second = await _fixture.OpenAsync();

        Assert.Empty(_fixture.Warnings);
        var request = second.FindRequest("r1")!;
        Assert.Equal((EsimRequestStatus.Accepted, 1, 1, 3), (request.Status, request.SucceededCount, request.FailedCount, request.Count));
        Assert.Equal(("deactivate", Sample.Account, "M2M Global", ManualClock.Start), (request.Action, request.AccountName, request.ServicePlan, request.SubmittedAt));
        Assert.Equal(ManualClock.Start.AddMinutes(1), request.GetResults()[0].ReceivedAt);
        Assert.Equal([EsimRequestStatus.Accepted, EsimRequestStatus.InDoubt], second.GetRequests().Select(known => known.Status));

        Assert.Equal(GuardDecision.Allowed, second.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
        Assert.Equal(GuardDecision.Allowed, second.Judge(EsimAction.Deactivate, Sample.Profile(2)).Decision);
        Assert.Equal(EsimError.EsimProfileBusy, second.Judge(EsimAction.Delete, Sample.Profile(3)).Error);
        Assert.Equal(GuardDecision.Allowed, second.Judge(EsimAction.Deactivate, Sample.Profile(4)).Decision);
        Assert.Equal(EsimError.EsimOutcomeUnknown, second.Judge(EsimAction.Deactivate, Sample.Profile(5)).Error);

        // The proof keeps its own date.
        _fixture.Clock.Advance(TimeSpan.FromHours(23) + TimeSpan.FromMinutes(1));
        Assert.Equal(GuardDecision.AskService, second.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);

        // And callbacks that come now are for the restored request.
        second.ReceiveCallback(Sample.Callback("r1", Sample.IccidOf(3)));
        Assert.Equal(EsimRequestStatus.PartlyFailed, request.Status);
    }

    [Fact]
    public async Task A_process_killed_before_the_answer_leaves_the_request_in_doubt()
    {
        _fixture.WriteJournal("20260301T110000-aaaaaaaa.jsonl", Sending("L1", 1));

        var connection = await _fixture.OpenAsync();

        Assert.Empty(_fixture.Warnings);
        Assert.Equal(EsimError.EsimOutcomeUnknown, connection.Judge(EsimAction.Deactivate, Sample.Profile(1)).Error);
        var request = Assert.Single(connection.GetRequests());
        Assert.Equal((EsimRequestStatus.InDoubt, null, 1), (request.Status, request.RequestId, request.Count));
        Assert.Same(request, connection.FindRequest("L1"));
        Assert.Null((await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1))).Request);
        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public async Task A_torn_last_line_is_left_out_and_told()
    {
        var path = _fixture.WriteJournal("20260301T110000-aaaaaaaa.jsonl", Sending("L1", 1), Accepted("L1", "r1"));
        File.AppendAllText(path, Sending("L2", 2)[..60]);

        var connection = await _fixture.OpenAsync();

        var warning = Assert.Single(_fixture.Warnings);
        Assert.Contains(path, warning, StringComparison.Ordinal);
        Assert.Contains("torn", warning, StringComparison.Ordinal);
        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.Deactivate, Sample.Profile(1)).Error);
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Deactivate, Sample.Profile(2)).Decision);
    }

    [Fact]
    public async Task A_last_line_that_lacks_only_its_line_feed_counts()
    {
        var path = _fixture.WriteJournal("20260301T110000-aaaaaaaa.jsonl");
        File.AppendAllText(path, Sending("L1", 1));

        var connection = await _fixture.OpenAsync();

        Assert.Empty(_fixture.Warnings);
        Assert.Equal(EsimError.EsimOutcomeUnknown, connection.Judge(EsimAction.Deactivate, Sample.Profile(1)).Error);
    }

    [Theory]
    [InlineData("this is no JSON", "not valid JSON")]
    [InlineData("{}", "no version")]
    [InlineData("[]", "no version")]
    [InlineData("""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"other"}""", "no known event")]
    [InlineData("""{"v":1,"at":"yesterday","event":"sending"}""", "no known event or no time")]
    [InlineData("""{"v":1,"event":"sending"}""", "no known event or no time")]
    public async Task A_line_that_cannot_be_used_is_told_with_file_and_number_and_the_rest_is_used(string bad, string reason)
    {
        var path = _fixture.WriteJournal("20260301T110000-aaaaaaaa.jsonl", Sending("L1", 1), bad, "", Accepted("L1", "r1"), Sending("L3", 3));

        var connection = await _fixture.OpenAsync();

        var warning = Assert.Single(_fixture.Warnings);
        Assert.Contains($"Line 2 of the journal file '{path}'", warning, StringComparison.Ordinal);
        Assert.Contains(reason, warning, StringComparison.Ordinal);
        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.Deactivate, Sample.Profile(1)).Error);
        Assert.Equal(EsimError.EsimOutcomeUnknown, connection.Judge(EsimAction.Deactivate, Sample.Profile(3)).Error);
    }

    [Theory]
    [InlineData("""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending"}""")]
    [InlineData("""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"L","service":"https://service.test/api","action":"explode","account":"a","profiles":[]}""")]
    [InlineData("""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"L","service":"https://service.test/api","action":"delete","account":"a","profiles":"none"}""")]
    [InlineData("""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"L","service":"https://service.test/api","action":"delete","account":"a","profiles":[{"iccid":[]},{},7]}""")]
    [InlineData("""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"accepted","request":"nobody's","requestId":"x"}""")]
    [InlineData("""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"outcome","request":"L1","ids":["x",null,{},12],"result":"Failed","source":"rumour"}""")]
    public async Task Lines_with_odd_or_missing_members_harm_nobody(string odd)
    {
        _fixture.WriteJournal("20260301T110000-aaaaaaaa.jsonl", Sending("L1", 1), Accepted("L1", "r1"), odd);

        var connection = await _fixture.OpenAsync();

        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.Deactivate, Sample.Profile(1)).Error);
        Assert.Equal(1, connection.FindRequest("r1")!.Count);
    }

    [Fact]
    public async Task Lines_longer_than_the_reading_buffer_are_read()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("big"));
        using (var first = await _fixture.OpenAsync())
        {
            await ConnectionFixture.DeactivateAsync(first, Sample.Profiles(10_000));
        }

        Assert.True(_fixture.JournalLines()[0].Length > 1 << 19);
        var second = await _fixture.OpenAsync();

        Assert.Equal(10_000, second.FindRequest("big")!.Count);
        Assert.Equal(EsimError.EsimProfileBusy, second.Judge(EsimAction.Deactivate, Sample.Profile(9_999)).Error);
    }

    [Fact]
    public async Task Lines_of_another_service_are_none_of_ours()
    {
        _fixture.WriteJournal(
            "20260301T110000-aaaaaaaa.jsonl", Sending("L1", 1, service: "https://sandbox.test/api"), Accepted("L1", "r1"), Sending("L2", 2), Accepted("L2", "r2"));

        var connection = await _fixture.OpenAsync();

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Deactivate, Sample.Profile(1)).Decision);
        Assert.Null(connection.FindRequest("r1"));
        Assert.Equal("r2", Assert.Single(connection.GetRequests()).RequestId);
    }

    [Fact]
    public async Task A_slash_at_the_end_of_the_address_does_not_make_it_another_service()
    {
        using (var first = await _fixture.OpenAsync("https://service.test/api/"))
        {
            await ConnectionFixture.DeactivateAsync(first, Sample.Profile());
        }

        var second = await _fixture.OpenAsync("https://service.test/api");

        Assert.Equal(EsimError.EsimProfileBusy, second.Judge(EsimAction.Deactivate, Sample.Profile()).Error);
    }

    [Fact]
    public async Task Two_connections_share_a_folder_and_a_third_reads_both()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("of-one")).On(Endpoint.Action, _ => ScriptedService.Taken("of-two"));
        var one = await _fixture.OpenAsync();
        var two = await _fixture.OpenAsync();

        await Task.WhenAll(ConnectionFixture.DeactivateAsync(one, Sample.Profile(1)), ConnectionFixture.DeactivateAsync(two, Sample.Profile(2)));
        one.ReceiveCallback(Sample.Callback("of-one", Sample.IccidOf(1)));
        two.ReceiveCallback(Sample.Callback("of-one", Sample.IccidOf(1)));
        one.Dispose();
        var three = await _fixture.OpenAsync();

        Assert.Empty(_fixture.Warnings);
        Assert.Equal(2, Directory.GetFiles(_fixture.JournalPath, "*.jsonl").Length);
        Assert.Equal(["of-one", "of-two"], three.GetRequests().Select(request => request.RequestId!).Order(StringComparer.Ordinal));
        var settled = _fixture.Service.Of(Endpoint.Action)[0].Body.Contains(Sample.IccidOf(1), StringComparison.Ordinal) ? 1 : 2;
        Assert.Equal(settled == 1 ? 1 : 0, three.FindRequest("of-one")!.SucceededCount);
        Assert.Equal(EsimError.EsimProfileBusy, three.Judge(EsimAction.Deactivate, Sample.Profile(settled == 1 ? 2 : 1)).Error);
    }

    [Fact]
    public async Task Of_two_processes_requests_for_a_profile_the_later_one_holds_it_whatever_the_files_are_called()
    {
        // The first file was begun earlier and holds the later request, which is still open; the other one is settled.
        _fixture.WriteJournal("20260301T080000-aaaaaaaa.jsonl", Sending("L2", 1, at: "2026-03-01T11:30:00.000Z"), Accepted("L2", "later"));
        _fixture.WriteJournal("20260301T090000-bbbbbbbb.jsonl", Sending("L1", 1, at: "2026-03-01T11:00:00.000Z"), Accepted("L1", "earlier"), Outcome("L1", 1, "2026-03-01T11:10:00.000Z"));

        var connection = await _fixture.OpenAsync();

        var verdict = connection.Judge(EsimAction.Delete, Sample.Profile(1));
        Assert.Equal(EsimError.EsimProfileBusy, verdict.Error);
        Assert.Contains("later", verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(["earlier", "later"], connection.GetRequests().Select(request => request.RequestId));
    }

    [Fact]
    public async Task An_outcome_in_a_file_that_sorts_before_its_requests_is_found_all_the_same()
    {
        _fixture.WriteJournal("20260301T080000-aaaaaaaa.jsonl", Outcome("L1", 1, "2026-03-01T11:10:00.000Z"));
        _fixture.WriteJournal("20260301T090000-bbbbbbbb.jsonl", Sending("L1", 1), Accepted("L1", "r1"));

        var connection = await _fixture.OpenAsync();

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
        Assert.Equal(EsimRequestStatus.Succeeded, connection.FindRequest("r1")!.Status);
    }

    [Fact]
    public void Every_line_survives_writing_and_reading()
    {
        var line = new JournalLine
        {
            Event = JournalEvent.Outcome, At = ManualClock.Start, LocalId = "L", Service = "s", RequestId = "r", Action = "delete", AccountName = "a",
            ServicePlan = "Plan \"ö\" <1>", StatusCode = 429, Code = "c", Message = "m", Outcome = OutcomeStatus.Failed,
            Said = new(EvidenceSource.Poll, null, "ACTIVE", "ENABLE", "LEAD"),
        };

        using var stream = new MemoryStream();
        line.WriteTo(stream);
        var bytes = stream.ToArray();

        Assert.Equal((byte)'\n', bytes[^1]);
        Assert.Equal(1, bytes.Count(b => b == '\n'));
        Assert.Equal(line, JournalLine.Read(bytes.AsMemory(0, bytes.Length - 1), out var problem));
        Assert.Null(problem);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(bytes).RootElement.ValueKind);
    }

    private static string Sending(string localId, int profile, string at = "2026-03-01T11:00:00.000Z", string service = "https://service.test/api", int seq = 1) =>
        $$"""{"v":1,"at":"{{at}}","event":"sending","request":"{{localId}}","service":"{{service}}","seq":{{seq}},"action":"deactivate","account":"{{Sample.Account}}","profiles":[{"iccid":"{{Sample.IccidOf(profile)}}"}]}""";

    private static string Accepted(string localId, string requestId) =>
        $$"""{"v":1,"at":"2026-03-01T11:00:01.000Z","event":"accepted","request":"{{localId}}","requestId":"{{requestId}}"}""";

    private static string Outcome(string localId, int profile, string at) =>
        $$"""{"v":1,"at":"{{at}}","event":"outcome","request":"{{localId}}","source":"Callback","result":"Succeeded","proof":true,"state":"DEACTIVE","ids":["{{Sample.IccidOf(profile)}}"]}""";
}
