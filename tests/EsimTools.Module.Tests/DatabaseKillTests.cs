// Four machines with one database and one inventory: their shells and the database's server are killed at random moments and started again, and in the
// end the service has been asked once for every profile.

using System.Globalization;
using EsimTools.Postgres.Tests.Support;
using Xunit.Abstractions;

namespace EsimTools.Module.Tests;

/// <summary>What the service's log says of shells that share a database and end suddenly, and of a server that does.</summary>
public sealed class DatabaseKillTests(ITestOutputHelper output)
{
    private const int Machines = 4;
    private const int MostRequestsBeforeAKill = 8;
    private const int MostMilliseconds = 40;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(15);

    private static readonly int s_fleetSize = Figures.IsLongRun ? 100_000 : 10_000;
    private static readonly int s_batchSize = s_fleetSize / (Figures.IsLongRun ? 1000 : 400);
    private static readonly int s_kills = Figures.IsLongRun ? 50 : 3;
    private static readonly int s_restarts = Figures.IsLongRun ? 10 : 2;

    private readonly Random _random = new(Figures.IsLongRun ? Environment.TickCount : 20261129);
    private readonly ChildProcess?[] _shells = new ChildProcess?[Machines];
    private readonly List<int> _killed = [];

    [PostgresFact]
    public async Task Four_shells_and_a_server_that_are_killed_and_started_again_ask_for_every_profile_exactly_once()
    {
        using var server = new PostgresServer();
        var database = server.NewDatabase();
        await using var run = await FleetRun.BeginAsync(s_fleetSize);
        try
        {
            var turns = Enumerable.Range(0, s_kills + s_restarts).Select(turn => turn < s_restarts).ToArray();
            _random.Shuffle(turns);
            var restarts = 0;
            foreach (var isOfServer in turns)
            {
                StartThoseThatHaveEnded(run, database);
                await UntilSentAsync(run, run.Sent + _random.Next(MostRequestsBeforeAKill));
                if (isOfServer)
                {
                    Restart(server, isSudden: restarts++ % 2 == 0);
                }
                else
                {
                    await KillOneAsync();
                }
            }

            var ended = await Task.WhenAll(_shells.OfType<ChildProcess>().Select(shell => shell.Completion));
            await run.UntilNothingIsServedAsync();
            using var last = run.Start(batchSize: s_batchSize, machine: new("last", database));
            var text = (await last.Completion).Output;
            output.WriteLine(string.Concat(ended.Select(shell => shell.Output + shell.Errors)) + text);

            run.AssertAskedOnceForEach(text);
            Assert.Contains($"profiles: {s_fleetSize}; in doubt: 0; errors: 0", text, StringComparison.Ordinal);
            var whileSending = PostgresServer.Execute(
                database, $"select count(distinct p.process) from esimtools.line l join esimtools.part p on p.id = l.part where p.process in ({string.Join(',', _killed)}) and l.text like '%\"event\":\"sending\"%'");
            Figures.Note("database", $"{_killed.Count} kills of pwsh of four on one database, {whileSending} of them after requests had left, and {s_restarts} restarts of PostgreSQL, with {s_fleetSize:n0} profiles: never asked for 0, asked for twice 0");
        }
        finally
        {
            Array.ForEach(_shells, shell => shell?.Dispose());
        }
    }

    // Nothing is settled before the last: another one's request may still be on its way.
    private void StartThoseThatHaveEnded(FleetRun run, string database)
    {
        for (var i = 0; i < Machines; i++)
        {
            if (_shells[i] is not { HasExited: false })
            {
                _shells[i]?.Dispose();
                _shells[i] = run.Start(batchSize: s_batchSize, machine: new($"machine{i}", database), settles: false);
            }
        }
    }

    private async Task UntilSentAsync(FleetRun run, int requests)
    {
        using var limit = new CancellationTokenSource(s_limit);
        while (run.Sent < requests && Array.Exists(_shells, shell => !shell!.HasExited))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), limit.Token);
        }

        await Task.Delay(_random.Next(MostMilliseconds));
    }

    private void Restart(PostgresServer server, bool isSudden)
    {
        output.WriteLine(isSudden ? "the server is killed" : "the server is stopped");
        if (isSudden)
        {
            server.Kill();
        }
        else
        {
            server.Stop();
        }

        server.Start();
    }

    // One that has come as far as its script: while one waits for a shell that is only starting, the others send everything.
    private async Task KillOneAsync()
    {
        await Task.WhenAny(_shells.Select(shell => shell!.FirstLine)).WaitAsync(s_limit);
        var ready = Enumerable.Range(0, Machines).Where(number => _shells[number]!.FirstLine.IsCompletedSuccessfully && !_shells[number]!.HasExited).ToArray();
        if (ready.Length == 0)
        {
            return;
        }

        var which = ready[_random.Next(ready.Length)];
        using var shell = _shells[which]!;
        _shells[which] = null;
        _killed.Add(int.Parse(await shell.FirstLine, CultureInfo.InvariantCulture));
        await shell.KillAsync();
    }
}
