// Ways to an unproven delete that a third attack with the source in hand has tried, each named for the way: above all where two paths should agree.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class ThirdAttackTests : ProofScenario
{
    // A third profile of the same eUICC, and another eUICC.
    private static readonly EsimProfile Z = new() { Iccid = Sample.IccidOf(3), Eid = X.Eid };
    private static readonly EsimProfile IccidOfX = new() { Iccid = X.Iccid };
    private static readonly string Elsewhere = Sample.EidOf(77);
    private static readonly EsimProfile Moved = new() { Iccid = X.Iccid, Eid = Elsewhere };
    private static readonly EsimProfile Neighbour = new() { Iccid = Sample.IccidOf(5), Eid = Elsewhere };

    // --- Messages -----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_of_a_known_request_says_that_another_profile_is_active(bool inAnEntry)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        await SendAsync(connection, EsimAction.Deactivate, "r", Y);

        connection.ReceiveCallback(inAnEntry
            ? $$"""{"requestId":"r","deviceIds":[{"id":"{{Y.Iccid}}","kind":"Iccid"}],"status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[{{Entry(2, "DEACTIVE")}},{{Entry(1, "ACTIVE")}}]} }"""
            : Sample.Callback("r", X.Iccid!, state: "ACTIVE"));

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_of_a_known_request_says_that_another_profile_is_LEAD(bool inAnEntry)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        await SendAsync(connection, EsimAction.Deactivate, "r", Y);

        connection.ReceiveCallback(inAnEntry
            ? $$"""{"requestId":"r","deviceIds":[{"id":"{{Y.Iccid}}","kind":"Iccid"}],"status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[{{Entry(2, "DEACTIVE")}},{{Entry(1, "DEACTIVE", ",\"profileRole\":\"LEAD\"")}}]} }"""
            : Sample.Callback("r", X.Iccid!, role: "LEAD"));

        await AssertRefusedAsync(connection, X, EsimError.EsimProfileNotDeletable);
    }

    [Theory]
    [InlineData(",\"status\":\"FAILED\"", false)]
    [InlineData(",\"status\":\"PENDING\"", false)]
    [InlineData(",\"faultResponse\":{\"faultcode\":\"X\",\"faultstring\":\"y\"}", false)]
    [InlineData(",\"status\":\"FAILED\"", true)]
    [InlineData(",\"faultResponse\":{\"faultcode\":\"X\",\"faultstring\":\"y\"}", true)]
    public async Task A_message_of_success_with_an_entry_that_failed(string more, bool inAList)
    {
        var connection = await Fixture.OpenAsync();
        if (inAList)
        {
            _ = connection.Tracker.AwaitList("r", connection.Tracker.Ask(), Sample.Account);
        }
        else
        {
            await SendAsync(connection, EsimAction.Deactivate, "r", X);
        }

        connection.ReceiveCallback($$"""{"requestId":"r","status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[{{Entry(1, "DEACTIVE", more)}}]} }""");

        await AssertRefusedAsync(connection, X, resubmit: true);
    }

    [Fact]
    public async Task A_list_by_callback_with_an_entry_of_another_account()
    {
        var connection = await Fixture.OpenAsync();
        _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);
        connection.ReceiveCallback($$"""{"requestId":"list","status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[{{Entry(1, "DEACTIVE", ",\"accountName\":\"0000999999-00001\"")}}]} }""");

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_for_one_profile_that_succeeded_by_callback_and_failed_by_poll(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        connection.ReceiveCallback(Sample.Callback("r", X.Iccid!));
        Assert.True(connection.Explain(X).IsProven);
        Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"r","status":"Failed"}""");
        await connection.PollAsync(request);

        connection = await NextAsync(connection, inNextSession);
        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task An_activation_that_failed_by_callback_and_succeeded_by_poll()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Activate, "a", X);
        connection.ReceiveCallback(Sample.Callback("a", X.Iccid!, "FAILED", state: "DEACTIVE"));
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        Assert.True(connection.Explain(X).IsProven);
        Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"a","status":"Success"}""");
        await connection.PollAsync(request);

        await AssertRefusedAsync(connection, X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_member_of_a_device_was_resumed_behind_its_deactivation(bool objectIsGone)
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceResume, "dev", X);
        connection.ReceiveCallback($$"""{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        Assert.True(connection.Explain(X).IsProven);
        Forget(objectIsGone);

        connection.ReceiveCallback(WithEid(Sample.Callback("dev", X.Iccid!, state: "ACTIVE")));

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task A_download_that_succeeded_by_poll_of_a_profile_that_may_have_been_enabled_before()
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Download, "down", X);
        Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"down","status":"Success"}""");
        await connection.PollAsync(request);

        await AssertRefusedAsync(connection, X);
    }

    [Fact]
    public async Task An_activation_of_whatever_is_on_a_device()
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Sample.Listed(X.Iccid!, "deactive"));
        var refusal = await Assert.ThrowsAsync<EsimException>(() => SendAsync(connection, EsimAction.Activate, "a", new EsimProfile { Eid = X.Eid }));

        Assert.Equal(EsimError.EsimIccidMissing, refusal.Error);
        Assert.Empty(Fixture.Service.Of(Endpoint.Action));
    }

    // --- This session or the next, this process or another ------------------------------------------------------------

    [Theory]
    [InlineData("callback")]
    [InlineData("not yet")]
    [InlineData("another request")]
    [InlineData("list")]
    public async Task What_the_service_has_said_against_a_confirmation_counts_in_the_next_session_too(string who)
    {
        var connection = await Fixture.OpenAsync();
        var request = await SendAsync(connection, EsimAction.Deactivate, "r", X);
        Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"r","status":"Success"}""");
        await connection.PollAsync(request);
        Assert.True(connection.Explain(X).IsProven);
        if (who == "list")
        {
            await ListAsync(connection, X, Sample.Listed(X.Iccid!, "active"));
        }
        else
        {
            connection.ReceiveCallback(Sample.Callback(who == "another request" ? "q" : "r", X.Iccid!, who == "not yet" ? "warning" : "SUCCESS", state: "ACTIVE"));
        }

        Assert.False(connection.Explain(X).IsProven);

        connection = await NextAsync(connection, inNextSession: true);
        await AssertRefusedAsync(connection, X);
        Assert.Equal(1, connection.FindRequest("r")!.SucceededCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_poll_of_a_request_from_a_journal_of_hashes_proves_no_other_twentieth_digit(bool byCallback)
    {
        var twin = new EsimProfile { Iccid = X.Iccid![..19] + (char)('0' + ((X.Iccid![19] - '0' + 1) % 10)) };
        using (var first = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true)))
        {
            await SendAsync(first, EsimAction.Deactivate, "r", X);
        }

        var connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        var request = connection.FindRequest("r")!;
        if (byCallback)
        {
            connection.ReceiveCallback(Sample.Callback("r", X.Iccid));
        }
        else
        {
            Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"r","status":"Success"}""");
            await connection.PollAsync(request);
        }

        Assert.False(connection.Explain(twin).IsProven);
        Assert.Equal(byCallback, connection.Explain(X).IsProven);
        await AssertRefusedAsync(connection, twin);
    }

    // --- The eUICC ----------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_download_to_another_eUICC_whose_request_object_is_gone(bool listedMeanwhile)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "NOT_DOWNLOADED");
        await SendAndForgetAsync(connection, EsimAction.Download, "down", Moved);
        if (listedMeanwhile)
        {
            await PlaceAsync(connection, X, "NOT_DOWNLOADED");
        }

        Forget();
        connection.ReceiveCallback(Sample.Callback("down", X.Iccid!, state: "ACTIVE", profileStatus: "DOWNLOAD_DISABLE"));

        await AssertRefusedAfterNeighbourIsDeletedAsync(connection);
    }

    [Fact]
    public async Task A_download_to_another_eUICC_by_another_process()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "NOT_DOWNLOADED");
        _ = connection.GetRequests().ToArray();
        var other = await Fixture.OpenAsync();
        await SendAsync(other, EsimAction.Download, "down", Moved);
        other.ReceiveCallback(Sample.Callback("down", X.Iccid!, state: "ACTIVE", profileStatus: "DOWNLOAD_DISABLE"));
        other.FlushJournal();
        _ = connection.GetRequests().ToArray();

        await AssertRefusedAfterNeighbourIsDeletedAsync(connection);
    }

    [Fact]
    public async Task A_list_that_was_asked_for_before_the_download_and_answered_behind_it()
    {
        var connection = await Fixture.OpenAsync();
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        Fixture.Service.On(Endpoint.List, async (_, _) =>
        {
            asked.SetResult();
            return ScriptedService.Answer(200, await answer.Task);
        });
        var listing = connection.LookUpAsync([X]);
        await asked.Task;
        await SendAsync(connection, EsimAction.Download, "down", Moved);
        connection.ReceiveCallback(Sample.Callback("down", X.Iccid!, state: "ACTIVE", profileStatus: "DOWNLOAD_DISABLE"));
        answer.SetResult(Sample.Page(false, Listed(X, "active", "NOT_DOWNLOADED")));
        await listing;

        await AssertRefusedAfterNeighbourIsDeletedAsync(connection);
    }

    [Fact]
    public async Task A_member_of_a_device_without_EID_does_not_place_what_our_own_request_has_put_elsewhere()
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "NOT_DOWNLOADED");
        await SendAsync(connection, EsimAction.DeviceSuspend, "dev", X);
        await SendAsync(connection, EsimAction.Download, "down", Moved);
        connection.ReceiveCallback(Sample.Callback("down", X.Iccid!, state: "ACTIVE", profileStatus: "DOWNLOAD_DISABLE"));
        connection.ReceiveCallback(Sample.Callback("dev", X.Iccid!, state: "SUSPEND", profileStatus: null));

        await AssertRefusedAfterNeighbourIsDeletedAsync(connection);
    }

    [Theory]
    [InlineData("elsewhere")]
    [InlineData("disabled")]
    [InlineData("gone")]
    public async Task The_profile_that_was_enabled_is_not_what_it_was(string now)
    {
        var connection = await Fixture.OpenAsync();
        await PlaceAsync(connection, X, "ENABLE");
        await PlaceAsync(connection, Y, "DISABLE");
        await SendAsync(connection, EsimAction.Enable, "e", Y);
        connection.ReceiveCallback(Sample.Callback("e", Y.Iccid!, state: "ACTIVE", profileStatus: "ENABLE"));
        Assert.True(connection.Explain(X).IsProven);

        await PlaceAsync(connection, now == "elsewhere" ? new EsimProfile { Iccid = Y.Iccid, Eid = Elsewhere } : Y, now switch { "elsewhere" => "ENABLE", "disabled" => "DISABLE", _ => "NOT_DOWNLOADED" });

        await AssertRefusedAsync(connection, IccidOfX);
    }

    // --- A delete that waits ------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("list")]
    [InlineData("newer line")]
    [InlineData("LEAD")]
    public async Task What_is_heard_while_a_delete_waits(string what)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, Z, Listed(Z, "deactive", "ENABLE"));
        await ListAsync(connection, X, Listed(X, "deactive", "DISABLE"));
        await ListAsync(connection, Y, Listed(Y, "deactive", "DISABLE"));
        await SendAsync(connection, EsimAction.Delete, "z", Z);
        connection.ReceiveCallback(Sample.Callback("z", Z.Iccid!, state: "UNKNOWN", profileStatus: "DELETE"));

        await AssertDoesNotLeaveAsync(connection, [X, Y], async () =>
        {
            if (what == "list")
            {
                _ = connection.Tracker.AwaitList("list", connection.Tracker.Ask(), Sample.Account);
                connection.ReceiveCallback($$"""{"requestId":"list","status":"SUCCESS","deviceResponse":{"deviceProfileResponse":[{{Entry(1, "ACTIVE")}}]} }""");
            }
            else if (what == "LEAD")
            {
                connection.ReceiveCallback(Sample.Callback("q", X.Iccid!, role: "LEAD"));
            }
            else
            {
                Fixture.WriteJournal("20260301T080000-00000000.jsonl", $$"""{"v":1,"at":"{{Iso(0)}}","event":"sending","request":"n","service":"https://service.test/api","seq":99,"action":"reprovision","account":"{{Sample.Account}}","profiles":[{"iccid":"{{X.Iccid}}"}]}""");
            }
        });
    }

    [Fact]
    public async Task A_delete_that_had_failed_has_succeeded_all_the_same_while_another_one_waits()
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, Z, Listed(Z, "deactive", "ENABLE"));
        await SendAsync(connection, EsimAction.Delete, "z", Z);
        connection.ReceiveCallback(Sample.Callback("z", Z.Iccid!, "FAILED"));
        await ListAsync(connection, X, Listed(X, "active", "DISABLE"));
        await ListAsync(connection, Y, Listed(Y, "active", "DISABLE"));

        await AssertDoesNotLeaveAsync(connection, [X, Y], () =>
        {
            connection.ReceiveCallback(Sample.Callback("z", Z.Iccid!, state: "UNKNOWN", profileStatus: "DELETE"));
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData("active")]
    [InlineData("deactive")]
    public async Task Two_of_one_eUICC_that_wait_together_leave_when_nothing_has_come(string state)
    {
        var connection = await Fixture.OpenAsync();
        await ListAsync(connection, X, Listed(X, state, "DISABLE"));
        await ListAsync(connection, Y, Listed(Y, state, "DISABLE"));

        var submission = await WaitAndLeaveAsync(connection, [X, Y], () => Task.CompletedTask);

        Assert.Null(submission.Failure);
        Assert.Equal(2, Fixture.Service.Of(Endpoint.Action).Count(call => call.Path.EndsWith("/delete", StringComparison.Ordinal)));
    }

    // ------------------------------------------------------------------------------------------------------------------

    private async Task AssertDoesNotLeaveAsync(EsimConnection connection, EsimProfile[] profiles, Func<Task> meanwhile)
    {
        var before = Fixture.Service.Of(Endpoint.Action).Count;
        var submission = await WaitAndLeaveAsync(connection, profiles, meanwhile);
        Assert.NotNull(submission.Failure);
        Assert.Equal(before + 1, Fixture.Service.Of(Endpoint.Action).Count);
    }

    private async Task<EsimSubmission> WaitAndLeaveAsync(EsimConnection connection, EsimProfile[] profiles, Func<Task> meanwhile)
    {
        var refused = new TaskCompletionSource();
        Fixture.Service.On(Endpoint.Action, _ =>
        {
            refused.SetResult();
            return ScriptedService.Answer(429, "");
        });
        var deleting = connection.SubmitAsync(EsimAction.Delete, profiles, new());
        await Task.WhenAny(refused.Task, deleting).WaitAsync(ManualClock.HangLimit);
        Assert.False(deleting.IsCompleted, deleting.IsCompleted ? string.Join("; ", (await deleting).Refused.Select(refusal => refusal.Verdict.Reason)) : null);
        await meanwhile();
        for (var i = 0; i < 100 && !deleting.IsCompleted; i++)
        {
            Fixture.Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(10);
        }

        return await deleting.WaitAsync(ManualClock.HangLimit);
    }

    private async Task AssertRefusedAfterNeighbourIsDeletedAsync(EsimConnection connection)
    {
        await ListAsync(connection, Neighbour, Listed(Neighbour, "deactive", "ENABLE"));
        await SendAsync(connection, EsimAction.Delete, "del", Neighbour);
        connection.ReceiveCallback(Sample.Callback("del", Neighbour.Iccid!, state: "UNKNOWN", profileStatus: "DELETE"));

        await AssertRefusedAsync(connection, IccidOfX);
    }

    private string Iso(int seconds) => Clock.ToIso(Fixture.Clock.UtcNow.AddSeconds(seconds));

    private async Task SendAndForgetAsync(EsimConnection connection, EsimAction action, string requestId, params EsimProfile[] profiles) =>
        await SendAsync(connection, action, requestId, profiles);
}
