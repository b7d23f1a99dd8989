// The asynchronous device list, whose answer is a callback: what is waited for, for how long, and that the waits leave nothing behind.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Runs;

public sealed class ListByCallbackTests : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly ConnectionFixture _fixture = new();
    private int _asked;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task An_answer_in_time_ends_the_wait_and_is_known()
    {
        var connection = await _fixture.OpenAsync();

        await AskAsync(connection, End.Answered);

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile(), serviceWasAsked: true).Decision);
    }

    [Theory]
    [InlineData(End.TimedOut)]
    [InlineData(End.Cancelled)]
    [InlineData(End.SecondFailed)]
    public async Task An_answer_that_comes_late_is_still_known(End end)
    {
        var connection = await _fixture.OpenAsync();
        await AskAsync(connection, end);

        connection.ReceiveCallback(Answer);

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile(), serviceWasAsked: true).Decision);
    }

    [Theory]
    [InlineData(End.Answered)]
    [InlineData(End.TimedOut)]
    [InlineData(End.Cancelled)]
    [InlineData(End.SecondFailed)]
    public async Task A_wait_that_has_ended_is_forgotten_in_the_end(End end)
    {
        var connection = await _fixture.OpenAsync();
        await AskAsync(connection, end);
        for (var i = 0; i < 1_000; i++)
        {
            _ = connection.Tracker.AwaitList($"later {i}", connection.Tracker.Ask(), Sample.Account);
            connection.Tracker.EndLists([$"later {i}"]);
        }

        // Nobody knows the list any more, so nobody takes in what its answer says now.
        connection.ReceiveCallback(Sample.Callback("list", Sample.IccidOf(1), state: "ACTIVE", profileStatus: "DOWNLOAD_DISABLE"));

        Assert.NotEqual("DOWNLOAD_DISABLE", connection.Tracker.Profiles.StatementOf(Sample.Profile()).ProfileStatus);
    }

    [Fact]
    public async Task A_wait_that_has_ended_is_remembered_until_a_thousand_others_have_ended()
    {
        var connection = await _fixture.OpenAsync();
        await AskAsync(connection, End.TimedOut);
        for (var i = 0; i < 999; i++)
        {
            _ = connection.Tracker.AwaitList($"later {i}", connection.Tracker.Ask(), Sample.Account);
            connection.Tracker.EndLists([$"later {i}"]);
        }

        connection.ReceiveCallback(Answer);

        Assert.True(connection.Tracker.Knows("list"));
        Assert.Equal("DISABLE", connection.Tracker.Profiles.StatementOf(Sample.Profile()).ProfileStatus);
    }

    [Theory]
    [InlineData(23, false)]
    [InlineData(25, true)]
    public async Task A_status_is_asked_for_again_when_it_is_too_old_to_prove_anything(int hours, bool isAsked)
    {
        var connection = await _fixture.OpenAsync();
        await AskAsync(connection, End.Answered);
        _fixture.Clock.Advance(TimeSpan.FromHours(hours));

        await (isAsked ? AskAsync(connection, End.Answered) : AskAsync(connection, End.NotAsked));

        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, Sample.Profile(), serviceWasAsked: true).Decision);
    }

    [Fact]
    public async Task A_deletion_is_final_and_not_asked_about_again()
    {
        var connection = await _fixture.OpenAsync();
        await AskAsync(connection, End.Answered);
        connection.ReceiveCallback(Sample.Callback("list", Sample.IccidOf(1), state: "ACTIVE", profileStatus: "DELETE"));
        _fixture.Clock.Advance(TimeSpan.FromHours(25));

        await AskAsync(connection, End.NotAsked);
    }

    [Fact]
    public async Task A_doubt_asks_for_the_status_that_shows_what_became_of_it()
    {
        _fixture.Service
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "deactive", "DISABLE")))
            .On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(Sample.IccidOf(1), "deactive")))
            .On(Endpoint.Action, 500, "")
            .On(Endpoint.Other, _ => ScriptedService.Taken("list"));
        var connection = await _fixture.OpenAsync();
        using var source = connection.ExpectCallbacks();
        await connection.LookUpAsync([Sample.Profile()]);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        var request = (await connection.SubmitAsync(EsimAction.Delete, [Sample.Profile()], new(), serviceWasAsked: true)).Request!;
        _fixture.Clock.Advance(TimeSpan.FromHours(1));

        var resolving = connection.ResolveAsync(request);
        await _fixture.Clock.NextPauseAsync();
        connection.ReceiveCallback(Sample.Callback("list", Sample.IccidOf(1), profileStatus: "DELETE"));

        Assert.Equal((EsimResolutionStatus.Done, "DELETE"), (await resolving).Select(told => (told.Resolution, told.ProfileStatus)).Single());
    }

    // The service gives every question an id of its own.
    private string Answer => Sample.Callback(_asked <= 1 ? "list" : $"list-{_asked}", Sample.IccidOf(1), state: "ACTIVE", profileStatus: "DISABLE");

    // Asks for profiles whose status the list leaves out, until the wait ends in one of these ways.
    private async Task AskAsync(EsimConnection connection, End end)
    {
        using var source = connection.ExpectCallbacks();
        using var stop = new CancellationTokenSource();
        var id = ++_asked == 1 ? "list" : $"list-{_asked}";
        var count = end == End.SecondFailed ? 51 : 1;
        _fixture.Service
            .On(Endpoint.List, 200, Sample.Page(false, [.. Enumerable.Range(1, count).Select(i => Sample.Listed(Sample.IccidOf(i)))]))
            .On(Endpoint.Other, _ => ScriptedService.Taken(id));
        var asking = connection.LookUpAsync(Sample.Profiles(count), cancellationToken: stop.Token);
        switch (end)
        {
            case End.Answered:
                await _fixture.Clock.NextPauseAsync();
                connection.ReceiveCallback(Answer);
                await asking;
                break;
            case End.TimedOut:
                await _fixture.Clock.PassAsync(LongestWait);
                await asking;
                break;
            case End.Cancelled:
                await _fixture.Clock.NextPauseAsync();
                stop.Cancel();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
                break;
            case End.NotAsked:
                await asking.WaitAsync(ManualClock.HangLimit);
                Assert.False(_fixture.Clock.HasUnseenPause);
                break;
            case End.SecondFailed:
                await Assert.ThrowsAsync<EsimException>(() => asking);
                break;
        }
    }

    /// <summary>How a wait ends.</summary>
    public enum End
    {
        Answered,
        TimedOut,
        Cancelled,
        SecondFailed,
        NotAsked,
    }
}
