// The one source of time for everything that waits, expires or stamps, so that tests can move it by hand.

using System.Diagnostics;
using System.Globalization;

namespace EsimTools;

/// <summary>Tells the time and waits. Every delay and time stamp of the module goes through one of these.</summary>
public abstract class Clock
{
    /// <summary>The machine's own clock.</summary>
    public static Clock System { get; } = new SystemClock();

    /// <summary>The present moment, in UTC.</summary>
    public abstract DateTimeOffset UtcNow { get; }

    /// <summary>The time since some moment of the past by a monotonic clock, which nobody sets; null where there is none.</summary>
    /// <remarks>It tells that <see cref="UtcNow"/> was set back while nobody looked. That it stands still while the machine sleeps does no harm.</remarks>
    public virtual TimeSpan? Elapsed => null;

    /// <summary>Completes once the given time has passed on this clock.</summary>
    /// <param name="time">How long to wait; zero or less completes at once.</param>
    /// <param name="cancellationToken">Ends the wait early with an <see cref="OperationCanceledException"/>.</param>
    public abstract Task Delay(TimeSpan time, CancellationToken cancellationToken);

    /// <summary>Writes a moment as ISO 8601 in UTC with milliseconds, the form used on the wire and in the journal.</summary>
    /// <param name="moment">The moment to write.</param>
    public static string ToIso(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private sealed class SystemClock : Clock
    {
        public override DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

        public override TimeSpan? Elapsed => TimeSpan.FromSeconds(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);

        public override Task Delay(TimeSpan time, CancellationToken cancellationToken) =>
            time > TimeSpan.Zero ? Task.Delay(time, cancellationToken) : Task.CompletedTask;
    }
}
