// What Clear takes from a database, and what it leaves: the same as from a folder with the same lines.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class ClearingTests(PostgresServer server) : IDisposable
{
    private readonly ConnectionFixture _fixture = new();
    private readonly string _address = server.NewDatabase();

    public void Dispose() => _fixture.Dispose();

    [PostgresFact]
    public async Task A_database_is_cleared_of_what_a_folder_is()
    {
        await MixedJournal.WriteAsync(_fixture);
        await EsimJournal.CopyAsync(new() { Path = _fixture.JournalPath }, Place(_address), clock: _fixture.Clock);
        var verdicts = InDatabase();
        _fixture.Clock.Advance(TimeSpan.FromDays(40));

        var there = await ClearAsync(Place(_address));
        var here = await ClearAsync(new() { Path = _fixture.JournalPath });

        Assert.Equal((here.RequestsRemoved, here.RequestsKept, here.LinesRemoved, here.LinesKept, here.Before), (there.RequestsRemoved, there.RequestsKept, there.LinesRemoved, there.LinesKept, there.Before));
        Assert.True(there is { RequestsRemoved: > 0, RequestsKept: > 0 });
        Assert.Equal(there.LinesKept, PostgresServer.Execute(_address, "select count(*) from esimtools.line"));
        Assert.Equal(verdicts.Length, InDatabase().Length);
        using var store = new EsimTools.Store.Folder.FolderStore(_fixture.JournalPath, StoreContract.Service, _fixture.Clock);
        Assert.Equal(Verdicts.Of(store, _fixture.Clock, MixedJournal.Profiles), InDatabase());
        Assert.Equal(0, (await ClearAsync(Place(_address))).LinesRemoved);
    }

    [PostgresFact]
    public async Task Whoever_may_not_delete_is_told_and_nothing_is_removed()
    {
        await MixedJournal.WriteAsync(_fixture);
        await EsimJournal.CopyAsync(new() { Path = _fixture.JournalPath }, Place(_address), clock: _fixture.Clock);
        var lines = PostgresServer.Execute(_address, "select count(*) from esimtools.line");
        _fixture.Clock.Advance(TimeSpan.FromDays(40));
        PostgresServer.Execute(_address, "create role keeper login password 'pw'; " + Grants.OfTheDocument("keeper"));
        var keeper = new Npgsql.NpgsqlConnectionStringBuilder(_address) { Username = "keeper", Password = "pw" }.ConnectionString;

        var error = await Assert.ThrowsAsync<EsimException>(() => ClearAsync(Place(keeper)));

        Assert.Equal(EsimError.EsimJournalUnavailable, error.Error);
        Assert.Contains("permission denied", error.Message, StringComparison.Ordinal);
        Assert.Equal(lines, PostgresServer.Execute(_address, "select count(*) from esimtools.line"));
        PostgresServer.Execute(_address, "grant delete on esimtools.line to keeper");
        Assert.True((await ClearAsync(Place(keeper))).LinesRemoved > 0);
    }

    [PostgresFact]
    public async Task Nothing_is_removed_while_somebody_is_at_work()
    {
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("r"));
        using var machine = new Machine(_address, _fixture.Service);
        await Machine.DeactivateAsync(await machine.OpenAsync(), Sample.Profile(1));

        var error = await Assert.ThrowsAsync<EsimException>(() => ClearAsync(Place(_address)));

        Assert.Equal(EsimError.EsimJournalInUse, error.Error);
        Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName}", error.Message, StringComparison.Ordinal);
    }

    private EsimJournalPlace Place(string address) => new() { Database = address, Path = Path.Combine(_fixture.Folder.Path, "local"), PostgresFolder = AppContext.BaseDirectory };

    private Task<EsimJournalClearance> ClearAsync(EsimJournalPlace place) =>
        EsimJournal.ClearAsync(place, _fixture.Clock.UtcNow.AddDays(-10), _fixture.Messages.Enqueue, _fixture.Clock).WaitAsync(ManualClock.HangLimit);

    private string[] InDatabase()
    {
        using var store = PostgresOpener.Open(new(_address, null, null, StoreContract.Service, Place(_address).Path, false, _fixture.Clock, static _ => { }));
        return Verdicts.Of(store, _fixture.Clock, MixedJournal.Profiles);
    }
}
