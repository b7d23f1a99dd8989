// Which parts of a large journal are read no more.

using EsimTools.Postgres.Tests.Support;
using EsimTools.Store.Lines;

namespace EsimTools.Postgres.Tests;

[Collection(OneServer.Name)]
public sealed class PartArchiveTests : IDisposable
{
    private const string Service = "https://service.test/api";

    private readonly string _database;
    private readonly PostgresAddress _address;
    private readonly LineReader _reader;

    public PartArchiveTests(PostgresServer server)
    {
        _database = server.NewDatabase();
        using var folder = new TempFolder();
        PostgresOpener.Open(new(_database, null, null, Service, folder.Path, false, Clock.System, static _ => { })).Dispose();
        _address = PostgresAddress.Read(new(_database, null, null, Service, null, false, Clock.System, static _ => { }));
        _reader = new(_address, Service);
    }

    [PostgresFact]
    public void The_oldest_go_until_the_rest_is_small_enough_and_are_found_by_their_keys_all_the_same()
    {
        WritePart("newer", hours: 30);
        WritePart("oldest", hours: 50);
        WritePart("older", hours: 40);
        var archive = Read(out var parts);

        Assert.Equal(2, Run(archive, parts["newer"].Size, static _ => false));

        Read(out var left);
        Assert.Equal(["newer"], left.Keys);
        Assert.Equal(2, _reader.Find(["oldest"])["oldest"].Count());
        Assert.Equal(0, Run(archive, 0, _ => true));
    }

    [PostgresFact]
    public void What_is_small_enough_stays_whatever_its_age()
    {
        WritePart("a", hours: 50);
        var archive = Read(out var parts);

        Assert.Equal(0, Run(archive, parts["a"].Size, static _ => false));
    }

    [PostgresFact]
    public void What_is_young_needed_damaged_or_still_written_stays()
    {
        WritePart("young", hours: 23);
        WritePart("needed", hours: 50);
        WritePart("damaged", hours: 50);
        WritePart("ended", hours: 50);
        using var writer = WritePart("written", hours: 50, isLeftOpen: true);
        PostgresServer.Execute(_database, "update esimtools.line set text = '{' where key = 'damaged'");
        var archive = Read(out var parts);

        Assert.Equal(1, Run(archive, 0, name => name == parts["needed"].Name));

        Read(out var left);
        Assert.Equal(["young", "needed", "damaged", "written"], left.Keys);
    }

    public void Dispose() => _reader.Dispose();

    private static int Run(PartArchive archive, long largest, Func<string, bool> isNeeded)
    {
        archive.Largest = largest;
        return archive.Run(isNeeded);
    }

    // Lines come with the database's time, so it is the database that makes them old.
    private LineWriter? WritePart(string key, int hours, bool isLeftOpen = false)
    {
        var writer = new LineWriter(_address, Service);
        writer.Write([Entry.Of(StoreContract.Sending(key, 3), null), Entry.Of(StoreContract.Answer(key), null)]);
        PostgresServer.Execute(_database, $"update esimtools.line set at = clock_timestamp() - interval '{hours} hours' where key = '{key}'");
        PostgresServer.Execute(_database, $"update esimtools.part set seen = clock_timestamp() - interval '{hours} hours' where id = (select max(part) from esimtools.line where key = '{key}')");
        if (isLeftOpen)
        {
            return writer;
        }

        writer.Dispose();
        return null;
    }

    // By the key of their lines: the name of a part, and its size.
    private PartArchive Read(out Dictionary<string, (string Name, long Size)> parts)
    {
        using var reader = new LineReader(_address, Service);
        var archive = new PartArchive(_reader);
        parts = [];
        while (reader.NextPage([], out _) is { Count: > 0 } page)
        {
            foreach (var read in page)
            {
                archive.Note(read, JournalLine.Read(read.Text, out _)?.At);
                parts[read.Key!] = (read.Part, parts.GetValueOrDefault(read.Key!).Size + read.Text.Length);
            }
        }

        return archive;
    }
}
