// The store: where what is sent and heard is kept for every process that shares it. It holds no opinion; whoever reserves brings the judge along.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>A write-ahead journal in batches, and the right to reserve. Every member may be called from any thread, and none calls observers.</summary>
/// <remarks>A line is about a list of profiles: the up to 10,000 of a request, or all those of one of its requests with the same outcome.</remarks>
internal interface IEsimStore : IDisposable
{
    /// <summary>The address of the service that this connection speaks to; its profiles and those of a sandbox are never mixed.</summary>
    string Service { get; }

    /// <summary>What a person knows it by: the folder, or the database and its host. Never a secret.</summary>
    string Title { get; }

    /// <summary>The folder for what stays on this machine: what listeners record before they answer.</summary>
    string Folder { get; }

    /// <summary>The clock of all who share the store: in a folder this machine's, in a database the database's, because machines may differ by hours.</summary>
    Clock Clock { get; }

    /// <summary>What a person should know of what opening it has changed; null where nothing was.</summary>
    EsimMessage? Mended { get; }

    /// <summary>What identifiers are hidden behind here; null where none are hidden.</summary>
    IdentifierHasher? Hasher { get; }

    /// <summary>What this connection hides identifiers behind; null when it shows them.</summary>
    IdentifierHasher? WrittenHasher { get; }

    /// <summary>
    /// Reserves: waits until nobody else who shares the store is choosing what to send, calls the judge, and writes its line ahead. No other process
    /// can cut across, and what is in the line is durable when this returns.
    /// </summary>
    /// <param name="judge">
    /// Takes in what others have written, judges the profiles of a request by all that is known, and gives the line that holds those that may leave;
    /// null where none may.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: nothing may leave.</exception>
    Task ReserveAsync(Func<JournalLine?> judge, CancellationToken cancellationToken);

    /// <summary>Records a line, behind the outcomes that have gathered; durable when this returns.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    void Record(JournalLine line);

    /// <summary>
    /// Gathers an outcome in memory, to be written together with others by <see cref="Flush"/> or with the next other line; it can be asked for
    /// again at the service, so a process that is killed before loses nothing.
    /// </summary>
    /// <param name="outcome">What was heard, without identifiers.</param>
    /// <param name="id">The profile, or for an action on devices the device; null where it is not known.</param>
    /// <param name="eid">The EID on which the service has placed the profile; null where it has named none.</param>
    void Gather(JournalLine outcome, string? id, string? eid = null);

    /// <summary>How many outcomes have gathered.</summary>
    int Gathered { get; }

    /// <summary>Writes the outcomes that have gathered. They can be asked for again, so a store that fails is no error here.</summary>
    /// <returns>Whether they are in the store now.</returns>
    bool Flush();

    /// <summary>Finds out whether lines could be written now, without writing one. What stays on this machine (<see cref="Folder"/>) is looked at by those who write there.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: they could not.</exception>
    void Check();

    /// <summary>Hands over the lines that other connections have written since the last time, in one order.</summary>
    /// <param name="take">Takes a line, its identifiers as keys, and the name of the part of the store in which its sender writes.</param>
    /// <param name="report">Told of what cannot be read.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>; also when identifiers are hidden there that this connection cannot recognise.</exception>
    void ReadNew(Action<JournalLine, JournalKeys, string> take, Action<string> report);

    /// <summary>Whether others may have written since this was last asked, without a way to the store; null where that cannot be told, and whoever wants to know reads.</summary>
    /// <remarks>That a connection is gone is told by nobody, so whoever waits reads now and then all the same.</remarks>
    bool? HasNews();

    /// <summary>Recalls all lines of some requests, or the ends of runs, with their texts, one after the other, each one's lines in the order in which they were found.</summary>
    /// <param name="keys">What the lines are found by; see <see cref="JournalLine.Key"/>.</param>
    IEnumerable<JournalLine> Recall(IEnumerable<string> keys);

    /// <summary>Whether the connection that writes in a part of the store is still there, so that what it sends may be on its way.</summary>
    bool IsBeingWritten(string part);

    /// <summary>The policy of all who share the store, as text; null where there is none.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPolicyUnusable"/>: it cannot be read.</exception>
    string? ReadPolicy();

    /// <summary>Replaces the policy in one step, while nobody who shares the store is choosing what to send.</summary>
    /// <param name="change">Given the policy of before, gives the one from now on; null where there is none. Without it the policy is taken away unread.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPolicyUnusable"/>: it cannot be read; <see cref="EsimError.EsimJournalUnavailable"/>: it cannot be written.</exception>
    Task WritePolicyAsync(Func<string?, string?>? change, CancellationToken cancellationToken);

    /// <summary>Archives parts that have become too many and no longer matter.</summary>
    /// <param name="isNeeded">Whether a part has requests that have not ended.</param>
    /// <returns>How many.</returns>
    int Archive(Func<string, bool> isNeeded);
}
