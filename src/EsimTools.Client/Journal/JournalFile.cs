// Reads one journal file line by line, also while another process is writing to it.

namespace EsimTools.Journal;

/// <summary>Splits a journal file into lines and reads each.</summary>
internal static class JournalFile
{
    private const int BufferSize = 1 << 18;

    /// <summary>Reads a file. A line that cannot be read is reported and left out; a torn last line is reported as such.</summary>
    public static IEnumerable<JournalLine> Read(string path, Action<string> report)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            report($"The journal file '{path}' cannot be read: {e.Message.TrimEnd('.')}.");
            yield break;
        }

        using (stream)
        {
            var number = 0;
            foreach (var (bytes, isWhole) in Lines(stream))
            {
                number++;
                if (bytes.IsEmpty)
                {
                    continue;
                }

                var line = JournalLine.Read(bytes, out var problem);
                if (line is not null)
                {
                    yield return line;
                }
                else
                {
                    report(isWhole
                        ? $"Line {number} of the journal file '{path}' cannot be used: {problem}."
                        : $"The last line of the journal file '{path}' is torn, or is being written by another process, and is left out.");
                }
            }
        }
    }

    private static IEnumerable<(ReadOnlyMemory<byte> Bytes, bool IsWhole)> Lines(FileStream stream)
    {
        var buffer = new byte[BufferSize];
        var filled = 0;
        while (true)
        {
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            var start = 0;
            int end;
            while ((end = Array.IndexOf(buffer, (byte)'\n', start, filled - start)) >= 0)
            {
                yield return (buffer.AsMemory(start, end - start), true);
                start = end + 1;
            }

            filled -= start;
            if (read == 0)
            {
                if (filled > 0)
                {
                    yield return (buffer.AsMemory(start, filled), false);
                }

                yield break;
            }

            Buffer.BlockCopy(buffer, start, buffer, 0, filled);
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }
}
