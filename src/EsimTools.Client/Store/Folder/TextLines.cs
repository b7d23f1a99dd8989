// Splits a file into lines of any number, in UTF-8 or in the UTF-16 that Windows PowerShell writes, without ever holding more than one.

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
        var buffer = new byte[BufferSize];
        var filled = 0;
        var number = 0;
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
                yield return isTooLong ? (++number, default, true) : (++number, buffer.AsMemory(start, end - start), false);
                isTooLong = false;
                start = searched = end + 1;
            }

            filled -= start;
            if (read == 0)
            {
                if (filled > 0 || isTooLong)
                {
                    yield return isTooLong ? (++number, default, true) : (++number, buffer.AsMemory(start, filled), false);
                }

                yield break;
            }

            Buffer.BlockCopy(buffer, start, buffer, 0, filled);
            if (filled >= LongestLine || isTooLong)
            {
                isTooLong |= filled > 0;
                filled = 0;
            }
            else if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
