// One session more than the server has.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class FullServerTests(PostgresServer server) : IDisposable
{
    private readonly string _address = server.NewDatabase();
    private readonly ScriptedService _service = new();

    [PostgresFact]
    public async Task Where_the_server_has_no_session_left_nothing_is_sent_and_the_error_says_so()
    {
        using var owner = new Machine(_address, _service);
        await owner.OpenAsync();
        PostgresServer.Execute(_address, "create role crowded login password 'cr0wded' connection limit 1");
        PostgresServer.Execute(_address, "grant usage on schema esimtools to crowded; grant select, insert, update on all tables in schema esimtools to crowded");
        using var machine = new Machine(_address.Replace($"Username={PostgresServer.User}", "Username=crowded;Password=cr0wded", StringComparison.Ordinal), _service);
        var connection = await machine.OpenAsync();

        var error = await Assert.ThrowsAsync<EsimException>(() => machine.OpenAsync());
        Assert.Equal(EsimError.EsimDatabaseUnavailable, error.Error);
        Assert.Contains("too many connections", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<EsimException>(() => Machine.DeactivateAsync(connection, Sample.Profile()));
        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Contains("too many connections", error.Message, StringComparison.Ordinal);
        Assert.Empty(_service.Of(Endpoint.Action));

        PostgresServer.Execute(_address, "alter role crowded connection limit 2");
        Assert.NotNull((await Machine.DeactivateAsync(connection, Sample.Profile())).Request);
    }

    public void Dispose() => _service.Dispose();
}
