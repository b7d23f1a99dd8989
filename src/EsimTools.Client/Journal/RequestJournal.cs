// The append-only record of what was sent: JSON Lines in a folder, one file per connection, so that several processes can share
// the folder without waiting for each other.

using System.Globalization;
using EsimTools.Callbacks;
using EsimTools.Requests;

namespace EsimTools.Journal;

/// <summary>Writes the journal of one connection and reads what all connections have written to the folder.</summary>
/// <remarks>
/// Lines that decide what may be sent again (<c>sending</c> and the three answers) are on the disk before the method returns. Outcomes can
/// be asked for again at the service, so they are gathered and written together: after a thousand equal ones, or with the next other line.
/// </remarks>
internal sealed class RequestJournal : IDisposable
{
    private const int MostIdsInALine = 1000;

    private readonly object _lock = new();
    private readonly Clock _clock;
    private FileStream? _file;
    private bool _isTorn;
    private bool _isClosed;
    private JournalLine? _gathered;
    private List<string> _gatheredIds = [];

    /// <summary>Opens the journal in a folder, making the folder when it is missing.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public RequestJournal(string folder, string service, Clock clock)
    {
        Folder = folder;
        Service = service;
        _clock = clock;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw Unavailable(e);
        }

        FilePath = Path.Combine(
            folder,
            string.Format(CultureInfo.InvariantCulture, "{0:yyyyMMdd'T'HHmmss}-{1}.jsonl", clock.UtcNow.UtcDateTime, Guid.NewGuid().ToString("N").Substring(0, 8)));
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The file of this connection; made with the first line.</summary>
    public string FilePath { get; }

    /// <summary>The address of the service that this connection speaks to.</summary>
    public string Service { get; }

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
    public void Outcome(string localId, string? requestId, string action, string? id, in ObservedOutcome outcome)
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
            };

            if (_gathered is not null && (_gatheredIds.Count >= MostIdsInALine || _gathered with { At = line.At } != line))
            {
                try
                {
                    WriteGathered();
                }
                catch (Exception e) when (IsDiskFault(e))
                {
                    // As with Flush: the service still knows these outcomes.
                }
            }

            _gathered ??= line;
            if (id is not null)
            {
                _gatheredIds.Add(id);
            }
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
            catch (Exception e) when (IsDiskFault(e))
            {
                // Nothing was sent for these lines and nothing is lost: the service still knows the outcomes.
            }
        }
    }

    /// <summary>Reads the lines of every file in the folder, oldest file first.</summary>
    /// <param name="report">Told of each line that cannot be read: file, line number and reason. A torn last line is left out with its own words.</param>
    public IEnumerable<JournalLine> ReadAll(Action<string> report)
    {
        // The callbacks that listeners have received are kept in the same folder, in files of their own.
        var files = Directory.GetFiles(Folder, "*.jsonl").Where(file => !CallbackSpool.IsSpool(file)).ToArray();
        Array.Sort(files, StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (var line in JournalFile.Read(file, report))
            {
                yield return line;
            }
        }
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
        }
    }

    private static bool IsDiskFault(Exception e) => e is IOException or UnauthorizedAccessException or ObjectDisposedException;

    private void Append(JournalLine line)
    {
        lock (_lock)
        {
            try
            {
                WriteGathered();
                Write(line);
                _file!.Flush(flushToDisk: true);
            }
            catch (Exception e) when (IsDiskFault(e))
            {
                throw Unavailable(e);
            }
        }
    }

    private void WriteGathered()
    {
        if (_gathered is null)
        {
            return;
        }

        var line = _gathered with { Ids = _gatheredIds };
        _gathered = null;
        _gatheredIds = [];
        Write(line);
    }

    private void Write(JournalLine line)
    {
        if (_isClosed)
        {
            throw new ObjectDisposedException(nameof(RequestJournal));
        }

        _file ??= new FileStream(FilePath, FileMode.Append, FileAccess.Write, FileShare.Read, 1 << 16);
        if (_isTorn)
        {
            // What a full disk left of an earlier line must not run into this one.
            _file.WriteByte((byte)'\n');
            _isTorn = false;
        }

        try
        {
            line.WriteTo(_file);
        }
        catch
        {
            _isTorn = true;
            throw;
        }
    }

    private EsimException Unavailable(Exception e) => new(
        EsimError.EsimJournalUnavailable,
        $"The journal in '{Folder}' cannot be written: {e.Message.TrimEnd('.')}.",
        "Nothing is sent without a journal line. Free the disk or the permissions, or choose another folder with Connect-EsimService -JournalPath.",
        e);
}
