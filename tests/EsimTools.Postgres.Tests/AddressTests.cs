// What counts as the address of a database, and what of it is ever shown.

using EsimTools.Store;

namespace EsimTools.Postgres.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("Host=127.0.0.1;Database=esim;Username=u", "'esim' on 127.0.0.1", "Disable|Prefer")]
    [InlineData("Host=localhost;Port=5433;Database=esim;SSL Mode=Disable", "'esim' on localhost:5433", "Disable")]
    [InlineData("Host=/run/postgresql;Database=esim", "'esim' on /run/postgresql", "Prefer")]
    [InlineData("Server=db.example.com;Database=esim", "'esim' on db.example.com", "VerifyFull")]
    [InlineData("Host=db1.example.com,db2.example.com;Database=esim", "'esim' on db1.example.com,db2.example.com", "VerifyFull")]
    [InlineData("Host=db.example.com;Database=esim;SSL Mode=VerifyFull;Root Certificate=ca.crt", "'esim' on db.example.com", "VerifyFull")]
    [InlineData("postgresql://u:p%40ss@db.example.com:6543/esim?sslmode=verify-full", "'esim' on db.example.com:6543", "VerifyFull")]
    [InlineData("postgres://u@[::1]/esim", "'esim' on ::1", "Prefer")]
    public void An_address_is_read_and_off_this_machine_TLS_is_demanded(string text, string title, string modes)
    {
        var address = PostgresAddress.Read(Place(text));
        var read = new Npgsql.NpgsqlConnectionStringBuilder(address.ConnectionString);

        Assert.Equal(title, address.Title);
        Assert.Contains(read.SslMode.ToString(), modes.Split('|'));
        Assert.False(read.Pooling);
    }

    [Theory]
    [InlineData("Host=db.example.com;Database=esim;SSL Mode=Require", "SSL Mode=Require")]
    [InlineData("Host=db.example.com;Database=esim;SslMode=Disable", "SSL Mode=Disable")]
    [InlineData("Host=127.0.0.1,db.example.com;Database=esim;SSL Mode=Prefer", "SSL Mode=Prefer")]
    [InlineData("Host=localhost.example.com;SSL Mode=VerifyCA", "SSL Mode=VerifyCA")]
    [InlineData("postgresql://db.example.com/esim?sslmode=require", "SSL Mode=Require")]
    [InlineData("Database=esim", "names no host")]
    [InlineData("Host=db;Pass=s3cret;s3cret2", "is not a connection string")]
    [InlineData("postgresql://u:s3cret@db:port/esim", "is not a connection string")]
    [InlineData("Host=db;Port=s3cret", "is not a connection string")]
    public void What_cannot_be_used_is_refused_without_telling_a_secret(string text, string problem)
    {
        var error = Assert.Throws<EsimException>(() => PostgresAddress.Read(Place(text)));

        Assert.Equal(EsimError.EsimDatabaseUnavailable, error.Error);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_credential_stands_in_for_what_the_address_says()
    {
        var read = new Npgsql.NpgsqlConnectionStringBuilder(PostgresAddress.Read(Place("Host=localhost;Username=a;Password=b", "user", "s3cret")).ConnectionString);

        Assert.Equal(("user", "s3cret"), (read.Username, read.Password));
        Assert.DoesNotContain("s3cret", Place("Host=localhost;Password=s3cret", "u", "s3cret").ToString(), StringComparison.Ordinal);
    }

    private static DatabasePlace Place(string text, string? user = null, string? password = null) => new(text, user, password, StoreContract.Service, null, false, Clock.System, static _ => { });
}
