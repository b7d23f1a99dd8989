// Ways past the order of the lines in a database that a twelfth attack has tried: parts that are put away and written on, a server that has gone back, answers
// that are brought in by who does not read them.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;
using EsimTools.Store;

namespace EsimTools.Postgres.Tests;

public sealed class TwelfthAttackTests : IDisposable
{
    private readonly PostgresServer _server = new();
    private readonly ScriptedService _service = new();
    private readonly TempFolder _folder = new();
    private readonly string _address;
    private readonly Machine _one;
    private readonly Machine _other;
    private int _machines;

    public TwelfthAttackTests()
    {
        _address = PostgresServer.WhyNot is null ? _server.NewDatabase() : string.Empty;
        (_one, _other) = (new(_address, _service), new(_address, _service));
    }

    [PostgresFact]
    public void A_connection_that_was_idle_for_a_day_loses_its_session_and_its_part_is_put_away_and_then_it_sends_again()
    {
        using var cutter = new Cutter(_server.Port);
        using var store = Open(_address.Replace($"Port={_server.Port}", $"Port={cutter.Port}", StringComparison.Ordinal));
        store.Record(StoreContract.Sending("a", 1));
        BeOld();
        using var reader = new LineReader(Address(), StoreContract.Service);
        var archive = Archive(reader, DateTimeOffset.UtcNow.AddDays(-2));
        cutter.Cut();
        AwaitEnd(reader);
        Assert.Equal(1, archive.Run(static _ => false));

        store.Record(StoreContract.Sending("b", 1));

        using var next = Open(_address);
        Assert.Contains("b", StoreContract.New(next).Select(line => line.LocalId));
    }

    [PostgresFact]
    public void A_part_is_put_away_by_who_has_not_read_its_last_line()
    {
        using var cutter = new Cutter(_server.Port);
        using var store = Open(_address.Replace($"Port={_server.Port}", $"Port={cutter.Port}", StringComparison.Ordinal));
        store.Record(StoreContract.Sending("a", 1));
        BeOld();
        using var reader = new LineReader(Address(), StoreContract.Service);
        var archive = Archive(reader, DateTimeOffset.UtcNow.AddDays(-2));
        store.Record(StoreContract.Sending("b", 1));
        cutter.Cut();
        AwaitEnd(reader);

        Assert.Equal(0, archive.Run(static _ => false));

        using var next = Open(_address);
        Assert.Equal(["a", "b"], StoreContract.New(next).Select(line => line.LocalId));
    }

    [PostgresTheory]
    [InlineData(1, 0)]
    [InlineData(48, 1)]
    public void The_clock_of_the_database_was_two_days_behind_and_has_been_put_right(int hoursOld, int archived)
    {
        using (var store = Open(_address))
        {
            store.Record(StoreContract.Sending("a", 1));
        }

        BeOld();
        using var reader = new LineReader(Address(), StoreContract.Service);
        AwaitEnd(reader);

        Assert.Equal(archived, Archive(reader, DateTimeOffset.UtcNow.AddHours(-hoursOld)).Run(static _ => false));
    }

    [PostgresFact]
    public void A_session_comes_to_a_standby()
    {
        using var store = Open(_address);
        store.Record(StoreContract.Sending("a", 1));
        _server.Kill();
        _server.StartAsStandby();

        // It would read what is there, and the policy, as old as they are.
        var error = Assert.Throws<EsimException>(() => store.ReadPolicy());

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Contains("standby", error.Message, StringComparison.Ordinal);
        Assert.Equal(EsimError.EsimDatabaseUnavailable, Assert.Throws<EsimException>(() => Open(_address)).Error);
    }

    [PostgresTheory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    public async Task The_server_has_gone_back_and_what_others_write_since_gets_places_that_this_connection_has_read_already(int lines)
    {
        using var store = Open(_address);
        using var other = Open(_address);
        for (var i = 0; i < 5; i++)
        {
            other.Record(StoreContract.Sending($"a{i}", 1));
        }

        Assert.Equal(5, StoreContract.New(store).Count);

        // As a standby does that had not heard of the last lines when it took over.
        PostgresServer.Execute(_address, "delete from esimtools.line where id > 2");
        PostgresServer.Execute(_address, "select setval(pg_get_serial_sequence('esimtools.line', 'id'), 2)");
        for (var i = 0; i < lines; i++)
        {
            other.Record(StoreContract.Sending($"unseen{i}", 1));
        }

        var error = await Assert.ThrowsAsync<EsimException>(() => store.ReserveAsync(
            () =>
            {
                _ = StoreContract.New(store);
                return StoreContract.Sending("b", 1);
            },
            default));

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        using var next = Open(_address);
        Assert.Equal(lines + 2, StoreContract.New(next).Count);
    }

    [PostgresFact]
    public async Task Who_brings_an_answer_in_that_an_earlier_connection_has_kept_knows_it()
    {
        var one = await _one.OpenAsync();
        _service.On(Endpoint.Action, _ =>
        {
            _server.Kill();
            return ScriptedService.Taken("taken-1");
        });
        await Machine.DeactivateAsync(one, Sample.Profile(1));
        _server.Start();

        var next = await _one.OpenAsync();

        Assert.Equal(EsimRequestStatus.Accepted, next.FindRequest("taken-1")?.Status);
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        _service.Dispose();
        _folder.Dispose();
        _server.Dispose();
    }

    private static PartArchive Archive(LineReader reader, DateTimeOffset written)
    {
        var archive = new PartArchive(reader) { Largest = 0 };
        foreach (var line in reader.NextPage([], out _))
        {
            archive.Note(line, written);
        }

        return archive;
    }

    private void BeOld() => PostgresServer.Execute(_address, "with old as (update esimtools.part set seen = clock_timestamp() - interval '2 days') update esimtools.line set at = clock_timestamp() - interval '2 days'");

    // The server hears of the cut by itself.
    private static void AwaitEnd(LineReader reader) => Assert.True(SpinWait.SpinUntil(() => !reader.IsAlive(1), ManualClock.HangLimit));

    private PostgresAddress Address() => PostgresAddress.Read(new(_address, null, null, StoreContract.Service, null, false, Clock.System, static _ => { }));

    private IEsimStore Open(string address) => PostgresOpener.Open(
        new(address, null, null, StoreContract.Service, Path.Combine(_folder.Path, $"machine{++_machines}"), false, Clock.System, static _ => { }));
}
