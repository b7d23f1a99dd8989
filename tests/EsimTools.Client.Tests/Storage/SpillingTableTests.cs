// The table that keeps its newest part in memory: what it costs, and what a disk that is full, broken or not believable does to it.

using EsimTools.Client.Tests.Support;
using EsimTools.Identity;
using EsimTools.Storage;

namespace EsimTools.Client.Tests.Storage;

public sealed class SpillingTableTests : IDisposable
{
    private readonly FakeDisk _disk = new();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_never_set_is_default_and_what_was_set_last_counts()
    {
        using var table = new SpillingTable<long>(_disk.Space(mostInMemory: 4));

        Fill(table, 0, 20);
        table[KeyOf(3)] = 33;
        Fill(table, 20, 20);

        Assert.Equal(0, table[KeyOf(1000)]);
        Assert.Equal(33, table[KeyOf(3)]);
        Assert.Equal(5, table[KeyOf(4)]);
    }

    [Fact]
    public void A_table_that_fits_in_memory_has_no_file()
    {
        using var table = new SpillingTable<long>(_disk.Space(mostInMemory: 100));

        Fill(table, 0, 100);

        Assert.Equal((100, 0, 0), (table.CountInMemory, table.FileCount, _disk.Created));
    }

    [Fact]
    public void However_many_there_are_few_are_in_memory_and_few_files_are_open()
    {
        using var table = new SpillingTable<long>(_disk.Space(mostInMemory: 100));
        for (var i = 0; i < 50_000; i++)
        {
            // In no order, so that old ones are asked for as well as new ones.
            var key = KeyOf((int)(i * 7919L % 30_011));
            table[key] = table[key] + 1;

            Assert.InRange(table.CountInMemory, 0, 100);
            Assert.InRange(table.FileCount, 0, 9);
        }

        Assert.Equal(table.FileCount, _disk.Files.Count);
        Assert.Equal(50_000, Enumerable.Range(0, 30_011).Sum(i => table[KeyOf(i)]));
    }

    [Fact]
    public void What_was_never_set_is_seldom_looked_for_in_a_file()
    {
        using var table = new SpillingTable<long>(_disk.Space(mostInMemory: 1000));
        for (var i = 0; i < 100_000; i += 2)
        {
            table[KeyOf(i)] = i;
        }

        // Numbers between those that are there, in no order.
        var before = _disk.Reads;
        Assert.All(Enumerable.Range(0, 20_000), i => Assert.Equal(0, table[KeyOf((int)(2 * (i * 7919L % 49_999)) + 1)]));
        Assert.InRange(_disk.Reads - before, 0, 1000);
    }

    [Fact]
    public void What_is_removed_before_it_reaches_a_file_never_does()
    {
        using var table = new SpillingTable<long>(_disk.Space(mostInMemory: 10));
        for (var i = 0; i < 1000; i++)
        {
            table[KeyOf(i)] = i;
            table.Remove(KeyOf(i));
        }

        Assert.Equal((0, 0), (table.CountInMemory, _disk.Created));
    }

    [Fact]
    public void Reading_alone_writes_nothing()
    {
        using var table = new SpillingTable<long>(_disk.Space(mostInMemory: 10));
        Fill(table, 0, 1000);
        _ = Read(table, 0, 20);
        var before = _disk.Created;

        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), Read(table, 0, 1000));

        Assert.Equal(before, _disk.Created);
    }

    [Fact]
    public void On_a_full_disk_it_stays_in_memory_until_there_is_room()
    {
        using var table = new SpillingTable<long>(_disk.Space(mostInMemory: 10));
        Fill(table, 0, 100);
        _disk.Room = 100;

        Fill(table, 50, 100);

        Assert.Equal(Enumerable.Range(1, 150).Select(i => (long)i), Read(table, 0, 150));
        Assert.InRange(table.CountInMemory, 100, 150);
        Assert.Equal(table.FileCount, _disk.Files.Count);
        _disk.Room = long.MaxValue;
        Fill(table, 150, 100);
        Assert.InRange(table.CountInMemory, 0, 10);
        Assert.Equal(Enumerable.Range(1, 250).Select(i => (long)i), Read(table, 0, 250));
    }

    [Fact]
    public void A_folder_that_takes_no_file_leaves_everything_in_memory()
    {
        using var table = new SpillingTable<long>(new SpillSpace(Path.Combine(_folder.Path, "missing")) { MostInMemory = 10 });

        Fill(table, 0, 100);

        Assert.Equal((100, 0), (table.CountInMemory, table.FileCount));
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (long)i), Read(table, 0, 100));
    }

    [Fact]
    public void What_cannot_be_read_back_ends_everything_in_the_same_space_for_good()
    {
        var space = _disk.Space(mostInMemory: 10);
        using var table = new SpillingTable<long>(space);
        using var other = new SpillingTable<long>(space);
        Fill(table, 0, 100);
        other[KeyOf(1)] = 1;
        _disk.IsUnreadable = true;

        Assert.Equal(EsimError.EsimJournalUnavailable, Assert.Throws<EsimException>(() => Read(table, 0, 20)).Error);
        _disk.IsUnreadable = false;

        var problem = Assert.Throws<EsimException>(() => table[KeyOf(0)]);
        Assert.Equal(EsimError.EsimJournalUnavailable, problem.Error);
        Assert.Contains("Input/output error", problem.Message, StringComparison.Ordinal);
        Assert.Throws<EsimException>(() => table[KeyOf(0)] = 1);
        Assert.Throws<EsimException>(() => other[KeyOf(1)]);
    }

    [Fact]
    public void Not_a_bit_is_believed_that_is_not_as_it_was_written()
    {
        var file = new MemoryStream();
        using var run = SpilledRun<long>.Begin(new SpillSpace(() => file) { PageSize = 264 }, 10);
        for (var i = 0; i < 10; i++)
        {
            run.Append(new(KeyOf(i), i + 1));
        }

        run.End();
        Assert.Equal(264, file.Length);
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            file.GetBuffer()[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<IOException>(() => run.TryFind(KeyOf(bit % 10), out _));
            file.GetBuffer()[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(run.TryFind(KeyOf(9), out var value));
        Assert.Equal(10, value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(263)]
    public void A_file_that_has_grown_shorter_is_not_believed(int bytes)
    {
        using var table = new SpillingTable<long>(_disk.Space(mostInMemory: 9));
        Fill(table, 0, 10);
        var file = Assert.Single(_disk.Files);
        file.SetLength(file.Length - bytes);

        Assert.Throws<EsimException>(() => Read(table, 0, 10));
    }

    [Fact]
    public void A_page_is_not_taken_for_another()
    {
        using var table = new SpillingTable<long>(_disk.Space(mostInMemory: 99));
        Fill(table, 0, 100);
        var file = Assert.Single(_disk.Files);
        file.GetBuffer().AsSpan(0, 264).CopyTo(file.GetBuffer().AsSpan(264));

        Assert.Throws<EsimException>(() => Read(table, 0, 100));
    }

    [Fact]
    public void Files_have_no_name_that_others_could_open_and_are_gone_in_the_end()
    {
        using (var table = new SpillingTable<long>(new SpillSpace(_folder.Path) { MostInMemory = 10 }))
        {
            Fill(table, 0, 1000);
            Assert.True(table.FileCount > 0);
            Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), Read(table, 0, 1000));
            if (OperatingSystem.IsWindows())
            {
                Assert.All(Directory.GetFiles(_folder.Path), path => Assert.Throws<IOException>(() => File.ReadAllBytes(path)));
            }
            else
            {
                Assert.Empty(Directory.GetFiles(_folder.Path));
            }
        }

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Disposing_closes_every_file()
    {
        var table = new SpillingTable<long>(_disk.Space(mostInMemory: 10));
        Fill(table, 0, 15);
        Fill(table, 100, 100);
        Assert.NotEmpty(_disk.Files);

        table.Dispose();

        Assert.Empty(_disk.Files);
        Assert.Throws<EsimException>(() => Read(table, 0, 100));
    }

    private static IdentifierKey KeyOf(int number) => IdentifierKey.Of(Sample.IccidOf(number))!.Value;

    private static void Fill(SpillingTable<long> table, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            table[KeyOf(i)] = i + 1;
        }
    }

    private static long[] Read(SpillingTable<long> table, int first, int count) => [.. Enumerable.Range(first, count).Select(i => table[KeyOf(i)])];
}
