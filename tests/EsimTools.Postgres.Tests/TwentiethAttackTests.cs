// What a twentieth attack on unproven deletes has found in a journal that is in a database: clocks that are set, and a server that was put back to an
// earlier state; words that are lost with the server are in LostDatabaseTests. Each way was seen red without its mend.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;
using EsimTools.Store;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class TwentiethAttackTests(PostgresServer server) : IDisposable
{
    private readonly ScriptedService _service = new();
    private readonly TempFolder _folder = new();
    private readonly string _address = server.NewDatabase();

    [PostgresTheory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task A_clock_is_set_right_while_the_connection_is_open_that_has_counted_by_how_much_it_was_off(int hours)
    {
        var clock = new Shifted { By = TimeSpan.FromHours(hours) };
        using var machine = new Machine(_address, _service);
        var connection = await machine.OpenAsync(machine.Options(clock: clock));
        clock.By = TimeSpan.Zero;
        _service.On(Endpoint.Action, _ => ScriptedService.Taken("d"));

        var request = (await Machine.DeactivateAsync(connection, Sample.Profile(1))).Request!;

        Assert.InRange(DateTimeOffset.UtcNow - request.SubmittedAt, TimeSpan.FromMinutes(-2), TimeSpan.FromMinutes(10));
    }

    [PostgresFact]
    public void A_clock_that_is_set_back_while_nobody_looks_is_noticed_by_the_monotonic_one()
    {
        using var store = Open(new ManualClock { Monotonic = TimeSpan.FromHours(1) });
        Assert.Equal(TimeSpan.FromHours(1), store.Clock.Elapsed);
    }

    // Or the machine slept while it waited for the answer.
    [PostgresFact]
    public void A_clock_is_set_while_the_database_is_asked_for_the_time()
    {
        using var store = Open(new SetAtTheSecondLook());

        Assert.InRange(store.Clock.UtcNow - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(-2), TimeSpan.FromMinutes(2));
    }

    [PostgresFact]
    public async Task A_journal_is_cleared_by_a_machine_whose_clock_is_three_days_ahead()
    {
        using (var store = Open(Clock.System))
        {
            store.Record(StoreContract.Sending("a", 1));
        }

        var ahead = new Shifted { By = TimeSpan.FromDays(3) };
        var cleared = await EsimJournal.ClearAsync(
            new() { Database = _address, Path = _folder.Path, PostgresFolder = AppContext.BaseDirectory }, DateTimeOffset.UtcNow.AddDays(5), clock: ahead).WaitAsync(ManualClock.HangLimit);

        Assert.InRange(DateTimeOffset.UtcNow - cleared.Before, TimeSpan.FromHours(47), TimeSpan.FromHours(49));
    }

    // As a standby does that takes over without the last lines: it gives the number of the part again, and whose lines those are then has to be read.
    [PostgresFact]
    public void The_server_has_gone_back_and_somebody_else_writes_in_a_part_of_this_connections_number()
    {
        using var store = Open(Clock.System);
        store.Record(StoreContract.Sending("a", 1));
        PostgresServer.Execute(_address, "delete from esimtools.line");
        PostgresServer.Execute(_address, "delete from esimtools.part");
        PostgresServer.Execute(_address, "select setval(pg_get_serial_sequence('esimtools.line', 'id'), 1, false)");
        PostgresServer.Execute(_address, "select setval(pg_get_serial_sequence('esimtools.part', 'id'), 1, false)");
        PostgresServer.Execute(_address, "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()");
        using var other = Open(Clock.System);
        other.Record(StoreContract.Sending("unseen", 1));

        var error = Assert.Throws<EsimException>(() => StoreContract.New(store));

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
    }

    public void Dispose()
    {
        _service.Dispose();
        _folder.Dispose();
    }

    private IEsimStore Open(Clock clock) => PostgresOpener.Open(
        new(_address, null, null, StoreContract.Service, Path.Combine(_folder.Path, Guid.NewGuid().ToString("N")), false, clock, static _ => { }));

    private sealed class SetAtTheSecondLook : Clock
    {
        private int _looks;

        public override DateTimeOffset UtcNow => System.UtcNow + (++_looks > 1 ? TimeSpan.FromHours(4) : TimeSpan.Zero);

        public override Task Delay(TimeSpan time, CancellationToken cancellationToken) => System.Delay(time, cancellationToken);
    }

    private sealed class Shifted : Clock
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset UtcNow => System.UtcNow + By;

        public override Task Delay(TimeSpan time, CancellationToken cancellationToken) => System.Delay(time, cancellationToken);
    }
}
