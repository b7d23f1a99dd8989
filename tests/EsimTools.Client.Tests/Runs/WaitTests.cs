// Waiting for outcomes on a clock that the test moves: when the service is asked, when the wait ends, and what is said meanwhile.

using System.Collections.Concurrent;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Runs;

public sealed class WaitTests : IDisposable
{
    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task The_service_is_asked_after_five_seconds_and_then_less_and_less_often_up_to_a_minute()
    {
        var (connection, request) = await SubmitAsync(1);

        var wait = connection.WaitAsync(request);
        double[] pauses = [5, 7.5, 11.25, 16.875, 25.3125, 37.96875, 56.953125, 60, 60, 60];
        for (var i = 0; i < pauses.Length; i++)
        {
            var pause = await _fixture.Clock.NextPauseAsync();
            Assert.Equal(TimeSpan.FromTicks((long)(pauses[i] * TimeSpan.TicksPerSecond)), pause);
            Assert.Equal(i, _fixture.Service.Of(Endpoint.Status).Count);
            if (i == pauses.Length - 1)
            {
                _fixture.Service.On(Endpoint.Status, 200, """{"requestId":"r","status":"Success"}""");
            }

            _fixture.Clock.Advance(pause);
        }

        Assert.True(await wait.WaitAsync(ManualClock.HangLimit));
        Assert.Equal(pauses.Length, _fixture.Service.Of(Endpoint.Status).Count);
    }

    [Fact]
    public async Task Callbacks_end_the_wait_without_any_poll()
    {
        var (connection, request) = await SubmitAsync(2);
        var told = new ConcurrentQueue<string?>();

        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2)));
        var wait = connection.WaitAsync(request, result => told.Enqueue(result.Iccid));
        Assert.Equal(TimeSpan.FromSeconds(5), await _fixture.Clock.NextPauseAsync());
        Assert.Equal([Sample.IccidOf(2)], told);
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1), "Failed"));

        Assert.True(await wait.WaitAsync(ManualClock.HangLimit));
        Assert.Equal([Sample.IccidOf(2), Sample.IccidOf(1)], told);
        Assert.Empty(_fixture.Service.Of(Endpoint.Status));
    }

    [Fact]
    public async Task What_a_listener_of_another_process_has_heard_ends_the_wait_before_the_service_is_asked()
    {
        var (connection, request) = await SubmitAsync(1);
        var other = await _fixture.OpenAsync();

        var wait = connection.WaitAsync(request);
        var pause = await _fixture.Clock.NextPauseAsync();
        other.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        other.FlushJournal();
        _fixture.Clock.Advance(pause);

        Assert.True(await wait.WaitAsync(ManualClock.HangLimit));
        Assert.Empty(_fixture.Service.Of(Endpoint.Status));
    }

    [Fact]
    public async Task Who_waits_for_many_looks_for_what_others_have_heard_without_waiting_for_the_next_question()
    {
        var (connection, request) = await SubmitAsync(1);
        var other = await _fixture.OpenAsync();
        using var stop = new CancellationTokenSource(ManualClock.HangLimit);
        using var wait = connection.StartWait(new QuietHost(), cancellationToken: stop.Token);
        wait.Add(request);
        other.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        other.FlushJournal();

        await Task.Run(wait.Complete);

        Assert.Equal(1, wait.Succeeded);
        Assert.Empty(_fixture.Service.Of(Endpoint.Status));
    }

    [Fact]
    public async Task What_is_complete_already_is_told_at_once()
    {
        var (connection, request) = await SubmitAsync(2);
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2)));
        var told = 0;

        Assert.True(await connection.WaitAsync(request, _ => told++));
        Assert.True(await connection.WaitAsync(request, _ => told++));

        Assert.Equal(4, told);
        Assert.False(_fixture.Clock.HasUnseenPause);
    }

    [Fact]
    public async Task A_refused_request_needs_no_waiting()
    {
        _fixture.Service.On(Endpoint.Action, 400, "");
        var connection = await _fixture.OpenAsync();
        var request = (await ConnectionFixture.DeactivateAsync(connection, Sample.Profile())).Request!;

        Assert.True(await connection.WaitAsync(request));
        Assert.Empty(_fixture.Service.Of(Endpoint.Status));
    }

    [Fact]
    public async Task The_time_limit_ends_the_wait_with_false_after_a_last_question()
    {
        var (connection, request) = await SubmitAsync(1);

        var wait = connection.WaitAsync(request, options: new EsimWaitOptions { Timeout = TimeSpan.FromSeconds(15) });
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(5));
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(7.5));
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(2.5));

        Assert.False(await wait.WaitAsync(ManualClock.HangLimit));
        Assert.Equal(3, _fixture.Service.Of(Endpoint.Status).Count);
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
        Assert.Empty(_fixture.Warnings);
    }

    [Fact]
    public async Task An_outcome_that_the_last_question_brings_is_success()
    {
        var (connection, request) = await SubmitAsync(1);
        _fixture.Service.On(Endpoint.Status, 200, """{"requestId":"r","status":"Success"}""");

        var wait = connection.WaitAsync(request, options: new EsimWaitOptions { Timeout = TimeSpan.FromSeconds(3) });
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(3));

        Assert.True(await wait.WaitAsync(ManualClock.HangLimit));
    }

    [Fact]
    public async Task Trouble_with_polling_is_told_once_and_the_wait_goes_on()
    {
        var (connection, request) = await SubmitAsync(1);
        _fixture.Service.On(Endpoint.Status, 404, """{"errorCode":"X.NotSupported","errorMessage":"no bulk"}""");
        _fixture.Service.On(Endpoint.Status, 200, "<html></html>");
        _fixture.Service.On(Endpoint.Status, 404, "");

        var wait = connection.WaitAsync(request);
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(5));
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(7.5));
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(11.25));
        await _fixture.Clock.NextPauseAsync();
        var warning = Assert.Single(_fixture.Warnings);
        Assert.Contains("request r", warning, StringComparison.Ordinal);
        Assert.Contains("no bulk", warning, StringComparison.Ordinal);
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));

        Assert.True(await wait.WaitAsync(ManualClock.HangLimit));
        Assert.Equal(3, _fixture.Service.Of(Endpoint.Status).Count);
    }

    [Fact]
    public async Task A_refused_login_ends_the_wait()
    {
        var (connection, request) = await SubmitAsync(1);
        for (var i = 0; i < 2; i++)
        {
            _fixture.Service.On(Endpoint.Status, 400, """{"errorCode":"X.REQUEST_FAILED.SessionToken.Expired","errorMessage":"gone"}""");
        }

        var wait = connection.WaitAsync(request);
        await _fixture.Clock.PassAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(EsimError.EsimLoginRefused, (await Assert.ThrowsAsync<EsimException>(() => wait.WaitAsync(ManualClock.HangLimit))).Error);
    }

    [Fact]
    public async Task A_stopped_wait_throws_and_leaves_the_request_as_it_is()
    {
        using var stop = new CancellationTokenSource();
        var (connection, request) = await SubmitAsync(1);

        var wait = connection.WaitAsync(request, cancellationToken: stop.Token);
        await _fixture.Clock.NextPauseAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(ManualClock.HangLimit));
        Assert.Equal(EsimRequestStatus.Accepted, request.Status);
    }

    [Fact]
    public async Task Two_waits_for_one_request_are_both_told_everything()
    {
        var (connection, request) = await SubmitAsync(2);
        var (one, two) = (0, 0);

        var first = connection.WaitAsync(request, _ => Interlocked.Increment(ref one));
        var second = connection.WaitAsync(request, _ => Interlocked.Increment(ref two));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2)));

        Assert.All(await Task.WhenAll(first, second), Assert.True);
        Assert.Equal((2, 2), (one, two));
    }

    [Fact]
    public async Task Each_request_begins_and_ends_once_its_end_behind_its_outcomes()
    {
        var (connection, request) = await SubmitAsync(2);
        var host = new TellingHost();
        using var wait = connection.StartWait(host, new() { Timeout = TimeSpan.FromSeconds(3) });

        wait.Add(request);
        wait.Add(request);
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(1)));
        connection.ReceiveCallback(Sample.Callback("r", Sample.IccidOf(2), "Failed"));
        wait.Complete();

        Assert.Equal(["started r", "succeeded", "problem EsimActionFailed", "ended r"], host.Told);
    }

    [Fact]
    public async Task A_request_whose_time_is_over_ends_too()
    {
        var (connection, request) = await SubmitAsync(1);
        var host = new TellingHost();
        using var wait = connection.StartWait(host, new() { Timeout = TimeSpan.FromSeconds(3) });

        wait.Add(request);
        var waiting = Task.Run(wait.Complete);
        _fixture.Clock.Advance(await _fixture.Clock.NextPauseAsync());
        await waiting.WaitAsync(ManualClock.HangLimit);

        Assert.Equal(["started r", "problem EsimWaitTimeout", "ended r"], host.Told);
    }

    private async Task<(EsimConnection Connection, EsimRequest Request)> SubmitAsync(int count)
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        var connection = await _fixture.OpenAsync();
        return (connection, (await ConnectionFixture.DeactivateAsync(connection, Sample.Profiles(count))).Request!);
    }

    private sealed class QuietHost : EsimWaitHost;

    private sealed class TellingHost : EsimWaitHost
    {
        public List<string> Told { get; } = [];

        public override void OnStarted(EsimRequest request) => Told.Add($"started {request.RequestId}");

        public override void OnSucceeded(EsimResult result) => Told.Add("succeeded");

        public override void OnProblem(EsimException problem, object target) => Told.Add($"problem {problem.Error}");

        public override void OnEnded(EsimRequest request) => Told.Add($"ended {request.RequestId}");
    }
}
