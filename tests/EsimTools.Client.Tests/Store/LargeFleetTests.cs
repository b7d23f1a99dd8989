// A fleet that takes several blocks of a connection's tables: what it promises does not depend on how many there are.

using System.Runtime.CompilerServices;
using EsimTools.Client.Tests.Support;
using EsimTools.Model;
using EsimTools.Store;

namespace EsimTools.Client.Tests.Store;

public sealed class LargeFleetTests : IDisposable
{
    private const int Fleet = 600;

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_fleet_is_sent_once()
    {
        var connection = await _fixture.OpenAsync();
        for (var first = 1; first <= Fleet; first += 100)
        {
            await SendAsync(connection, EsimAction.Deactivate, $"r{first}", Sample.Profiles(100, first));
        }

        var again = await SendAsync(connection, EsimAction.Deactivate, "never", Sample.Profiles(Fleet + 1));

        Assert.Equal([Sample.IccidOf(Fleet + 1)], again.Request!.Profiles.Select(profile => profile.Iccid));
        Assert.Equal(Fleet, again.Skipped.Sum(request => request.Count));
        Assert.Equal(7, _fixture.Service.Of(Endpoint.Action).Count);
    }

    [Fact]
    public async Task What_is_open_keeps_other_actions_out_and_what_is_confirmed_lets_them_in()
    {
        var connection = await _fixture.OpenAsync();
        var gone = await SendAndForgetAsync(connection);
        for (var i = 0; i < 10 && gone.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(gone.IsAlive, "the request is still held by something, so this test would prove less than it says");
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
    public async Task A_message_that_comes_behind_the_end_of_its_connection_is_not_heard()
    {
        var connection = await _fixture.OpenAsync();
        var request = (await SendAsync(connection, EsimAction.Deactivate, "r", Sample.Profiles(Fleet))).Request!;

        connection.Dispose();
        connection.Tracker.Hear(EsimCallback.Parse(Sample.Callback("r", Sample.IccidOf(1))));

        Assert.Equal(0, request.SucceededCount);
    }

    [Fact]
    public void Open_requests_are_known_of_every_profile()
    {
        var ledger = new ProfileLedger(new EventOrder(new ManualClock()));
        var keys = Enumerable.Range(0, Fleet).Select(i => IdentifierKey.Of(Sample.IccidOf(i))!.Value).ToArray();
        Array.ForEach(keys, key => ledger.Reserve(key, 1));
        foreach (var key in keys[..300])
        {
            ledger.Reserve(key, 2);
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
    }

    [Fact]
    public void EUICCs_are_known_to_be_connected()
    {
        var ledger = new ProfileLedger(new EventOrder(new ManualClock()));
        var eUICCs = Enumerable.Range(0, Fleet).Select(i => IdentifierKey.Of(Sample.EidOf(i))!.Value).ToArray();
        for (var i = 0; i < Fleet; i++)
        {
            ledger.Euiccs.NoteConnected(eUICCs[i], connected: i % 2 == 0, ManualClock.Start);
        }

        // The eUICC's second line, a moment later; and the whole list again, the next day.
        Array.ForEach(eUICCs, eUICC => ledger.Euiccs.NoteConnected(eUICC, connected: false, ManualClock.Start.AddMinutes(1)));
        Assert.Equal(Enumerable.Range(0, Fleet).Select(i => (bool?)(i % 2 == 0)), eUICCs.Select(ledger.Euiccs.IsConnected));
        Array.ForEach(eUICCs, eUICC => ledger.Euiccs.NoteConnected(eUICC, connected: false, ManualClock.Start.AddDays(1)));
        Assert.All(eUICCs, eUICC => Assert.False(ledger.Euiccs.IsConnected(eUICC)));
        Assert.Null(ledger.Euiccs.IsConnected(IdentifierKey.Of(Sample.EidOf(Fleet))!.Value));
    }

    private Task<EsimSubmission> SendAsync(EsimConnection connection, EsimAction action, string requestId, params EsimProfile[] profiles)
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken(requestId));
        return connection.SubmitAsync(action, profiles, new EsimActionOptions { SkipConfirmedWithin = TimeSpan.FromHours(24) }).WaitAsync(ManualClock.HangLimit);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> SendAndForgetAsync(EsimConnection connection) =>
        new((await SendAsync(connection, EsimAction.Deactivate, "r", Sample.Profiles(Fleet))).Request);
}
