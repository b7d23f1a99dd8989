// What a line is known by when whole journals are compared: its SHA-256.

using System.Security.Cryptography;

namespace EsimTools.Store.Lines;

/// <summary>The SHA-256 of a line, without its line feed.</summary>
internal readonly record struct LineDigest(ulong First, ulong Second, ulong Third, ulong Fourth) : IComparable<LineDigest>
{
    /// <summary>The length, in bytes.</summary>
    public const int Size = 32;

    /// <summary>Computes it.</summary>
    /// <param name="sha256">Computes SHA-256.</param>
    /// <param name="line">The line.</param>
    public static LineDigest Of(SHA256 sha256, ReadOnlyMemory<byte> line)
    {
#if NET
        Span<byte> hash = stackalloc byte[Size];
        _ = sha256;
        SHA256.HashData(line.Span, hash);
#else
        var hash = sha256.ComputeHash(line.ToArray()).AsSpan();
#endif
        return new(Read(hash), Read(hash.Slice(8)), Read(hash.Slice(16)), Read(hash.Slice(24)));
    }

    /// <summary>Its bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes, First);
        Write(bytes.AsSpan(8), Second);
        Write(bytes.AsSpan(16), Third);
        Write(bytes.AsSpan(24), Fourth);
        return bytes;
    }

    /// <inheritdoc/>
    public int CompareTo(LineDigest other) =>
        First != other.First ? First.CompareTo(other.First)
        : Second != other.Second ? Second.CompareTo(other.Second)
        : Third != other.Third ? Third.CompareTo(other.Third)
        : Fourth.CompareTo(other.Fourth);

    private static ulong Read(ReadOnlySpan<byte> bytes) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes);

    private static void Write(Span<byte> bytes, ulong value) => System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
}
