// The files of the journal that one connection writes, one after the other, and the file beside them that tells others that it lives.

using System.Globalization;
using EsimTools.Store.Lines;

namespace EsimTools.Store.Folder;

/// <summary>Adds lines to the files of one connection. Not thread-safe, but for <see cref="Has"/>: the store locks around it.</summary>
internal sealed class ConnectionFiles(string folder, DateTimeOffset begun) : IDisposable
{
    // A file that has grown to this is followed by another one, so that old ones can be archived.
    private const long LargestFile = 32L * 1024 * 1024;

    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly string _name = string.Format(CultureInfo.InvariantCulture, "{0:yyyyMMdd'T'HHmmss}-{1}", begun.UtcDateTime, Guid.NewGuid().ToString("N").Substring(0, 8));
    private LineAppender? _file;
    private FileStream? _life;
    private bool _isClosed;

    /// <summary>Begins a file; no portable call fills a disk or breaks it, so tests put the files on one that does.</summary>
    public Func<string, FileStream> Begin { get; set; } = static path => OwnFiles.Open(path, FileMode.Append, FileAccess.Write, FileShare.Read);

    /// <summary>Whether a file is one of them.</summary>
    public bool Has(string path)
    {
        lock (_paths)
        {
            return _paths.Contains(path);
        }
    }

    /// <summary>Adds a line; a new file begins with a request, never with what became of one.</summary>
    /// <param name="line">The line.</param>
    /// <param name="hasher">What identifiers are hidden behind; null where they are not.</param>
    /// <returns>Where it stands.</returns>
    public JournalPlace Append(JournalLine line, IdentifierHasher? hasher)
    {
        if (_isClosed)
        {
            throw new ObjectDisposedException(nameof(FolderStore));
        }

        var file = Open(mayBegin: line.Event == JournalEvent.Sending);
        var start = file.Append(stream => line.WriteTo(stream, hasher));
        return new(file.Path, start, (int)(file.Size - start) - 1);
    }

    /// <summary>Hands what has been added to the operating system, or to the disk.</summary>
    public void Flush(bool toDisk = false) => _file?.Flush(toDisk);

    /// <summary>Closes them; others can tell then.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _file?.Dispose();
        _file = null;
        _life?.Dispose();
        _life = null;
    }

    // Others can tell by the second file, which the system closes whatever happens, whether this connection is still at work.
    private LineAppender Open(bool mayBegin)
    {
        if (_file is not null && (!mayBegin || _file.Size < LargestFile))
        {
            return _file;
        }

        _file?.Dispose();
        _file = null;
        var path = Path.Combine(folder, _name + (_paths.Count == 0 ? string.Empty : string.Format(CultureInfo.InvariantCulture, "-{0:000}", _paths.Count + 1)) + ".jsonl");
        _life ??= OwnFiles.Open(JournalFolder.LifePathOf(path), FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);

        _file = new(Begin(path));
        lock (_paths)
        {
            _paths.Add(path);
        }

        return _file;
    }
}
