// What a twenty-third attack on unproven deletes has found in a journal that is in a database; each way was seen red without its mend.

using EsimTools.Postgres.Tests.Support;
using EsimTools.Store;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class TwentyThirdAttackTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _address = server.NewDatabase();

    // A standby that has taken over without the last lines gives the number again; both lose their sessions once more, and this connection is the first to come back.
    [PostgresFact]
    public void A_part_is_not_gone_on_with_whose_number_was_given_to_somebody_else()
    {
        using var store = Open();
        store.Record(StoreContract.Sending("a", 1));
        PostgresServer.Execute(_address, "update esimtools.part set begun = begun + interval '1 second'");
        PostgresServer.Execute(_address, "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()");

        store.Record(StoreContract.Answer("a"));

        Assert.Equal(2L, PostgresServer.Execute(_address, "select count(distinct part) from esimtools.line"));
    }

    [PostgresFact]
    public void A_part_is_gone_on_with_by_who_has_begun_it()
    {
        using var store = Open();
        store.Record(StoreContract.Sending("a", 1));
        PostgresServer.Execute(_address, "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()");

        Assert.True(SpinWait.SpinUntil(() => Equals(0L, PostgresServer.Execute(_address, "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()")), ManualClock.HangLimit));
        store.Record(StoreContract.Answer("a"));

        Assert.Equal(1L, PostgresServer.Execute(_address, "select count(distinct part) from esimtools.line"));
    }

    public void Dispose() => _folder.Dispose();

    private IEsimStore Open() => PostgresOpener.Open(
        new(_address, null, null, StoreContract.Service, Path.Combine(_folder.Path, Guid.NewGuid().ToString("N")), false, Clock.System, static _ => { }));
}
