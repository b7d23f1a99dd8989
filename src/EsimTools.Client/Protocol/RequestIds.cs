// The id that the service gives a request: it is shown, typed, written into the journal and put into an address, so not every text will do.

using System.Text.Json;

namespace EsimTools.Protocol;

/// <summary>Reads request ids. The service's own are UUIDs.</summary>
internal static class RequestIds
{
    private const int LongestId = 128;

    /// <summary>Reads the <c>requestId</c> of an answer or a message; null where there is none, or none that can be used.</summary>
    public static string? Read(JsonElement element) => element.RawText("requestId") is { } text && IsUsable(text) ? text : null;

    /// <summary>
    /// Whether a text can be a request id: up to 128 letters, digits, and <c>- _ . ~ :</c> behind the first one. So it is no <c>..</c> in a
    /// path, no option on a command line, and no formula in a spreadsheet.
    /// </summary>
    public static bool IsUsable(string text)
    {
        if (text.Length is 0 or > LongestId || !IsLetterOrDigit(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!IsLetterOrDigit(c) && c is not ('-' or '_' or '.' or '~' or ':'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLetterOrDigit(char c) => c is (>= '0' and <= '9') or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z');
}
