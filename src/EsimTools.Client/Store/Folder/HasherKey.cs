// The key behind which a folder hides its identifiers: a file of its own beside the journal.

using System.Security.Cryptography;
using EsimTools.Model;
using EsimTools.Store.Lines;

namespace EsimTools.Store.Folder;

/// <summary>Reads and makes the key of a folder.</summary>
internal static class HasherKey
{
    /// <summary>The file in the journal's folder that holds the key.</summary>
    public const string FileName = "identifiers.key";

    /// <summary>The hasher of a folder; null where none has been made and none is wanted.</summary>
    /// <param name="folder">The journal's folder.</param>
    /// <param name="create">Whether to make one where there is none.</param>
    /// <exception cref="IOException">The key cannot be read or written, or is damaged.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static IdentifierHasher? Open(string folder, bool create)
    {
        if (!IsIn(folder))
        {
            if (!create)
            {
                return null;
            }

            if (HasHidden(folder) && !IsIn(folder))
            {
                throw KeyIsGone(folder);
            }

            var key = new byte[IdentifierHasher.KeyBytes];
            using (var random = RandomNumberGenerator.Create())
            {
                random.GetBytes(key);
            }

            Write(folder, key);
        }

        return new(Read(folder)!);
    }

    /// <summary>The key of a folder; null where it has none.</summary>
    /// <exception cref="IOException">It cannot be read, or is damaged.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static byte[]? Read(string folder)
    {
        if (!IsIn(folder))
        {
            return null;
        }

        var path = Path.Combine(folder, FileName);
        try
        {
            if (Convert.FromBase64String(File.ReadAllText(path)) is { Length: IdentifierHasher.KeyBytes } key)
            {
                return key;
            }
        }
        catch (FormatException)
        {
            // Told below, like a key that is too short.
        }

        throw new IOException($"The key in '{path}' is damaged, and without it the journal's hashed identifiers cannot be recognised");
    }

    /// <summary>Puts a key into a folder; one that is there already stays.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void Write(string folder, byte[] key)
    {
        // Two connections may want one at the same time: whoever comes second uses the first one's.
        var path = Path.Combine(folder, FileName);
        var draft = path + "." + Guid.NewGuid().ToString("N");
        using (var file = OwnFiles.Open(draft, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            var text = System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key));
            file.Write(text, 0, text.Length);
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    /// <summary>Whether a folder has one.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>The error for a folder whose identifiers are hidden behind a key that is not there: what is open in it would not be recognised.</summary>
    public static IOException KeyIsGone(string folder) =>
        new($"Its identifiers are hashed, and the key '{Path.Combine(folder, FileName)}', without which they cannot be recognised, is not there");

    // Only asked where a key is about to be made, so that reading all of a large folder costs its time once.
    private static bool HasHidden(string folder) =>
        Directory.Exists(folder) && Directory.GetFiles(folder, "*.jsonl").Any(static path => HasHiddenIn(path));

    private static bool HasHiddenIn(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            if (line.IndexOf("\"" + IdentifierKey.HashMark, StringComparison.Ordinal) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
