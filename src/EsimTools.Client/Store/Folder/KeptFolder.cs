// The journal in a folder as a whole, for who copies or clears it: the lines of all services, the key, and the policy.

using System.Globalization;
using EsimTools.Store.Lines;

namespace EsimTools.Store.Folder;

/// <summary>Reads and changes a folder while nobody else may choose what to send. Not thread-safe.</summary>
internal sealed class KeptFolder : IKeptJournal
{
    private readonly Clock _clock;
    private readonly KeptFiles _files;
    private FolderLock? _lock;

    private KeptFolder(string folder, Clock clock)
    {
        (Folder, _clock) = (folder, clock);
        _files = new(folder, clock);
    }

    /// <inheritdoc/>
    public string Title => Folder;

    /// <inheritdoc/>
    public string Identity => Folder;

    /// <inheritdoc/>
    public string Folder { get; }

    /// <inheritdoc/>
    public byte[]? Key { get; private set; }

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="mustExist">Whether a journal has to be there already.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public static KeptFolder Open(string folder, bool mustExist, Clock clock)
    {
        if (mustExist && !KeptFiles.IsJournal(folder))
        {
            throw new EsimException(EsimError.EsimJournalUnavailable, $"There is no journal in '{folder}'.", "Give the folder that (Get-EsimConnection).JournalPath shows.");
        }

        return Try(folder, () =>
        {
            OwnFiles.TakeOver(folder);
            if (mustExist)
            {
                UnfinishedCopy.Refuse(folder);
            }

            return new KeptFolder(folder, clock) { Key = HasherKey.Read(folder) };
        });
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Services() => [.. Read(static _ => { }).Select(line => line.Service).Distinct(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public async Task EnterAsync(IReadOnlyCollection<string> services, CancellationToken cancellationToken)
    {
        try
        {
            _lock = await FolderLock.EnterAsync(Folder, _clock, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw Unavailable(Folder, e);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Writers() => Try(Folder, _files.FindWriters);

    /// <inheritdoc/>
    public IReadOnlyList<string> FindUndelivered() => [];

    /// <inheritdoc/>
    public string? ReadPolicy() => PolicyFile.Read(Folder);

    /// <inheritdoc/>
    public IEnumerable<KeptLine> Read(Action<string> report)
    {
        var keys = new JournalKeys { Hasher = Key is { } key ? new(key) : null };
        using var lines = _files.Read(keys, report).GetEnumerator();
        while (Try(Folder, lines.MoveNext))
        {
            yield return lines.Current;
        }

        if (Key is null && keys.HasUnknown)
        {
            throw Unavailable(Folder, HasherKey.KeyIsGone(Folder));
        }
    }

    /// <inheritdoc/>
    public void Begin() => Try(Folder, () =>
    {
        UnfinishedCopy.Mark(Folder);
        _files.DeleteDrafts();
    });

    /// <inheritdoc/>
    public void TakeKey(byte[] key) => Try(Folder, () =>
    {
        HasherKey.Write(Folder, key);
        Key = HasherKey.Read(Folder);
    });

    /// <inheritdoc/>
    public void WritePolicy(string text) => PolicyFile.Change(Folder, _ => text, e => Unavailable(Folder, e));

    /// <inheritdoc/>
    public void Append(IEnumerable<KeptLine> lines) => Try(Folder, () => _files.Append(lines));

    /// <inheritdoc/>
    public IReadOnlyCollection<string> HalfRemoved => Try(Folder, () => RemovedRequests.Read(Folder));

    /// <inheritdoc/>
    public void Remove(IReadOnlyCollection<string> requests, Func<KeptLine, bool> goes) => Try(Folder, () =>
    {
        RemovedRequests.Write(Folder, requests);
        FileRewriter.DeleteSuperseded(Folder);
        FileRewriter.Run(_files.Read(new() { Hasher = Key is { } key ? new(key) : null }, static _ => { }).Where(goes), _files.IsBeingWritten);
        RemovedRequests.Clear(Folder);
    });

    /// <inheritdoc/>
    public void End() => Try(Folder, () => UnfinishedCopy.Clear(Folder));

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();

    private static void Try(string folder, Action work) => Try<object?>(folder, () =>
    {
        work();
        return null;
    });

    private static T Try<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (DiskFault.Is(e) || e is ArgumentException)
        {
            throw Unavailable(folder, e);
        }
    }

    private static EsimException Unavailable(string folder, Exception e) => new(
        EsimError.EsimJournalUnavailable,
        string.Format(CultureInfo.InvariantCulture, "The journal in '{0}' cannot be used: {1}.", folder, e.Message.TrimEnd('.')),
        "Free the disk or the permissions, and give the command again; what it had not finished is done then.",
        e);
}
