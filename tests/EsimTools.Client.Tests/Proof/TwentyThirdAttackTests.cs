// What a twenty-third attack on unproven deletes, by reading the source, has found; what it found in the listener is in AcknowledgedCallbackTests and
// UntakenCallbackTests. Each way was seen red without its mend; the cases beside them are controls.

using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;
using EsimTools.Store.Folder;
using EsimTools.Store.Lines;

namespace EsimTools.Client.Tests.Proof;

public sealed class TwentyThirdAttackTests : ProofScenario
{
    private const string Delete = "POST /api/m2m/v1/devices/profile/actions/delete HTTP/1.1";

    private static string FailedOnDevice => $$"""{"requestId":"d","status":"FAILED","deviceIds":[{"kind":"eid","id":"{{X.Eid}}"}]}""";

    // The row that names the device has failed by name, so the failure on it that names nobody is another one's.
    [Theory]
    [InlineData("callback")]
    [InlineData("poll")]
    public async Task A_second_failure_on_the_device_of_a_profile_that_has_failed_by_name(string how)
    {
        var bare = new EsimProfile { Iccid = Y.Iccid };
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "d", X, bare);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", null, null));
        connection.ReceiveCallback(Sample.Callback("d", bare.Iccid!));
        AssertProven(connection, bare);
        if (how == "callback")
        {
            connection.ReceiveCallback(FailedOnDevice);
        }
        else
        {
            await PollAsync(connection, request, $$"""{"requestId":"d","status":"Failed","subRequests":[{"ids":[{"id":"{{X.Iccid}}","kind":"iccid"}],"status":"Failed"},{"ids":[{"id":"{{X.Eid}}","kind":"eid"}],"status":"Failed"}]}""");
        }

        await AssertNotProvenAsync(connection, bare, resubmit: true);
    }

    // An inventory may veto, and vouches for nothing: neither by its EID nor by its IMEI.
    [Theory]
    [InlineData("eid", false)]
    [InlineData("imei", false)]
    [InlineData("eid", true)]
    public async Task An_inventory_puts_a_profile_into_another_device_than_the_one_on_which_somebody_has_failed(string kind, bool isPlaced)
    {
        var other = new EsimProfile { Iccid = Y.Iccid, Eid = Sample.EidOf(77), Imei = Sample.ImeiOf(77) };
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X, other);
        connection.ReceiveCallback(isPlaced ? Sample.WithEid(Sample.Callback("d", other.Iccid!), other.Eid!) : Sample.Callback("d", other.Iccid!));
        AssertProven(connection, other);

        connection.ReceiveCallback($$"""{"requestId":"d","status":"FAILED","deviceIds":[{"kind":"{{kind}}","id":"{{(kind == "eid" ? X.Eid : X.Imei)}}"}]}""");

        await AssertAsync(isPlaced, connection, other);
    }

    // Somebody else is taking in what a listener that was killed had acknowledged, and has not told the journal yet; or only reads it.
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task What_a_killed_listener_has_left_is_waited_for_while_somebody_else_has_it(bool forEver, bool isReader)
    {
        var path = await LeaveFailureAsync();
        var held = isReader ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) : new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var opening = Task.Run(() => Fixture.OpenAsync());
        for (var i = 0; i < (forEver ? 100 : 3); i++)
        {
            await Fixture.Clock.PassAsync(TimeSpan.FromMilliseconds(100));
        }

        if (forEver)
        {
            var error = await Assert.ThrowsAsync<EsimException>(() => opening.WaitAsync(ManualClock.HangLimit));
            Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
            Assert.Contains("may speak against what the journal says", error.Message, StringComparison.Ordinal);
            held.Dispose();
            return;
        }

        Assert.Equal(TimeSpan.FromMilliseconds(100), await Fixture.Clock.NextPauseAsync());
        held.Dispose();
        Fixture.Clock.Advance(TimeSpan.FromMilliseconds(100));
        var connection = await opening.WaitAsync(ManualClock.HangLimit);
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        Assert.Empty(LeftBehindCallbacks.FindIn(Fixture.JournalPath));
    }

    // A listener that is at work takes them in itself, and is not waited for.
    [Fact]
    public async Task What_a_listener_at_work_has_acknowledged_is_its_own()
    {
        var connection = await Fixture.OpenAsync();
        var intake = new CallbackIntake(connection.Parts.Inbox, _ => { }, new());

        await Task.Run(() => Fixture.OpenAsync()).WaitAsync(ManualClock.HangLimit);

        intake.Dispose();
    }

    // What is said against an outcome is as old as that, and the file that it stands in is not.
    [Fact]
    public async Task What_disputes_an_old_outcome_stands_in_a_young_file()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Activate, "a", X);
        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, "FAILED", null, null));
        connection.FlushJournal();
        Fixture.Clock.Advance(TimeSpan.FromHours(26));

        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE", profileStatus: null));
        connection.FlushJournal();

        GC.KeepAlive(request);
        var file = new JournalFile(Assert.Single(Directory.GetFiles(Fixture.JournalPath, "*.jsonl")));
        file.ReadOn(new JournalKeys(), (_, _) => { }, Assert.Fail, _ => false);
        Assert.Equal(Fixture.Clock.UtcNow, file.NewestLine);
    }

    // The file that tells whom the request was for is there, and somebody has it: that is not the same as its being gone.
    [Fact]
    public async Task The_lines_of_a_request_cannot_be_read_for_a_moment_when_somebody_is_said_to_have_failed()
    {
        var bare = new EsimProfile { Iccid = Y.Iccid };
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X, bare);
        connection.ReceiveCallback(Sample.Callback("d", bare.Iccid!));
        connection.Dispose();
        var next = await Fixture.OpenAsync();
        AssertProven(next, bare);
        Forget();
        using (new FileStream(Assert.Single(Directory.GetFiles(Fixture.JournalPath, "*.jsonl")), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(EsimError.EsimJournalUnavailable, Assert.Throws<EsimException>(() => next.ReceiveCallback(FailedOnDevice)).Error);
        }

        next.ReceiveCallback(FailedOnDevice);

        await AssertNotProvenAsync(next, bare, resubmit: true);
    }

    // To make a connection may take as long as a call may.
    [Fact]
    public async Task A_deactivation_is_said_to_have_failed_while_the_connection_for_its_delete_is_being_made()
    {
        await using var server = new RawServer(request =>
            request.Contains("oauth2", StringComparison.Ordinal) ? RawServer.Json("""{"access_token":"b","expires_in":3600}""")
            : request.Contains("session", StringComparison.Ordinal) ? RawServer.Json("""{"sessionToken":"s"}""")
            : RawServer.Json($$"""{"requestId":"{{(request == Delete ? "gone" : "d")}}"}"""));
        await using var proxy = new SocksProxy(new Uri(server.BaseUri).Port);
        var connection = await Fixture.OpenAsync(Through(proxy, server));
        await ConnectionFixture.DeactivateAsync(connection, X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        AssertProven(connection, X);
        proxy.WhenConnecting = () => connection.ReceiveCallback(Sample.Callback("d", X.Iccid!, "FAILED", null, null));

        var submission = await connection.SubmitAsync(EsimAction.Delete, [X], new(), serviceWasAsked: true).WaitAsync(ManualClock.HangLimit);

        Assert.Equal(EsimError.EsimProfileStateUnknown, submission.Failure!.Error);
        Assert.Contains("Nothing was sent", submission.Failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, request => request.RequestLine == Delete);
        Assert.Equal(EsimRequestStatus.Failed, submission.Request!.Status);
    }

    // Nothing leaves before it is judged, and that has not begun.
    [Fact]
    public async Task A_command_is_stopped_while_the_connection_for_its_delete_is_being_made()
    {
        await using var server = new RawServer(request =>
            request.Contains("oauth2", StringComparison.Ordinal) ? RawServer.Json("""{"access_token":"b","expires_in":3600}""")
            : request.Contains("session", StringComparison.Ordinal) ? RawServer.Json("""{"sessionToken":"s"}""")
            : RawServer.Json("""{"requestId":"d"}"""));
        await using var proxy = new SocksProxy(new Uri(server.BaseUri).Port);
        using var stop = new CancellationTokenSource();
        using var over = new ManualResetEventSlim();
        var connection = await Fixture.OpenAsync(Through(proxy, server));
        proxy.WhenConnecting = () =>
        {
            stop.Cancel();
            over.Wait(ManualClock.HangLimit);
        };

        var sending = connection.SubmitAsync(EsimAction.Deactivate, [X], new() { ServicePlan = "M2M Global", ReasonCode = "FF" }, cancellationToken: stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(ManualClock.HangLimit));

        over.Set();
        Assert.Empty(connection.GetRequests(inDoubt: true));
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Deactivate, X).Decision);
    }

    // Nobody knows where it is, so it may be the one that has failed on either device; but what was asked since the first is newer than the request.
    [Fact]
    public async Task What_was_asked_since_a_failure_on_one_device_stands_behind_a_failure_on_another()
    {
        var bare = new EsimProfile { Iccid = Y.Iccid };
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "d", X, bare, Sample.Profile(3));
        connection.ReceiveCallback(Sample.Callback("d", bare.Iccid!));
        connection.ReceiveCallback(FailedOnDevice);
        await AssertNotProvenAsync(connection, bare);
        await ListAsync(connection, bare, Sample.Listed(bare.Iccid!, "deactive"));
        AssertProven(connection, bare);

        connection.ReceiveCallback($$"""{"requestId":"d","status":"FAILED","deviceIds":[{"kind":"eid","id":"{{Sample.Profile(3).Eid}}"}]}""");

        AssertProven(connection, bare);
    }

    // Its line is on the disk, and the request that has served one of its profiles before cannot be read back.
    [Fact]
    public async Task A_request_whose_neighbours_cannot_be_read_back_is_refused()
    {
        var one = await Fixture.OpenAsync();
        await ConnectionFixture.DeactivateAsync(one, X);
        one.Dispose();
        var file = Directory.GetFiles(Fixture.JournalPath, "*.jsonl").Single();
        FileStream? held = null;
        var options = Fixture.Options();
        var two = await Fixture.OpenAsync(new()
        {
            ApiCredential = options.ApiCredential,
            UserCredential = options.UserCredential,
            AccountName = options.AccountName,
            BaseUri = options.BaseUri,
            JournalPath = options.JournalPath,
            Handler = options.Handler,
            Clock = options.Clock,
            WhenRequestIsMade = (_, request) => held ??= request.Profiles.Count == 1 && request.Profiles[0].Iccid != X.Iccid ? new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None) : null,
        });
        Forget();

        var again = new EsimActionOptions { ServicePlan = "M2M Global", ReasonCode = "FF", SkipConfirmedWithin = TimeSpan.FromHours(24) };
        var error = await Assert.ThrowsAsync<EsimException>(() => two.SubmitAsync(EsimAction.Deactivate, [X, Sample.Profile(3)], again).WaitAsync(ManualClock.HangLimit));

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.NotNull(held);
        held.Dispose();
        Assert.Single(Fixture.Service.Of(Endpoint.Action));
        Assert.Equal(GuardDecision.Allowed, two.Judge(EsimAction.Deactivate, Sample.Profile(3)).Decision);
        Assert.Single(Fixture.JournalLines(), line => line.Contains("\"event\":\"refused\"", StringComparison.Ordinal));
    }

    // The service is asked while the journal cannot be read, and answers against what others have noted there.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_service_answers_while_the_journal_cannot_be_read_is_told_when_it_can(bool ends)
    {
        var (one, two) = await OpenTwoAsync();
        await ConfirmAsync(one, EsimAction.Deactivate, "d", X);
        one.Dispose();
        using (new FileStream(Directory.GetFiles(Fixture.JournalPath, "*.jsonl").Single(), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            await ListAsync(two, X, Sample.Listed(X.Iccid!, "active"));
            if (ends)
            {
                two.Dispose();
                Assert.Contains(Fixture.Warnings, text => text.Contains("is not told to others who share it", StringComparison.Ordinal));
                return;
            }
        }

        Assert.True((await Fixture.OpenAsync()).Explain(X).IsProven);
        await Fixture.Clock.PassAsync(TimeSpan.FromSeconds(5));
        Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(Fixture.JournalPath, "*.jsonl").Length == 2, ManualClock.HangLimit));
        Assert.False((await Fixture.OpenAsync()).Explain(X).IsProven);
    }

    private EsimConnectionOptions Through(SocksProxy proxy, RawServer server)
    {
        var options = Fixture.Options(server.BaseUri);
        return new()
        {
            ApiCredential = options.ApiCredential,
            UserCredential = options.UserCredential,
            AccountName = options.AccountName,
            BaseUri = options.BaseUri,
            JournalPath = options.JournalPath,
            Clock = options.Clock,
            Timeout = options.Timeout,
            Proxy = proxy.Proxy,
        };
    }

    private async Task<string> LeaveFailureAsync()
    {
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        connection.Dispose();
        using var record = CallbackRecord.Begin(Fixture.JournalPath, "https://service.test/api", Fixture.Clock.UtcNow);
        using var message = System.Text.Json.JsonDocument.Parse(Sample.Callback("d", X.Iccid!, "FAILED", null, null));
        record.Record(new(CallbackRecord.LineOf(message.RootElement, Fixture.Clock.UtcNow, hasher: null)));
        return record.FilePath;
    }
}
