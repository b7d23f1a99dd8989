// A hundred machines on one database at one moment.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class HundredConnectionsTests : IDisposable
{
    private const int Machines = 100;
    private const int Shared = 20;

    // Each waits until its turn among all has come, on two cores with others' work beside it.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15);

    private readonly ScriptedService _service = new();
    private readonly Machine[] _machines;
    private readonly int _workers;
    private readonly int _ports;

    public HundredConnectionsTests(PostgresServer server)
    {
        var address = server.NewDatabase();
        _machines = [.. Enumerable.Range(0, Machines).Select(_ => new Machine(address, _service))];

        // Each stands for a process, which has threads of its own.
        ThreadPool.GetMinThreads(out _workers, out _ports);
        ThreadPool.SetMinThreads(4 * Machines, _ports);
    }

    [PostgresFact]
    public async Task A_hundred_connections_send_what_each_has_and_what_all_have_once()
    {
        var connections = await Task.WhenAll(_machines.Select(machine => Task.Run(() => machine.OpenAsync())));

        await Task.WhenAll(connections.Select((connection, number) => Task.Run(async () =>
        {
            var own = Sample.Profile(Shared + 1 + number);
            foreach (var some in Sample.Profiles(Shared).Append(own).Chunk(11))
            {
                await SendAsync(connection, some).WaitAsync(s_limit);
            }
        })));

        Assert.All(
            Enumerable.Range(1, Shared + Machines),
            number => Assert.Single(_service.Of(Endpoint.Action), call => call.Body.Contains(Sample.IccidOf(number), StringComparison.Ordinal)));
        var requests = _service.Of(Endpoint.Action).Count;
        Assert.All([0, Machines / 2, Machines - 1], number => Assert.Equal(requests, connections[number].GetRequests().Count()));
    }

    // Who is told that the database does not answer in time, on a machine that is busy with others, gives the command again, as the error says.
    private static async Task SendAsync(EsimConnection connection, EsimProfile[] profiles)
    {
        while (true)
        {
            try
            {
                await Machine.DeactivateAsync(connection, s_limit, profiles);
                return;
            }
            catch (EsimException e) when (e.Error == EsimError.EsimJournalUnavailable)
            {
            }
        }
    }

    public void Dispose()
    {
        Array.ForEach(_machines, machine => machine.Dispose());
        ThreadPool.SetMinThreads(_workers, _ports);
        _service.Dispose();
    }
}
