// Appends lines to a file: the one way in which the journal and the record of callbacks write their JSON Lines.

namespace EsimTools.Store.Folder;

/// <summary>A file that lines are appended to. Not thread-safe.</summary>
/// <param name="file">The file, at its end.</param>
/// <param name="isTorn">Whether its last line may not be whole.</param>
internal sealed class LineAppender(FileStream file, bool isTorn = false) : IDisposable
{
    private bool _isTorn = isTorn;

    /// <summary>The file.</summary>
    public string Path => file.Name;

    /// <summary>How large it is, in bytes.</summary>
    public long Size => file.Position;

    /// <summary>Appends whole lines.</summary>
    /// <param name="write">Writes them, with a line feed behind each.</param>
    /// <returns>Where the first of them begins.</returns>
    public long Append(Action<FileStream> write)
    {
        try
        {
            if (_isTorn)
            {
                // What an earlier failure, a full disk for example, has left of a line must not swallow the first of these.
                file.WriteByte((byte)'\n');
                _isTorn = false;
            }

            var start = file.Position;
            write(file);
            return start;
        }
        catch
        {
            _isTorn = true;
            throw;
        }
    }

    /// <summary>Hands over to the operating system what has been appended, or brings it to the disk.</summary>
    public void Flush(bool toDisk = false) => file.Flush(toDisk);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
