// The way of lines into the database: what waits goes first, and what must not be lost stays on this machine until it is there.

using EsimTools.Store.Folder;
using EsimTools.Store.Lines;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>Brings lines into the database. Not thread-safe: whoever uses it takes turns.</summary>
/// <param name="writer">Writes them.</param>
/// <param name="outbox">What waits.</param>
/// <param name="kept">Keeps answers on this machine.</param>
/// <param name="hasher">Hides identifiers; null to show them.</param>
internal sealed class Delivery(LineWriter writer, Outbox outbox, KeptAnswers kept, IdentifierHasher? hasher)
{
    // How many of those that wait are on this machine's disk, too.
    private int _kept;

    /// <summary>Writes what waits, and a line behind it.</summary>
    /// <param name="line">The line; null for what waits alone.</param>
    public void Write(Entry? line)
    {
        var waiting = outbox.Take();
        if (waiting.Length > 0 || line is not null)
        {
            writer.Write(line is null ? waiting : [.. waiting, line]);
            Forget(waiting.Length);
        }
    }

    /// <summary>Writes what waits, and the line of a request behind it, in the transaction in which it was judged.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="line">The line.</param>
    /// <param name="now">The present moment.</param>
    public void Reserve(NpgsqlTransaction transaction, JournalLine line, DateTimeOffset now)
    {
        var waiting = outbox.Take();
        try
        {
            writer.Append(transaction, [.. waiting, Entry.Of(line, hasher)]);
            transaction.Commit();
            Forget(waiting.Length);
        }
        catch (Exception e) when (DatabaseFault.Is(e) && line.Event == JournalEvent.Sending)
        {
            // Nobody knows whether it is in the database, and that nothing has left is known here alone.
            TryKeep(Entry.Of(new() { Event = JournalEvent.Refused, At = now, LocalId = line.LocalId, Message = "The database was lost before the request left." }, hasher));
            throw;
        }
    }

    /// <summary>Keeps a line on this machine until it can be written, behind what waits; false where that fails too.</summary>
    public bool TryKeep(Entry entry)
    {
        outbox.Keep(entry);
        return TryKeepWaiting();
    }

    /// <summary>Keeps what waits on this machine until it can be written.</summary>
    /// <returns>Whether it is the first that is kept since something was written.</returns>
    public bool TryKeepFirst()
    {
        var isFirst = _kept == 0;
        return TryKeepWaiting() && isFirst && _kept > 0;
    }

    // False where that fails, too.
    private bool TryKeepWaiting()
    {
        var waiting = outbox.Take();
        try
        {
            kept.Keep(waiting.AsSpan(_kept));
            _kept = waiting.Length;
            return true;
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            return false;
        }
    }

    // What was kept on this machine was among those that waited.
    private void Forget(int count)
    {
        outbox.Remove(count);
        if (_kept > 0)
        {
            _kept = 0;
            kept.Forget();
        }
    }
}
