// A file that another thread writes and closes when it is done.

namespace EsimTools.Client.Tests.Support;

/// <summary>Looks whether a file is closed.</summary>
internal static class ClosedFile
{
    /// <summary>Whether nobody has it open any more.</summary>
    public static bool Is(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
