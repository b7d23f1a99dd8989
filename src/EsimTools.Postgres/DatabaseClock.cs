// The database's clock: the one time of all machines that share it, whatever their own clocks say.

using System.Globalization;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>A machine's clock, set right by as much as it was off when the connection was opened. What it is set back later is noticed as in a folder.</summary>
/// <param name="machine">The machine's clock.</param>
/// <param name="ahead">By how much that is ahead of the database's.</param>
internal sealed class DatabaseClock(Clock machine, TimeSpan ahead) : Clock
{
    // Nobody has to be told of less.
    private static readonly TimeSpan s_tolerance = TimeSpan.FromMinutes(1);

    /// <summary>What a person should know of the machine's clock; null where there is nothing.</summary>
    public string? Problem => ahead.Duration() <= s_tolerance ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"The clock of this machine is {ahead.Duration().TotalMinutes:n0} minutes {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} that of the database, which counts here: times are shown and compared by it. Set the clock right.");

    /// <inheritdoc/>
    public override DateTimeOffset UtcNow => machine.UtcNow - ahead;

    /// <summary>Asks for the time; the answer is as old as half of the way there and back.</summary>
    public static DatabaseClock Of(NpgsqlConnection connection, Clock machine)
    {
        using var ask = Locks.Command(connection, "select clock_timestamp()");
        var before = machine.UtcNow;
        var told = new DateTimeOffset((DateTime)ask.ExecuteScalar()!);
        var after = machine.UtcNow;
        return new(machine, before + ((after - before) / 2) - told);
    }

    /// <inheritdoc/>
    public override Task Delay(TimeSpan time, CancellationToken cancellationToken) => machine.Delay(time, cancellationToken);
}
