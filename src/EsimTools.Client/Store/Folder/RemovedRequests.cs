// The requests whose lines are being removed from a folder: a redo record, so that what a process that ended in the middle has left of them is known.

using System.Text;

namespace EsimTools.Store.Folder;

/// <summary>Writes, reads and deletes the record.</summary>
internal static class RemovedRequests
{
    /// <summary>The file; it is there while lines are being removed.</summary>
    public const string FileName = "clear.unfinished";

    /// <summary>The journal's ids of the requests; none where nothing was broken off.</summary>
    public static IReadOnlyCollection<string> Read(string folder) => File.Exists(PathIn(folder)) ? File.ReadAllLines(PathIn(folder)) : [];

    /// <summary>Writes the record, durably, in one step.</summary>
    public static void Write(string folder, IReadOnlyCollection<string> requests)
    {
        var draft = PathIn(folder) + KeptFiles.DraftSuffix;
        using (var file = OwnFiles.Open(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(requests.Select(static request => request + "\n")));
            file.Write(bytes, 0, bytes.Length);
            file.Flush(flushToDisk: true);
        }

        if (File.Exists(PathIn(folder)))
        {
            File.Replace(draft, PathIn(folder), null);
        }
        else
        {
            File.Move(draft, PathIn(folder));
        }
    }

    /// <summary>Deletes the record.</summary>
    public static void Clear(string folder) => File.Delete(PathIn(folder));

    private static string PathIn(string folder) => Path.Combine(folder, FileName);
}
