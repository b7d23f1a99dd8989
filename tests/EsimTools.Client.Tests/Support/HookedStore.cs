// A journal folder with places at which a test has something else happen, as another thread or process would: in the middle of one step of the memory.

using EsimTools.Store;
using EsimTools.Store.Folder;
using EsimTools.Store.Lines;

namespace EsimTools.Client.Tests.Support;

/// <summary>A store in a folder, and what happens meanwhile. Each happens once.</summary>
internal sealed class HookedStore(FolderStore inner) : IEsimStore
{
    /// <summary>Happens before the folder is read.</summary>
    public Action? WhenReading { get; set; }

    /// <summary>Happens when the folder has been read and the memory does not know yet that it has been.</summary>
    public Action? WhenRead { get; set; }

    /// <summary>Happens when the right to reserve has been given back and who had it does not know yet.</summary>
    public Action? WhenReserved { get; set; }

    /// <summary>Happens before the lines of requests are read that are to be made again.</summary>
    public Action? WhenRecalled { get; set; }

    /// <summary>Happens when those lines have been read.</summary>
    public Action? WhenReadBack { get; set; }

    /// <summary>Happens behind a line that has been taken in and that it is told of, before the next one.</summary>
    public Action<JournalLine>? WhenTaken { get; set; }

    public string Service => inner.Service;

    public string Title => inner.Title;

    public string Folder => inner.Folder;

    public Clock Clock => inner.Clock;

    public EsimMessage? Mended => inner.Mended;

    public IdentifierHasher? Hasher => inner.Hasher;

    public IdentifierHasher? WrittenHasher => inner.WrittenHasher;

    public int Gathered => inner.Gathered;

    public async Task ReserveAsync(Func<JournalLine?> judge, CancellationToken cancellationToken)
    {
        await inner.ReserveAsync(judge, cancellationToken);
        var happens = WhenReserved;
        WhenReserved = null;
        happens?.Invoke();
    }

    public void Record(JournalLine line) => inner.Record(line);

    public void Gather(JournalLine outcome, string? id, string? eid = null) => inner.Gather(outcome, id, eid);

    public bool Flush() => inner.Flush();

    public void Check() => inner.Check();

    public void ReadNew(Action<JournalLine, JournalKeys, string> take, Action<string> report)
    {
        var happens = WhenReading;
        WhenReading = null;
        happens?.Invoke();
        inner.ReadNew(
            (line, keys, part) =>
            {
                take(line, keys, part);
                WhenTaken?.Invoke(line);
            },
            report);
        happens = WhenRead;
        WhenRead = null;
        happens?.Invoke();
    }

    public IEnumerable<JournalLine> Recall(IEnumerable<string> localIds)
    {
        var happens = WhenRecalled;
        WhenRecalled = null;
        happens?.Invoke();
        var lines = inner.Recall(localIds).ToArray();
        happens = WhenReadBack;
        WhenReadBack = null;
        happens?.Invoke();
        return lines;
    }

    public bool? HasNews() => inner.HasNews();

    public bool IsBeingWritten(string part) => inner.IsBeingWritten(part);

    public string? ReadPolicy() => inner.ReadPolicy();

    public Task WritePolicyAsync(Func<string?, string?>? change, CancellationToken cancellationToken) => inner.WritePolicyAsync(change, cancellationToken);

    public int Archive(Func<string, bool> isNeeded) => inner.Archive(isNeeded);

    public void Dispose() => inner.Dispose();
}
