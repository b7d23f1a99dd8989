// A disk that fills or hangs, under the files of one connection's journal.

using EsimTools.Store.Folder;

namespace EsimTools.Client.Tests.Support;

/// <summary>The journal's file on a disk that takes so many bytes and no more.</summary>
internal sealed class FillingDisk(string path) : FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0)
{
    public long Room { get; set; } = long.MaxValue;

    /// <summary>What writing waits for; null while the disk works.</summary>
    public ManualResetEventSlim? Hanging { get; set; }

    /// <summary>Set as soon as something waits.</summary>
    public ManualResetEventSlim IsWaitedFor { get; } = new();

    public int FlushedToDisk { get; private set; }

    /// <summary>Puts one under a connection that has not written yet.</summary>
    /// <returns>Gives the disk, once something has been written.</returns>
    public static Func<FillingDisk> Under(EsimConnection connection)
    {
        FillingDisk? disk = null;
        ((FolderStore)connection.Parts.Store).Begin = path => disk = new FillingDisk(path);
        return () => disk!;
    }

    public override void Flush(bool flushToDisk)
    {
        FlushedToDisk += flushToDisk ? 1 : 0;
        base.Flush(flushToDisk);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Hanging is { } hanging)
        {
            IsWaitedFor.Set();
            hanging.Wait();
        }

        var taken = (int)Math.Min(Room, buffer.Length);
        base.Write(buffer[..taken].ToArray(), 0, taken);
        Room -= taken;
        if (taken < buffer.Length)
        {
            throw new IOException("No space left on device");
        }
    }

    public override void WriteByte(byte value) => Write([value]);
}
