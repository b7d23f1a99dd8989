// The same for moments: what happens between two steps of one refresh, one reservation, one taking in.

using EsimTools.Client.Tests.Support;
using EsimTools.Store;
using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Proof;

public sealed class FifthAttackMomentTests : IDisposable
{
    private static readonly EsimProfile X = Sample.Profile(1);

    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly List<FolderStore> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(opened => opened.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task A_dispute_is_heard_while_the_folder_is_read_behind_what_was_not_in_it_yet()
    {
        var (one, store) = Open();
        var (two, _) = Open();
        await SendAsync(one, EsimAction.Activate, "a");
        Hear(one, "a", "FAILED", null);
        Flush();
        store.WhenRead = () =>
        {
            ConfirmAsync(two, "d").GetAwaiter().GetResult();
            Hear(one, "a", "SUCCESS", null);
        };

        one.Refresher.Refresh();
        one.Refresher.Refresh();

        Assert.Equal(ProofReason.Superseded, one.Profiles.Explain(X, Sample.Account).Reason);
    }

    [Fact]
    public async Task A_profile_is_judged_between_two_words_that_had_come_before_their_request_was_known()
    {
        var (one, store) = Open();
        var (two, _) = Open();
        Hear(one, "d", "SUCCESS", "DEACTIVE");
        Hear(one, "d", "FAILED", null, byEid: true);
        await SendAsync(two, EsimAction.Deactivate, "d");
        ProofFinding? between = null;
        store.WhenRecalled = () => between = one.Profiles.Explain(X, Sample.Account);

        one.Refresher.Refresh();

        Assert.False(between?.IsProven);
        Assert.False(one.Profiles.Explain(X, Sample.Account).IsProven);
        Assert.Equal(1, one.Requests.Find("d")!.SucceededCount);
    }

    [Fact]
    public async Task A_question_was_on_its_way_when_another_process_deactivated_and_ACTIVE_was_heard_behind_its_answer()
    {
        var (one, _) = Open();
        var (two, _) = Open();
        var asked = one.Ask();
        await ConfirmAsync(two, "d");
        one.Observe(new(new(X.Iccid, null, null, null), null, null, "deactive", null, null, null, null, null, null), asked, Sample.Account);
        Hear(one, "q", "SUCCESS", "ACTIVE");
        one.Refresher.Refresh();
        Assert.False(one.Profiles.Explain(X, Sample.Account).IsProven);
        Flush();

        var (three, _) = Open();
        Assert.False(three.Profiles.Explain(X, Sample.Account).IsProven);
    }

    [Fact]
    public async Task An_outcome_is_heard_while_the_object_of_its_request_is_made_again()
    {
        var (one, _) = Open();
        await SendAsync(one, EsimAction.Deactivate, "d");
        var (two, store) = Open();
        store.WhenReadBack = () => Hear(two, "d", "SUCCESS", "DEACTIVE");

        Assert.Equal(1, two.Requests.Find("d")!.SucceededCount);
    }

    [Fact]
    public async Task Two_answers_with_one_id_come_at_one_instant()
    {
        var (one, _) = Open();
        var requests = new[] { (await ReserveAsync(one, EsimAction.Deactivate))!, (await ReserveAsync(one, EsimAction.Activate))! };
        using var start = new Barrier(requests.Length);
        var accepted = await Task.WhenAll(requests.Select(request => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(ManualClock.HangLimit);
                return one.Answers.TryAccept(request, "id");
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Single(accepted, isTaken => isTaken);
        Assert.Equal(accepted[0] ? "id" : null, requests[0].RequestId);
        Assert.Equal(accepted[1] ? "id" : null, requests[1].RequestId);
    }

    private static void Accept(RequestTracker tracker, EsimRequest request, string requestId)
    {
        Assert.True(tracker.Answers.TryAccept(request, requestId));
        tracker.Answers.Accepted(request);
    }

    private void Hear(RequestTracker tracker, string requestId, string status, string? state, bool byEid = false)
    {
        var message = Sample.Callback(requestId, X.Iccid!, status, state, null, null);
        var callback = EsimCallback.Parse(byEid ? $$"""{"requestId":"{{requestId}}","status":"{{status}}","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""" : message);
        callback.ReceivedAt = _clock.UtcNow;
        tracker.Hear(callback);
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    private async Task ConfirmAsync(RequestTracker tracker, string requestId)
    {
        await SendAsync(tracker, EsimAction.Deactivate, requestId);
        Hear(tracker, requestId, "SUCCESS", "DEACTIVE");
        Flush();
    }

    private void Flush() => _opened.ForEach(store => store.Flush());

    private async Task SendAsync(RequestTracker tracker, EsimAction action, string requestId) => Accept(tracker, (await ReserveAsync(tracker, action))!, requestId);

    private async Task<EsimRequest?> ReserveAsync(RequestTracker tracker, EsimAction action)
    {
        var opening = await tracker.ReserveAsync(action, Sample.Account, new() { Resubmit = true }, [X], serviceWasAsked: true, default, default);
        _clock.Advance(TimeSpan.FromSeconds(1));
        return opening.Request;
    }

    private (RequestTracker Tracker, HookedStore Store) Open()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        var store = new FolderStore(_folder.Path, "https://service.test/api", _clock);
        _opened.Add(store);
        var hooked = new HookedStore(store);
        var tracker = new RequestTracker(hooked, _clock, _ => { });
        tracker.Refresher.Refresh();
        return (tracker, hooked);
    }
}
