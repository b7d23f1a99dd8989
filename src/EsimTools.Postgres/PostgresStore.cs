// The store in a PostgreSQL database: the lines that a folder would hold, for all machines that share it.

using System.Text;
using EsimTools.Store;
using EsimTools.Store.Lines;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>Writes the journal of one connection and reads what all connections have written to the database.</summary>
/// <remarks>
/// Two sessions: one writes, and while it lives the server tells others that this connection is there; one reads, also while the first has the right to
/// reserve. Lock order, outermost first: the turn to write, the turn to read, the outbox.
/// </remarks>
internal sealed class PostgresStore : IEsimStore
{
    // A request of 10,000 profiles is a line of a megabyte.
    private const int KeysAtOnce = 16;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Action<EsimMessage> _report;
    private readonly LineReader _reader;
    private readonly LineWriter _writer;
    private readonly Outbox _outbox;
    private readonly KeptAnswers _kept;
    private readonly Delivery _delivery;
    private readonly PartReading _reading;
    private readonly DatabaseClock _clock;
    private readonly Retries _retries;

    /// <param name="place">Who asks.</param>
    /// <param name="title">The database, for a person.</param>
    /// <param name="folder">The local folder.</param>
    /// <param name="clock">The database's clock.</param>
    /// <param name="reader">Reads.</param>
    /// <param name="writer">Writes.</param>
    /// <param name="kept">Keeps answers on this machine.</param>
    /// <param name="hasher">What identifiers are hidden behind; null where none are.</param>
    public PostgresStore(DatabasePlace place, string title, string folder, DatabaseClock clock, LineReader reader, LineWriter writer, KeptAnswers kept, IdentifierHasher? hasher)
    {
        Service = place.Service;
        Title = title;
        Folder = folder;
        Hasher = hasher;
        WrittenHasher = place.HashIdentifiers ? hasher : null;
        _clock = clock;
        _report = place.Report;
        _reader = reader;
        _writer = writer;
        _kept = kept;
        _outbox = new(WrittenHasher, clock);
        _delivery = new(writer, _outbox, kept, WrittenHasher);
        _reading = new(title, reader, writer, hasher);
        _retries = new(clock, () => Flush());
    }

    /// <inheritdoc/>
    public string Service { get; }

    /// <inheritdoc/>
    public string Title { get; }

    /// <inheritdoc/>
    public string Folder { get; }

    /// <inheritdoc/>
    public Clock Clock => _clock;

    /// <inheritdoc/>
    public EsimMessage? Mended { get; init; }

    /// <inheritdoc/>
    public IdentifierHasher? Hasher { get; }

    /// <inheritdoc/>
    public IdentifierHasher? WrittenHasher { get; }

    /// <inheritdoc/>
    public int Gathered => _outbox.Count;

    /// <inheritdoc/>
    public async Task ReserveAsync(Func<JournalLine?> judge, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var transaction = await BeginAsync(isPolicy: false, cancellationToken).ConfigureAwait(false);
            try
            {
                if (_reading.Judge(transaction, judge) is { } line)
                {
                    _delivery.Reserve(transaction, line, Clock.UtcNow);
                }
            }
            catch (Exception e) when (DatabaseFault.Is(e))
            {
                _writer.End();
                _retries.Begin();
                throw DatabaseFault.Later(Title, e);
            }
            finally
            {
                await _writer.EndAsync(transaction).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Record(JournalLine line)
    {
        var entry = Entry.Of(line, WrittenHasher);
        var isAnswer = line.Event is JournalEvent.Accepted or JournalEvent.Refused or JournalEvent.InDoubt;
        if (TryWrite(entry, () => isAnswer && _delivery.TryKeep(entry), out var isKept) is { } fault)
        {
            _report(isKept
                ? Kept(fault, $"The answer to request {line.LocalId}", "Nothing more is sent until then.")
                : throw DatabaseFault.Later(Title, fault));
        }
    }

    /// <inheritdoc/>
    public void Gather(JournalLine outcome, string? id, string? eid = null) => _outbox.Gather(outcome, id, eid);

    /// <inheritdoc/>
    public bool Flush()
    {
        // Nothing was sent for these lines; but they may speak against what others believe, and nobody knows when something is written here again.
        var fault = TryWrite(null, _delivery.TryKeepFirst, out var isFirst);
        if (fault is not null && isFirst)
        {
            _report(Kept(fault, "What the service has said meanwhile", "Until then other machines do not know it."));
        }

        return fault is null;
    }

    /// <inheritdoc/>
    public void Check()
    {
        bool isWritable;
        try
        {
            isWritable = _reader.IsWritable();
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            throw DatabaseFault.Later(Title, e);
        }

        if (!isWritable)
        {
            throw new EsimException(
                EsimError.EsimJournalUnavailable,
                $"The journal in the database {Title} cannot be written: the server is a standby, or the user may add no lines.",
                "Have the address lead to the server that takes writes, and the user given its rights (docs/database.md).");
        }
    }

    /// <inheritdoc/>
    public void ReadNew(Action<JournalLine, JournalKeys, string> take, Action<string> report)
    {
        string? check;
        try
        {
            // Whoever judges by what is read, or asks the service something now, does it by the database's time, whatever has become of this machine's.
            _reader.Do(_clock.Follow);
            check = _reading.ReadNew(take, report);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            throw DatabaseFault.Later(Title, e);
        }

        if (Hasher is null && (check is not null || _reading.HasUnknown))
        {
            throw new EsimException(
                EsimError.EsimJournalUnavailable,
                $"Another connection has begun to hash the identifiers in the database {Title}, and this one, which was opened before, would not recognise them.",
                "Connect again with Connect-EsimService; nothing that has been sent is lost.");
        }
    }

    /// <inheritdoc/>
    public IEnumerable<JournalLine> Recall(IEnumerable<string> keys)
    {
        // What waits is looked at first: it may be written meanwhile, and is known by its token then.
        string[] wanted = [.. keys];
        var waiting = _outbox.Find(wanted.ToHashSet(StringComparer.Ordinal)).ToLookup(entry => entry.Key, StringComparer.Ordinal);
        foreach (var some in wanted.Chunk(KeysAtOnce))
        {
            ILookup<string?, LineReader.Read> found;
            try
            {
                found = _reader.Find(some);
            }
            catch (Exception e) when (DatabaseFault.Is(e))
            {
                throw DatabaseFault.Later(Title, e);
            }

            foreach (var key in some)
            {
                var tokens = found[key].Select(read => read.Token).ToHashSet();
                foreach (var text in found[key].Select(read => read.Text).Concat(waiting[key].Where(entry => !tokens.Contains(entry.Token)).Select(entry => Encoding.UTF8.GetBytes(entry.Text))))
                {
                    if (JournalLine.Read(text, out _) is { } line && line.Key == key)
                    {
                        yield return line;
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public bool? HasNews() => _reader.HasNews();

    /// <inheritdoc/>
    public bool IsBeingWritten(string part)
    {
        try
        {
            return LineWriter.NumberOf(part) is > 0 and var number && _reader.IsAlive(number);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            throw DatabaseFault.Later(Title, e);
        }
    }

    /// <inheritdoc/>
    public string? ReadPolicy()
    {
        try
        {
            return _reader.Do(PolicyRow.Read);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            throw DatabaseFault.Later(Title, e);
        }
    }

    /// <inheritdoc/>
    public async Task WritePolicyAsync(Func<string?, string?>? change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var transaction = await BeginAsync(isPolicy: true, cancellationToken).ConfigureAwait(false);
            try
            {
                PolicyRow.Write(transaction, change?.Invoke(PolicyRow.Read(transaction.Connection!)));
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (DatabaseFault.Is(e))
            {
                throw DatabaseFault.Later(Title, e);
            }
            finally
            {
                await _writer.EndAsync(transaction).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public int Archive(Func<string, bool> isNeeded)
    {
        try
        {
            return _reading.Archive(isNeeded);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            return 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _retries.Dispose();
        Flush();
        _writer.Dispose();
        _reader.Dispose();
    }

    // Writes what waits and a line behind it, or keeps it here; who is told of that may call whatever it likes, so it is when somebody else may write again.
    private Exception? TryWrite(Entry? line, Func<bool> keep, out bool isKept)
    {
        isKept = false;
        _turn.Wait();
        try
        {
            _delivery.Write(line);
            return null;
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            _writer.End();
            isKept = keep();
            _retries.Begin();
            return e;
        }
        finally
        {
            _turn.Release();
        }
    }

    private EsimMessage Kept(Exception fault, string what, string and) => new(
        EsimMessageLevel.Warning,
        $"{DatabaseFault.Later(Title, fault).Message} {what} is kept in '{_kept.FilePath}' and brought in as soon as the database can be reached from this machine. {and}");

    private async Task<NpgsqlTransaction> BeginAsync(bool isPolicy, CancellationToken cancellationToken)
    {
        try
        {
            return await _writer.BeginAsync(isPolicy, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            throw DatabaseFault.Later(Title, e);
        }
    }
}
