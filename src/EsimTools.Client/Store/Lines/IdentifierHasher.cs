// Identifiers that a journal may not show: each is written as a keyed hash, the same one every time, so that it is still recognised.

using System.Security.Cryptography;
using EsimTools.Model;

namespace EsimTools.Store.Lines;

/// <summary>
/// Hides identifiers behind HMAC-SHA256 with the journal's own key. Whoever has the key can find an identifier by trying all of them, so the
/// key is what has to be protected.
/// </summary>
/// <param name="key">The key, of <see cref="KeyBytes"/>.</param>
internal sealed class IdentifierHasher(byte[] key)
{
    /// <summary>The length of the key, in bytes.</summary>
    public const int KeyBytes = 32;

    /// <summary>What an identifier, hidden or not, is known by in dictionaries; null when it is none.</summary>
    /// <param name="hasher">The journal's hasher; null where it has none.</param>
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
    /// <param name="hasher">The journal's hasher; null where it has none.</param>
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
        HMACSHA256.HashData(key, input, hash);
        return IdentifierKey.Hidden(hash);
#else
        var input = new byte[IdentifierKey.Size];
        plain.CopyTo(input);
        using var hash = new HMACSHA256(key);
        return IdentifierKey.Hidden(hash.ComputeHash(input));
#endif
    }
}
