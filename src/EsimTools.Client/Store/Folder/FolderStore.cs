// The store in a folder: JSON Lines, only ever appended to, one file for each connection, so that several processes can share the folder without
// waiting for each other.

using EsimTools.Store.Lines;

namespace EsimTools.Store.Folder;

/// <summary>Writes the journal of one connection and reads what all connections have written to the folder.</summary>
/// <remarks>
/// Lines that decide what may be sent again (<c>sending</c> and the three answers) are on the disk before the method returns. Outcomes can
/// be asked for again at the service, so they are gathered in memory and written together.
/// Lock order, outermost first: the folder's lock, the reading, the writer, the gathered outcomes; the places of lines are locked innermost.
/// </remarks>
internal sealed class FolderStore : IEsimStore
{
    private readonly object _reading = new();
    private readonly object _writer = new();
    private readonly Clock _clock;
    private readonly JournalFolder _folder;
    private readonly JournalPlaces _places = new();
    private readonly GatheredOutcomes _gathered;
    private readonly ConnectionFiles _own;

    /// <summary>Opens the journal in a folder, making the folder when it is missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="service">The service's address, so that profiles of a sandbox and of production are never mixed.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="hashIdentifiers">Whether identifiers are written as keyed hashes.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public FolderStore(string folder, string service, Clock clock, bool hashIdentifiers = false)
    {
        Folder = folder;
        Service = service;
        _clock = clock;
        _gathered = new(clock);
        try
        {
            Mended = OwnFiles.TakeOver(folder);
            UnfinishedCopy.Refuse(folder);
            Hasher = HasherKey.Open(folder, create: hashIdentifiers);
        }
        catch (Exception e) when (DiskFault.Is(e) || e is ArgumentException)
        {
            throw Unavailable(e);
        }

        WrittenHasher = hashIdentifiers ? Hasher : null;
        _folder = new JournalFolder(folder, new() { Hasher = Hasher });
        _own = new(folder, clock.UtcNow);
    }

    /// <inheritdoc/>
    public string Folder { get; }

    /// <inheritdoc/>
    public string Title => Folder;

    /// <inheritdoc/>
    public Clock Clock => _clock;

    /// <inheritdoc/>
    public EsimMessage? Mended { get; }

    /// <inheritdoc/>
    public string Service { get; }

    /// <inheritdoc cref="ConnectionFiles.Begin"/>
    public Func<string, FileStream> Begin
    {
        get => _own.Begin;
        set => _own.Begin = value;
    }

    /// <inheritdoc/>
    public IdentifierHasher? Hasher { get; }

    /// <inheritdoc/>
    public IdentifierHasher? WrittenHasher { get; }

    /// <inheritdoc/>
    public int Gathered
    {
        get
        {
            lock (_gathered)
            {
                return _gathered.Count;
            }
        }
    }

    /// <inheritdoc/>
    public async Task ReserveAsync(Func<JournalLine?> judge, CancellationToken cancellationToken)
    {
        using (await EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            if (judge() is { } line)
            {
                Record(line);
            }
        }
    }

    /// <inheritdoc/>
    public void Record(JournalLine line)
    {
        lock (_writer)
        {
            try
            {
                WriteGathered();
                Write(line);
                _own.Flush(toDisk: true);
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                throw Unavailable(e);
            }
        }
    }

    /// <inheritdoc/>
    public void Gather(JournalLine outcome, string? id, string? eid = null)
    {
        lock (_gathered)
        {
            _gathered.Add(outcome, id, eid);
        }
    }

    /// <inheritdoc/>
    public bool Flush()
    {
        lock (_writer)
        {
            try
            {
                WriteGathered();
                _own.Flush();
                return true;
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                // Nothing was sent for these lines, and they are written when the disk takes them again.
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Check()
    {
        // Its folder is the one in which those who ask write themselves.
    }

    /// <inheritdoc/>
    public void ReadNew(Action<JournalLine, JournalKeys, string> take, Action<string> report)
    {
        lock (_reading)
        {
            try
            {
                _folder.ReadNew(
                    _own.Has,
                    (line, place) =>
                    {
                        Note(line.Key, place);
                        take(line, _folder.Keys, place.Path);
                    },
                    report);
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                throw Unavailable(e);
            }
        }

        // Behind the reading: the key was there before the first line that it hides.
        if (Hasher is null && HasherKey.IsIn(Folder))
        {
            throw new EsimException(
                EsimError.EsimJournalUnavailable,
                $"Another connection has begun to hash the identifiers in the journal in '{Folder}', and this one, which was opened before, would not recognise them.",
                "Connect again with Connect-EsimService; nothing that has been sent is lost.");
        }

        if (Hasher is null && _folder.Keys.HasUnknown)
        {
            throw Unavailable(HasherKey.KeyIsGone(Folder));
        }
    }

    /// <inheritdoc/>
    public bool? HasNews() => null;

    /// <inheritdoc/>
    public bool IsBeingWritten(string part) => _folder.IsBeingWritten(part);

    /// <inheritdoc/>
    public int Archive(Func<string, bool> isNeeded)
    {
        lock (_reading)
        {
            try
            {
                return _folder.Archive(isNeeded, _clock.UtcNow);
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                return 0;
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<JournalLine> Recall(IEnumerable<string> keys)
    {
        Flush();
        (string Key, JournalPlace Place)[] places;
        lock (_places)
        {
            places = [.. keys.SelectMany(id => _places.Of(id).Select(place => (id, place)))];
        }

        return JournalFile.ReadAt(places.Select(place => place.Place), e => Unavailable(e, "read")).Zip(places, (lines, place) => lines.Where(line => line.Key == place.Key)).SelectMany(lines => lines);
    }

    /// <inheritdoc/>
    public string? ReadPolicy() => PolicyFile.Read(Folder);

    /// <inheritdoc/>
    public async Task WritePolicyAsync(Func<string?, string?>? change, CancellationToken cancellationToken)
    {
        using (await EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            PolicyFile.Change(Folder, change, Unavailable);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        lock (_writer)
        {
            _own.Dispose();
        }
    }

    private async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        FolderLock entered;
        try
        {
            entered = await FolderLock.EnterAsync(Folder, _clock, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw Unavailable(e);
        }

        try
        {
            UnfinishedCopy.Refuse(Folder);
            return entered;
        }
        catch
        {
            entered.Dispose();
            throw;
        }
    }

    private void WriteGathered()
    {
        JournalLine[] lines;
        lock (_gathered)
        {
            lines = _gathered.Take();
        }

        var written = 0;
        try
        {
            for (; written < lines.Length; written++)
            {
                Write(lines[written]);
            }
        }
        finally
        {
            // What speaks against a confirmation that is on the disk already must get there too, once there is room again.
            lock (_gathered)
            {
                _gathered.PutBack(new ArraySegment<JournalLine>(lines, written, lines.Length - written));
            }
        }
    }

    private void Write(JournalLine line) => Note(line.Key, _own.Append(line, WrittenHasher));

    private void Note(string? key, JournalPlace place)
    {
        lock (_places)
        {
            _places.Note(key, place);
        }
    }

    private EsimException Unavailable(Exception e) => Unavailable(e, "written");

    private EsimException Unavailable(Exception e, string what) => new(
        EsimError.EsimJournalUnavailable,
        $"The journal in '{Folder}' cannot be {what}: {e.Message.TrimEnd('.')}.",
        "Nothing is sent without a journal line. Free the disk or the permissions, or choose another folder with Connect-EsimService -Journal.",
        e);
}
