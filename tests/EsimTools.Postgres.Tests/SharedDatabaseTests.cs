// Machines with a folder each, and one database.

using EsimTools.Client.Tests.Support;
using EsimTools.Postgres.Tests.Support;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class SharedDatabaseTests : IDisposable
{
    private readonly ScriptedService _service = new();
    private readonly string _address;
    private readonly Machine _one;
    private readonly Machine _other;

    public SharedDatabaseTests(PostgresServer server)
    {
        _address = server.NewDatabase();
        (_one, _other) = (new(_address, _service), new(_address, _service));
    }

    [PostgresFact]
    public async Task The_same_profiles_from_two_machines_at_once_are_sent_once()
    {
        const int profiles = 120;
        var (one, other) = (await _one.OpenAsync(), await _other.OpenAsync());
        await Task.WhenAll(((EsimConnection[])[one, other]).Select(connection => Task.Run(async () =>
        {
            foreach (var some in Sample.Profiles(profiles).Chunk(7))
            {
                await Machine.DeactivateAsync(connection, some);
            }
        })));

        Assert.All(Enumerable.Range(1, profiles), number => Assert.Single(_service.Of(Endpoint.Action), call => call.Body.Contains(Sample.IccidOf(number), StringComparison.Ordinal)));
    }

    [PostgresFact]
    public async Task What_one_machine_hears_another_one_knows()
    {
        var (one, other) = (await _one.OpenAsync(), await _other.OpenAsync());
        var request = (await Machine.DeactivateAsync(one, Sample.Profiles(2))).Request!;
        var seen = other.FindRequest(request.RequestId!)!;
        Assert.Equal(EsimRequestStatus.Accepted, seen.Status);

        one.ReceiveCallback(Sample.Callback(request.RequestId!, Sample.IccidOf(1)));
        one.ReceiveCallback(Sample.Callback(request.RequestId!, Sample.IccidOf(2)));
        one.FlushJournal();

        Assert.Equal(EsimRequestStatus.Succeeded, other.FindRequest(request.RequestId!)!.Status);
        Assert.Equal(GuardDecision.Allowed, other.Judge(EsimAction.Delete, Sample.Profile(1)).Decision);
        Assert.Equal(Sample.Profiles(2).Select(profile => profile.Iccid), seen.Profiles.Select(profile => profile.Iccid));
        Assert.StartsWith("'test", other.Journal, StringComparison.Ordinal);
        Assert.Equal(_other.LocalFolder, other.JournalPath);
    }

    [PostgresFact]
    public async Task The_driver_is_loaded_beside_whatever_this_process_has()
    {
        await _one.OpenAsync();

        var contexts = System.Runtime.Loader.AssemblyLoadContext.All.Where(context => context.Name == "EsimTools.Postgres").ToArray();
        Assert.Contains(Assert.Single(contexts).Assemblies, assembly => assembly.GetName().Name == "Npgsql");
        Assert.DoesNotContain(contexts[0].Assemblies, assembly => assembly.GetName().Name == "EsimTools.Client");
    }

    [PostgresFact]
    public async Task A_companion_that_is_missing_has_an_error_of_its_own()
    {
        var options = new EsimConnectionOptions
        {
            ApiCredential = new EsimCredential("k", "s"), UserCredential = new EsimCredential("u", "p"), AccountName = Sample.Account,
            Database = _address, PostgresFolder = _one.Folder.Path, Handler = _service,
        };

        var error = await Assert.ThrowsAsync<EsimException>(() => EsimConnection.OpenAsync(options));

        Assert.Equal(EsimError.EsimDatabaseUnavailable, error.Error);
        Assert.Contains("EsimTools.Postgres", error.Message, StringComparison.Ordinal);
        Assert.Empty(_service.Calls);
    }

    [PostgresFact]
    public async Task Hashed_identifiers_need_the_key_on_every_machine_and_are_nowhere_in_the_database()
    {
        var early = await _other.OpenAsync();
        var one = await _one.OpenAsync(_one.Options(hashIdentifiers: true));
        var request = (await Machine.DeactivateAsync(one, Sample.Profiles(2))).Request!;
        one.ReceiveCallback(Sample.Callback(request.RequestId!, Sample.IccidOf(1)));
        one.FlushJournal();

        Assert.Equal(0L, PostgresServer.Execute(_address, $"select count(*) from esimtools.line where text like '%{Sample.IccidOf(1)[..19]}%'"));
        Assert.Equal(0L, PostgresServer.Execute(_address, $"select count(*) from esimtools.store where hash_check like '%{Convert.ToHexString(Convert.FromBase64String(File.ReadAllText(Path.Combine(_one.LocalFolder, "identifiers.key"))))[..8]}%'"));
        Assert.Equal(EsimError.EsimJournalUnavailable, (await Assert.ThrowsAsync<EsimException>(() => Machine.DeactivateAsync(early, Sample.Profile(3)))).Error);
        var error = await Assert.ThrowsAsync<EsimException>(() => _other.OpenAsync());
        Assert.Contains("is not there", error.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_other.LocalFolder, "identifiers.key"), Convert.ToBase64String(new byte[32]));
        error = await Assert.ThrowsAsync<EsimException>(() => _other.OpenAsync());
        Assert.Contains("is another one", error.Message, StringComparison.Ordinal);
        File.Copy(Path.Combine(_one.LocalFolder, "identifiers.key"), Path.Combine(_other.LocalFolder, "identifiers.key"), overwrite: true);

        var other = await _other.OpenAsync();
        Assert.Equal(EsimError.EsimProfileBusy, (await Machine.DeactivateAsync(other, Sample.Profile(2)) is { Skipped.Count: 1 } ? EsimError.EsimProfileBusy : default));
        Assert.Single(_service.Of(Endpoint.Action));
    }

    [PostgresFact]
    public async Task A_policy_counts_on_every_machine()
    {
        var (one, other) = (await _one.OpenAsync(), await _other.OpenAsync());
        await one.ChangePolicyAsync(_ => EsimPolicy.Parse("""{"version":1,"readOnly":true}"""));

        var refused = (await Machine.DeactivateAsync(other, Sample.Profile())).Refused;

        Assert.Equal(EsimError.EsimPolicyRefused, Assert.Single(refused).Verdict.Error);
        Assert.Empty(_service.Of(Endpoint.Action));
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        _service.Dispose();
    }
}
