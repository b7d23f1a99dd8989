// What a listener has acknowledged counts for whoever judges behind that, whatever the listener is busy with; and where the journal cannot be read, what it says
// of others' requests is not taken for told.

using System.Collections.Concurrent;
using EsimTools.Callbacks;
using EsimTools.Client.Tests.Proof;
using EsimTools.Client.Tests.Support;
using EsimTools.Store;
using EsimTools.Store.Folder;
using EsimTools.Transport;

namespace EsimTools.Client.Tests.Callbacks;

public sealed class AcknowledgedCallbackTests : ProofScenario
{
    private readonly ConnectionLife _life = new();

    // Who waits for the outcome of another profile is slow to hear of it.
    [Fact]
    public async Task A_failure_stands_behind_an_outcome_whose_observer_is_slow()
    {
        using var reached = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        var other = await SendAsync(connection, EsimAction.Deactivate, "z", Sample.Profile(3));
        using var subscription = other.Subscribe(_ =>
        {
            reached.Set();
            goOn.Wait(ManualClock.HangLimit);
        });
        var intake = new CallbackIntake(connection.Parts.Inbox, _ => { }, new());
        await TakeAsync(intake, Sample.Callback("z", Sample.IccidOf(3)));
        Assert.True(reached.Wait(ManualClock.HangLimit));
        await TakeAsync(intake, Sample.Callback("d", X.Iccid!, "FAILED", null, null));

        var submission = await connection.SubmitAsync(EsimAction.Delete, [X], new(), serviceWasAsked: true).WaitAsync(ManualClock.HangLimit);

        goOn.Set();
        Assert.Null(submission.Request);
        Assert.False(connection.Explain(X).IsProven, connection.Explain(X).ToString());
        intake.Dispose();
        Assert.True(SpinWait.SpinUntil(() => LeftBehindCallbacks.FindIn(Fixture.JournalPath).Count == 0, ManualClock.HangLimit));
    }

    // The journal is being read for the judgement meanwhile.
    [Fact]
    public async Task A_failure_is_acknowledged_while_a_delete_is_being_judged()
    {
        using var reached = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        connection.FlushJournal();
        using var store = new HookedStore(new FolderStore(Fixture.JournalPath, "https://service.test/api", Fixture.Clock));
        using var tracker = new RequestTracker(store, Fixture.Clock, _ => { });
        var other = (await tracker.ReserveAsync(EsimAction.Deactivate, Sample.Account, new(), [Sample.Profile(3)], serviceWasAsked: true, default, default)).Request!;
        Assert.True(tracker.Answers.TryAccept(other, "z"));
        using var subscription = other.Subscribe(_ =>
        {
            reached.Set();
            goOn.Wait(ManualClock.HangLimit);
        });
        var intake = new CallbackIntake(new(_life, tracker, store, Fixture.Clock, _ => { }), _ => { }, new());
        await TakeAsync(intake, Sample.Callback("z", Sample.IccidOf(3)));
        Assert.True(reached.Wait(ManualClock.HangLimit));
        store.WhenRead = () => Take(intake, Sample.Callback("d", X.Iccid!, "FAILED", null, null));

        var opening = await tracker.ReserveAsync(EsimAction.Delete, Sample.Account, new(), [X], serviceWasAsked: true, default, default);

        goOn.Set();
        Assert.Null(opening.Request);
        intake.Dispose();
        Assert.True(SpinWait.SpinUntil(() => LeftBehindCallbacks.FindIn(Fixture.JournalPath).Count == 0, ManualClock.HangLimit));
    }

    // Whoever is told may take long, and what is judged leaves behind that.
    [Fact]
    public async Task Nobody_is_told_between_the_last_judgement_of_a_delete_and_its_leaving()
    {
        using var reached = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        using var told = new ManualResetEventSlim();
        var connection = await Fixture.OpenAsync();
        await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
        var tracker = connection.Parts.Tracker;
        var slow = await SendAsync(connection, EsimAction.Deactivate, "z", Sample.Profile(3));
        var other = await SendAsync(connection, EsimAction.Deactivate, "y", Sample.Profile(4));
        var delete = (await tracker.ReserveAsync(EsimAction.Delete, Sample.Account, new(), [X], serviceWasAsked: true, default, default)).Request!;
        using var one = slow.Subscribe(_ =>
        {
            reached.Set();
            goOn.Wait(ManualClock.HangLimit);
        });
        using var two = other.Subscribe(_ => told.Set());
        var intake = new CallbackIntake(connection.Parts.Inbox, _ => { }, new());
        await TakeAsync(intake, Sample.Callback("z", Sample.IccidOf(3)));
        Assert.True(reached.Wait(ManualClock.HangLimit));
        await TakeAsync(intake, Sample.Callback("y", Sample.IccidOf(4)));

        Assert.Null(tracker.FindUnproven(delete));

        Assert.False(told.IsSet);
        Assert.Equal(1, other.SucceededCount);
        goOn.Set();
        Assert.True(told.Wait(ManualClock.HangLimit));
        intake.Dispose();
    }

    // The request is another connection's, and not read yet; the message speaks against what that believes.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_speaks_against_a_request_that_cannot_be_read_is_told_when_it_can_or_by_the_next_connection(bool ends)
    {
        var connection = await Fixture.OpenAsync();
        var store = new HookedStore(new FolderStore(Fixture.JournalPath, "https://service.test/api", Fixture.Clock));
        using (var tracker = new RequestTracker(store, Fixture.Clock, _ => { }))
        {
            tracker.Refresher.Refresh();
            await ConfirmAsync(connection, EsimAction.Deactivate, "d", X);
            connection.FlushJournal();
            BreakDown(store);
            var told = new ConcurrentQueue<string>();
            var intake = new CallbackIntake(new(_life, tracker, store, Fixture.Clock, message => told.Enqueue(message.Text)), _ => { }, new());
            await TakeAsync(intake, $$"""{"requestId":"e","deviceIds":[{"id":"{{X.Iccid}}","kind":"iccid"}],"deviceResponse":{"externalProvisioningChange":{"source":"Portal","change":"Restore"} } }""");
            if (ends)
            {
                intake.Dispose();
                Assert.True(SpinWait.SpinUntil(() => ClosedFile.Is(intake.Record.FilePath), ManualClock.HangLimit));
            }
            else
            {
                Assert.True(SpinWait.SpinUntil(() => !told.IsEmpty, ManualClock.HangLimit));
                Assert.Contains("not known to others until the journal can be read again", Assert.Single(told), StringComparison.Ordinal);
                store.WhenReading = null;
                Assert.True(SpinWait.SpinUntil(() => !Read(connection).Explain(X).IsProven, ManualClock.HangLimit));
                intake.Dispose();
                Assert.True(SpinWait.SpinUntil(() => LeftBehindCallbacks.FindIn(Fixture.JournalPath).Count == 0, ManualClock.HangLimit));
            }
        }

        store.WhenReading = null;
        store.Dispose();
        Assert.Equal(ends ? 1 : 0, LeftBehindCallbacks.FindIn(Fixture.JournalPath).Count);
        Assert.False((await Fixture.OpenAsync()).Explain(X).IsProven);
    }

    [Fact]
    public void A_listener_is_not_ready_whose_journal_cannot_be_read()
    {
        using var store = new HookedStore(new FolderStore(Fixture.JournalPath, "https://service.test/api", Fixture.Clock));
        using var tracker = new RequestTracker(store, Fixture.Clock, _ => { });
        var inbox = new CallbackInbox(_life, tracker, store, Fixture.Clock, _ => { });
        inbox.Check();
        BreakDown(store);

        Assert.Equal(EsimError.EsimJournalUnavailable, Assert.Throws<EsimException>(inbox.Check).Error);
    }

    // Each look may take as long as a database lets it wait.
    [Fact]
    public void A_journal_that_could_not_be_read_is_not_read_for_each_message()
    {
        var looks = 0;
        using var store = new HookedStore(new FolderStore(Fixture.JournalPath, "https://service.test/api", Fixture.Clock));
        using var tracker = new RequestTracker(store, Fixture.Clock, _ => { });
        var inbox = new CallbackInbox(_life, tracker, store, Fixture.Clock, _ => { });
        BreakDown(store, () =>
        {
            looks++;
            Fixture.Clock.Advance(TimeSpan.FromSeconds(3));
        });

        for (var i = 0; i < 5; i++)
        {
            Assert.False(inbox.Knows("foreign-" + i));
        }

        Assert.Equal(1, looks);
    }

    [Fact]
    public async Task Who_fills_the_queue_waits_while_it_holds_too_much()
    {
        using var record = CallbackRecord.Begin(Fixture.Folder.Path, "https://service.test/api", Fixture.Clock.UtcNow);
        var callback = EsimCallback.Parse(Sample.Callback("z", Sample.IccidOf(3)));
        var queue = new UnheardCallbacks(2 * callback.Weight);
        queue.Add(new(callback, 1, record, 0));
        queue.Add(new(callback, 1, record, 1));
        queue.AwaitRoom();
        queue.Add(new(callback, 1, record, 2));

        var waits = Task.Run(queue.AwaitRoom);
        Assert.False(waits.IsCompleted);
        Assert.True(queue.TryTake(out var first));
        Assert.Equal(0, first.Place);
        await waits.WaitAsync(ManualClock.HangLimit);

        // Somebody else has taken it: who waits has something to look after all the same.
        Assert.True(queue.Await(0));
        Assert.True(queue.TryTake(out _));
        Assert.True(queue.TryTake(out _));
        Assert.False(queue.Await(0));
        queue.Wake();
        Assert.True(queue.Await(0));
        Assert.False(queue.Await(0));
        Assert.False(queue.IsOver);
        queue.Complete();
        Assert.True(queue.IsOver);
        Assert.False(queue.Await(Timeout.Infinite));
    }

    private static void BreakDown(HookedStore store, Action? meanwhile = null) => store.WhenReading = () =>
    {
        BreakDown(store, meanwhile);
        meanwhile?.Invoke();
        throw new EsimException(EsimError.EsimJournalUnavailable, "The database cannot be reached.");
    };

    private void Take(CallbackIntake intake, string message) => TakeAsync(intake, message).GetAwaiter().GetResult();

    private async Task TakeAsync(CallbackIntake intake, string message)
    {
        var callback = EsimCallback.Parse(message);
        callback.ReceivedAt = Fixture.Clock.UtcNow;
        using var json = System.Text.Json.JsonDocument.Parse(message);
        await intake.TakeAsync(CallbackRecord.LineOf(json.RootElement, Fixture.Clock.UtcNow, hasher: null), callback).WaitAsync(ManualClock.HangLimit);
    }
}
