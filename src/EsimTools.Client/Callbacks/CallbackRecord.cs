// The file in which a listener keeps what it has received, so that nothing it has acknowledged is lost when its process ends.

using System.Globalization;
using System.Text.Json;
using EsimTools.Model;
using EsimTools.Protocol;
using EsimTools.Store.Folder;
using EsimTools.Store.Lines;

namespace EsimTools.Callbacks;

/// <summary>
/// JSON Lines beside the journal: a first line with the service's address, one line per message, and a last line when everything in the
/// file has reached the journal. A file without that last line was left by a process that ended suddenly.
/// </summary>
/// <remarks>Lines reach the operating system before they are acknowledged: they outlive the process, not a power failure. Not thread-safe.</remarks>
internal sealed class CallbackRecord : IDisposable
{
    internal const string Prefix = JournalFolder.CallbackFilePrefix;
    internal const string Begun = "listening";
    private const string Received = "callback";
    internal const string Ended = "processed";

    // A phone number has ten digits and an IMEI fifteen; account names have other characters, and times are shorter or written with them.
    private const int ShortestIdentifier = 10;

    private readonly LineAppender _file;
    private readonly IDisposable? _life;
    private bool _isUsed;

    private CallbackRecord(LineAppender file, IDisposable? life = null)
    {
        _file = file;
        _life = life;
    }

    /// <summary>The file.</summary>
    public string FilePath => _file.Path;

    /// <summary>How large it is, in bytes.</summary>
    public long Size { get; private set; }

    /// <summary>Begins a file in the journal's folder.</summary>
    /// <param name="folder">The journal's folder.</param>
    /// <param name="service">The service's address, so that messages of a sandbox and of production are never mixed.</param>
    /// <param name="at">The present moment.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public static CallbackRecord Begin(string folder, string service, DateTimeOffset at)
    {
        try
        {
            var name = string.Format(CultureInfo.InvariantCulture, "{0}{1:yyyyMMdd'T'HHmmss}-{2}.jsonl", Prefix, at.UtcDateTime, Guid.NewGuid().ToString("N").Substring(0, 8));
            var path = Path.Combine(folder, name);

            // Before the file is: whoever finds that sees that it is being written.
            var life = OwnFiles.Open(LifePathOf(path), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
            try
            {
                var file = OwnFiles.Open(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
                try
                {
                    var record = new CallbackRecord(new(file), life);
                    record.Write(new(Line(at, Begun, json => json.WriteString("service", service))));
                    return record;
                }
                catch
                {
                    file.Dispose();
                    throw;
                }
            }
            catch
            {
                life.Dispose();
                throw;
            }
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw Unwritable(folder, e);
        }
    }

    /// <summary>Finds out whether something could be recorded now, by writing as much as a message has into a file that goes again.</summary>
    /// <param name="folder">The journal's folder.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimJournalUnavailable"/>.</exception>
    public static void Check(string folder)
    {
        try
        {
            using var file = OwnFiles.Open(Path.Combine(folder, $"{Prefix}{Guid.NewGuid():N}.check"), FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
            file.Write(new byte[1024], 0, 1024);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw Unwritable(folder, e);
        }
    }

    /// <summary>The line of one message, without the user name and password that the service puts into it.</summary>
    /// <param name="message">The message.</param>
    /// <param name="at">When it was received.</param>
    /// <param name="hasher">Hides what may be an identifier; null to show it.</param>
    /// <exception cref="ArgumentException">A text in the message is no valid Unicode.</exception>
    /// <exception cref="InvalidOperationException">Likewise.</exception>
    public static byte[] LineOf(JsonElement message, DateTimeOffset at, IdentifierHasher? hasher) => Line(at, Received, json =>
    {
        json.WritePropertyName("message");
        CopyWithoutSecrets(message, json, hasher);
    });

    /// <summary>The message of a line, with the moment at which it was received; null when the line is none of this file's messages.</summary>
    public static (JsonElement Message, DateTimeOffset At)? MessageOf(JsonElement line) =>
        line.Text("event") == Received && line.Find("message") is { } message
            && DateTimeOffset.TryParse(line.Text("at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? (message, at) : null;

    /// <summary>Whether a line is one of this file's first and last lines, which say nothing of a profile.</summary>
    public static bool IsFrame(JsonElement line) => line.Text("event") is Begun or Ended && line.Number("v") is not null;

    /// <summary>The messages from a file's position on: of each line the message, null where it is none that can be used, and how many bytes it takes.</summary>
    public static IEnumerable<(EsimCallback? Callback, int Length)> MessagesIn(FileStream file)
    {
        foreach (var (_, bytes, _) in TextLines.Read(file))
        {
            using var line = LenientJson.TryParse(bytes, out _);
            var found = line is null ? null : MessageOf(line.RootElement);
            var callback = found is { } message ? EsimCallback.TryRead(message.Message, out _) : null;
            if (callback is not null)
            {
                callback.ReceivedAt = found!.Value.At;
            }

            yield return (callback, bytes.Length + 1);
        }
    }

    /// <summary>Appends whole lines; they are with the operating system when this returns.</summary>
    /// <returns>Where the first of them begins.</returns>
    /// <exception cref="IOException">They are not, or not all of them.</exception>
    public long Write(ArraySegment<byte> lines)
    {
        var start = _file.Append(file =>
        {
            file.Write(lines.Array!, lines.Offset, lines.Count);
            file.Flush();
        });
        Size += lines.Count;
        return start;
    }

    /// <summary>Appends the lines of messages.</summary>
    /// <returns>Where the first of them begins.</returns>
    /// <exception cref="IOException">They are not, or not all of them, recorded.</exception>
    public long Record(ArraySegment<byte> lines)
    {
        _isUsed = true;
        return Write(lines);
    }

    /// <summary>Ends the file after everything in it has reached the journal; an empty one is taken away.</summary>
    public void End(DateTimeOffset at)
    {
        try
        {
            using (this)
            {
                if (_isUsed)
                {
                    Write(new(EndLine(at)));
                    _file.Flush(toDisk: true);
                }
            }

            if (!_isUsed)
            {
                File.Delete(FilePath);
            }
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            // Without its last line the file is read once more, which is harmless.
        }
    }

    /// <summary>The same for a file that a listener has left.</summary>
    public static void End(FileStream left, DateTimeOffset at)
    {
        try
        {
            left.Position = left.Length;
            new CallbackRecord(new(left, isTorn: true)).Write(new(EndLine(at)));
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            // As above.
        }
    }

    /// <summary>Closes the file as it is.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _life?.Dispose();
    }

    /// <summary>The file that the listener of a record holds open.</summary>
    public static string LifePathOf(string path) => Path.ChangeExtension(path, JournalFolder.ListeningSuffix);

    private static EsimException Unwritable(string folder, Exception e) => new(
        EsimError.EsimJournalUnavailable,
        $"Callbacks cannot be recorded in '{folder}': {e.Message.TrimEnd('.')}.",
        "Nothing is acknowledged that is not recorded. Free the disk or the permissions, or choose another folder with Connect-EsimService -Journal.",
        e);

    private static byte[] EndLine(DateTimeOffset at) => Line(at, Ended, static _ => { });

    private static byte[] Line(DateTimeOffset at, string kind, Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("v", JournalLine.Version);
            json.WriteString("at", Clock.ToIso(at));
            json.WriteString("event", kind);
            write(json);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    // At any depth: a failure may carry all that belongs to the message inside its faultResponse.
    private static void CopyWithoutSecrets(JsonElement value, Utf8JsonWriter json, IdentifierHasher? hasher)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                var hidden = hasher is null ? null : HiddenIdOf(value, hasher);
                foreach (var property in value.EnumerateObject())
                {
                    if (hidden is not null && property.IsNamed("id"))
                    {
                        json.WriteString(property.Name, hidden);
                    }
                    else if (!property.IsNamed("username") && !property.IsNamed("password"))
                    {
                        json.WritePropertyName(property.Name);
                        CopyWithoutSecrets(property.Value, json, hasher);
                    }
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    CopyWithoutSecrets(item, json, hasher);
                }

                json.WriteEndArray();
                break;
            case JsonValueKind.String or JsonValueKind.Number when hasher is not null && value.RawText() is { Length: >= ShortestIdentifier } text && hasher.Hide(text) is var hash && hash != text:
                json.WriteStringValue(hash);
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    // An identifier however it is written. What stands in the place of an EID or an ICCID and is none must not be taken for one because its hash does not tell.
    private static string? HiddenIdOf(JsonElement value, IdentifierHasher hasher)
    {
        var (kind, id) = (value.Text("kind"), value.Text("id"));
        var known = Array.Find([IdentifierKind.Iccid, IdentifierKind.Eid, IdentifierKind.Imei], other => string.Equals(other.WireName, kind, StringComparison.OrdinalIgnoreCase));
        return known is null || id is null ? null
            : known == IdentifierKind.Eid && !IdentifierKind.IsEid(id) ? IdentifierKey.HashMark
            : known.Read(id).Value is { } digits ? hasher.Hide(digits)
            : known == IdentifierKind.Iccid ? IdentifierKey.HashMark : null;
    }
}
