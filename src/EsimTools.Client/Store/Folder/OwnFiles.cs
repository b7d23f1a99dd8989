// The one place that makes files and folders of the journal. They are their owner's: folders 0700, files 0600. On Windows they inherit the
// permissions of the user's profile, where nobody else may read them.


namespace EsimTools.Store.Folder;

/// <summary>Makes the journal's files, and sees to it that those which are there belong to nobody else.</summary>
internal static class OwnFiles
{
#if NET
    private const string OtherFolder = "Give -Journal a folder that is not there yet, for example one inside it: it is made for its owner alone (0700). Or have the owner close it (chown, chmod 700).";

    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

#endif

    /// <summary>Opens a file, making it where it is missing. Only its owner may open what is made.</summary>
    /// <remarks>Without a buffer: what a full disk refused must not be written by a later call.</remarks>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share, FileOptions options = FileOptions.None)
    {
#if NET
        if (!OperatingSystem.IsWindows())
        {
            return new(path, new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 1, Options = options, UnixCreateMode = OwnersAlone & ~UnixFileMode.UserExecute });
        }
#endif
        return new(path, mode, access, share, bufferSize: 1, options);
    }

    /// <summary>Makes a folder where it is missing, and those above it. Only its owner may look into what is made.</summary>
    public static void MakeFolder(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows())
        {
            // One by one: .NET gives the permissions to the last one alone, and whoever may write above it can put another in its place.
            if (Path.GetDirectoryName(path) is { Length: > 0 } above && !Directory.Exists(above))
            {
                MakeFolder(above);
            }

            Directory.CreateDirectory(path, OwnersAlone);
            return;
        }
#endif
        Directory.CreateDirectory(path);
    }

    /// <summary>Makes the journal's folder, or takes one over: what others may read in it from an earlier version is closed to them.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>What a person should know of what has been changed; null when nothing was.</returns>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>: it, or something in it, is not its owner's alone and cannot be made so.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static EsimMessage? TakeOver(string folder)
    {
        MakeFolder(folder);
#if NET
        return OperatingSystem.IsWindows() ? null : TakeOver(folder, File.SetUnixFileMode);
#else
        return null;
#endif
    }

#if NET
    /// <summary>Likewise.</summary>
    /// <param name="folder">The folder, which is there.</param>
    /// <param name="setMode">Changes permissions, which the system lets nobody do but the owner (and root).</param>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    internal static EsimMessage? TakeOver(string folder, Action<string, UnixFileMode> setMode)
    {
        var before = File.GetUnixFileMode(folder);
        CheckFolder(folder, before);

        // Also where nothing is to be changed: it fails where the folder is somebody else's.
        Close(folder, before, setMode);
        foreach (var path in OwnEntries(folder).Concat(OwnEntries(Path.Combine(folder, JournalFolder.ArchiveName))))
        {
            try
            {
                if (new FileInfo(path).LinkTarget is not null)
                {
                    throw Refused(path, "is a link to another place", "Look at where it leads, and take it away.");
                }

                Close(path, File.GetUnixFileMode(path), setMode);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Another connection has ended meanwhile and has taken it along.
            }
        }

        return (before & UnixFileMode.GroupWrite) != 0
            ? new(EsimMessageLevel.Warning, $"The journal's folder '{folder}' could be written by its group; it is now its owner's alone. Whoever was in the group may have changed what the journal tells.")
            : (before & Others) != 0
                ? new(EsimMessageLevel.Verbose, $"The journal's folder '{folder}' could be read by others; it is now its owner's alone.")
                : null;
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void CheckFolder(string folder, UnixFileMode mode)
    {
        if ((mode & UnixFileMode.OtherWrite) != 0)
        {
            throw Refused(folder, "can be written by everybody, so what a journal in it tells proves nothing", OtherFolder);
        }

        if ((mode & Others) != 0 && new DirectoryInfo(folder).LinkTarget is not null)
        {
            throw Refused(folder, "is a link to a folder that others may look into", $"Close that folder (chmod 700). {OtherFolder}");
        }

        if ((mode & Others) != 0 && Directory.EnumerateFileSystemEntries(folder).FirstOrDefault(path => !IsOwn(path)) is { } foreign)
        {
            // It is used for something else too, which closing it to everybody else might break: a home, or the system's folder for logs.
            throw Refused(folder, $"can be looked into by others and holds something else than a journal ('{Path.GetFileName(foreign)}')", OtherFolder);
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void Close(string path, UnixFileMode mode, Action<string, UnixFileMode> setMode)
    {
        try
        {
            setMode(path, mode & ~Others);
        }
        catch (UnauthorizedAccessException)
        {
            throw Refused(path, "belongs to another account", OtherFolder);
        }

        if ((File.GetUnixFileMode(path) & Others) != 0)
        {
            throw Refused(path, "can be looked into by others, and its file system does not let that be changed", OtherFolder);
        }
    }

    private static IEnumerable<string> OwnEntries(string folder) => Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder).Where(IsOwn) : [];

    private static bool IsOwn(string path)
    {
        var name = Path.GetFileName(path);
        return name is PolicyFile.FileName or FolderLock.FileName or JournalFolder.ArchiveName or UnfinishedCopy.FileName or RemovedRequests.FileName
            || name.EndsWith(".jsonl", StringComparison.Ordinal) || name.EndsWith(JournalFolder.LifeSuffix, StringComparison.Ordinal) || name.EndsWith(JournalFolder.ListeningSuffix, StringComparison.Ordinal)
            || name.StartsWith(PolicyFile.FileName + ".", StringComparison.Ordinal)
            || name.StartsWith(HasherKey.FileName, StringComparison.Ordinal);
    }

    private static EsimException Refused(string path, string problem, string advice) =>
        new(EsimError.EsimJournalUnavailable, $"'{path}' {problem}. The journal is its owner's alone, because what it tells decides what is sent.", advice);
#endif
}
