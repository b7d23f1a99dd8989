// Reads the request line and the header fields of a call, and refuses whatever two readers could understand in two ways.

using System.Net;
using System.Text;

namespace EsimTools.HttpServer;

/// <summary>The head of a call. One object serves all calls of a connection.</summary>
/// <remarks>
/// Strict where leniency lets a proxy and this reader disagree about where a message ends (RFC 9112, sections 2.2, 5 and 6): lines end with
/// CR LF, no blank stands before a colon, no field goes on in the next line, and a body has one length.
/// </remarks>
internal sealed class HttpHead
{
    /// <summary>More digits than any body has bytes, and few enough for a <see cref="long"/>.</summary>
    private const int MostLengthDigits = 18;

    private Fields _seen;
    private bool _closes;
    private bool _keepsOpen;

    [Flags]
    private enum Fields
    {
        None = 0,
        Host = 1,
        ContentLength = 2,
        TransferEncoding = 4,
    }

    /// <summary>Whether the method is POST.</summary>
    public bool IsPost { get; private set; }

    /// <summary>Whether it is HTTP/1.0.</summary>
    public bool IsOld { get; private set; }

    /// <summary>Whether the body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>The body's length; 0 where it has none or comes in chunks.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Whether the sender waits for a word before it sends the body.</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>Whether the sender wants to send more calls on this connection.</summary>
    public bool StaysOpen => !_closes && (!IsOld || _keepsOpen);

    /// <summary>The question about the program itself that a GET or a HEAD asks; null for every other call.</summary>
    public HealthQuestion? Question { get; private set; }

    /// <summary>Whether the call is for the listener.</summary>
    public bool IsServed { get; private set; }

    /// <summary>The last X-Forwarded-For; null when there is none.</summary>
    public string? ForwardedFor { get; private set; }

    /// <summary>Reads a head.</summary>
    /// <param name="bytes">From the request line to the empty line, with the line ends.</param>
    /// <param name="address">What the listener serves.</param>
    /// <returns>The status that refuses it; null when it is right.</returns>
    public HttpStatusCode? Read(ReadOnlySpan<byte> bytes, ListenAddress address)
    {
        (_seen, _closes, _keepsOpen) = (default, false, false);
        (IsPost, IsOld, IsChunked, ContentLength, ExpectsContinue, IsServed, ForwardedFor, Question) = (false, false, false, 0, false, false, null, null);

        var rest = bytes;
        if (!TryTakeLine(ref rest, out var line))
        {
            return HttpStatusCode.BadRequest;
        }

        if (ReadRequestLine(line, out var target, out var isRead) is { } fault)
        {
            return fault;
        }

        ReadOnlySpan<byte> host = default;
        while (TryTakeLine(ref rest, out line) && line.Length > 0)
        {
            if (!TrySplit(line, out var name, out var value))
            {
                return HttpStatusCode.BadRequest;
            }

            if (Ascii.AreEqual(name, "host"u8))
            {
                host = value;
            }

            if (ReadField(name, value) is { } wrong)
            {
                return wrong;
            }
        }

        IsServed = address.Serves(target, host);
        Question = isRead ? address.QuestionOf(target) : null;
        return rest.Length == 0 && IsWhole ? null : HttpStatusCode.BadRequest;
    }

    // HTTP/1.0 knows neither chunks nor the need for a host.
    private bool IsWhole =>
        (IsOld || HasSeen(Fields.Host)) && !(IsChunked && (IsOld || HasSeen(Fields.ContentLength)));

    private static bool TryTakeLine(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> line)
    {
        line = default;
        var end = rest.IndexOf((byte)'\r');
        if (end < 0 || end + 1 >= rest.Length || rest[end + 1] != '\n')
        {
            return false;
        }

        line = rest.Slice(0, end);
        rest = rest.Slice(end + 2);
        return true;
    }

    private static bool TrySplit(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var colon = line.IndexOf((byte)':');
        name = colon < 0 ? default : line.Slice(0, colon);
        value = Ascii.Trim(line.Slice(colon + 1));
        return Ascii.IsToken(name) && Ascii.IsText(value);
    }

    private static bool TryReadLength(ReadOnlySpan<byte> digits, out long length)
    {
        length = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            length = (length * 10) + digit - '0';
        }

        return true;
    }

    private HttpStatusCode? ReadRequestLine(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> target, out bool isRead)
    {
        target = default;
        isRead = false;
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first < 0 || first == last || !Ascii.IsToken(line.Slice(0, first)))
        {
            return HttpStatusCode.BadRequest;
        }

        target = line.Slice(first + 1, last - first - 1);
        var version = line.Slice(last + 1);
        if (!Ascii.IsVisible(target) || version.Length != 8 || !version.StartsWith("HTTP/"u8) || version[6] != '.'
            || version[5] is < (byte)'0' or > (byte)'9' || version[7] is < (byte)'0' or > (byte)'9')
        {
            return HttpStatusCode.BadRequest;
        }

        var method = line.Slice(0, first);
        IsPost = method.SequenceEqual("POST"u8);
        isRead = method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8);
        IsOld = version[7] == '0';
        return version[5] == '1' ? null : HttpStatusCode.HttpVersionNotSupported;
    }

    private HttpStatusCode? ReadField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Ascii.AreEqual(name, "content-length"u8))
        {
            return ReadContentLength(value);
        }

        if (Ascii.AreEqual(name, "transfer-encoding"u8))
        {
            IsChunked = Ascii.AreEqual(value, "chunked"u8);
            return !TryNote(Fields.TransferEncoding) ? HttpStatusCode.BadRequest : IsChunked ? null : HttpStatusCode.NotImplemented;
        }

        if (Ascii.AreEqual(name, "host"u8))
        {
            return TryNote(Fields.Host) && (value.Length == 0 || Ascii.IsVisible(value)) ? null : HttpStatusCode.BadRequest;
        }

        if (Ascii.AreEqual(name, "expect"u8))
        {
            // HTTP/1.0 does not know the word that would be sent.
            ExpectsContinue = !IsOld;
            return Ascii.AreEqual(value, "100-continue"u8) ? null : HttpStatusCode.ExpectationFailed;
        }

        if (Ascii.AreEqual(name, "connection"u8))
        {
            ReadConnection(value);
        }
        else if (Ascii.AreEqual(name, "x-forwarded-for"u8))
        {
            ForwardedFor = Encoding.ASCII.GetString(value.ToArray());
        }

        return null;
    }

    private HttpStatusCode? ReadContentLength(ReadOnlySpan<byte> value)
    {
        var before = ContentLength;
        if (value.Length is 0 or > MostLengthDigits || !TryReadLength(value, out var length))
        {
            return HttpStatusCode.BadRequest;
        }

        ContentLength = length;
        return TryNote(Fields.ContentLength) || before == length ? null : HttpStatusCode.BadRequest;
    }

    private void ReadConnection(ReadOnlySpan<byte> value)
    {
        while (value.Length > 0)
        {
            var comma = value.IndexOf((byte)',');
            var option = Ascii.Trim(comma < 0 ? value : value.Slice(0, comma));
            _closes |= Ascii.AreEqual(option, "close"u8);
            _keepsOpen |= Ascii.AreEqual(option, "keep-alive"u8);
            value = comma < 0 ? default : value.Slice(comma + 1);
        }
    }

    private bool HasSeen(Fields field) => (_seen & field) != 0;

    // False for a field that has been there before.
    private bool TryNote(Fields field)
    {
        var isNew = !HasSeen(field);
        _seen |= field;
        return isNew;
    }
}
