// A disk for temporary files that becomes full, or unreadable, when a test wants it to.

using EsimTools.Storage;

namespace EsimTools.Client.Tests.Support;

/// <summary>Files in memory.</summary>
internal sealed class FakeDisk
{
    /// <summary>How many bytes can still be written. A write that is too long is torn: what there is room for is written.</summary>
    public long Room { get; set; } = long.MaxValue;

    /// <summary>Whether every reading fails.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>The files that are open, oldest first.</summary>
    public List<MemoryStream> Files { get; } = [];

    /// <summary>How many files there have been.</summary>
    public int Created { get; private set; }

    /// <summary>How many pages have been read.</summary>
    public int Reads { get; private set; }

    /// <summary>A space on this disk.</summary>
    public SpillSpace Space(int mostInMemory, int pageSize = 264, int mostPages = 1000) => new(Create) { MostInMemory = mostInMemory, PageSize = pageSize, MostPages = mostPages };

    private DiskFile Create()
    {
        if (Room <= 0)
        {
            throw Full();
        }

        Created++;
        var file = new DiskFile(this);
        Files.Add(file);
        return file;
    }

    private static IOException Full() => new("No space left on device");

    private sealed class DiskFile(FakeDisk disk) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            var written = (int)Math.Min(count, disk.Room);
            disk.Room -= written;
            base.Write(buffer, offset, written);
            if (written < count)
            {
                throw Full();
            }
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            disk.Reads++;
            return disk.IsUnreadable ? throw new IOException("Input/output error") : base.Read(buffer, offset, count);
        }

        protected override void Dispose(bool disposing)
        {
            if (disk.Files.Remove(this))
            {
                disk.Room = disk.Room == long.MaxValue ? disk.Room : disk.Room + Length;
            }

            base.Dispose(disposing);
        }
    }
}
