// One request from the guard to the answer: what is taken, refused, in doubt, and that nothing is ever sent a second time.

using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Runs;

public sealed class SubmissionTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task An_accepted_request_carries_the_services_id_and_stays_open()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("d1f08526"));
        var connection = await _fixture.OpenAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(2));

        Assert.Null(submission.Failure);
        Assert.Empty(submission.Refused);
        var request = submission.Request!;
        Assert.Equal(("d1f08526", "deactivate", Sample.Account, "M2M Global", 2), (request.RequestId, request.Action, request.AccountName, request.ServicePlan, request.Count));
        Assert.Equal((EsimRequestStatus.Accepted, ManualClock.Start, 0, 0), (request.Status, request.SubmittedAt, request.SucceededCount, request.FailedCount));
        Assert.Empty(request.GetResults());
        Assert.Same(request, connection.FindRequest("d1f08526"));
        Assert.Same(request, connection.FindRequest("D1F08526"));
        Assert.Null(connection.FindRequest("another"));
        Assert.Equal([request], connection.GetRequests());
    }

    [Fact]
    public async Task The_post_is_what_the_document_asks_for()
    {
        var connection = await _fixture.OpenAsync();

        await connection.SubmitAsync(
            EsimAction.Deactivate,
            [new EsimProfile { Iccid = Sample.Iccid, Eid = Sample.Eid, Imei = Sample.Imei }],
            new EsimActionOptions { ServicePlan = "service plan name", EtfWaiver = false, ReasonCode = "FF" });

        var call = Assert.Single(_fixture.Service.Of(Endpoint.Action));
        Assert.Equal((HttpMethod.Post, "/api/m2m/v1/devices/profile/actions/deactivate", "application/json"), (call.Method, call.Path, call.ContentType));
        Assert.Equal("Bearer bearer-1", call.Authorization);
        Assert.Equal("session-2", call.Session);
        Assert.Equal(
            """{"devices":[{"deviceIds":[{"kind":"eid","id":"89034011560010000000000000000121"},{"kind":"iccid","id":"89141390780800784259"},{"kind":"imei","id":"490154203237518"}]}],"accountName":"0000123456-00001","servicePlan":"service plan name","etfWaiver":false,"reasonCode":"FF"}""",
            call.Body);
    }

    [Theory]
    [InlineData(400, """{"errorCode":"UnifiedWebService.REQUEST_FAILED.AccountNotFound","errorMessage":"no such account"}""", "UnifiedWebService.REQUEST_FAILED.AccountNotFound", "no such account")]
    [InlineData(400, """{"fault":{"code":"900700","message":"Refused","description":"by the gateway"}}""", "900700", "by the gateway")]
    [InlineData(400, """{"error":"invalid_request","error_description":"odd"}""", "invalid_request", "odd")]
    [InlineData(403, "<am:fault xmlns:am=\"http://wso2.org/apimanager\"><am:code>900906</am:code><am:message>No matching resource</am:message></am:fault>", "900906", "No matching resource")]
    [InlineData(400, "<html>bad</html>", null, "web page")]
    [InlineData(400, "", null, "without a body")]
    [InlineData(400, "{\"errorCode\":\"trunc", null, "not the service's error format")]
    [InlineData(403, """{"errorCode":"X","errorMessage":"not yours"}""", "X", "not yours")]
    public async Task A_refusal_frees_the_profiles_and_is_never_sent_again_by_itself(int status, string body, string? code, string words)
    {
        _fixture.Service.On(Endpoint.Action, status, body);
        var connection = await _fixture.OpenAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal((EsimError.EsimRequestRefused, status, code), (submission.Failure!.Error, submission.Failure.StatusCode, submission.Failure.ErrorCode));
        Assert.Contains(words, submission.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(EsimRequestStatus.Failed, submission.Request!.Status);
        Assert.Null(submission.Request.RequestId);
        Assert.Empty(connection.GetRequests());
        Assert.Single(_fixture.Service.Of(Endpoint.Action));

        var second = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());
        Assert.Null(second.Failure);
        Assert.Equal(2, _fixture.Service.Of(Endpoint.Action).Count);
    }

    public static TheoryData<string> Doubts =>
    [
        "302", "307", "404", "405", "406", "409", "413", "418", "500 with 900901", "504 with SessionToken", "500", "502 html", "503", "504", "408", "timeout", "cut", "cut while reading", "route lost", "200 without id", "200 numeric id",
        "200 html", "200 truncated", "200 empty", "200 hostile", "202 empty", "204",
    ];

    [Theory]
    [MemberData(nameof(Doubts))]
    public async Task What_may_have_been_taken_is_in_doubt_and_never_sent_again(string failure)
    {
        _fixture.Service.On(Endpoint.Action, Failing(failure));
        var connection = await _fixture.OpenAsync();

        // A pause would be the beginning of a second attempt.
        var submitting = ConnectionFixture.DeactivateAsync(connection, Sample.Profile());
        Assert.Same(submitting, await Task.WhenAny(submitting, _fixture.Clock.NextPauseAsync()));
        var submission = await submitting;

        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        Assert.NotNull(submission.Failure.RecommendedAction);
        Assert.Equal(EsimRequestStatus.InDoubt, submission.Request!.Status);
        Assert.Null(submission.Request.RequestId);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));

        // The profile stays held, for this and for every other action; the judgement says that it is a doubt.
        foreach (var action in EsimAction.All.Where(action => !action.IsForDevice))
        {
            Assert.Equal(EsimError.EsimOutcomeUnknown, connection.Judge(action, Sample.Profile(), serviceWasAsked: true).Error);
        }

        var again = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());
        Assert.Null(again.Request);
        Assert.Equal(EsimError.EsimOutcomeUnknown, Assert.Single(again.Refused).Verdict.Error);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));

        // A wait for it has nothing to wait for.
        var wait = await Assert.ThrowsAsync<EsimException>(() => connection.WaitAsync(submission.Request));
        Assert.Equal(EsimError.EsimOutcomeUnknown, wait.Error);

        // The user's word sends it all the same.
        var resubmitted = await connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile()], new EsimActionOptions { Resubmit = true });
        Assert.Null(resubmitted.Failure);
        Assert.Equal(2, _fixture.Service.Of(Endpoint.Action).Count);
    }

    [Fact]
    public async Task A_real_time_limit_leaves_the_request_in_doubt()
    {
        // The handler answers only by being broken off, so the limit ends the call whatever the machine's speed.
        _fixture.Service.On(Endpoint.Action, async (_, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            throw new InvalidOperationException("unreachable");
        });
        var connection = await _fixture.OpenAsync(timeout: TimeSpan.FromSeconds(1));

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        Assert.Contains("no answer came within 1 second", submission.Failure.Message, StringComparison.Ordinal);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    [Theory]
    [InlineData(SocketError.ConnectionRefused)]
    [InlineData(SocketError.HostNotFound)]
    public async Task A_connection_that_was_never_made_proves_that_nothing_left(SocketError error)
    {
        _fixture.Service.On(Endpoint.Action, new HttpRequestException("no connection", new SocketException((int)error)));
        var connection = await _fixture.OpenAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile());

        Assert.Equal(EsimError.EsimServiceUnreachable, submission.Failure!.Error);
        Assert.Equal(EsimRequestStatus.Failed, submission.Request!.Status);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Deactivate, Sample.Profile()).Decision);
        Assert.Null((await ConnectionFixture.DeactivateAsync(connection, Sample.Profile())).Failure);
    }

    [Fact]
    public async Task A_command_stopped_on_the_way_leaves_the_request_in_doubt()
    {
        using var stop = new CancellationTokenSource();
        _fixture.Service.On(Endpoint.Action, async (_, broken) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, broken);
            throw new InvalidOperationException("unreachable");
        });
        var connection = await _fixture.OpenAsync();

        var submission = await connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile()], new EsimActionOptions(), cancellationToken: stop.Token);

        Assert.Equal(EsimError.EsimOutcomeUnknown, submission.Failure!.Error);
        Assert.Equal(EsimRequestStatus.InDoubt, submission.Request!.Status);
    }

    [Fact]
    public async Task An_answer_that_comes_in_spite_of_the_stop_is_taken_in()
    {
        using var stop = new CancellationTokenSource();
        _fixture.Service.On(Endpoint.Action, async (_, _) =>
        {
            await stop.CancelAsync();
            return ScriptedService.Taken("in-time");
        });
        var connection = await _fixture.OpenAsync();

        var submission = await connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile()], new EsimActionOptions(), cancellationToken: stop.Token);

        Assert.Equal("in-time", submission.Request!.RequestId);
        Assert.Null(submission.Failure);
    }

    [Fact]
    public async Task A_command_stopped_before_the_request_left_frees_the_profile()
    {
        using var stop = new CancellationTokenSource();
        _fixture.Service.On(Endpoint.Action, 429, "");
        var connection = await _fixture.OpenAsync();

        var submitting = connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile()], new EsimActionOptions(), cancellationToken: stop.Token);
        await _fixture.Clock.NextPauseAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => submitting);
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Deactivate, Sample.Profile()).Decision);
        Assert.Empty(connection.GetRequests());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            connection.SubmitAsync(EsimAction.Deactivate, [Sample.Profile()], new EsimActionOptions(), cancellationToken: stop.Token));
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    // A machine may sleep while a request waits. Whoever reads the journal goes by the time of the reservation, and would take for lost what is still to come.
    [Theory]
    [InlineData(60, 2)]
    [InlineData(61, 1)]
    public async Task A_request_that_has_waited_for_more_than_an_hour_is_not_sent(int minutes, int calls)
    {
        _fixture.Service.On(Endpoint.Action, 429, "");
        var connection = await _fixture.OpenAsync();
        var submitting = connection.SubmitAsync(EsimAction.Activate, [Sample.Profile()], new EsimActionOptions { ServicePlan = "M2M" });
        await _fixture.Clock.NextPauseAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(minutes));

        var submission = await submitting.WaitAsync(ManualClock.HangLimit);

        Assert.Equal(calls, _fixture.Service.Of(Endpoint.Action).Count);
        Assert.Equal(calls == 1 ? EsimError.EsimThrottled : null, submission.Failure?.Error);
        Assert.Equal(calls == 1 ? GuardDecision.Allowed : GuardDecision.Refused, connection.Judge(EsimAction.Activate, Sample.Profile()).Decision);
    }

    [Fact]
    public async Task The_same_profile_twice_is_served_once()
    {
        var connection = await _fixture.OpenAsync();
        var twice = new EsimProfile { Iccid = Sample.IccidOf(1) };

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1), Sample.Profile(2), twice, Sample.Profile(2));

        Assert.Equal([EsimError.EsimProfileDuplicate, EsimError.EsimProfileDuplicate], submission.Refused.Select(refusal => refusal.Verdict.Error!.Value));
        Assert.Same(twice, submission.Refused[0].Profile);
        Assert.Equal([Sample.IccidOf(1), Sample.IccidOf(2)], submission.Request!.Profiles.Select(profile => profile.Iccid));
        var devices = JsonNode.Parse(Assert.Single(_fixture.Service.Of(Endpoint.Action)).Body)!["devices"]!.AsArray();
        Assert.Equal(2, devices.Count);
    }

    [Fact]
    public async Task A_profile_with_an_open_request_is_busy_for_every_action_until_its_outcome_is_known()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("first"));
        var connection = await _fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(2));

        var busy = await ConnectionFixture.DeactivateAsync(connection, Sample.Profile(1), Sample.Profile(3));

        var refusal = Assert.Single(busy.Refused);
        Assert.Equal((EsimError.EsimProfileBusy, Sample.IccidOf(1)), (refusal.Verdict.Error, refusal.Profile.Iccid));
        Assert.Equal("'deactivate' was not sent for ICCID " + Sample.IccidOf(1) + ", EID " + Sample.EidOf(1) + ": its 'deactivate' request first is still open.", refusal.ToException(EsimAction.Deactivate).Message);
        Assert.Equal([Sample.IccidOf(3)], busy.Request!.Profiles.Select(profile => profile.Iccid));

        // What was kept back is neither sent nor noted as sent.
        string[] told = [_fixture.Service.Of(Endpoint.Action)[1].Body, _fixture.JournalLines()[2]];
        Assert.All(told, text =>
        {
            Assert.Contains(Sample.IccidOf(3), text, StringComparison.Ordinal);
            Assert.DoesNotContain(Sample.IccidOf(1), text, StringComparison.Ordinal);
        });
        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.Delete, Sample.Profile(1)).Error);

        connection.ReceiveCallback(Sample.Callback("first", Sample.IccidOf(1)));

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
        Assert.Equal(EsimError.EsimProfileBusy, connection.Judge(EsimAction.Delete, Sample.Profile(2)).Error);
    }

    [Fact]
    public async Task What_is_noted_and_sent_is_the_same_also_when_the_callers_list_changes()
    {
        var connection = await _fixture.OpenAsync();

        var submission = await connection.SubmitAsync(EsimAction.Deactivate, new ChangingList(), new EsimActionOptions());

        var iccid = Assert.Single(submission.Request!.Profiles).Iccid!;
        Assert.Contains(iccid, Assert.Single(_fixture.Service.Of(Endpoint.Action)).Body, StringComparison.Ordinal);
        Assert.Contains(iccid, _fixture.JournalLines()[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Twenty_submissions_of_one_profile_at_once_make_one_request()
    {
        var hold = new TaskCompletionSource();
        _fixture.Service.On(Endpoint.Action, async (_, _) =>
        {
            await hold.Task;
            return ScriptedService.Taken("the-one");
        });
        var connection = await _fixture.OpenAsync();

        var all = Enumerable.Range(0, 20).Select(_ => Task.Run(() => ConnectionFixture.DeactivateAsync(connection, Sample.Profile()))).ToArray();
        var refused = 0;
        var rest = all.ToList();
        while (refused < 19)
        {
            var done = await Task.WhenAny(rest);
            rest.Remove(done);
            Assert.Equal(EsimError.EsimProfileBusy, Assert.Single((await done).Refused).Verdict.Error);
            refused++;
        }

        hold.SetResult();
        Assert.Equal("the-one", (await rest.Single()).Request!.RequestId);
        Assert.Single(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public async Task Delete_leaves_only_for_the_profiles_that_the_guard_allows()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("off"));
        var connection = await _fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(2));
        connection.ReceiveCallback(Sample.Callback("off", Sample.IccidOf(1)));
        connection.ReceiveCallback(Sample.Callback("off", Sample.IccidOf(2), role: "LEAD"));

        var submission = await connection.SubmitAsync(EsimAction.Delete, Sample.Profiles(3), new EsimActionOptions());

        Assert.Equal([Sample.IccidOf(1)], submission.Request!.Profiles.Select(profile => profile.Iccid));
        Assert.Equal((EsimError.EsimProfileNotDeletable, GuardDecision.Refused), (submission.Refused[0].Verdict.Error, submission.Refused[0].Verdict.Decision));
        Assert.Equal(GuardDecision.AskService, submission.Refused[1].Verdict.Decision);
        Assert.Equal(EsimError.EsimProfileStateUnknown, submission.Refused[1].ToException(EsimAction.Delete).Error);
    }

    [Fact]
    public async Task No_switch_skips_the_guard()
    {
        var connection = await _fixture.OpenAsync();

        var submission = await connection.SubmitAsync(
            EsimAction.Delete, [Sample.Profile()], new EsimActionOptions { Resubmit = true }, serviceWasAsked: true);

        Assert.Null(submission.Request);
        Assert.Equal(EsimError.EsimProfileStateUnknown, Assert.Single(submission.Refused).Verdict.Error);
        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
        Assert.Empty(_fixture.JournalLines());
    }

    [Fact]
    public async Task More_than_ten_thousand_profiles_or_a_wrong_field_send_nothing()
    {
        var connection = await _fixture.OpenAsync();

        var tooMany = await Assert.ThrowsAsync<EsimException>(() => connection.SubmitAsync(EsimAction.Deactivate, Sample.Profiles(10_001), new EsimActionOptions()));
        var wrong = await Assert.ThrowsAsync<EsimException>(() => connection.SubmitAsync(EsimAction.Delete, Sample.Profiles(1), new EsimActionOptions { ReasonCode = "FF" }));

        Assert.Equal([EsimError.EsimParameterInvalid, EsimError.EsimParameterInvalid], [tooMany.Error, wrong.Error]);
        Assert.Empty(_fixture.Service.Of(Endpoint.Action));
    }

    [Fact]
    public async Task Ten_thousand_profiles_are_one_request()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("all"));
        var connection = await _fixture.OpenAsync();

        var submission = await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(10_000));
        for (var i = 1; i <= 10_000; i++)
        {
            connection.ReceiveCallback(Sample.Callback("all", Sample.IccidOf(i), status: i % 5 == 0 ? "Failed" : "SUCCESS"));
        }

        Assert.Single(_fixture.Service.Of(Endpoint.Action));
        Assert.Equal((EsimRequestStatus.PartlyFailed, 8000, 2000), (submission.Request!.Status, submission.Request.SucceededCount, submission.Request.FailedCount));
    }

    private static Func<Call, CancellationToken, Task<HttpResponseMessage>> Failing(string failure) => (_, _) => failure switch
    {
        "500" => Answer(500, """{"errorCode":"UnifiedWebService.REQUEST_FAILED.UnexpectedError","errorMessage":"oops"}"""),
        "502 html" => Answer(502, "<html>Bad gateway</html>"),
        "503" => Answer(503, ""),
        "504" => Answer(504, ""),
        "408" => Answer(408, ""),
        "timeout" => Task.FromException<HttpResponseMessage>(new TaskCanceledException("timed out")),
        "cut" => Task.FromException<HttpResponseMessage>(new HttpRequestException("cut", new IOException("reset", new SocketException((int)SocketError.ConnectionReset)))),
        "cut while reading" => Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.OK) { Content = new StreamContent(new BreakingStream()) }),
        "route lost" => Task.FromException<HttpResponseMessage>(new HttpRequestException("route", new IOException("read", new SocketException((int)SocketError.HostUnreachable)))),
        "200 without id" => Answer(200, """{"status":"ok"}"""),
        "200 numeric id" => Answer(200, """{"requestId":12}"""),
        "200 html" => Answer(200, "<html>welcome to the hotel's network</html>"),
        "200 truncated" => Answer(200, """{"requestId":"d1f0"""),
        "200 empty" => Answer(200, ""),
        "200 hostile" => Answer(200, """{"\ud800":"x","RequestIdentifier":"d1f0"}"""),
        "202 empty" => Answer(202, "{}"),
        "204" => Answer(204, ""),
        "500 with 900901" => Answer(500, """{"fault":{"code":"900901","message":"Invalid Credentials","description":"said by what stands behind the gateway"}}"""),
        "504 with SessionToken" => Answer(504, """{"errorCode":"UnifiedWebService.REQUEST_FAILED.SessionToken.Expired","errorMessage":"said by a proxy"}"""),
        "302" or "307" or "404" or "405" or "406" or "409" or "413" or "418" => Answer(int.Parse(failure, CultureInfo.InvariantCulture), ""),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };

    private static Task<HttpResponseMessage> Answer(int status, string body) => Task.FromResult(ScriptedService.Answer(status, body));

    // Holds another profile every time it is looked at.
    private sealed class ChangingList : IReadOnlyList<EsimProfile>
    {
        private int _times;

        public int Count => 1;

        public EsimProfile this[int index] => Sample.Profile(Interlocked.Increment(ref _times));

        public IEnumerator<EsimProfile> GetEnumerator() => Enumerable.Repeat(this[0], 1).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    // Gives half an answer, then breaks.
    private sealed class BreakingStream : MemoryStream
    {
        private bool _given;

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            if (_given)
            {
                return Task.FromException<int>(new IOException("The connection was reset."));
            }

            _given = true;
            var half = "{\"requestId\":"u8;
            half.CopyTo(buffer.AsSpan(offset));
            return Task.FromResult(half.Length);
        }
    }
}
