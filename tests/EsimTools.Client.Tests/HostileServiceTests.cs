// A service that fills every string of every answer with hostile text: no object, error, message or exception of the client shows it.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests;

public sealed class HostileServiceTests : IDisposable
{
    private static readonly string X = HostileText.Json;

    private static readonly EsimActionOptions Options = new() { ServicePlan = "M2M Global", ReasonCode = "FF" };

    private readonly ConnectionFixture _fixture = new();

    public void Dispose()
    {
        Assert.All(_fixture.Messages, message => HostileText.AssertShown(message));
        _fixture.Dispose();
    }

    [Fact]
    public async Task The_device_list_shows_no_hostile_text()
    {
        var connection = await _fixture.OpenAsync();
        var row = $$"""
            { "accountName": "{{X}}", "carrierInformations": [ { "servicePlan": "{{X}}", "state": "{{X}}" } ], "connected": false, "ipAddress": "{{X}}", "createdAt": "{{X}}", "lastConnectionDate": "{{X}}",
              "deviceIds": [ { "id": "{{X}}", "kind": "mdn" }, { "id": "{{X}}", "kind": "iccId" }, { "id": "{{X}}", "kind": "imei" }, { "id": "{{X}}", "kind": "eid" } ],
              "extendedAttributes": [ { "key": "ProfileStatus", "value": "{{X}}" }, { "key": "DeviceId", "value": "{{X}}" } ] }
            """;
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(true, row));

        var page = await connection.ReadPageAsync();

        Assert.InRange(HostileText.AssertShown(page), 12, 40);
        HostileText.AssertShown(page.Devices[0].ToProfile());
    }

    [Theory]
    [InlineData(400, """{"errorCode":"X","errorMessage":"X"}""")]
    [InlineData(403, """{"fault":{"code":"X","message":"X","description":"X"}}""")]
    [InlineData(404, """{"error":"X","error_description":"X"}""")]
    [InlineData(500, """{"errorCode":"X","errorMessage":"X"}""")]
    [InlineData(409, "<a:fault><a:code>X</a:code><a:message>X</a:message></a:fault>")]
    [InlineData(409, "X")]
    public async Task Errors_show_no_hostile_text(int status, string body)
    {
        var connection = await _fixture.OpenAsync();
        body = body.Replace("X", body[0] == '{' ? X : HostileText.Sample, StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            _fixture.Service.On(Endpoint.List, status, body);
        }

        _fixture.Service.On(Endpoint.Action, status, body);
        var asking = connection.ReadPageAsync();
        while (!asking.IsCompleted)
        {
            _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        var error = await Assert.ThrowsAsync<EsimException>(() => asking);
        AssertShown(error);
        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());
        AssertShown(submission.Failure!);
        HostileText.AssertShown(submission);
        HostileText.AssertShown(connection.GetRequests());
        Assert.All(_fixture.JournalLines(), HostileText.AssertShown);
    }

    [Fact]
    public async Task Callbacks_show_no_hostile_text_and_neither_do_their_results()
    {
        var connection = await _fixture.OpenAsync();
        var request = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1), Sample.Profile(2))).Request!;
        var ids = $$"""[ { "id": "{{Sample.IccidOf(1)}}", "kind": "Iccid" }, { "id": "{{X}}", "kind": "Eid" }, { "id": "{{X}}", "kind": "imei" } ]""";
        var success = $$"""
            { "requestId": "{{request.RequestId}}", "deviceIds": {{ids}}, "status": "SUCCESS", "deviceResponse": { "deviceProfileResponse":
              { "deviceIdentifierCollection": {{ids}}, "state": "{{X}}", "profileStatus": "{{X}}", "profileRole": "{{X}}", "servicePlan": "{{X}}" } } }
            """;
        var failure = $$"""
            { "requestId": "{{request.RequestId}}", "deviceIds": [ { "id": "{{Sample.IccidOf(2)}}", "kind": "Iccid" } ], "status": "FAILED", "faultResponse": { "faultcode": "{{X}}", "faultstring": "{{X}}" } }
            """;
        foreach (var text in (string[])[success, failure])
        {
            var callback = EsimCallback.Parse(text);
            Assert.InRange(HostileText.AssertShown(callback), 4, 20);
            connection.ReceiveCallback(text);
        }

        Assert.Equal(2, request.GetResults().Count);
        Assert.InRange(HostileText.AssertShown(request.GetResults()), 10, 60);
        connection.Dispose();
        Assert.All(_fixture.JournalLines(), HostileText.AssertShown);
    }

    [Fact]
    public void Messages_to_import_that_cannot_be_used_are_told_without_hostile_text()
    {
        var path = Path.Combine(_fixture.Folder.Path, "a\u001b\u202eb.jsonl");
        File.WriteAllText(path, $$"""{"requestId":"{{X}}","deviceIds":[{"id":"1","kind":"Iccid"}]}""" + "\n{}\n");

        var imported = EsimCallbackImport.ReadFile(path).ToList();

        Assert.Equal(2, imported.Count);
        Assert.All(imported, one => AssertShown(one.Problem!));
        HostileText.AssertShown(imported);
        AssertShown(Assert.Throws<EsimException>(() => EsimCallbackImport.ReadFile(path + "\u001b").ToList()));
    }

    [Fact]
    public async Task What_is_registered_is_listed_without_hostile_text()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.Other, 200, $$"""
            [ { "accountName": "{{X}}", "serviceName": "{{X}}", "url": "https://x.example/{{X}}", "username": "{{X}}", "password": "p" },
            { "serviceName": "CarrierService", "url": "https://x.example/%E2%80%AE%1b" }, { "serviceName": "CarrierService", "url": "https://x.example/hook" } ]
            """);

        var listed = await connection.GetCallbacksAsync();

        Assert.InRange(HostileText.AssertShown(listed), 8, 20);
        Assert.Equal("https://x.example/hook", listed[2].Uri!.ToString());
    }

    // The words are searched as they came: cut, the first half of a secret would be none.
    [Fact]
    public async Task A_secret_that_a_cut_would_halve_is_withheld()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.Other, 400, $$"""{"errorCode":"E","errorMessage":"{{new string('x', 490)}}hook-S3cret-Password"}""");

        var error = await Assert.ThrowsAsync<EsimException>(
            () => connection.RegisterCallbackAsync(new("https://x.example/hook"), ["CarrierService"], new("hook-user", "hook-S3cret-Password")));

        Assert.Contains(EsimTools.Transport.Secrets.Withheld, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("xhook", error.Message, StringComparison.Ordinal);
        Assert.Null(error.ErrorCode);
    }

    [Fact]
    public async Task A_journal_shows_no_hostile_text()
    {
        _fixture.WriteJournal(
            "20260301T000000-aaaaaaaa.jsonl",
            $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"a","service":"https://service.test/api","action":"deactivate","account":"{{X}}","plan":"{{X}}","profiles":[{"iccid":"{{Sample.IccidOf(1)}}","eid":"{{X}}","imei":"{{X}}"}]}""",
            """{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"accepted","request":"a","requestId":"r"}""",
            $$"""{"v":1,"at":"2026-03-01T11:01:00.000Z","event":"outcome","request":"a","service":"https://service.test/api","requestId":"r","action":"deactivate","source":"Callback","result":"Failed","code":"{{X}}","message":"{{X}}","state":"{{X}}","profileStatus":"{{X}}","profileRole":"{{X}}","ids":["{{Sample.IccidOf(1)}}"]}""",
            $$"""{"v":1,"at":"{{X}}","event":"{{X}}"}""");
        var connection = await _fixture.OpenAsync();

        var request = Assert.Single(connection.GetRequests());

        Assert.Single(request.GetResults());
        Assert.InRange(HostileText.AssertShown(request), 8, 60);
        Assert.NotEmpty(_fixture.Warnings);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("\u001b[2J")]
    public async Task An_answer_whose_request_id_is_none_leaves_the_request_in_doubt(string id)
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.Action, 200, $$"""{"requestId":"{{id.Replace("\u001b", "\\u001b", StringComparison.Ordinal)}}"}""");

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        Assert.Equal(EsimRequestStatus.InDoubt, submission.Request!.Status);
    }

    [Fact]
    public async Task A_journal_line_whose_request_id_is_none_brings_no_question_to_another_path()
    {
        _fixture.WriteJournal(
            "20260301T000000-aaaaaaaa.jsonl",
            $$"""{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"sending","request":"a","service":"https://service.test/api","action":"deactivate","account":"0000123456-00001","profiles":[{"iccid":"{{Sample.IccidOf(1)}}"}]}""",
            """{"v":1,"at":"2026-03-01T11:00:00.000Z","event":"accepted","request":"a","requestId":".."}""");
        var connection = await _fixture.OpenAsync();

        var request = Assert.Single(connection.GetRequests());
        await connection.PollAsync(request);

        Assert.Null(request.RequestId);
        Assert.Equal(EsimRequestStatus.InDoubt, request.Status);
        Assert.Empty(_fixture.Service.Of(Endpoint.Status));
    }

    [Fact]
    public async Task Names_that_hold_what_is_not_seen_are_not_sent()
    {
        var connection = await _fixture.OpenAsync();

        foreach (var name in (string[])["Plan\u202e", "Plan\u200b", "Plan\u001b"])
        {
            var error = await Assert.ThrowsAsync<EsimException>(() => connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile()], Options with { ServicePlan = name }));
            Assert.Equal(EsimError.EsimParameterInvalid, error.Error);
            AssertShown(error);
        }

        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public void Identifiers_that_cannot_be_read_are_told_without_hostile_text() =>
        Assert.All(
            (IdentifierKind[])[IdentifierKind.Iccid, IdentifierKind.Eid, IdentifierKind.Imei],
            kind => Assert.All((string[])[HostileText.Sample, "\u001b]8;;", "12\u202e34"], text => HostileText.AssertShown(kind.Read(text).Message!)));

    private static void AssertShown(EsimException error)
    {
        HostileText.AssertShown(error.Message);
        HostileText.AssertShown(error.ErrorCode ?? string.Empty);
        HostileText.AssertShown(error.RequestId ?? string.Empty);
        HostileText.AssertShown(error.RecommendedAction ?? string.Empty);
    }
}
