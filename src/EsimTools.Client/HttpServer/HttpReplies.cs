// The answers as bytes: a status line, few headers and never a body.

using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace EsimTools.HttpServer;

/// <summary>Makes answers. They change with the second only, because they tell the date, so each is made once a second.</summary>
internal sealed class HttpReplies(Clock clock)
{
    private Sheet _sheet = new(DateTimeOffset.MinValue);

    /// <summary>Tells a sender to go on with the body.</summary>
    public static byte[] Continue { get; } = Encoding.ASCII.GetBytes("HTTP/1.1 100 Continue\r\n\r\n");

    /// <summary>An answer.</summary>
    public byte[] Get(HttpStatusCode status, ReplyEnding ending)
    {
        var sheet = Volatile.Read(ref _sheet);
        var now = clock.UtcNow;
        if (now < sheet.From || now >= sheet.From.AddSeconds(1))
        {
            sheet = new Sheet(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)));
            Volatile.Write(ref _sheet, sheet);
        }

        return sheet.Replies.TryGetValue((status, ending), out var known) ? known : sheet.Replies[(status, ending)] = Make(status, ending, sheet.From);
    }

    private static byte[] Make(HttpStatusCode status, ReplyEnding ending, DateTimeOffset at)
    {
        var text = new StringBuilder("HTTP/1.1 ").Append((int)status).Append(' ').Append(PhraseOf(status))
            .Append("\r\nContent-Length: 0\r\nDate: ").Append(at.ToString("r", CultureInfo.InvariantCulture)).Append("\r\n");
        text.Append(status == HttpStatusCode.MethodNotAllowed ? "Allow: POST\r\n" : string.Empty);
        text.Append(ending switch
        {
            ReplyEnding.Close => "Connection: close\r\n",
            ReplyEnding.OpenForOld => "Connection: keep-alive\r\n",
            _ => string.Empty,
        });
        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }

    private static string PhraseOf(HttpStatusCode status) => (int)status switch
    {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Status",
    };

    private sealed class Sheet(DateTimeOffset from)
    {
        public DateTimeOffset From { get; } = from;

        public ConcurrentDictionary<(HttpStatusCode Status, ReplyEnding Ending), byte[]> Replies { get; } = new();
    }
}
