// Where a connection's tables put what is too much for memory: temporary files that nobody else can open and that no end leaves behind.

using EsimTools.Journal;

namespace EsimTools.Storage;

/// <summary>Makes temporary files, says how large things may grow, and remembers when something could not be read back. Not thread-safe.</summary>
/// <remarks>
/// The files are in the journal's folder and not in the system's for temporary files: identifiers stand in the journal anyway, in the same
/// form (hashed where the journal hashes them), so whatever protects the one protects the other; and a folder for temporary files is memory
/// on many Linux systems, which is what is to be saved.
/// </remarks>
/// <param name="create">Makes an empty file that can be written and read.</param>
internal sealed class SpillSpace(Func<Stream> create)
{
    private Exception? _loss;

    /// <summary>A space in a folder.</summary>
    public SpillSpace(string folder)
        : this(() => CreateFile(folder))
    {
    }

    /// <summary>How many entries of a table stay in memory: about a batch for each request on its way.</summary>
    public int MostInMemory { get; init; } = 50_000;

    /// <summary>How many bytes are read for one entry, unless the file is so large that it would have more pages than <see cref="MostPages"/>.</summary>
    public int PageSize { get; init; } = 4096;

    /// <summary>How many pages a file has at most, because the first key of each is kept in memory.</summary>
    public int MostPages { get; init; } = 16_384;

    /// <summary>Makes a file.</summary>
    public Stream Create() => create();

    /// <summary>Notes that something could not be read back. From then on nothing here is believed any more, because half of what a change needs may be missing.</summary>
    public EsimException Lose(Exception reason)
    {
        _loss ??= reason;
        return new(
            EsimError.EsimJournalUnavailable,
            $"What this connection had put into a temporary file beside the journal cannot be read back: {_loss.Message.TrimEnd('.')}.",
            "Nothing is sent that may have been sent before. Connect again: the journal itself has all of it.",
            _loss);
    }

    /// <summary>Ends everything once something could not be read back.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public void ThrowIfLost()
    {
        if (_loss is { } reason)
        {
            throw Lose(reason);
        }
    }

    // Without a buffer: an entry is looked up by reading its page and nothing else.
    private static FileStream CreateFile(string folder)
    {
        var path = OwnFiles.NewSpillPath(folder);
        var file = OwnFiles.Open(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        if (Environment.OSVersion.Platform == PlatformID.Win32NT)
        {
            return file;
        }

        try
        {
            // It lives on without a name as long as it is open, also when the process is killed.
            File.Delete(path);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
