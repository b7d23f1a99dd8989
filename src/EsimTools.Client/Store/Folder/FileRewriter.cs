// Journal files written anew without some of their lines. A file that is being read is never changed: the new one has a name of its own, which sorts where
// the old one stood, and is there before the old one goes. So whoever reads meanwhile finds every line that stays, perhaps twice, which changes nothing.

using System.Globalization;
using EsimTools.Store.Lines;

namespace EsimTools.Store.Folder;

/// <summary>Removes lines from files to which nobody writes.</summary>
internal static class FileRewriter
{
    private const string Suffix = ".jsonl";

    // It sorts before the hyphen in front of the number of a connection's next file.
    private const char Mark = '+';

    /// <summary>Deletes what was to take the place of files that are still there, and holds nothing that they do not.</summary>
    public static void DeleteSuperseded(string folder)
    {
        foreach (var place in new[] { folder, Path.Combine(folder, JournalFolder.ArchiveName) }.Where(Directory.Exists))
        {
            foreach (var path in Directory.GetFiles(place, "*" + Suffix).Where(path => File.Exists(NextNameOf(path))).Select(NextNameOf).ToArray())
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Removes lines.</summary>
    /// <param name="lines">The lines that go.</param>
    /// <param name="isBeingWritten">Whether the connection that writes a file is there.</param>
    public static void Run(IEnumerable<KeptLine> lines, Func<string, bool> isBeingWritten)
    {
        var going = new Dictionary<string, HashSet<long>>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (!going.TryGetValue(line.Part.Name, out var places))
            {
                going[line.Part.Name] = places = [];
            }

            places.Add(line.Place);
        }

        // An outcome needs no right to reserve: whoever was idle may have begun a file by now, and goes on writing to it.
        foreach (var path in going.Keys.Where(isBeingWritten).ToArray())
        {
            going.Remove(path);
        }

        var drafts = going.Select(file => Draft(file.Key, file.Value)).ToArray();
        foreach (var (draft, path) in drafts.Where(static draft => draft.Draft is not null))
        {
            File.Move(draft!, path);
        }

        foreach (var path in going.Keys)
        {
            File.Delete(path);
        }
    }

    // Without what goes; null where nothing stays.
    private static (string? Draft, string Path) Draft(string path, HashSet<long> going)
    {
        var target = NextNameOf(path);
        var draft = target + KeptFiles.DraftSuffix;
        var stays = false;
        using (var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1))
        using (var file = OwnFiles.Open(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            var number = 0L;
            foreach (var (_, bytes, isWhole, _) in TextLines.Split(source, KeptFiles.BufferSize, int.MaxValue))
            {
                if (!going.Contains(++number) && (isWhole || JournalLine.Read(bytes, out _) is not null))
                {
                    KeptFiles.Write(file, bytes);
                    stays = true;
                }
            }

            file.Flush(flushToDisk: true);
        }

        if (!stays)
        {
            File.Delete(draft);
        }

        return (stays ? draft : null, target);
    }

    private static string NextNameOf(string path)
    {
        var parts = Path.GetFileNameWithoutExtension(path).Split(Mark);
        var count = parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return Path.Combine(Path.GetDirectoryName(path)!, string.Format(CultureInfo.InvariantCulture, "{0}{1}{2}{3}", parts[0], Mark, count + 1, Suffix));
    }
}
