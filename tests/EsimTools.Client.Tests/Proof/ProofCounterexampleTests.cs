// Ways to an unproven delete that the adversary (Adversary/) has found, each in a few lines and by hand.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Proof;

public sealed class ProofCounterexampleTests : IDisposable
{
    private static readonly EsimProfile First = new() { Iccid = Sample.IccidOf(1), Eid = Sample.Eid };
    private static readonly EsimProfile Second = new() { Iccid = Sample.IccidOf(2), Eid = Sample.Eid };

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Beside_a_carrier_that_tells_no_state_the_state_of_another_one_proves_nothing()
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, $$"""
            {"carrierInformations":[{"carrierName":"Verizon Wireless"},{"carrierName":"Another","state":"deactive"}],
             "deviceIds":[{"id":"{{First.Iccid}}","kind":"iccId"}]}
            """));

        await connection.LookUpAsync([First]);

        Assert.Equal(EsimError.EsimProfileStateUnknown, connection.Judge(EsimAction.Delete, First, serviceWasAsked: true).Error);
    }

    [Fact]
    public async Task A_request_that_is_answered_with_the_id_of_another_one_is_in_doubt()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r")).On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        await connection.SubmitAsync(EsimAction.SetFallback, [First], new());
        connection.ReceiveCallback(Sample.Callback("r", First.Iccid!, state: "ACTIVE"));

        var second = await connection.SubmitAsync(EsimAction.Deactivate, [First], new());

        Assert.Equal((EsimError.EsimOutcomeUnknown, EsimRequestStatus.InDoubt, null), (second.Failure?.Error, second.Request!.Status, second.Request.RequestId));
        _fixture.Service.On(Endpoint.Status, 200, """{"requestId":"r","status":"Success"}""");
        await connection.PollAsync(connection.FindRequest("r")!);
        Assert.NotEqual(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, First, serviceWasAsked: true, resubmit: true).Decision);
    }

    [Fact]
    public async Task Enabling_a_profile_does_not_disable_one_that_is_not_on_the_eUICC()
    {
        var connection = await _fixture.OpenAsync();
        await ListAsync(connection, First, "NOT_DOWNLOADED");
        await SettleAsync(connection, EsimAction.Enable, Second, "ENABLE");

        Assert.NotEqual(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, First).Decision);
    }

    [Fact]
    public async Task An_eUICC_may_fall_back_behind_a_younger_request()
    {
        var connection = await _fixture.OpenAsync();
        await ListAsync(connection, First, "DISABLE");
        var delete = await SendAsync(connection, EsimAction.Delete, First);

        // First becomes enabled when Second is disabled, and Second again when First is deleted.
        await SettleAsync(connection, EsimAction.Disable, Second, "DISABLE");
        connection.ReceiveCallback(Callback(delete, First, "DELETE"));

        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, Second).Decision);
        await ListAsync(connection, Second, "DISABLE");
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Second).Decision);
    }

    [Fact]
    public async Task What_is_heard_of_one_profile_does_not_end_the_waiting_for_another_one_of_the_eUICC()
    {
        var connection = await _fixture.OpenAsync();
        var third = new EsimProfile { Iccid = Sample.IccidOf(3), Eid = Sample.Eid };
        await ListAsync(connection, First, "DISABLE");
        var disable = await SendAsync(connection, EsimAction.Disable, Second);
        await SendAsync(connection, EsimAction.Disable, First);
        connection.ReceiveCallback(Callback(disable, Second, "DISABLE"));
        await ListAsync(connection, third, "DISABLE");

        Assert.Equal(ProofReason.OpenAction, connection.Explain(third).Reason);
    }

    [Fact]
    public async Task Where_a_profile_is_counts_for_what_was_sent_before_that_was_told()
    {
        // Excel has filled the wrong EID down; the service puts it right while the request is open.
        var connection = await _fixture.OpenAsync();
        var wrong = new EsimProfile { Iccid = First.Iccid, Eid = Sample.EidOf(9) };
        var disable = await SendAsync(connection, EsimAction.Disable, wrong);
        await ListAsync(connection, First, "ENABLE");
        await ListAsync(connection, Second, "DISABLE");

        Assert.Equal(ProofReason.OpenAction, connection.Explain(Second).Reason);
        connection.ReceiveCallback(Callback(disable, First, "DISABLE"));
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, Second).Decision);
    }

    [Fact]
    public async Task A_profile_of_which_nobody_says_where_it_is_may_be_on_any_eUICC()
    {
        // Deactivated and still the enabled one of its eUICC: when it goes, the eUICC falls back to another one.
        var connection = await _fixture.OpenAsync();
        var (gone, left) = (new EsimProfile { Iccid = First.Iccid }, new EsimProfile { Iccid = Second.Iccid });
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(First.Iccid!, "deactive", "ENABLE"), Sample.Listed(Second.Iccid!, "active", "DISABLE")));
        await connection.LookUpAsync([gone]);
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, left).Decision);
        var delete = await SendAsync(connection, EsimAction.Delete, gone);

        Assert.Equal(ProofReason.OpenAction, connection.Explain(left).Reason);
        connection.ReceiveCallback(Sample.Callback(delete, First.Iccid!, profileStatus: "DELETE"));
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, left).Decision);
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Second.Iccid!, "active", "DISABLE")));
        await connection.LookUpAsync([left]);
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, left).Decision);
    }

    [Fact]
    public async Task A_profile_of_which_the_service_does_not_say_where_it_is_may_be_on_any_device()
    {
        var connection = await _fixture.OpenAsync();
        var row = new EsimProfile { Iccid = First.Iccid };
        connection.ReceiveCallback(Sample.Callback(await SendAsync(connection, EsimAction.Deactivate, row), First.Iccid!));
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, row).Decision);
        var resume = await SendAsync(connection, EsimAction.DeviceResume, new EsimProfile { Eid = Sample.Eid });

        Assert.Equal(ProofReason.OpenAction, connection.Explain(row).Reason);
        connection.ReceiveCallback($$"""{"requestId":"{{resume}}","deviceIds":[{"id":"{{Sample.Eid}}","kind":"eid"}],"status":"SUCCESS"}""");
        Assert.Equal(GuardDecision.AskService, connection.Judge(EsimAction.Delete, row).Decision);
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(First.Iccid!, "deactive")));
        await connection.LookUpAsync([row]);
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, row).Decision);
    }

    [Fact]
    public async Task Profiles_without_eids_that_are_not_the_enabled_ones_do_not_wait_for_each_other()
    {
        var connection = await _fixture.OpenAsync();
        var (gone, left) = (new EsimProfile { Iccid = First.Iccid }, new EsimProfile { Iccid = Second.Iccid });
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(First.Iccid!, "active", "DISABLE"), Sample.Listed(Second.Iccid!, "active", "DISABLE")));
        await connection.LookUpAsync([gone]);
        await SendAsync(connection, EsimAction.Delete, gone);

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, left).Decision);
    }

    // Found by lives 247708 and 248464: the service had failed at first, and what it then answered passed for older than what another question had been told meanwhile.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_is_as_new_as_the_attempt_that_it_answers(bool isPage)
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.List, 500, "{}");
        var asking = isPage ? connection.ReadPageAsync(new()) : (Task)connection.LookUpAsync([First]);
        var pause = await _fixture.Clock.NextPauseAsync();
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(First.Iccid!, "deactive")));
        await connection.LookUpAsync([First]);
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, First).Decision);

        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(First.Iccid!, "active")));
        _fixture.Clock.Advance(pause);
        await asking;

        Assert.NotEqual(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, First, serviceWasAsked: true).Decision);
    }

    // Found by life 557121: the last request was a download of days ago, so that what another process was told meanwhile stood nowhere.
    [Fact]
    public async Task What_is_said_of_a_profile_that_was_downloaded_days_ago_stands_in_the_journal()
    {
        var one = await _fixture.OpenAsync();
        one.ReceiveCallback(Sample.Callback(await SendAsync(one, EsimAction.Download, First), First.Iccid!, state: null, profileStatus: null));
        one.FlushJournal();
        _fixture.Clock.Advance(TimeSpan.FromHours(57));
        var two = await _fixture.OpenAsync();
        await ListAsync(one, First, "DOWNLOAD_DISABLE");
        Assert.Equal(GuardDecision.Allowed, one.Judge(EsimAction.Delete, First).Decision);

        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await ListAsync(two, First, "ENABLE");
        two.FlushJournal();

        Assert.Null((await one.SubmitAsync(EsimAction.Delete, [First], new(), serviceWasAsked: true)).Request);
    }

    private static string Callback(string requestId, EsimProfile profile, string profileStatus) =>
        Sample.Callback(requestId, profile.Iccid!, state: "ACTIVE", profileStatus: profileStatus).Replace(
            "\"kind\": \"Iccid\" } ]", "\"kind\": \"Iccid\" }, { \"id\": \"" + Sample.Eid + "\", \"kind\": \"eid\" } ]", StringComparison.Ordinal);

    private static async Task<string> SendAsync(EsimConnection connection, EsimAction action, EsimProfile profile)
    {
        var options = new EsimActionOptions { SmsrOid = action == EsimAction.Disable ? "1.3.6" : null };
        return (await connection.SubmitAsync(action, [profile], options, serviceWasAsked: true)).Request!.RequestId!;
    }

    private static async Task SettleAsync(EsimConnection connection, EsimAction action, EsimProfile profile, string profileStatus) =>
        connection.ReceiveCallback(Callback(await SendAsync(connection, action, profile), profile, profileStatus));

    private async Task ListAsync(EsimConnection connection, EsimProfile profile, string profileStatus)
    {
        _fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(profile.Iccid!, "active", profileStatus).Replace(
            "\"kind\": \"iccId\" }", "\"kind\": \"iccId\" }, { \"id\": \"" + Sample.Eid + "\", \"kind\": \"eid\" }", StringComparison.Ordinal)));
        await connection.LookUpAsync([profile]);
    }
}
