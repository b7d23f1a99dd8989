// A connection to a service that is a method call, with a journal in a folder of its own.

using CallbackBench;
using EsimTools;

namespace Parts;

/// <summary>What the benchmarks of this folder need of a connection.</summary>
internal sealed class Session : IDisposable
{
    public const int ProfileCount = 10 * Fleet.ProfilesPerRequest;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("esimtools-bench-");
    private readonly StandInService _service = new();

    public Session()
    {
        Connection = EsimConnection.OpenAsync(new()
        {
            ApiCredential = new("key", "secret"),
            UserCredential = new("user", "password"),
            AccountName = Fleet.AccountName,
            BaseUri = new("https://bench.invalid/api"),
            JournalPath = _folder.FullName,
            Handler = _service,
        }).GetAwaiter().GetResult();
        Profiles = [.. Enumerable.Range(0, ProfileCount).Select(number => new EsimProfile { Iccid = Fleet.IccidOf(number), Eid = Fleet.EidOf(number) })];
    }

    public EsimConnection Connection { get; }

    public IReadOnlyList<EsimProfile> Profiles { get; }

    /// <summary>Has all profiles deactivated, in requests that the service accepts.</summary>
    public void Submit() => Connection.RunAsync(EsimAction.Deactivate, Profiles, new() { ServicePlan = "M2M Global", ReasonCode = "FF" }).GetAwaiter().GetResult();

    public void Dispose()
    {
        Connection.Dispose();
        _service.Dispose();
        _folder.Delete(recursive: true);
    }
}
