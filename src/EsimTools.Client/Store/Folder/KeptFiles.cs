// The files of a folder's journal, those of all connections and the archived ones: read one after the other, added to, and written anew without some lines.

using System.Globalization;
using EsimTools.Store.Lines;

namespace EsimTools.Store.Folder;

/// <summary>Reads and changes the files of a folder to which nobody writes. Not thread-safe.</summary>
internal sealed class KeptFiles(string folder, Clock clock)
{
    /// <summary>Behind the name of a file that is not whole yet.</summary>
    public const string DraftSuffix = ".draft";

    /// <summary>How much is read at once.</summary>
    public const int BufferSize = 1 << 18;

    private const string Suffix = ".jsonl";

    // Large enough that a journal of many parts is not a file for each, and small enough that one can be archived.
    private const long SmallestFile = 1024 * 1024;
    private const long LargestFile = 32 * SmallestFile;

    private readonly JournalFolder _folder = new(folder, new());

    private string Archive => Path.Combine(folder, JournalFolder.ArchiveName);

    /// <summary>Whether a folder holds a journal, a policy or a key, or a copy that was broken off.</summary>
    public static bool IsJournal(string folder) => Directory.Exists(folder)
        && (Files(folder).Any() || Files(Path.Combine(folder, JournalFolder.ArchiveName)).Any()
            || Array.Exists([PolicyFile.FileName, HasherKey.FileName, FolderLock.FileName, UnfinishedCopy.FileName], name => File.Exists(Path.Combine(folder, name))));

    /// <summary>Whose file tells that they are still there.</summary>
    public IReadOnlyList<string> FindWriters()
    {
        var parts = Files(folder).ToLookup(JournalFolder.LifePathOf, StringComparer.Ordinal);
        return
        [
            .. Directory.GetFiles(folder, "*" + JournalFolder.LifeSuffix)
                .Where(life => _folder.IsBeingWritten(Path.ChangeExtension(life, Suffix)))
                .Select(life => parts[life].Select(path => Look(path, isArchived: false).Part).FirstOrDefault(part => part.Host is not null) is { } part
                    ? string.Format(CultureInfo.InvariantCulture, "process {0} on {1} ('{2}')", part.Process, part.Host, Path.GetFileName(life))
                    : $"'{Path.GetFileName(life)}'"),
        ];
    }

    /// <summary>Whether the connection that writes a file is still there.</summary>
    public bool IsBeingWritten(string path) => _folder.IsBeingWritten(path);

    /// <summary>All lines.</summary>
    public IEnumerable<KeptLine> Read(JournalKeys keys, Action<string> report) =>
        Files(Archive).SelectMany(path => ReadFile(path, isArchived: true, keys, report)).Concat(Files(folder).SelectMany(path => ReadFile(path, isArchived: false, keys, report)));

    /// <summary>Deletes what a process that ended in the middle has left of files.</summary>
    public void DeleteDrafts()
    {
        foreach (var path in new[] { folder, Archive }.Where(Directory.Exists).SelectMany(place => Directory.GetFiles(place, "*" + DraftSuffix)))
        {
            File.Delete(path);
        }
    }

    /// <summary>Adds lines in new files behind those that are there.</summary>
    public void Append(IEnumerable<KeptLine> lines)
    {
        var name = string.Format(CultureInfo.InvariantCulture, "{0:yyyyMMdd'T'HHmmss}-{1}", clock.UtcNow.UtcDateTime, Guid.NewGuid().ToString("N").Substring(0, 8));
        var count = 0;
        FileStream? file = null;
        var (part, service) = (default(KeptPart), string.Empty);
        try
        {
            foreach (var line in lines)
            {
                if (file is not null && (line.Part.IsArchived != part!.IsArchived || line.Service != service || file.Position >= LargestFile || (line.Part != part && file.Position >= SmallestFile)))
                {
                    Publish(file);
                    file = null;
                }

                (part, service) = (line.Part, line.Service);
                file ??= Draft(part.IsArchived ? Archive : folder, string.Format(CultureInfo.InvariantCulture, "{0}-{1:000000}", name, ++count));
                Write(file, line.Text);
            }

            if (file is not null)
            {
                Publish(file);
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Writes a line as it is.</summary>
    public static void Write(FileStream file, ReadOnlyMemory<byte> text)
    {
        var bytes = new byte[text.Length + 1];
        text.CopyTo(bytes);
        bytes[text.Length] = (byte)'\n';
        file.Write(bytes, 0, bytes.Length);
    }

    private static IEnumerable<string> Files(string folder) => !Directory.Exists(folder) ? [] : Directory.GetFiles(folder, "*" + Suffix)
        .Where(static path => !Path.GetFileName(path).StartsWith(JournalFolder.CallbackFilePrefix, StringComparison.OrdinalIgnoreCase))
        .OrderBy(static path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal);

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    // What the first lines tell of a file: whose it is, and of which service.
    private static (KeptPart Part, string Service) Look(string path, bool isArchived)
    {
        var (run, service) = (default(EsimRunInfo), default(string));
        using var stream = Open(path);
        foreach (var (_, bytes, _, _) in TextLines.Split(stream, BufferSize, int.MaxValue))
        {
            if (JournalLineReader.Read(bytes.Span, new(), out _) is { } line)
            {
                (run, service) = (run ?? line.Run, service ?? line.Service);
                if (run is not null && service is not null)
                {
                    break;
                }
            }
        }

        return (new(path, run?.HostName, run?.ProcessId ?? 0, isArchived), service?.ToLowerInvariant() ?? string.Empty);
    }

    private static IEnumerable<KeptLine> ReadFile(string path, bool isArchived, JournalKeys keys, Action<string> report)
    {
        var (part, service) = Look(path, isArchived);
        var services = new Dictionary<string, string>(StringComparer.Ordinal);
        using var stream = Open(path);
        var number = 0;
        foreach (var (_, bytes, isWhole, _) in TextLines.Split(stream, BufferSize, int.MaxValue))
        {
            number++;
            if (JournalFile.IsBlank(bytes.Span))
            {
                continue;
            }

            if (JournalLineReader.Read(bytes.Span, keys, out var problem) is not { } line)
            {
                report(isWhole ? $"Line {number} of the journal file '{path}' cannot be used, and is left out: {problem}." : $"The last line of the journal file '{path}' is torn and is left out.");
                continue;
            }

            // An answer does not tell its service; its request does.
            var own = line.Service?.ToLowerInvariant() ?? (line.LocalId is { } id && services.TryGetValue(id, out var known) ? known : service);
            if (line is { Event: JournalEvent.Sending, LocalId: { } request })
            {
                services[request] = own;
            }

            yield return new(part, number, own, line, keys, bytes);
        }
    }

    private static FileStream Draft(string place, string name)
    {
        OwnFiles.MakeFolder(place);
        return OwnFiles.Open(Path.Combine(place, name + Suffix + DraftSuffix), FileMode.CreateNew, FileAccess.Write, FileShare.None);
    }

    // Under its name a file is whole.
    private static void Publish(FileStream file)
    {
        file.Flush(flushToDisk: true);
        file.Dispose();
        File.Move(file.Name, file.Name.Substring(0, file.Name.Length - DraftSuffix.Length));
    }
}
