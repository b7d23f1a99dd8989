// The mark of a folder into which a journal is being copied: half of a journal tells that profiles are free which the other half holds.

namespace EsimTools.Store.Folder;

/// <summary>Sets, takes away and looks for the mark.</summary>
internal static class UnfinishedCopy
{
    /// <summary>The file; it is there from before the first line is copied until all are on the disk.</summary>
    public const string FileName = "copy.unfinished";

    /// <summary>Marks a folder, durably.</summary>
    public static void Mark(string folder)
    {
        using var file = OwnFiles.Open(PathIn(folder), FileMode.Create, FileAccess.Write, FileShare.None);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Takes the mark away.</summary>
    public static void Clear(string folder) => File.Delete(PathIn(folder));

    /// <summary>Refuses a folder that is marked.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public static void Refuse(string folder)
    {
        if (File.Exists(PathIn(folder)))
        {
            throw new EsimException(
                EsimError.EsimJournalUnavailable,
                $"A journal is being copied into '{folder}', or was until that was broken off; half of it would tell that profiles are free which are not.",
                "Give the same Copy-EsimJournal again: it goes on from where it was, and the folder can be used when it has ended.");
        }
    }

    private static string PathIn(string folder) => Path.Combine(folder, FileName);
}
