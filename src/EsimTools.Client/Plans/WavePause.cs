// The time before a wave: its pause, then the hours in which it may begin.

namespace EsimTools.Plans;

/// <summary>Says how long a wave has to wait, and waits.</summary>
internal static class WavePause
{
    // Bit by bit: a machine that sleeps meanwhile wakes up with another time, and no timer takes more than some weeks.
    private static readonly TimeSpan LookAtWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookAtPause = TimeSpan.FromDays(1);

    /// <summary>What a wave has to wait for; null where it may begin now.</summary>
    /// <param name="number">The wave, from 1.</param>
    /// <param name="count">How many waves there are.</param>
    /// <param name="waves">What the plan says of its waves.</param>
    /// <param name="pause">What is left of the pause between waves.</param>
    /// <param name="now">The present moment.</param>
    public static EsimPlanPause? Of(int number, int count, EsimWaves waves, TimeSpan pause, DateTimeOffset now)
    {
        var over = After(now, pause);
        var window = waves.Window;
        var until = After(over, window?.UntilOpen(over) ?? TimeSpan.Zero);
        return until > now ? new(number, count, now, until, until > over ? window!.ToString() : null) : null;
    }

    /// <summary>Waits until the pause is over and the hours have come.</summary>
    /// <param name="waves">What the plan says of its waves.</param>
    /// <param name="pause">What is left of the pause between waves.</param>
    /// <param name="clock">The time.</param>
    /// <param name="end">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public static async Task WaitAsync(EsimWaves waves, TimeSpan pause, Clock clock, CancellationToken end)
    {
        var over = After(clock.UtcNow, pause);
        while (over - clock.UtcNow is var left && left > TimeSpan.Zero)
        {
            await clock.Delay(left < LookAtPause ? left : LookAtPause, end).ConfigureAwait(false);
        }

        while (waves.Window?.UntilOpen(clock.UtcNow) is { } closed && closed > TimeSpan.Zero)
        {
            await clock.Delay(closed < LookAtWindow ? closed : LookAtWindow, end).ConfigureAwait(false);
        }
    }

    private static DateTimeOffset After(DateTimeOffset moment, TimeSpan time) =>
        time <= TimeSpan.Zero ? moment : time < DateTimeOffset.MaxValue - moment ? moment + time : DateTimeOffset.MaxValue;
}
