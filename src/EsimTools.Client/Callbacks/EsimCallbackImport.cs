// Reads callback messages that arrived elsewhere: from files of JSON or JSON Lines, or from text, each with the place it stands at.

using System.Globalization;
using System.Text;
using System.Text.Json;
using EsimTools.Callbacks;
using EsimTools.Protocol;
using EsimTools.Store.Folder;

namespace EsimTools;

/// <summary>Reads messages.</summary>
/// <remarks>
/// Understood are one message, an array of messages, JSON Lines (a message or an array in each line, files of any size), and the files that
/// listeners record in, whose times are kept. UTF-8, and UTF-16 with a byte order mark as Windows PowerShell writes it.
/// </remarks>
public static class EsimCallbackImport
{
    /// <summary>A file that is not JSON Lines is read as a whole.</summary>
    private const int LargestWhole = 256 * 1024 * 1024;

    private const int LinesLookedAt = 20;

    /// <summary>Reads a file, one message after the other.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimCallbackInvalid"/>: the file cannot be read at all.</exception>
    public static IEnumerable<EsimImportedCallback> ReadFile(string path)
    {
        var name = ForeignText.Show(Path.GetFileName(path ?? throw new ArgumentNullException(nameof(path))), ForeignText.LongestWord);
        using var stream = Open(path);
        if (LooksLikeLines(stream) || TryReadWhole(stream) is not { } whole)
        {
            foreach (var (number, bytes, isTooLong) in TextLines.Read(stream))
            {
                var place = string.Format(CultureInfo.InvariantCulture, "{0}, line {1}", name, number);
                if (isTooLong)
                {
                    yield return Bad("the line is too long to be one", place);
                    continue;
                }

                foreach (var imported in IsBlank(bytes.Span) ? [] : Read(bytes, place))
                {
                    yield return imported;
                }
            }

            yield break;
        }

        foreach (var imported in Read(whole, name))
        {
            yield return imported;
        }
    }

    /// <summary>Reads a text: one message or an array of them.</summary>
    /// <param name="json">The text.</param>
    public static IEnumerable<EsimImportedCallback> ReadText(string json) =>
        Read(Encoding.UTF8.GetBytes(json ?? throw new ArgumentNullException(nameof(json))), null);

    /// <summary>Reads a text in UTF-8: one message or an array of them.</summary>
    /// <param name="utf8">The text.</param>
    public static IEnumerable<EsimImportedCallback> ReadUtf8(ReadOnlyMemory<byte> utf8) => Read(utf8, null);

    private static List<EsimImportedCallback> Read(ReadOnlyMemory<byte> utf8, string? place)
    {
        using var document = LenientJson.TryParse(utf8, out var problem);
        if (document is null)
        {
            return [Bad(problem!, place)];
        }

        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            return [.. ReadOne(document.RootElement, place)];
        }

        var all = new List<EsimImportedCallback>();
        var number = 0;
        foreach (var item in document.RootElement.EnumerateArray())
        {
            number++;
            all.AddRange(ReadOne(item, string.Format(CultureInfo.InvariantCulture, place is null ? "item {1}" : "{0}, item {1}", place, number)));
        }

        return all;
    }

    private static IEnumerable<EsimImportedCallback> ReadOne(JsonElement message, string? place)
    {
        if (CallbackRecord.IsFrame(message))
        {
            yield break;
        }

        var recorded = CallbackRecord.MessageOf(message);
        var callback = EsimCallback.TryRead(recorded?.Message ?? message, out var problem);
        if (callback is null && recorded is not null)
        {
            // A listener records what the service sends about other things than profiles too.
            yield break;
        }

        if (callback is not null)
        {
            callback.ReceivedAt = recorded?.At;
        }

        yield return callback is null ? Bad(problem!, place) : new(callback, null, place ?? string.Empty);
    }

    private static EsimImportedCallback Bad(string problem, string? place) => new(null, EsimCallback.Invalid(problem, place), place ?? string.Empty);

    private static FileStream Open(string path)
    {
        try
        {
            // A listener may be recording in it.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new EsimException(EsimError.EsimCallbackInvalid, $"The file '{path}' cannot be read: {e.Message.TrimEnd('.')}.", "Check the path and the permissions.", e);
        }
    }

    // The first line of JSON Lines is a whole message; the first line of a message written over several lines is not.
    private static bool LooksLikeLines(FileStream stream)
    {
        var first = TextLines.Read(stream).FirstOrDefault(line => line.IsTooLong || !IsBlank(line.Bytes.Span));
        var isWhole = !first.IsTooLong && IsWholeJson(first.Bytes);
        stream.Position = 0;
        return isWhole;
    }

    // Null where it is no JSON as a whole although some line of it is: JSON Lines whose first line is damaged.
    private static byte[]? TryReadWhole(FileStream stream)
    {
        if (stream.Length > LargestWhole)
        {
            return null;
        }

        byte[] bytes;
        if (TextLines.IsUtf16(stream))
        {
            using var reader = new StreamReader(stream, Encoding.Unicode, detectEncodingFromByteOrderMarks: true, 1 << 16, leaveOpen: true);
            bytes = Encoding.UTF8.GetBytes(reader.ReadToEnd());
        }
        else
        {
            using var all = new MemoryStream((int)stream.Length);
            stream.CopyTo(all);
            bytes = all.ToArray();
        }

        stream.Position = 0;
        if (IsWholeJson(bytes))
        {
            return bytes;
        }

        var hasWholeLine = TextLines.Read(stream).Take(LinesLookedAt).Any(line => IsMessage(line.Bytes));
        stream.Position = 0;
        return hasWholeLine ? null : bytes;
    }

    private static bool IsWholeJson(ReadOnlyMemory<byte> bytes)
    {
        using var document = LenientJson.TryParse(bytes, out _);
        return document is not null;
    }

    private static bool IsMessage(ReadOnlyMemory<byte> line)
    {
        using var document = LenientJson.TryParse(line, out _);
        return document is not null && (CallbackRecord.MessageOf(document.RootElement) is not null || EsimCallback.TryRead(document.RootElement, out _) is not null);
    }

    private static bool IsBlank(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xEF or 0xBB or 0xBF))
            {
                return false;
            }
        }

        return true;
    }
}
