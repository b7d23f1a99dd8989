// Ways to an unproven delete that a twelfth attack with the source in hand has tried, each named for the way: what one of two processes has been told and the
// other one cannot know, and what hashes do not tell.

using System.Text.Json;
using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Proof;

public sealed class TwelfthAttackTests : ProofScenario
{
    private static string OtherTwentieth => X.Iccid!.Substring(0, 19) + (X.Iccid[19] == '7' ? '8' : '7');

    // --- Two processes, both at work: nobody flushes, waits or closes ------------------------------------------------------------

    [Theory]
    [InlineData("list")]
    [InlineData("page")]
    public async Task One_process_is_told_that_it_is_active_and_the_other_one_believes_the_confirmation_from_before(string how)
    {
        var (one, two) = await OpenTwoAsync();
        await ConfirmAsync(one, EsimAction.Deactivate, "d", X);
        one.FlushJournal();
        AssertProven(Read(two), X);
        Fixture.Service.On(Endpoint.List, 200, Sample.Page(false, Listed(X, "active", "ENABLE")));
        if (how == "list")
        {
            await one.LookUpAsync([X]);
        }
        else
        {
            await one.ReadPageAsync();
        }

        await AssertRefusedAsync(Read(two), X);
        await ConfirmAsync(two, EsimAction.Deactivate, "again", X);
        AssertProven(two, X);
    }

    [Fact]
    public async Task One_process_is_told_by_the_status_that_it_failed_and_the_other_one_has_heard_of_success()
    {
        var (one, two) = await OpenTwoAsync();
        var request = await SendAsync(one, EsimAction.Deactivate, "d", X);
        Read(two).ReceiveCallback(Sample.Callback("d", X.Iccid!));
        AssertProven(two, X);
        await PollAsync(one, request, """{"requestId":"d","status":"Failed"}""");

        await AssertRefusedAsync(Read(two), X);
    }

    [Theory]
    [InlineData("list", "deactive", null, "active", "ENABLE")]
    [InlineData("message", "deactive", null, "active", "ENABLE")]
    [InlineData("list", "active", "DISABLE", "active", "ENABLE")]
    [InlineData("message", "active", "DISABLE", "active", "ENABLE")]
    public async Task One_process_has_been_told_that_it_is_disabled_and_later_the_other_one_that_it_is_not(string how, string state, string? status, string stateSince, string statusSince)
    {
        var (one, two) = await OpenTwoAsync();
        await ConfirmAsync(one, status is null ? EsimAction.Deactivate : EsimAction.Disable, "d", X);
        one.FlushJournal();
        await ListAsync(one, X, Listed(X, state, status));
        AssertProven(one, X);
        if (how == "list")
        {
            await ListAsync(two, X, Listed(X, stateSince, statusSince));
        }
        else
        {
            Read(two).ReceiveCallback(Sample.Callback("unknown", X.Iccid!, state: "ACTIVE", profileStatus: statusSince));
        }

        two.FlushJournal();

        await AssertRefusedAsync(Read(one), X);
        await ListAsync(one, X, Listed(X, state, status));
        AssertProven(one, X);
    }

    [Fact]
    public async Task One_process_is_told_that_it_is_enabled_and_the_other_one_was_told_a_status_that_no_request_could_prove()
    {
        var (one, two) = await OpenTwoAsync();
        await ResolveAsync(one, await SendAsync(one, EsimAction.Deactivate, "d", X), Listed(X, "deactive", "DISABLE"));
        AssertProven(one, X);
        await ListAsync(two, X, Listed(X, "active", "ENABLE"));

        await AssertRefusedAsync(Read(one), X);
    }

    [Fact]
    public async Task One_process_is_told_twice_that_it_is_active_and_in_between_the_other_one_that_it_is_not()
    {
        var (one, two) = await OpenTwoAsync();
        var request = await SendAsync(one, EsimAction.Deactivate, "d", X);
        await ListAsync(two, X, Listed(X, "active", "ENABLE"));
        await ResolveAsync(one, request, Listed(X, "deactive", "ENABLE"));
        AssertProven(one, X);
        await ListAsync(two, X, Listed(X, "active", "ENABLE"));

        await AssertRefusedAsync(Read(one), X);
    }

    // --- Archives ---------------------------------------------------------------------------------------------------------------

    [Fact]
    public void A_file_is_put_away_by_who_has_not_read_the_last_line_of_a_process_that_was_killed_since()
    {
        var path = Fixture.WriteJournal("20260226T000000-aaaaaaaa.jsonl", $$"""{"v":1,"at":"2026-02-26T00:00:00.000Z","event":"refused","request":"a"}""");
        var folder = new JournalFolder(Fixture.JournalPath, new()) { Largest = 0 };
        folder.ReadNew(static _ => false, static (_, _) => { }, Assert.Fail);
        File.AppendAllText(path, $$"""{"v":1,"at":"{{Clock.ToIso(Fixture.Clock.UtcNow)}}","event":"sending","request":"b","service":"https://service.test/api","seq":2,"action":"activate","profiles":[{"iccid":"{{X.Iccid}}"}]}""" + "\n");

        Assert.Equal(0, folder.Archive(static _ => false, Fixture.Clock.UtcNow));
        Assert.True(File.Exists(path));
    }

    // --- Hashes ---------------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_recorded_message_in_hashes_tells_of_a_profile_of_a_suspended_device_and_not_which_twentieth_digit_it_has(bool inNextSession)
    {
        var connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        await SendAsync(connection, EsimAction.DeviceSuspend, "s", new EsimProfile { Eid = X.Eid });
        using (var record = CallbackRecord.Begin(Fixture.JournalPath, "https://service.test/api", Fixture.Clock.UtcNow))
        {
            using var message = JsonDocument.Parse(WithEid(Sample.Callback("s", X.Iccid!)));
            record.Record(new(CallbackRecord.LineOf(message.RootElement, Fixture.Clock.UtcNow, HasherKey.Open(Fixture.JournalPath, create: false))));
        }

        connection.Dispose();
        connection = await Fixture.OpenAsync(Fixture.Options(hashIdentifiers: true));
        connection = inNextSession ? await NextAsync(connection, inNextSession: true) : connection;

        await AssertRefusedAsync(connection, new() { Iccid = OtherTwentieth, Eid = X.Eid });
    }

    private async Task ResolveAsync(EsimConnection connection, EsimRequest request, string row)
    {
        Fixture.Service.On(Endpoint.Status, 200, """{"requestId":"d","status":"Pending"}""").On(Endpoint.List, 200, Sample.Page(false, row));
        await connection.ResolveAsync(request);
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
    }
}
