// Identifiers that a journal may not show: each is written as a keyed hash, the same one every time, so that it is still recognised.

using System.Security.Cryptography;
using EsimTools.Model;

namespace EsimTools.Store.Folder;

/// <summary>
/// Hides identifiers behind HMAC-SHA256 with the folder's own key. Whoever has the key can find an identifier by trying all of them, so the
/// key is what has to be protected.
/// </summary>
internal sealed class IdentifierHasher
{
    /// <summary>The file in the journal's folder that holds the key.</summary>
    public const string KeyFileName = "identifiers.key";

    private const int KeyBytes = 32;
    private readonly byte[] _key;

    private IdentifierHasher(byte[] key) => _key = key;

    /// <summary>The hasher of a folder; null where none has been made and none is wanted.</summary>
    /// <param name="folder">The journal's folder.</param>
    /// <param name="create">Whether to make one where there is none.</param>
    /// <exception cref="IOException">The key cannot be read or written, or is damaged.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static IdentifierHasher? Open(string folder, bool create)
    {
        var path = Path.Combine(folder, KeyFileName);
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

            WriteKey(path);
        }

        try
        {
            if (Convert.FromBase64String(File.ReadAllText(path)) is { Length: KeyBytes } key)
            {
                return new(key);
            }
        }
        catch (FormatException)
        {
            // Told below, like a key that is too short.
        }

        throw new IOException($"The key in '{path}' is damaged, and without it the journal's hashed identifiers cannot be recognised");
    }

    /// <summary>Whether a folder has one.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, KeyFileName));

    /// <summary>What an identifier, hidden or not, is known by in dictionaries; null when it is none.</summary>
    /// <param name="hasher">The folder's hasher; null where it has none.</param>
    /// <param name="text">The digits, or what the journal shows instead.</param>
    public static IdentifierKey? KeyOf(IdentifierHasher? hasher, string? text)
    {
        if (IdentifierKey.IsHash(text))
        {
            return IdentifierKey.FromHex(text!.Substring(IdentifierKey.HashMark.Length));
        }

        return IdentifierKey.Of(text) is { } digits ? KeyOf(hasher, digits) : null;
    }

    /// <summary>What digits are known by in tables, however an ICCID is written.</summary>
    /// <param name="hasher">The folder's hasher; null where it has none.</param>
    /// <param name="digits">The digits.</param>
    public static IdentifierKey KeyOf(IdentifierHasher? hasher, IdentifierKey digits) => hasher?.KeyOf(digits) ?? digits.ForAnySpelling();

    /// <summary>An identifier as the journal shows it.</summary>
    public string Hide(string digits) => IdentifierKey.Of(digits) is { } key ? IdentifierKey.HashMark + KeyOf(key).ToHex() : digits;

    /// <summary>What an identifier is known by in dictionaries.</summary>
    public IdentifierKey KeyOf(IdentifierKey plain)
    {
        if (plain.IsHidden)
        {
            return plain;
        }

        plain = plain.ForAnySpelling();

#if NET8_0_OR_GREATER
        Span<byte> input = stackalloc byte[IdentifierKey.Size];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        plain.CopyTo(input);
        HMACSHA256.HashData(_key, input, hash);
        return IdentifierKey.Hidden(hash);
#else
        var input = new byte[IdentifierKey.Size];
        plain.CopyTo(input);
        using var hash = new HMACSHA256(_key);
        return IdentifierKey.Hidden(hash.ComputeHash(input));
#endif
    }

    /// <summary>The error for a folder whose identifiers are hidden behind a key that is not there: what is open in it would not be recognised.</summary>
    public static IOException KeyIsGone(string folder) =>
        new($"Its identifiers are hashed, and the key '{Path.Combine(folder, KeyFileName)}', without which they cannot be recognised, is not there");

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

    private static void WriteKey(string path)
    {
        var key = new byte[KeyBytes];
        using (var random = RandomNumberGenerator.Create())
        {
            random.GetBytes(key);
        }

        // Two connections may want one at the same time: whoever comes second uses the first one's.
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
}
