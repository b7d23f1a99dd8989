// A full disk without a disk of its own: under the open file of a journal the device is put that has no room for anything, and taken
// away again. No other file is touched.

using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace EsimTools.Failure.Tests;

/// <summary>The files of a folder that are open for writing have no more room.</summary>
internal sealed partial class FullDisk : IDisposable
{
    private const int WriteOnly = 1;

    private readonly List<(int File, int Original)> _files = [];

    public FullDisk(string folder)
    {
        var full = Check(Open("/dev/full", WriteOnly));

        // All are found before the first copy is made: a copy is an open file of the folder too.
        foreach (var file in OpenFiles(folder).ToArray())
        {
            _files.Add((file, Check(Duplicate(file))));
            Check(Replace(full, file));
        }

        Check(Close(full));
        Assert.NotEmpty(_files);
    }

    /// <summary>Whether the system has such a device.</summary>
    public static bool IsPossible => OperatingSystem.IsLinux();

    /// <summary>There is room again. To be called only while the files are still open.</summary>
    public void Free() => _files.ForEach(entry => Check(Replace(entry.Original, entry.File)));

    public void Dispose()
    {
        // The files themselves are not touched: they may have been closed, and their numbers may be those of others by now.
        _files.ForEach(entry => Check(Close(entry.Original)));
        _files.Clear();
    }

    private static IEnumerable<int> OpenFiles(string folder)
    {
        foreach (var link in Directory.GetFiles("/proc/self/fd"))
        {
            var target = new byte[4096];
            var length = ReadLink(link, target, target.Length);
            if (length > 0 && Encoding.UTF8.GetString(target, 0, (int)length) is var path
                && path.StartsWith(folder + "/", StringComparison.Ordinal) && path.EndsWith(".jsonl", StringComparison.Ordinal))
            {
                yield return int.Parse(Path.GetFileName(link), System.Globalization.CultureInfo.InvariantCulture);
            }
        }
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial int Duplicate(int file);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int Replace(int with, int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLink(string path, byte[] target, nint size);
}
