// A clock that stands still until a test moves it.

namespace EsimTools.Sandbox.Tests.Support;

internal sealed class ManualClock : Clock
{
    private readonly object _gate = new();
    private readonly List<(DateTimeOffset Due, TaskCompletionSource Done)> _delays = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _watchers = [];
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override DateTimeOffset UtcNow
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    public override Task Delay(TimeSpan time, CancellationToken cancellationToken)
    {
        if (time <= TimeSpan.Zero)
        {
            return Task.CompletedTask;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _delays.Add((_now + time, done));
            foreach (var (count, reached) in _watchers)
            {
                if (_delays.Count >= count)
                {
                    reached.TrySetResult();
                }
            }
        }

        return done.Task.WaitAsync(cancellationToken);
    }

    public void Advance(TimeSpan time)
    {
        List<TaskCompletionSource> due;
        lock (_gate)
        {
            _now += time;
            due = [.. _delays.Where(delay => delay.Due <= _now).OrderBy(delay => delay.Due).Select(delay => delay.Done)];
            _delays.RemoveAll(delay => delay.Due <= _now);
        }

        foreach (var done in due)
        {
            done.TrySetResult();
        }
    }

    /// <summary>Completes once at least so many delays are waiting.</summary>
    public Task WaitForDelays(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_delays.Count >= count)
            {
                return Task.CompletedTask;
            }

            _watchers.Add((count, reached));
        }

        return reached.Task.WaitAsync(Bed.Patience);
    }
}
