// Which exceptions mean that a disk, a share or its permissions failed, and which that somebody else has a file open.

namespace EsimTools.Store.Folder;

internal static class DiskFault
{
    private const int SharingViolation = 32;
    private const int TryAgainOnLinux = 11;
    private const int TryAgainOnMac = 35;

    /// <summary>Whether an exception means that the disk failed. A limit on the size of files is reported as an argument out of range.</summary>
    public static bool Is(Exception e) => e is IOException or UnauthorizedAccessException or ObjectDisposedException or NotSupportedException or ArgumentOutOfRangeException;

    /// <summary>Whether an exception means that a file is open elsewhere.</summary>
    public static bool IsInUse(Exception e) =>
        e is IOException and not (FileNotFoundException or DirectoryNotFoundException) && (e.HResult & 0xFFFF) is SharingViolation or TryAgainOnLinux or TryAgainOnMac;
}
