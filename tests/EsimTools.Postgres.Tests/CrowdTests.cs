// Many connections at once on one database, and one too many.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class CrowdTests(PostgresServer server) : IDisposable
{
    private const int Connections = 100;
    private const int Shared = 5;

    // Each takes two sessions of the server and its turn.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly string _address = server.NewDatabase();
    private readonly ScriptedService _service = new();

    [PostgresFact]
    public async Task A_hundred_connections_send_for_every_profile_once()
    {
        // A process each would have threads of its own; here they wait for each other with those of one pool.
        Assert.True(ThreadPool.SetMinThreads(2 * Connections, 2 * Connections));
        using var machine = new Machine(_address.Replace("Timeout=5", "Timeout=120", StringComparison.Ordinal), _service);
        var ready = 0;
        var all = new TaskCompletionSource();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(number => Task.Run(async () =>
        {
            using var connection = await EsimConnection.OpenAsync(machine.Options());
            if (Interlocked.Increment(ref ready) == Connections)
            {
                all.SetResult();
            }

            await all.Task;
            foreach (var profiles in (EsimProfile[][])[Sample.Profiles(Shared), Sample.Profiles(1, 1000 + number)])
            {
                await connection.SubmitAsync(EsimAction.Deactivate, profiles, new EsimActionOptions { ServicePlan = "M2M Global", ReasonCode = "FF", SkipConfirmedWithin = TimeSpan.FromHours(24) });
            }
        }))).WaitAsync(s_limit);

        var bodies = _service.Of(Endpoint.Action).Select(call => call.Body).ToArray();
        Assert.Equal(1 + Connections, bodies.Length);
        Assert.All(Enumerable.Range(1, Shared).Concat(Enumerable.Range(1000, Connections)), number => Assert.Single(bodies, body => body.Contains(Sample.IccidOf(number), StringComparison.Ordinal)));
    }

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
