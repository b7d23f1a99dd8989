// A store for who only wants to know what is in it: what a connection would note of what it reads is not written.

using EsimTools.Store.Lines;

namespace EsimTools.Store;

/// <summary>Reads from a store and writes nothing to it.</summary>
/// <param name="store">The store.</param>
internal sealed class ListeningStore(IEsimStore store) : IEsimStore
{
    /// <inheritdoc/>
    public string Service => store.Service;

    /// <inheritdoc/>
    public string Title => store.Title;

    /// <inheritdoc/>
    public string Folder => store.Folder;

    /// <inheritdoc/>
    public Clock Clock => store.Clock;

    /// <inheritdoc/>
    public EsimMessage? Mended => store.Mended;

    /// <inheritdoc/>
    public IdentifierHasher? Hasher => store.Hasher;

    /// <inheritdoc/>
    public IdentifierHasher? WrittenHasher => store.WrittenHasher;

    /// <inheritdoc/>
    public int Gathered => 0;

    /// <inheritdoc/>
    public Task ReserveAsync(Func<JournalLine?> judge, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Record(JournalLine line) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Gather(JournalLine outcome, string? id, string? eid = null)
    {
        // The next connection hears it too.
    }

    /// <inheritdoc/>
    public bool Flush() => true;

    /// <inheritdoc/>
    public void Check() => store.Check();

    /// <inheritdoc/>
    public bool? HasNews() => store.HasNews();

    /// <inheritdoc/>
    public void ReadNew(Action<JournalLine, JournalKeys, string> take, Action<string> report) => store.ReadNew(take, report);

    /// <inheritdoc/>
    public IEnumerable<JournalLine> Recall(IEnumerable<string> keys) => store.Recall(keys);

    /// <inheritdoc/>
    public bool IsBeingWritten(string part) => store.IsBeingWritten(part);

    /// <inheritdoc/>
    public string? ReadPolicy() => store.ReadPolicy();

    /// <inheritdoc/>
    public Task WritePolicyAsync(Func<string?, string?>? change, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public int Archive(Func<string, bool> isNeeded) => 0;

    /// <inheritdoc/>
    public void Dispose() => store.Dispose();
}
