// A listener whose journal cannot be read, a database that is away for example: what it acknowledges is on record, is taken in when that is back or by the next
// connection, and nothing is sent before.

using EsimTools.Callbacks;
using EsimTools.Client.Tests.Proof;
using EsimTools.Client.Tests.Support;
using EsimTools.Store;
using EsimTools.Store.Folder;
using EsimTools.Transport;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class UntakenCallbackTests : ProofScenario
{
    private readonly ConnectionLife _life = new();
    private readonly List<(string Text, bool IsHeld)> _reports = [];

    [Fact]
    public async Task What_comes_behind_a_message_that_cannot_be_taken_in_is_recorded_and_taken_in_later()
    {
        await ConfirmAsync();
        using var store = new HookedStore(new FolderStore(Fixture.JournalPath, "https://service.test/api", Fixture.Clock));
        using var tracker = Open(store);
        BreakDown(store);
        var intake = Start(store, tracker);

        await TakeAsync(intake, OfDevice);
        for (var i = 0; i < 5; i++)
        {
            await TakeAsync(intake, Sample.Callback("foreign-" + i, Sample.IccidOf(9)));
        }

        await TakeAsync(intake, Sample.Callback("d", X.Iccid!, "FAILED", null, null));
        Assert.True(SpinWait.SpinUntil(() => tracker.Refresher.IsHeld, ManualClock.HangLimit));
        var error = await Assert.ThrowsAsync<EsimException>(() => tracker.ReserveAsync(EsimAction.Delete, Sample.Account, new(), [X], serviceWasAsked: true, default, default));
        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Contains("have not been taken in yet", error.Message, StringComparison.Ordinal);

        store.WhenRecalled = null;
        Assert.True(SpinWait.SpinUntil(() => !tracker.Refresher.IsHeld, ManualClock.HangLimit));
        Assert.False(tracker.Profiles.Explain(X, Sample.Account).IsProven);
        Assert.Null((await tracker.ReserveAsync(EsimAction.Delete, Sample.Account, new(), [X], serviceWasAsked: true, default, default)).Request);
        Assert.Contains("is taken in when the journal can be read", Assert.Single(_reports).Text, StringComparison.Ordinal);
        Assert.True(_reports[0].IsHeld, "Who is told of it could have a delete leave before anything is held.");
        intake.Dispose();
        Assert.True(SpinWait.SpinUntil(() => LeftBehindCallbacks.FindIn(Fixture.JournalPath).Count == 0, ManualClock.HangLimit));
    }

    [Fact]
    public async Task What_is_not_taken_in_when_the_connection_ends_is_taken_in_by_the_next()
    {
        await ConfirmAsync();
        var store = new HookedStore(new FolderStore(Fixture.JournalPath, "https://service.test/api", Fixture.Clock));
        using (var tracker = Open(store))
        {
            BreakDown(store);
            var intake = Start(store, tracker);
            await TakeAsync(intake, OfDevice);
            await TakeAsync(intake, Sample.Callback("d", X.Iccid!, "FAILED", null, null));
            Assert.True(SpinWait.SpinUntil(() => tracker.Refresher.IsHeld, ManualClock.HangLimit));

            _life.Close();
            intake.Dispose();

            Assert.True(SpinWait.SpinUntil(() => ClosedFile.Is(intake.Record.FilePath), ManualClock.HangLimit));
        }

        store.Dispose();
        Assert.Single(LeftBehindCallbacks.FindIn(Fixture.JournalPath));
        Assert.False((await Fixture.OpenAsync()).Explain(X).IsProven);
        Assert.Empty(LeftBehindCallbacks.FindIn(Fixture.JournalPath));
    }

    [Fact]
    public async Task A_listener_is_stopped_while_a_message_cannot_be_taken_in_and_its_connection_goes_on()
    {
        await ConfirmAsync();
        using var store = new HookedStore(new FolderStore(Fixture.JournalPath, "https://service.test/api", Fixture.Clock));
        using var tracker = Open(store);
        BreakDown(store);
        var intake = Start(store, tracker);
        await TakeAsync(intake, OfDevice);
        await TakeAsync(intake, Sample.Callback("d", X.Iccid!, "FAILED", null, null));
        Assert.True(SpinWait.SpinUntil(() => tracker.Refresher.IsHeld, ManualClock.HangLimit));

        intake.Dispose();
        Assert.True(tracker.Refresher.IsHeld);
        store.WhenRecalled = null;

        Assert.True(SpinWait.SpinUntil(() => !tracker.Refresher.IsHeld, ManualClock.HangLimit));
        Assert.False(tracker.Profiles.Explain(X, Sample.Account).IsProven);
        Assert.True(SpinWait.SpinUntil(() => LeftBehindCallbacks.FindIn(Fixture.JournalPath).Count == 0, ManualClock.HangLimit));
    }

    [Fact]
    public void Two_messages_that_differ_in_whom_they_name_beside_their_entries_are_no_duplicates()
    {
        string Message(string deviceIds) => $$$"""{"requestId":"f","status":"warning",{{{deviceIds}}}"deviceResponse":{"deviceProfileResponse":[{"deviceIdentifierCollection":[{"id":"{{{X.Iccid}}}","kind":"Iccid"}],"state":"DEACTIVE"},{"state":"ACTIVE"}]}}""";

        Assert.NotEqual(
            RecentCallbacks.KeyOf(EsimCallback.Parse(Message(string.Empty))), RecentCallbacks.KeyOf(EsimCallback.Parse(Message($$"""{"deviceIds":[{"id":"{{X.Iccid}}","kind":"iccid"}],"""[1..]))));
    }

    // The request's own object, which is gone, tells whom it is about.
    private static string OfDevice => $$"""{"requestId":"s","status":"SUCCESS","deviceIds":[{"kind":"eid","id":"{{X.Eid}}"}]}""";

    private static void BreakDown(HookedStore store) => store.WhenRecalled = () =>
    {
        BreakDown(store);
        throw new EsimException(EsimError.EsimJournalUnavailable, "The database cannot be reached.");
    };

    private async Task ConfirmAsync()
    {
        var connection = await Fixture.OpenAsync();
        await SendAsync(connection, EsimAction.DeviceSuspend, "s", X);
        await SendAsync(connection, EsimAction.Deactivate, "d", X);
        connection.ReceiveCallback(WithEid(Sample.Callback("d", X.Iccid!)));
        connection.FlushJournal();
    }

    private RequestTracker Open(HookedStore store)
    {
        var tracker = new RequestTracker(store, Fixture.Clock, _ => { });
        tracker.Refresher.Refresh();
        Assert.True(tracker.Profiles.Explain(X, Sample.Account).IsProven);
        return tracker;
    }

    private CallbackIntake Start(HookedStore store, RequestTracker tracker) =>
        new(new(_life, tracker, store, Fixture.Clock, _ => { }), text => _reports.Add((text, tracker.Refresher.IsHeld)), new() { Untold = 100 });

    private async Task TakeAsync(CallbackIntake intake, string message)
    {
        var callback = EsimCallback.Parse(message);
        callback.ReceivedAt = Fixture.Clock.UtcNow;
        using var json = System.Text.Json.JsonDocument.Parse(message);
        await intake.TakeAsync(CallbackRecord.LineOf(json.RootElement, Fixture.Clock.UtcNow, hasher: null), callback).WaitAsync(ManualClock.HangLimit);
    }
}
