// Where a line stands, or several.

namespace EsimTools.Store.Folder;

/// <summary>Where a line stands, or several.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">The length in bytes, without the last line feed.</param>
internal readonly record struct JournalPlace(string Path, long Offset, int Length)
{
    // Reading this much at once takes no longer than finding the way to it on a slow disk.
    private const int Most = 256 * 1024;

    private long End => Offset + Length;

    /// <summary>This place and a later one with all that is between them; null when that is too much to be read at once.</summary>
    public JournalPlace? With(JournalPlace later) =>
        later.Path == Path && later.Offset >= End && later.End - Offset <= Most ? this with { Length = (int)(later.End - Offset) } : null;
}
