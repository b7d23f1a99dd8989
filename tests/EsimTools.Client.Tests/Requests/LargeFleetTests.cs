// A connection whose memory is smaller than its fleet: what it promises does not depend on where it remembers things.

using System.Runtime.CompilerServices;
using EsimTools.Callbacks;
using EsimTools.Client.Tests.Support;
using EsimTools.Identity;
using EsimTools.Proof;
using EsimTools.Requests;

namespace EsimTools.Client.Tests.Requests;

public sealed class LargeFleetTests : IDisposable
{
    private const int Fleet = 60;

    private readonly Bench _bench = new();
    private readonly FakeDisk _disk = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_fleet_is_sent_once()
    {
        var connection = await OpenAsync();
        for (var first = 1; first <= Fleet; first += 10)
        {
            await SendAsync(connection, EsimAction.Deactivate, $"r{first}", Sample.Profiles(10, first));
        }

        AssertSpilled();
        var again = await SendAsync(connection, EsimAction.Deactivate, "never", Sample.Profiles(Fleet + 1));

        Assert.Equal([Sample.IccidOf(Fleet + 1)], again.Request!.Profiles.Select(profile => profile.Iccid));
        Assert.Equal(Fleet, again.Skipped.Sum(request => request.Count));
        Assert.Equal(7, _bench.Service.Of(Endpoint.Action).Count);
    }

    [Fact]
    public async Task What_is_open_keeps_other_actions_out_and_what_is_confirmed_lets_them_in()
    {
        var connection = await OpenAsync();
        var gone = await SendAndForgetAsync(connection);
        for (var i = 0; i < 10 && gone.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(gone.IsAlive, "the request is still held by something, so this test would prove less than it says");
        AssertSpilled();
        for (var i = 1; i <= Fleet; i += 2)
        {
            connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(i)));
        }

        for (var i = 1; i <= Fleet; i++)
        {
            Assert.Equal(i % 2 == 1 ? null : EsimError.EsimProfileBusy, connection.Judge(EsimAction.Delete, Sample.Profile(i)).Error);
        }

        Assert.Equal(Fleet / 2, connection.FindRequest("r")!.SucceededCount);
        var deleted = await SendAsync(connection, EsimAction.Delete, "d", Sample.Profiles(Fleet));
        Assert.Equal((Fleet / 2, Fleet / 2), (deleted.Request!.Count, deleted.Refused.Count));
    }

    [Fact]
    public async Task It_knows_what_a_connection_with_room_for_all_of_it_knows()
    {
        using (var first = await OpenAsync())
        {
            await SendAsync(first, EsimAction.Enable, "e", OnCards(Fleet));
            for (var i = 1; i <= Fleet; i += 3)
            {
                _bench.Clock.Advance(TimeSpan.FromSeconds(1));
                first.ReceiveCallback(Sample.Callback("e", Sample.IccidOf(i), state: "ACTIVE", profileStatus: "ENABLE", role: i % 5 == 0 ? "LEAD" : "LOCAL"));
            }

            await SendAsync(first, EsimAction.Deactivate, "d", OnCards(30));
            for (var i = 2; i <= 30; i += 4)
            {
                first.ReceiveCallback(Sample.Callback("d", Sample.IccidOf(i), i % 8 == 2 ? "SUCCESS" : "Failed"));
            }

            var listed = Enumerable.Range(20, 30).Select(i => Sample.Listed(Sample.IccidOf(i), i % 2 == 0 ? "active" : "deactive", i % 3 == 0 ? "DISABLE" : null)).ToArray();
            _bench.Service.On(Endpoint.List, 200, Sample.Page(false, listed));
            await first.ReadPageAsync();
        }

        AssertSpilled(atLeast: 10);
        var small = await OpenAsync();
        var large = await _bench.OpenAsync();

        EsimAction[] actions = [EsimAction.Delete, EsimAction.Deactivate, EsimAction.Enable, EsimAction.Activate, EsimAction.ProfileSuspend];
        foreach (var profile in OnCards(Fleet + 5))
        {
            Assert.Equal(actions.Select(action => Tell(large.Judge(action, profile))), actions.Select(action => Tell(small.Judge(action, profile))));
            Assert.Equal(large.Tracker.StatementOf(profile), small.Tracker.StatementOf(profile));
        }

        Assert.Equal(large.GetRequests().Select(request => request.ToString()), small.GetRequests().Select(request => request.ToString()));
    }

    [Fact]
    public async Task Nothing_is_sent_when_it_cannot_be_told_what_was_sent_and_a_new_connection_can_tell()
    {
        var connection = await OpenAsync();
        var open = (await SendAsync(connection, EsimAction.Deactivate, "r", Sample.Profiles(Fleet))).Request!;
        AssertSpilled();
        _disk.IsUnreadable = true;

        Assert.Equal(EsimError.EsimJournalUnavailable, (await Assert.ThrowsAsync<EsimException>(() => SendAsync(connection, EsimAction.Deactivate, "again", Sample.Profiles(Fleet)))).Error);
        _disk.IsUnreadable = false;
        Assert.Equal(EsimError.EsimJournalUnavailable, (await Assert.ThrowsAsync<EsimException>(() => SendAsync(connection, EsimAction.Deactivate, "again", Sample.Profile(1000)))).Error);
        Assert.Single(_bench.Service.Of(Endpoint.Action));

        // Who waits is told too.
        var waits = connection.WaitAsync(open);
        _bench.Service.On(Endpoint.Status, 200, """{"requestId":"r","status":"Success"}""");
        _bench.Clock.Advance(await _bench.Clock.NextPauseAsync());
        Assert.Equal(EsimError.EsimJournalUnavailable, (await Assert.ThrowsAsync<EsimException>(() => waits.WaitAsync(ManualClock.HangLimit))).Error);

        connection.Dispose();
        Assert.Equal(Fleet, Assert.Single((await SendAsync(await OpenAsync(), EsimAction.Deactivate, "never", Sample.Profiles(Fleet))).Skipped).Count);
    }

    [Fact]
    public async Task A_full_disk_costs_memory_and_nothing_else()
    {
        _disk.Room = 0;
        var connection = await OpenAsync();

        await SendAsync(connection, EsimAction.Deactivate, "r", Sample.Profiles(Fleet));

        Assert.Empty(_disk.Files);
        Assert.Equal(Fleet, Assert.Single((await SendAsync(connection, EsimAction.Deactivate, "never", Sample.Profiles(Fleet))).Skipped).Count);
    }

    [Fact]
    public async Task The_files_go_with_the_connection_and_a_message_that_comes_then_is_not_heard()
    {
        var connection = await OpenAsync();
        await SendAsync(connection, EsimAction.Deactivate, "r", Sample.Profiles(Fleet));
        AssertSpilled();

        connection.Dispose();

        Assert.Empty(_disk.Files);
        connection.Tracker.Observe(EsimCallback.Parse(Sample.Callback("r", Sample.IccidOf(1))));
    }

    [Fact]
    public void Open_requests_are_known_whatever_is_in_memory()
    {
        using var ledger = new ProfileLedger(_disk.Space(4));
        var keys = Enumerable.Range(0, Fleet).Select(i => IdentifierKey.Of(Sample.IccidOf(i))!.Value).ToArray();
        Array.ForEach(keys, key => ledger.Claim(key, 1));
        foreach (var key in keys[..30])
        {
            ledger.Claim(key, 2);
        }

        Assert.Equal([1, 2], ledger.OpenRequests().Order());
        foreach (var key in keys)
        {
            ledger.Settle(key, 1, OutcomeStatus.Succeeded, ManualClock.Start);
            ledger.Settle(key, 1, OutcomeStatus.Succeeded, ManualClock.Start);
        }

        Assert.Equal([2], ledger.OpenRequests());
        Array.ForEach(keys, key => ledger.Settle(key, 2, OutcomeStatus.Failed, ManualClock.Start));
        Assert.Empty(ledger.OpenRequests());
        AssertSpilled();
    }

    [Fact]
    public void Cards_are_known_to_be_connected_whatever_is_in_memory()
    {
        using var ledger = new ProfileLedger(_disk.Space(4));
        var cards = Enumerable.Range(0, Fleet).Select(i => IdentifierKey.Of(Sample.EidOf(i))!.Value).ToArray();
        for (var i = 0; i < Fleet; i++)
        {
            ledger.NoteConnected(cards[i], connected: i % 2 == 0, ManualClock.Start);
        }

        // The card's second line, a moment later; and the whole list again, the next day.
        Array.ForEach(cards, card => ledger.NoteConnected(card, connected: false, ManualClock.Start.AddMinutes(1)));
        Assert.Equal(Enumerable.Range(0, Fleet).Select(i => (bool?)(i % 2 == 0)), cards.Select(ledger.IsConnected));
        Array.ForEach(cards, card => ledger.NoteConnected(card, connected: false, ManualClock.Start.AddDays(1)));
        Assert.All(cards, card => Assert.False(ledger.IsConnected(card)));
        Assert.Null(ledger.IsConnected(IdentifierKey.Of(Sample.EidOf(Fleet))!.Value));
        AssertSpilled();
    }

    // Two profiles to a card.
    private static EsimProfile[] OnCards(int count) => [.. Enumerable.Range(1, count).Select(i => new EsimProfile { Iccid = Sample.IccidOf(i), Eid = Sample.EidOf(i / 2) })];

    private static string Tell(GuardVerdict verdict) => $"{verdict.Decision} {verdict.Error} {verdict.Reason} {verdict.Warning}";

    private void AssertSpilled(int atLeast = 3) => Assert.True(_disk.Created >= atLeast, $"{_disk.Created} files have been written, so this test would prove nothing");

    private Task<EsimConnection> OpenAsync()
    {
        var usual = _bench.Options();
        return _bench.OpenAsync(new()
        {
            ApiCredential = usual.ApiCredential,
            UserCredential = usual.UserCredential,
            AccountName = usual.AccountName,
            BaseUri = usual.BaseUri,
            JournalPath = usual.JournalPath,
            Handler = usual.Handler,
            Clock = usual.Clock,
            Timeout = usual.Timeout,
            SpillSpace = _disk.Space(mostInMemory: 4),
        });
    }

    private Task<EsimSubmission> SendAsync(EsimConnection connection, EsimAction action, string requestId, params EsimProfile[] profiles)
    {
        _bench.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        return connection.SubmitAsync(action, profiles, new EsimActionOptions { SkipConfirmedWithin = TimeSpan.FromHours(24) }).WaitAsync(ManualClock.HangLimit);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> SendAndForgetAsync(EsimConnection connection) =>
        new((await SendAsync(connection, EsimAction.Deactivate, "r", Sample.Profiles(Fleet))).Request);
}
