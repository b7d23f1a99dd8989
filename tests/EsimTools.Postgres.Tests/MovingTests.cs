// A journal moved from a folder into a database and back: what it decides stays the same, whatever breaks off on the way.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;
using EsimTools.Store;
using EsimTools.Store.Folder;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class MovingTests(PostgresServer server) : IDisposable
{
    private const string Service = "https://service.test/api";
    private const string Other = "https://other.test/api";

    private readonly ConnectionFixture _fixture = new();
    private readonly string _address = server.NewDatabase();

    private string Local => Path.Combine(_fixture.Folder.Path, "local");

    private string Back => Path.Combine(_fixture.Folder.Path, "back");

    private EsimJournalPlace Source => new() { Path = _fixture.JournalPath };

    private EsimJournalPlace Database => Place(_address);

    public void Dispose() => _fixture.Dispose();

    [PostgresTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_decided_of_every_profile_stays_the_same_in_the_database_and_back_in_a_folder(bool hashIdentifiers)
    {
        await MixedJournal.WriteAsync(_fixture, hashIdentifiers);
        File.WriteAllText(Path.Combine(_fixture.JournalPath, "policy.json"), """{"version":1,"readOnly":true}""");

        var there = await CopyAsync(Source, Database);
        var back = await CopyAsync(Database, new() { Path = Back });

        Assert.True(there.IsVerified && back.IsVerified);
        Assert.Equal((there.Lines, there.Digest, there.Requests), (back.Lines, back.Digest, back.Requests));
        Assert.Equal((true, true, hashIdentifiers), (there.PolicyCopied, back.PolicyCopied, back.IsHashed));
        Assert.Equal(File.ReadAllText(Path.Combine(_fixture.JournalPath, "policy.json")), File.ReadAllText(Path.Combine(Back, "policy.json")));
        foreach (var service in (string[])[Service, Other])
        {
            var decided = InFolder(_fixture.JournalPath, service);
            Assert.Equal(decided, InDatabase(service));
            Assert.Equal(decided, InFolder(Back, service));
        }

        Assert.Equal(1L, PostgresServer.Execute(_address, "select count(*) from esimtools.part where archived"));
    }

    [PostgresFact]
    public async Task A_second_copy_adds_nothing_and_what_was_sent_in_the_database_comes_back_alone()
    {
        await MixedJournal.WriteAsync(_fixture);
        await CopyAsync(Source, Database);

        Assert.Equal(0, (await CopyAsync(Source, Database)).Copied);
        using (var machine = new Machine(_address, _fixture.Service))
        {
            _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("later"));
            var connection = await machine.OpenAsync();
            await Machine.DeactivateAsync(connection, Sample.Profile(40));
            var busy = await Assert.ThrowsAsync<EsimException>(() => CopyAsync(Source, Database));
            Assert.Equal(EsimError.EsimJournalInUse, busy.Error);
            Assert.Contains($"process {Environment.ProcessId} on {Environment.MachineName} (database user {PostgresServer.User})", busy.Message, StringComparison.Ordinal);
        }

        Assert.Equal((2, true), (await CopyAsync(Database, Source)) is { } back ? (back.Copied, back.IsVerified) : default);
        Assert.Equal(InDatabase(Service), InFolder(_fixture.JournalPath, Service));
        Assert.Equal(0, (await CopyAsync(Source, Database)).Copied);
    }

    [PostgresFact]
    public async Task From_one_database_to_another()
    {
        await MixedJournal.WriteAsync(_fixture);
        await CopyAsync(Source, Database);
        var other = server.NewDatabase();

        var copy = await CopyAsync(Database, Place(other));

        Assert.True(copy.IsVerified);
        const string Parts = "select string_agg(host || '/' || process || service || archived, ' ' order by host, process, service) from esimtools.part";
        Assert.Equal(PostgresServer.Execute(_address, Parts), PostgresServer.Execute(other, Parts));
        const string Lines = "select md5(string_agg(service || coalesce(key, '') || text, '' order by service, id)) from esimtools.line";
        Assert.Equal(PostgresServer.Execute(_address, Lines), PostgresServer.Execute(other, Lines));
    }

    [PostgresTheory]
    [InlineData(2000)]
    [InlineData(9000)]
    [InlineData(20000)]
    public async Task What_is_cut_off_on_the_way_has_not_begun_and_is_finished_by_the_same_copy(long bytes)
    {
        await MixedJournal.WriteAsync(_fixture);
        using (var cutter = new Cutter(server.Port))
        {
            var builder = new Npgsql.NpgsqlConnectionStringBuilder(_address) { Port = cutter.Port };
            cutter.CutAfter(bytes);
            var error = await Assert.ThrowsAsync<EsimException>(() => CopyAsync(Source, Place(builder.ConnectionString)));
            Assert.True(error.Error is EsimError.EsimDatabaseUnavailable or EsimError.EsimJournalUnavailable, error.Message);
        }

        Assert.True(PostgresServer.Execute(_address, "select count(*) from pg_class where relname = 'line'") is 0L || PostgresServer.Execute(_address, "select count(*) from esimtools.line") is 0L);

        Assert.True((await CopyAsync(Source, Database)).IsVerified);
        Assert.Equal(InFolder(_fixture.JournalPath, Service), InDatabase(Service));
    }

    [PostgresFact]
    public async Task Neither_a_policy_nor_a_key_is_replaced_nor_two_journals_mixed()
    {
        await MixedJournal.WriteAsync(_fixture, hashIdentifiers: true);
        using (var machine = new Machine(_address, _fixture.Service))
        {
            (await machine.OpenAsync()).Dispose();
            PostgresServer.Execute(_address, """insert into esimtools.policy (text) values ('{"version":1,"readOnly":true}')""");
        }

        File.WriteAllText(Path.Combine(_fixture.JournalPath, "policy.json"), """{"version":1}""");
        Assert.Equal(EsimError.EsimJournalConflict, (await Assert.ThrowsAsync<EsimException>(() => CopyAsync(Source, Database))).Error);
        File.Delete(Path.Combine(_fixture.JournalPath, "policy.json"));

        // The machine's folder for that database has another key.
        HasherKey.Write(Database.Path!, new byte[32]);
        Assert.Equal(EsimError.EsimJournalConflict, (await Assert.ThrowsAsync<EsimException>(() => CopyAsync(Source, Database))).Error);
        Assert.Equal(0L, PostgresServer.Execute(_address, "select count(*) from esimtools.line"));
        Assert.IsType<DBNull>(PostgresServer.Execute(_address, "select hash_check from esimtools.store"));
    }

    [PostgresFact]
    public async Task An_empty_database_is_no_source_and_gets_no_tables_by_being_asked()
    {
        var error = await Assert.ThrowsAsync<EsimException>(() => CopyAsync(Database, new() { Path = Back }));

        Assert.Equal(EsimError.EsimDatabaseUnavailable, error.Error);
        Assert.Equal(0L, PostgresServer.Execute(_address, "select count(*) from pg_class where relname = 'line'"));
    }

    [PostgresFact]
    public async Task Whoever_may_add_lines_may_copy_into_the_database()
    {
        await MixedJournal.WriteAsync(_fixture);
        using (var machine = new Machine(_address, _fixture.Service))
        {
            await machine.OpenAsync();
        }

        PostgresServer.Execute(_address, "create role mover login password 'pw'; " + Grants.OfTheDocument("mover"));
        var builder = new Npgsql.NpgsqlConnectionStringBuilder(_address) { Username = "mover", Password = "pw" };

        Assert.True((await CopyAsync(Source, Place(builder.ConnectionString))).IsVerified);
    }

    private EsimJournalPlace Place(string address) => new() { Database = address, Path = Local + address.GetHashCode(StringComparison.Ordinal), PostgresFolder = AppContext.BaseDirectory };

    private Task<EsimJournalCopy> CopyAsync(EsimJournalPlace source, EsimJournalPlace target) =>
        EsimJournal.CopyAsync(source, target, _fixture.Messages.Enqueue, _fixture.Clock).WaitAsync(ManualClock.HangLimit);

    private string[] InFolder(string folder, string service)
    {
        using var store = new FolderStore(folder, service, _fixture.Clock);
        return Verdicts.Of(store, _fixture.Clock, MixedJournal.Profiles);
    }

    private string[] InDatabase(string service)
    {
        using IEsimStore store = PostgresOpener.Open(new(_address, null, null, service, Database.Path, false, _fixture.Clock, static _ => { }));
        return Verdicts.Of(store, _fixture.Clock, MixedJournal.Profiles);
    }
}
