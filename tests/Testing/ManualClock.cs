// A clock that stands still until a test moves it, and tells the test which pauses the client asks for.

using System.Threading.Channels;

namespace EsimTools.Testing;

/// <summary>Time moved by hand. A delay completes when the clock has been advanced past its end, never by itself.</summary>
internal sealed class ManualClock : Clock
{
    /// <summary>The moment at which every test starts.</summary>
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>How long a test may hang before it fails; no test comes near it.</summary>
    public static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(2);

    private readonly object _lock = new();
    private readonly Channel<TimeSpan> _asked = Channel.CreateUnbounded<TimeSpan>();
    private readonly List<Waiter> _waiters = [];
    private DateTimeOffset _now = Start;

    public override DateTimeOffset UtcNow
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }
    }

    /// <summary>What its monotonic clock shows, where it has one; moved by hand, too.</summary>
    public TimeSpan? Monotonic { get; set; }

    public override TimeSpan? Elapsed => Monotonic;

    public override Task Delay(TimeSpan time, CancellationToken cancellationToken)
    {
        if (time <= TimeSpan.Zero)
        {
            return Task.CompletedTask;
        }

        var waiter = new Waiter();
        lock (_lock)
        {
            waiter.Due = _now + time;
            _waiters.Add(waiter);
        }

        cancellationToken.Register(() => waiter.Source.TrySetCanceled(cancellationToken));
        _asked.Writer.TryWrite(time);
        return waiter.Source.Task;
    }

    /// <summary>The next pause that the client asks for, in the order of asking. Fails the test when none is ever asked for.</summary>
    public async Task<TimeSpan> NextPauseAsync() => await _asked.Reader.ReadAsync().AsTask().WaitAsync(HangLimit);

    /// <summary>Whether a pause has been asked for that <see cref="NextPauseAsync"/> has not handed out.</summary>
    public bool HasUnseenPause => _asked.Reader.TryPeek(out _);

    /// <summary>Moves the time on and completes the pauses that end by then.</summary>
    public void Advance(TimeSpan time)
    {
        Waiter[] due;
        lock (_lock)
        {
            _now += time;
            due = [.. _waiters.Where(waiter => waiter.Due <= _now)];
            _waiters.RemoveAll(waiter => waiter.Due <= _now);
        }

        foreach (var waiter in due)
        {
            waiter.Source.TrySetResult();
        }
    }

    /// <summary>Waits for the next pause, checks its length, and lets it pass.</summary>
    public async Task PassAsync(TimeSpan expected)
    {
        Assert.Equal(expected, await NextPauseAsync());
        Advance(expected);
    }

    private sealed class Waiter
    {
        public TaskCompletionSource Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DateTimeOffset Due { get; set; }
    }
}
