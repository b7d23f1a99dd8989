// The answers to requests that were on their way when the database went: on this machine's disk until they are in the database.

using System.Globalization;
using System.Text;
using EsimTools.Store.Folder;

namespace EsimTools.Postgres;

/// <summary>Files of lines in the local folder, each line with its token, so that it counts once however often it is brought in. Not thread-safe.</summary>
/// <param name="folder">The folder, which is one database's.</param>
/// <param name="service">The service's address; its lines alone are brought in by who speaks to it.</param>
/// <param name="at">When the connection was opened.</param>
internal sealed class KeptAnswers(string folder, string service, DateTimeOffset at)
{
    private const string Prefix = "answers-";
    private const string Suffix = ".jsonl";

    private readonly string _path = Path.Combine(
        folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{at.UtcDateTime:yyyyMMdd'T'HHmmss}-{Guid.NewGuid().ToString("N")[..8]}{Suffix}"));

    /// <summary>The file of this connection.</summary>
    public string FilePath => _path;

    /// <summary>The files in a folder whose answers are not in the database yet.</summary>
    public static IReadOnlyList<string> FindIn(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, Prefix + "*" + Suffix) : [];

    /// <summary>Keeps lines; they are on the disk when this returns.</summary>
    /// <exception cref="IOException">They are not.</exception>
    public void Keep(ReadOnlySpan<Entry> entries)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        using var file = OwnFiles.Open(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        // What a full disk has left of a line must not swallow the next one, which may be the same.
        var end = EndOfLines(file);
        file.SetLength(end);
        file.Position = end;
        var text = new StringBuilder(end == 0 ? service + "\n" : null);
        foreach (var entry in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{entry.Token} {entry.Key} {entry.Text}\n");
        }

        file.Write(Encoding.UTF8.GetBytes(text.ToString()));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Takes the file of this connection away: everything in it is in the database.</summary>
    public void Forget() => TryDelete(_path);

    /// <summary>Brings in what earlier connections of this machine have kept.</summary>
    /// <param name="write">Writes lines; each is written once.</param>
    /// <returns>How many lines.</returns>
    public int BringIn(Action<Entry[]> write)
    {
        var count = 0;
        foreach (var path in Directory.GetFiles(folder, Prefix + "*" + Suffix).Order(StringComparer.Ordinal))
        {
            try
            {
                // Nobody adds to it meanwhile.
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
                using var reader = new StreamReader(file);
                if (!string.Equals(reader.ReadLine(), service, StringComparison.Ordinal))
                {
                    continue;
                }

                var entries = Entries(reader).ToArray();
                if (entries.Length > 0)
                {
                    write(entries);
                    count += entries.Length;
                }

                TryDelete(path);
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                // Its connection is at work, or another one has brought it in.
            }
        }

        return count;
    }

    // The last line may be torn: then it was never told to be kept.
    private static IEnumerable<Entry> Entries(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            if (line.Split(' ', 3) is [var token, var key, var text] && Guid.TryParse(token, out var id) && text.EndsWith('}'))
            {
                yield return new(id, key.Length == 0 ? null : key, text);
            }
        }
    }

    private static long EndOfLines(FileStream file)
    {
        for (var end = file.Length; end > 0; end--)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
            {
                return end;
            }
        }

        return 0;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            // What is brought in once more changes nothing.
        }
    }
}
