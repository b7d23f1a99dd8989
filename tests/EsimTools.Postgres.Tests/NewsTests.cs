// Who waits is told that others have committed lines (LISTEN/NOTIFY), and where nobody tells, reads all the same.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;
using EsimTools.Store;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class NewsTests(PostgresServer server) : IDisposable
{
    private readonly string _address = server.NewDatabase();
    private readonly TempFolder _folder = new();
    private readonly ScriptedService _service = new();

    [PostgresFact]
    public async Task Lines_are_told_of_once_and_again_by_a_new_session()
    {
        using var one = Open("one");
        using var other = Open("other");
        Assert.True(other.HasNews());
        Assert.False(other.HasNews());
        Assert.Empty(StoreContract.New(other));
        one.Record(StoreContract.Sending("a", 1));
        await UntilToldAsync(other);
        Assert.Single(StoreContract.New(other));
        Assert.False(other.HasNews());

        // Nothing is heard behind the end of a session, and the next reading opens another one, which has everything to hear.
        PostgresServer.Execute(_address, "select count(pg_terminate_backend(pid)) from pg_stat_activity where query = 'listen esimtools' or query like 'select p.host%'");
        one.Record(StoreContract.Sending("b", 1));
        while (other.HasNews() is not null)
        {
            await Task.Yield();
        }

        Assert.Single(StoreContract.New(other));
        Assert.True(other.HasNews());
        one.Record(StoreContract.Sending("c", 1));
        await UntilToldAsync(other);
        Assert.Single(StoreContract.New(other));
    }

    [PostgresFact]
    public async Task A_wait_looks_when_it_is_told_and_not_when_its_time_has_come()
    {
        using var one = new Machine(_address, _service);
        using var other = new Machine(_address, _service);
        var (sender, waiter) = (await one.OpenAsync(), await other.OpenAsync());
        var request = (await Machine.DeactivateAsync(sender, Sample.Profile())).Request!;
        var host = new Host(() =>
        {
            sender.ReceiveCallback(Sample.Callback(request.RequestId!, Sample.IccidOf(1)));
            sender.FlushJournal();
        });
        using var stop = new CancellationTokenSource(ManualClock.HangLimit);

        using var wait = waiter.StartWait(host, new EsimWaitOptions { FirstInterval = TimeSpan.FromSeconds(60) }, stop.Token);
        wait.Add(waiter.FindRequest(request.RequestId!)!);
        wait.Complete();

        // Untold it looks at its 25th turn.
        Assert.Equal(1, wait.Succeeded);
        Assert.InRange(host.Turns, Host.Commits, 20);
        Assert.Empty(_service.Of(Endpoint.Status));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _service.Dispose();
    }

    private static async Task UntilToldAsync(IEsimStore store)
    {
        using var stop = new CancellationTokenSource(ManualClock.HangLimit);
        while (store.HasNews() != true)
        {
            stop.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private IEsimStore Open(string machine) => PostgresOpener.Open(new(_address, null, null, StoreContract.Service, Path.Combine(_folder.Path, machine), false, Clock.System, static _ => { }));

    private sealed class Host(Action commit) : EsimWaitHost
    {
        public const int Commits = 3;

        public int Turns { get; private set; }

        public override void OnProgress(EsimWait wait)
        {
            if (wait.Succeeded == 0 && ++Turns == Commits)
            {
                commit();
            }
        }
    }
}
