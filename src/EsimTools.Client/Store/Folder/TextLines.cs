// Splits a file into lines, in UTF-8 or in the UTF-16 that Windows PowerShell writes, without ever holding more than one: the one reader of JSON Lines.

using System.Text;

namespace EsimTools.Store.Folder;

/// <summary>Reads lines as UTF-8 bytes.</summary>
internal static class TextLines
{
    /// <summary>No message of the service is anywhere near this long.</summary>
    public const int LongestLine = 64 * 1024 * 1024;

    private const int BufferSize = 1 << 16;

    /// <summary>
    /// Reads from the stream's position to its end. The bytes are good until the next line is asked for. A line that is too long comes as an
    /// empty one that says so.
    /// </summary>
    public static IEnumerable<(int Number, ReadOnlyMemory<byte> Bytes, bool IsTooLong)> Read(Stream stream) =>
        IsUtf16(stream) ? ReadUtf16(stream) : ReadUtf8(stream);

    /// <summary>Whether the text begins with the byte order mark of UTF-16; the position stays.</summary>
    public static bool IsUtf16(Stream stream)
    {
        var position = stream.Position;
        var (first, second) = (stream.ReadByte(), stream.ReadByte());
        stream.Position = position;
        return (first, second) is (0xFF, 0xFE) or (0xFE, 0xFF);
    }

    private static IEnumerable<(int Number, ReadOnlyMemory<byte> Bytes, bool IsTooLong)> ReadUtf16(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Unicode, detectEncodingFromByteOrderMarks: true, BufferSize, leaveOpen: true);
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            yield return (++number, Encoding.UTF8.GetBytes(line), false);
        }
    }

    private static IEnumerable<(int Number, ReadOnlyMemory<byte> Bytes, bool IsTooLong)> ReadUtf8(Stream stream)
    {
        var number = 0;
        foreach (var line in Split(stream, BufferSize, LongestLine))
        {
            yield return (++number, line.Bytes, line.IsTooLong);
        }
    }

    /// <summary>Splits UTF-8 from the stream's position to its end. The bytes are good until the next line is asked for.</summary>
    /// <param name="stream">The text.</param>
    /// <param name="bufferSize">How much is read at once; it grows with the longest line.</param>
    /// <param name="longest">The length from which on a line comes as an empty one that says so.</param>
    /// <returns>Lines by their places, counted from the stream's position; the last one is whole where a line feed ends it.</returns>
    public static IEnumerable<(long Offset, ReadOnlyMemory<byte> Bytes, bool IsWhole, bool IsTooLong)> Split(Stream stream, int bufferSize, int longest)
    {
        var buffer = new byte[bufferSize];
        var filled = 0;
        var offset = 0L;
        var next = 0L;
        var isTooLong = false;
        while (true)
        {
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            var searched = filled;
            filled += read;
            var start = 0;
            int end;
            while ((end = Array.IndexOf(buffer, (byte)'\n', searched, filled - searched)) >= 0)
            {
                next += end + 1 - start;
                yield return (offset, isTooLong ? default : buffer.AsMemory(start, end - start), true, isTooLong);
                isTooLong = false;
                offset = next;
                start = searched = end + 1;
            }

            filled -= start;
            if (read == 0)
            {
                if (filled > 0 || isTooLong)
                {
                    yield return (offset, isTooLong ? default : buffer.AsMemory(start, filled), false, isTooLong);
                }

                yield break;
            }

            Buffer.BlockCopy(buffer, start, buffer, 0, filled);
            if (filled >= longest || isTooLong)
            {
                isTooLong |= filled > 0;
                next += filled;
                filled = 0;
            }
            else if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
