// Tables that are missing, there, newer, or not to be made by whoever comes.

using EsimTools.Postgres.Tests.Support;
using EsimTools.Store;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class SchemaTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();

    [PostgresFact]
    public async Task Those_who_come_first_at_the_same_time_make_the_tables_once()
    {
        var address = server.NewDatabase();

        var stores = await Task.WhenAll(Enumerable.Range(0, 5).Select(number => Task.Run(() => Open(address, number))));

        Array.ForEach(stores, store => store.Dispose());
        Assert.Equal(1L, PostgresServer.Execute(address, "select count(*) from esimtools.schema_version"));
    }

    [PostgresFact]
    public void Tables_of_a_newer_version_are_left_alone()
    {
        var address = server.NewDatabase();
        Open(address).Dispose();
        PostgresServer.Execute(address, "insert into esimtools.schema_version (version) values (99)");

        var error = Assert.Throws<EsimException>(() => Open(address));

        Assert.Equal(EsimError.EsimDatabaseUnavailable, error.Error);
        Assert.Contains("of version 99, which a newer EsimTools has made", error.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public void A_role_that_may_make_nothing_works_where_the_tables_are_there_and_is_told_where_not()
    {
        var address = server.NewDatabase();
        PostgresServer.Execute(address, "create role worker login password 'w0rker-S3cret'");
        var error = Assert.Throws<EsimException>(() => Open(address, 1, "worker", "w0rker-S3cret"));
        Assert.Equal(EsimError.EsimDatabaseUnavailable, error.Error);
        Assert.Contains("this user may not make them", error.Message, StringComparison.Ordinal);

        Open(address).Dispose();
        error = Assert.Throws<EsimException>(() => Open(address, 1, "worker", "w0rker-S3cret"));
        Assert.Contains("permission denied", error.Message, StringComparison.Ordinal);
        PostgresServer.Execute(address, Grants.OfTheDocument("worker"));
        using (var store = Open(address, 1, "worker", "w0rker-S3cret"))
        {
            store.Record(StoreContract.Sending("a", 3));
            using var other = Open(address, 2, "worker", "w0rker-S3cret");
            Assert.True(other.HasNews());
            Assert.Single(StoreContract.New(other));
            Assert.Null(other.ReadPolicy());
            store.Check();
            PostgresServer.Execute(address, "revoke insert on esimtools.line from worker");
            error = Assert.Throws<EsimException>(store.Check);
            Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
            Assert.Contains("may add no lines", error.Message, StringComparison.Ordinal);
        }

        // No more than it needs: what is in the journal stays there, and the policy is somebody else's.
        foreach (var forbidden in (string[])["delete from esimtools.line", "update esimtools.line set text = ''", "insert into esimtools.policy (text) values ('')", "drop table esimtools.line", "update esimtools.part set host = ''"])
        {
            var refused = Assert.Throws<Npgsql.PostgresException>(() => PostgresServer.Execute(address.Replace($"Username={PostgresServer.User}", "Username=worker;Password=w0rker-S3cret", StringComparison.Ordinal), forbidden));
            Assert.Equal("42501", refused.SqlState);
        }
    }

    [PostgresFact]
    public void A_wrong_password_is_told_without_it()
    {
        var address = server.NewDatabase();
        PostgresServer.Execute(address, "create role stranger login password 'right'");

        var error = Assert.Throws<EsimException>(() => Open(address, 1, "stranger", "wr0ng-S3cret"));

        Assert.Equal(EsimError.EsimDatabaseUnavailable, error.Error);
        Assert.Contains("password authentication failed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-S3cret", error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private IEsimStore Open(string address, int machine = 0, string? user = null, string? password = null) =>
        PostgresOpener.Open(new(address, user, password, StoreContract.Service, Path.Combine(_folder.Path, $"m{machine}"), false, Clock.System, static _ => { }));
}
