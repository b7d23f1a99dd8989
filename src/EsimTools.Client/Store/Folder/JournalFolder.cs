// The files of a journal folder: what other connections, in this process or in others, have written to it and write to it meanwhile.

using EsimTools.Proof;
using EsimTools.Store.Lines;

namespace EsimTools.Store.Folder;

/// <summary>Reads a folder, each line once, and puts away what no longer matters. Not thread-safe.</summary>
internal sealed class JournalFolder(string folder, JournalKeys keys)
{
    /// <summary>Behind the name of a connection's files: the file that it holds open while it lives.</summary>
    public const string LifeSuffix = ".open";

    /// <summary>What the name of the file ends in that a listener holds open while it records messages.</summary>
    public const string ListeningSuffix = ".listening";

    /// <summary>Where files go that no longer matter.</summary>
    public const string ArchiveName = "archive";

    /// <summary>What the names of those files begin with in which callbacks are recorded; they lie beside the journal.</summary>
    public const string CallbackFilePrefix = "callbacks-";

    /// <summary>Reading this much takes about a second; from here on, what no longer matters is archived.</summary>
    public const long LargestFolder = 128L * 1024 * 1024;

    /// <summary>For how long confirmations count, and what was sent may still arrive.</summary>
    private static readonly TimeSpan Youth = DoubtRule.DefaultNotDoneAfter;

    private readonly Dictionary<string, JournalFile> _files = new(StringComparer.Ordinal);

    /// <summary>The identifiers of the line that is being handed over.</summary>
    public JournalKeys Keys => keys;

    /// <summary>From here on files are archived, in bytes.</summary>
    public long Largest { get; init; } = LargestFolder;

    /// <summary>Hands over the lines that have been added since the last time, oldest file first.</summary>
    /// <param name="isOwn">Tells the files of this very connection, which it need not read.</param>
    /// <param name="take">Takes a line.</param>
    /// <param name="report">Told of what cannot be read.</param>
    public void ReadNew(Func<string, bool> isOwn, Action<JournalLine, JournalPlace> take, Action<string> report)
    {
        // The callbacks that listeners have received are kept in the same folder, in files of their own.
        var paths = Directory.GetFiles(folder, "*.jsonl").Where(path => !Path.GetFileName(path).StartsWith(CallbackFilePrefix, StringComparison.OrdinalIgnoreCase) && !isOwn(path)).ToArray();

        // Not by the whole name: the second file of a connection comes behind its first one.
        Array.Sort(paths, static (one, other) => string.CompareOrdinal(Path.GetFileNameWithoutExtension(one), Path.GetFileNameWithoutExtension(other)));
        Array.ForEach(paths, path => FileOf(path).ReadOn(keys, take, report, IsBeingWritten));
    }

    private JournalFile FileOf(string path)
    {
        if (!_files.TryGetValue(path, out var file))
        {
            _files[path] = file = new(path);
        }

        return file;
    }

    /// <summary>Whether the connection that wrote a file is still there to write on.</summary>
    public bool IsBeingWritten(string path)
    {
        var life = LifePathOf(path);
        try
        {
            if (!File.Exists(life))
            {
                return false;
            }

            // The system has closed what a process held that was killed; what is left of it is cleared away.
            using var file = new FileStream(life, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            return false;
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            return DiskFault.IsInUse(e);
        }
    }

    /// <summary>The file that the connection that writes a journal file holds open.</summary>
    public static string LifePathOf(string path)
    {
        // A connection's second file and those behind it have a number behind the connection's own name.
        var parts = Path.GetFileNameWithoutExtension(path).Split('-');
        return Path.Combine(Path.GetDirectoryName(path)!, string.Join("-", parts.Take(2)) + LifeSuffix);
    }

    /// <summary>Where a file is after it has been archived.</summary>
    public static string ArchivedPathOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, ArchiveName, Path.GetFileName(path));

    /// <summary>
    /// Moves files into the archive, where they are not read any more, when the folder has become so large that reading it takes long: those
    /// whose connection is closed, whose every request has ended, and whose newest line is so old that it proves nothing about today.
    /// </summary>
    /// <param name="isNeeded">Whether a file has requests that have not ended.</param>
    /// <param name="now">The present moment.</param>
    /// <returns>How many were moved.</returns>
    public int Archive(Func<string, bool> isNeeded, DateTimeOffset now)
    {
        var size = _files.Values.Sum(file => file.Size);
        var moved = 0;
        foreach (var (path, file) in _files.OrderBy(entry => entry.Value.NewestLine).Select(entry => (entry.Key, entry.Value)).ToArray())
        {
            if (size <= Largest)
            {
                break;
            }

            if (!file.IsDamaged && now - file.NewestLine > Youth && !isNeeded(path) && !IsBeingWritten(path) && file.IsReadToItsEnd())
            {
                var archived = ArchivedPathOf(path);
                OwnFiles.MakeFolder(Path.GetDirectoryName(archived)!);
                File.Move(path, archived);
                size -= file.Size;
                moved++;
            }
        }

        return moved;
    }
}
