// Reads one journal file, also while another process is writing to it, and each line of it once.

using EsimTools.Store.Lines;

namespace EsimTools.Store.Folder;

/// <summary>A journal file that is read on from where the last reading ended.</summary>
internal sealed class JournalFile(string path)
{
    private const int BufferSize = 1 << 18;

    private long _offset;
    private int _lines;
    private bool _wasTorn;

    /// <summary>How much of it has been read, in bytes.</summary>
    public long Size => _offset;

    /// <summary>Whether nothing was added since: a process may have written to it, and ended, between the reading and the look whether it lives.</summary>
    public bool IsReadToItsEnd() => new FileInfo(path) is { Exists: true } file && file.Length == _offset;

    /// <summary>When its newest line was written.</summary>
    public DateTimeOffset NewestLine { get; private set; }

    /// <summary>Whether a line of it could not be used; it is kept where it is for somebody to look at.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Reads the lines that have been added. A line that cannot be used is reported and left out.</summary>
    /// <param name="keys">Takes the identifiers of the line that is being handed over.</param>
    /// <param name="take">Takes a line.</param>
    /// <param name="report">Told of lines that cannot be used.</param>
    /// <param name="isBeingWritten">Whether its connection may be in the middle of a line.</param>
    /// <exception cref="IOException">It cannot be read, so nobody knows what is open in it.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public void ReadOn(JournalKeys keys, Action<JournalLine, JournalPlace> take, Action<string> report, Func<string, bool> isBeingWritten)
    {
        try
        {
            using var stream = Open(path);
            if (stream.Length > _offset)
            {
                stream.Position = _offset;
                var begin = _offset;
                foreach (var (offset, bytes, isWhole, _) in TextLines.Split(stream, BufferSize, int.MaxValue))
                {
                    if (!isWhole && isBeingWritten(path))
                    {
                        // It is read again when there is more of it.
                        break;
                    }

                    Take(begin + offset, bytes, isWhole, keys, take, report);
                }
            }
        }
        catch (FileNotFoundException)
        {
            // Another connection has put it away, which it does when nothing in it matters any more.
        }
    }

    /// <summary>Reads the lines at some places with their texts, in the order given. Lines that are gone or cannot be used are left out.</summary>
    /// <param name="places">The places.</param>
    /// <param name="unavailable">What is thrown where a file is there and cannot be read: who believes that its lines are gone takes their request for another one.</param>
    public static IEnumerable<IReadOnlyList<JournalLine>> ReadAt(IEnumerable<JournalPlace> places, Func<Exception, EsimException> unavailable)
    {
        FileStream? stream = null;
        string? opened = null;
        try
        {
            foreach (var place in places)
            {
                if (opened != place.Path)
                {
                    stream?.Dispose();
                    stream = TryOpenAnywhere(place.Path, unavailable);
                    opened = place.Path;
                }

                yield return stream is null ? [] : ReadLines(stream, place, unavailable);
            }
        }
        finally
        {
            stream?.Dispose();
        }
    }

    /// <summary>Whether there is nothing in a line.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> line)
    {
        foreach (var value in line)
        {
            if (value is not ((byte)' ' or (byte)'\t' or (byte)'\r'))
            {
                return false;
            }
        }

        return true;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    // It may have been archived meanwhile.
    private static FileStream? TryOpenAnywhere(string path, Func<Exception, EsimException> unavailable)
    {
        foreach (var candidate in (string[])[path, JournalFolder.ArchivedPathOf(path)])
        {
            try
            {
                return Open(candidate);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Then the other one, or none.
            }
            catch (Exception e) when (DiskFault.Is(e))
            {
                throw unavailable(e);
            }
        }

        return null;
    }

    private static List<JournalLine> ReadLines(FileStream stream, JournalPlace place, Func<Exception, EsimException> unavailable)
    {
        var lines = new List<JournalLine>();
        try
        {
            stream.Position = place.Offset;
            var bytes = new byte[place.Length];
            var filled = 0;
            int read;
            while (filled < bytes.Length && (read = stream.Read(bytes, filled, bytes.Length - filled)) > 0)
            {
                filled += read;
            }

            foreach (var (_, text, _, _) in TextLines.Split(new MemoryStream(bytes, 0, filled), filled + 1, int.MaxValue))
            {
                if (JournalLine.Read(text, out _) is { } line)
                {
                    lines.Add(line);
                }
            }
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw unavailable(e);
        }

        return lines;
    }

    private void Take(long offset, ReadOnlyMemory<byte> bytes, bool isWhole, JournalKeys keys, Action<JournalLine, JournalPlace> take, Action<string> report)
    {
        var line = IsBlank(bytes.Span) ? null : JournalLineReader.Read(bytes.Span, keys, out var problem) is { } read ? read : Reject(problem);
        if (line is null && !isWhole)
        {
            return;
        }

        _lines++;
        _offset = offset + bytes.Length + (isWhole ? 1 : 0);
        if (line is not null)
        {
            NewestLine = line.WrittenAt > NewestLine ? line.WrittenAt : NewestLine;
            take(line, new(path, offset, bytes.Length));
        }

        JournalLine? Reject(string? problem)
        {
            IsDamaged = true;
            if (isWhole)
            {
                report($"Line {_lines + 1} of the journal file '{path}' cannot be used: {problem}.");
            }
            else if (!_wasTorn)
            {
                _wasTorn = true;
                report($"The last line of the journal file '{path}' is torn and is left out.");
            }

            return null;
        }
    }
}
