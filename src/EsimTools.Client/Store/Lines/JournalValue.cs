// Values in journal lines. They may have been written by anybody, so what is not as it should be counts as left out.

using System.Globalization;
using System.Text.Json;

namespace EsimTools.Store.Lines;

/// <summary>Reads the value that the JSON reader stands on, and reads over it.</summary>
internal static class JournalValue
{
    /// <summary>A text or a number; null where it is empty or of another kind, which counts as left out.</summary>
    public static string? Text(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                return json.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? ForeignText.Show(text, ForeignText.LongestSentence) : null;
            case JsonTokenType.Number:
                return ForeignText.Show(System.Text.Encoding.ASCII.GetString(json.ValueSpan.ToArray()), ForeignText.LongestSentence);
            default:
                json.Skip();
                return null;
        }
    }

    /// <summary>The number in a text; null where it holds none.</summary>
    public static int? Number(string? text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A place in the line of all requests; 0 where there is none. A number that somebody has made up must not use that line up.</summary>
    public static long Number64(string? text)
    {
        const long Most = 1L << 53;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= Most ? number : 0;
    }

    /// <summary>Whether it is <c>true</c>.</summary>
    public static bool Flag(ref Utf8JsonReader json)
    {
        var flag = json.TokenType == JsonTokenType.True;
        json.Skip();
        return flag;
    }

    /// <summary>The time in a text; null where it holds none.</summary>
    public static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>The run that a request belongs to; null where it is left out or of another kind.</summary>
    public static EsimRunInfo? Run(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }

        string? id = null;
        string? at = null;
        string? user = null;
        string? host = null;
        string? process = null;
        string? reason = null;
        string? plan = null;
        var isAlone = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "id": id = Text(ref json); break;
                case "at": at = Text(ref json); break;
                case "user": user = Text(ref json); break;
                case "host": host = Text(ref json); break;
                case "process": process = Text(ref json); break;
                case "reason": reason = Text(ref json); break;
                case "alone": isAlone = Flag(ref json); break;
                case "plan": plan = Text(ref json); break;
                default: json.Skip(); break;
            }
        }

        return id is not null && Time(at) is { } startedAt
            ? new() { Id = id, StartedAt = startedAt, UserName = user, HostName = host, ProcessId = Number(process) ?? 0, Reason = reason, PlanId = plan, IsAlone = isAlone }
            : null;
    }
}
