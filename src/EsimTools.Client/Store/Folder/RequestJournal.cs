// The append-only record of what was sent: JSON Lines in a folder, one file per connection, so that several processes can share
// the folder without waiting for each other.

using System.Globalization;

namespace EsimTools.Store.Folder;

/// <summary>Writes the journal of one connection and reads what all connections have written to the folder.</summary>
/// <remarks>
/// Lines that decide what may be sent again (<c>sending</c> and the three answers) are on the disk before the method returns. Outcomes can
/// be asked for again at the service, so they are gathered and written together: after a thousand equal ones, or with the next other line.
/// </remarks>
internal sealed class RequestJournal : IDisposable
{
    // A file that has grown to this is followed by another one, so that old ones can be put away.
    private const long LargestFile = 32L * 1024 * 1024;

    private readonly object _lock = new();
    private readonly Clock _clock;
    private readonly JournalFolder _folder;
    private readonly JournalPlaces _places = new();
    private readonly GatheredOutcomes _gathered = new();
    private readonly HashSet<string> _ownFiles = new(StringComparer.Ordinal);
    private readonly string _name;
    private LineAppender? _file;
    private FileStream? _life;
    private bool _isClosed;

    /// <summary>Opens the journal in a folder, making the folder when it is missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="service">The service's address, so that profiles of a sandbox and of production are never mixed.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="hashIdentifiers">Whether identifiers are written as keyed hashes.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public RequestJournal(string folder, string service, Clock clock, bool hashIdentifiers = false)
    {
        Folder = folder;
        Service = service;
        _clock = clock;
        try
        {
            Mended = OwnFiles.TakeOver(folder);
            Hasher = IdentifierHasher.Open(folder, create: hashIdentifiers);
        }
        catch (Exception e) when (DiskFault.Is(e) || e is ArgumentException)
        {
            throw Unavailable(e);
        }

        WrittenHasher = hashIdentifiers ? Hasher : null;
        _folder = new JournalFolder(folder, new() { Hasher = Hasher });
        _name = string.Format(CultureInfo.InvariantCulture, "{0:yyyyMMdd'T'HHmmss}-{1}", clock.UtcNow.UtcDateTime, Guid.NewGuid().ToString("N").Substring(0, 8));
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What was changed about the folder of an earlier version; null where nothing was.</summary>
    public EsimMessage? Mended { get; }

    /// <summary>The address of the service that this connection speaks to.</summary>
    public string Service { get; }

    /// <summary>What identifiers are hidden behind; null where the folder has none hidden.</summary>
    public IdentifierHasher? Hasher { get; }

    /// <summary>What this connection hides identifiers behind; null when it shows them.</summary>
    public IdentifierHasher? WrittenHasher { get; }

    /// <summary>Waits until nobody else who shares the folder is choosing what to send.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await FolderLock.EnterAsync(Folder, _clock, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Notes that a request is about to leave; it is on the disk when this returns.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: then it must not leave.</exception>
    public void Sending(EsimRequest request) => Append(new JournalLine
    {
        Event = JournalEvent.Sending,
        At = request.SubmittedAt,
        LocalId = request.LocalId,
        Service = Service,
        Action = request.Action,
        AccountName = request.AccountName,
        ServicePlan = request.ServicePlan,
        Sequence = request.Sequence,
        IsOverOpen = request.IsOverOpen,
        Run = request.Run,
        Profiles = request.Profiles,
    });

    /// <summary>Notes the answer to a request.</summary>
    public void Answered(EsimRequest request, JournalEvent answer, int? statusCode = null, string? code = null, string? message = null) => Append(new JournalLine
    {
        Event = answer,
        At = _clock.UtcNow,
        LocalId = request.LocalId,
        RequestId = request.RequestId,
        StatusCode = statusCode,
        Code = code,
        Message = message,
    });

    /// <summary>Notes an outcome; it reaches the disk with the next other line, with <see cref="Flush"/>, or when many have gathered.</summary>
    public void Outcome(string localId, string? requestId, string action, string? id, in ObservedOutcome outcome, string? eid = null)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            var line = new JournalLine
            {
                Event = JournalEvent.Outcome,
                At = outcome.At,
                LocalId = localId,
                RequestId = requestId,
                Action = action,
                Service = Service,
                Source = outcome.Source,
                Outcome = outcome.Status,
                State = outcome.State,
                ProfileStatus = outcome.ProfileStatus,
                ProfileRole = outcome.ProfileRole,
                Code = outcome.Code,
                Message = outcome.Message,
                Vouches = outcome.Vouches,
            };

            if (!_gathered.Takes(line, eid))
            {
                try
                {
                    WriteGathered();
                }
                catch (Exception e) when (DiskFault.Is(e))
                {
                    // As with Flush: the service still knows these outcomes.
                }
            }

            _gathered.Add(line, id, eid);
        }
    }

    /// <summary>Writes the outcomes that have gathered. They can be asked for again, so a failing disk is no error here.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            try
            {
                WriteGathered();
                _file?.Flush();
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                // Nothing was sent for these lines and nothing is lost: the service still knows the outcomes.
            }
        }
    }

    /// <summary>Hands over the lines that other connections have written since the last time.</summary>
    /// <param name="take">Takes a line, its identifiers, and the file it stands in.</param>
    /// <param name="report">Told of each line that cannot be read: file, line number and reason.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>; also when identifiers are hidden there that this connection cannot recognise.</exception>
    public void ReadNew(Action<JournalLine, JournalKeys, string> take, Action<string> report)
    {
        lock (_lock)
        {
            try
            {
                _folder.ReadNew(
                    _ownFiles.Contains,
                    (line, place) =>
                    {
                        _places.Note(line.LocalId, place);
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
        if (Hasher is null && IdentifierHasher.IsIn(Folder))
        {
            throw new EsimException(
                EsimError.EsimJournalUnavailable,
                $"Another connection has begun to hash the identifiers in the journal in '{Folder}', and this one, which was opened before, would not recognise them.",
                "Connect again with Connect-EsimService; nothing that has been sent is lost.");
        }

        if (Hasher is null && _folder.Keys.HasUnknown)
        {
            throw Unavailable(IdentifierHasher.KeyIsGone(Folder));
        }
    }

    /// <summary>Whether the connection that wrote a file is still there.</summary>
    public bool IsBeingWritten(string path) => _folder.IsBeingWritten(path);

    /// <summary>Puts away files that have become too many and no longer matter. A disk that does not let them go is no error.</summary>
    /// <param name="isNeeded">Whether a file has requests that have not ended.</param>
    public int Archive(Func<string, bool> isNeeded)
    {
        lock (_lock)
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

    /// <summary>Reads all lines of some requests with their texts, request by request, each one's lines in the order in which they were found.</summary>
    public IEnumerable<JournalLine> LinesOf(IEnumerable<string> localIds)
    {
        Flush();
        (string LocalId, JournalPlace Place)[] places;
        lock (_lock)
        {
            places = [.. localIds.SelectMany(id => _places.Of(id).Select(place => (id, place)))];
        }

        return JournalFile.ReadAt(places.Select(place => place.Place)).Zip(places, (lines, place) => lines.Where(line => line.LocalId == place.LocalId)).SelectMany(lines => lines);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        lock (_lock)
        {
            _isClosed = true;
            _file?.Dispose();
            _file = null;
            _life?.Dispose();
            _life = null;
        }
    }

    private void Append(JournalLine line)
    {
        lock (_lock)
        {
            try
            {
                WriteGathered();
                Write(line);
                _file!.Flush(toDisk: true);
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                throw Unavailable(e);
            }
        }
    }

    private void WriteGathered()
    {
        if (_gathered.Take() is { } line)
        {
            Write(line);
        }
    }

    private void Write(JournalLine line)
    {
        if (_isClosed)
        {
            throw new ObjectDisposedException(nameof(RequestJournal));
        }

        OpenFile(mayBegin: line.Event == JournalEvent.Sending);
        var start = _file!.Append(file => line.WriteTo(file, WrittenHasher));
        _places.Note(line.LocalId, new(_file.Path, start, (int)(_file.Size - start) - 1));
    }

    // Others can tell by the second file, which the system closes whatever happens, whether this connection is still at work.
    private void OpenFile(bool mayBegin)
    {
        if (_file is not null && (!mayBegin || _file.Size < LargestFile))
        {
            return;
        }

        _file?.Dispose();
        _file = null;
        var path = Path.Combine(Folder, _name + (_ownFiles.Count == 0 ? string.Empty : string.Format(CultureInfo.InvariantCulture, "-{0:000}", _ownFiles.Count + 1)) + ".jsonl");
        _life ??= OwnFiles.Open(JournalFolder.LifePathOf(path), FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);

        _file = new(OwnFiles.Open(path, FileMode.Append, FileAccess.Write, FileShare.Read));
        _ownFiles.Add(path);
    }

    private EsimException Unavailable(Exception e) => new(
        EsimError.EsimJournalUnavailable,
        $"The journal in '{Folder}' cannot be written: {e.Message.TrimEnd('.')}.",
        "Nothing is sent without a journal line. Free the disk or the permissions, or choose another folder with Connect-EsimService -JournalPath.",
        e);
}
