// The database's clock: the one time of all machines that share it, whatever their own clocks say.

using System.Globalization;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>A machine's clock, set right by as much as it is off; somebody may set it while the connection lives. That it was set back is noticed as in a folder.</summary>
/// <param name="machine">The machine's clock.</param>
/// <param name="ahead">By how much that is ahead of the database's.</param>
internal sealed class DatabaseClock(Clock machine, TimeSpan ahead) : Clock
{
    // Nobody has to be told of less, and what a question takes on its way shall not move the time to and fro.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMinutes(1);

    private long _ahead = ahead.Ticks;

    /// <summary>What a person should know of the machine's clock; null where there is nothing.</summary>
    public string? Problem => Ahead.Duration() <= s_tolerance ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"The clock of this machine is {Ahead.Duration().TotalMinutes:n0} minutes {(Ahead > TimeSpan.Zero ? "ahead of" : "behind")} that of the database, which counts here: times are shown and compared by it. Set the clock right.");

    /// <inheritdoc/>
    public override DateTimeOffset UtcNow => machine.UtcNow - Ahead;

    /// <inheritdoc/>
    public override TimeSpan? Elapsed => machine.Elapsed;

    private TimeSpan Ahead => TimeSpan.FromTicks(Volatile.Read(ref _ahead));

    /// <summary>Asks for the time.</summary>
    public static DatabaseClock Of(NpgsqlConnection connection, Clock machine) => new(machine, AheadOf(connection, machine));

    /// <summary>Asks again; goes by the answer where the machine's clock has been set meanwhile.</summary>
    /// <returns>Whether it has been.</returns>
    public bool Follow(NpgsqlConnection connection)
    {
        var ahead = AheadOf(connection, machine);
        var isSet = (ahead - Ahead).Duration() > s_tolerance;
        if (isSet)
        {
            Volatile.Write(ref _ahead, ahead.Ticks);
        }

        return isSet;
    }

    /// <inheritdoc/>
    public override Task Delay(TimeSpan time, CancellationToken cancellationToken) => machine.Delay(time, cancellationToken);

    // The answer is as old as half of the way there and back; where a clock was set on that way, or the machine slept, the database is asked again.
    private static TimeSpan AheadOf(NpgsqlConnection connection, Clock machine)
    {
        const int Most = 3;
        using var ask = Locks.Command(connection, "select clock_timestamp()");
        for (var i = 1; ; i++)
        {
            var before = machine.UtcNow;
            var told = new DateTimeOffset((DateTime)ask.ExecuteScalar()!);
            var took = machine.UtcNow - before;
            if (took.Duration() <= s_tolerance || i == Most)
            {
                return before + (took / 2) - told;
            }
        }
    }
}
