// What a twentieth attack on unproven deletes has found in a journal that is in a database: words that are lost with the server, clocks that are set, a server
// that was put back to an earlier state. Each way was seen red without its mend.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;
using EsimTools.Store;

namespace EsimTools.Postgres.Tests;

public sealed class TwentiethAttackTests : IDisposable
{
    private static readonly EsimProfile X = Sample.Profile(1);

    private readonly PostgresServer _server = new();
    private readonly ScriptedService _service = new();
    private readonly ManualClock _clock = new();
    private readonly TempFolder _folder = new();
    private readonly string _address;
    private readonly Machine _one;
    private readonly Machine _other;

    public TwentiethAttackTests()
    {
        _address = PostgresServer.WhyNot is null ? _server.NewDatabase() : string.Empty;
        (_one, _other) = (new(_address, _service), new(_address, _service));
    }

    // What the service says against a confirmation while the database is away waits on this machine's disk, and somebody tries again.
    [PostgresTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_service_speaks_against_a_confirmation_while_the_database_is_away(bool ends)
    {
        var one = await _one.OpenAsync();
        _service.On(Endpoint.Action, _ => ScriptedService.Taken("d"));
        await Machine.DeactivateAsync(one, X);
        one.ReceiveCallback(Sample.Callback("d", X.Iccid!));
        one.FlushJournal();
        var other = await _other.OpenAsync(_other.Options(clock: _clock));
        Assert.True(other.Explain(X).IsProven, other.Explain(X).ToString());
        _server.Kill();
        _service.On(Endpoint.List, 200, Sample.Page(false, Sample.Listed(X.Iccid!, "active")));

        await other.LookUpAsync([X]).WaitAsync(ManualClock.HangLimit);

        Assert.Contains(_other.Messages, message => message.Level == EsimMessageLevel.Warning && message.Text.Contains("Until then other machines do not know it", StringComparison.Ordinal));
        Assert.NotEmpty(Kept());
        if (ends)
        {
            other.Dispose();
            _server.Start();
            await _other.OpenAsync();
        }
        else
        {
            _server.Start();
            await _clock.PassAsync(TimeSpan.FromSeconds(5));
            Assert.True(SpinWait.SpinUntil(() => Kept().Length == 0, ManualClock.HangLimit));
        }

        Assert.Empty(Kept());
        var submission = await one.SubmitAsync(EsimAction.Delete, [X], new(), serviceWasAsked: true).WaitAsync(ManualClock.HangLimit);
        Assert.Null(submission.Request);
        Assert.False(one.Explain(X).IsProven, one.Explain(X).ToString());
    }

    [PostgresTheory]
    [InlineData(3)]
    [InlineData(-3)]
    public async Task A_clock_is_set_right_while_the_connection_is_open_that_has_counted_by_how_much_it_was_off(int hours)
    {
        var clock = new Shifted { By = TimeSpan.FromHours(hours) };
        var one = await _one.OpenAsync(_one.Options(clock: clock));
        clock.By = TimeSpan.Zero;
        _service.On(Endpoint.Action, _ => ScriptedService.Taken("d"));

        var request = (await Machine.DeactivateAsync(one, X)).Request!;

        Assert.InRange(DateTimeOffset.UtcNow - request.SubmittedAt, TimeSpan.FromMinutes(-2), TimeSpan.FromMinutes(10));
    }

    [PostgresFact]
    public void A_clock_that_is_set_back_while_nobody_looks_is_noticed_by_the_monotonic_one()
    {
        _clock.Monotonic = TimeSpan.FromHours(1);
        using var store = Open(_clock);
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
            new() { Database = _address, Path = _other.LocalFolder, PostgresFolder = AppContext.BaseDirectory }, DateTimeOffset.UtcNow.AddDays(5), clock: ahead).WaitAsync(ManualClock.HangLimit);

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
        _one.Dispose();
        _other.Dispose();
        _service.Dispose();
        _folder.Dispose();
        _server.Dispose();
    }

    private string[] Kept() => Directory.GetFiles(_other.LocalFolder, "answers-*");

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
