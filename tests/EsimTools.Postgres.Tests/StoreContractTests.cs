// The two stores, by the same promises.

using EsimTools.Store;
using EsimTools.Store.Folder;
using EsimTools.Postgres.Tests.Support;

namespace EsimTools.Postgres.Tests;

public sealed class FolderContractTests : StoreContract
{
    private readonly TempFolder _folder = new();

    private protected override IEsimStore Make() => new FolderStore(Path.Combine(_folder.Path, "journal"), Service, Clock.System);

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }
}

[Collection(OneServer.Name)]
public sealed class PostgresContractTests(PostgresServer server) : StoreContract
{
    private readonly string _address = server.NewDatabase();
    private readonly TempFolder _folder = new();
    private int _machines;

    private protected override IEsimStore Make() =>
        PostgresOpener.Open(new(_address, null, null, Service, Path.Combine(_folder.Path, $"machine{++_machines}"), false, Clock.System, static _ => { }));

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }
}
