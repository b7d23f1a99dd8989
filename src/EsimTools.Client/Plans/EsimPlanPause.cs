// A wave of a plan that may not begin yet: what is waited for, and until when.

namespace EsimTools;

/// <summary>What a plan waits for before its next wave: the pause between waves, the hours of the day, or both.</summary>
public sealed class EsimPlanPause
{
    internal EsimPlanPause(int number, int waves, DateTimeOffset since, DateTimeOffset until, string? hours)
    {
        Number = number;
        Waves = waves;
        Since = since;
        Until = until;
        Hours = hours;
    }

    /// <summary>The wave that is to begin, from 1.</summary>
    public int Number { get; }

    /// <summary>How many waves there are.</summary>
    public int Waves { get; }

    /// <summary>Since when it is waited, in UTC.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>Until when, in UTC.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>The hours that are waited for, with their time zone; null where the pause between waves ends within them, or at any time.</summary>
    public string? Hours { get; }

    /// <summary>What is waited for, in words.</summary>
    public string Reason => Hours ?? "the pause between waves";

    /// <summary>How long it still lasts, in whole seconds; zero when it is over.</summary>
    /// <param name="now">The present moment.</param>
    public TimeSpan LeftAt(DateTimeOffset now) => now < Until ? TimeSpan.FromSeconds(Math.Ceiling((Until - now).TotalSeconds)) : TimeSpan.Zero;

    /// <inheritdoc/>
    public override string ToString() => $"Wave {Number} of {Waves} begins in {LeftAt(Since):c}, at {Clock.ToIso(Until)} ({Reason}).";
}
