// The policy's file: beside the journal, its owner's alone, replaced in one step.

using System.Text;
using EsimTools.Policy;

namespace EsimTools.Store.Folder;

/// <summary>Reads and replaces the policy of a folder.</summary>
internal static class PolicyFile
{
    /// <summary>The file in the journal's folder.</summary>
    public const string FileName = "policy.json";

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The policy; null where there is none.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimPolicyUnusable"/>: there is one that cannot be read.</exception>
    public static string? Read(string folder)
    {
        try
        {
            using var file = new FileStream(PathIn(folder), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file, s_strict);
            return reader.ReadToEnd();
        }
        catch (FileNotFoundException) when (!IsThere(folder))
        {
            return null;
        }
        catch (Exception e) when (DiskFault.Is(e) || e is DecoderFallbackException)
        {
            throw PolicyReader.Unusable(e is DecoderFallbackException ? "it is no text in UTF-8" : e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>Replaces the policy, or takes it away.</summary>
    /// <param name="folder">The folder, whose lock is held.</param>
    /// <param name="change">Given the policy of before, gives the one from now on; null where there is none. Without it the policy is taken away unread.</param>
    /// <param name="failure">Makes the error for a disk that fails.</param>
    public static void Change(string folder, Func<string?, string?>? change, Func<Exception, EsimException> failure)
    {
        var path = PathIn(folder);
        var after = change?.Invoke(Read(folder));
        try
        {
            if (after is null)
            {
                File.Delete(path);
                return;
            }

            var draft = $"{path}.{Guid.NewGuid():N}";
            try
            {
                using (var file = OwnFiles.Open(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                {
                    var bytes = s_strict.GetBytes(after);
                    file.Write(bytes, 0, bytes.Length);
                    file.Flush(flushToDisk: true);
                }

                if (File.Exists(path))
                {
                    File.Replace(draft, path, null);
                }
                else
                {
                    File.Move(draft, path);
                }
            }
            finally
            {
                File.Delete(draft);
            }
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw failure(e);
        }
    }

    // A link that leads nowhere is not the same as no policy.
    private static bool IsThere(string folder) => Directory.GetFileSystemEntries(folder, FileName).Length > 0;

    private static string PathIn(string folder) => Path.Combine(folder, FileName);
}
