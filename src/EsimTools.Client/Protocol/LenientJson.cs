// Reading JSON whose shape the service does not keep: property case, one object or a list of them, numbers or strings.

using System.Globalization;
using System.Text.Json;

namespace EsimTools.Protocol;

/// <summary>Forgiving access to JSON values; nothing here throws on a value of an unexpected type.</summary>
internal static class LenientJson
{
    /// <summary>Depth is bounded against hostile input; real messages nest five deep.</summary>
    public const int MaxDepth = 32;

    private static readonly string[] MomentFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd"];

    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaxDepth };

    /// <summary>Parses a document, or returns null with the reason when it is not JSON.</summary>
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> utf8, out string? problem)
    {
        try
        {
            utf8 = WithoutByteOrderMark(utf8);
            problem = DuplicateMembers.Has(utf8.Span) ? "one of its objects has a member twice" : null;
            return problem is null ? JsonDocument.Parse(utf8, Options) : null;
        }
        catch (JsonException e)
        {
            problem = utf8.IsEmpty
                ? "it is empty"
                : $"it is not valid JSON (line {(e.LineNumber ?? 0) + 1}, position {(e.BytePositionInLine ?? 0) + 1})";
            return null;
        }
    }

    /// <summary>The value of a property, its name compared without case; null when absent or JSON null.</summary>
    public static JsonElement? Find(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (!TryGetExactly(element, name, out var value))
        {
            var found = false;
            foreach (var property in element.EnumerateObject())
            {
                if (IsNamed(property, name))
                {
                    value = property.Value;
                    found = true;
                    break;
                }
            }

            if (!found)
            {
                return null;
            }
        }

        return value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : value;
    }

    /// <summary>A string or number property as a word that may be shown (see <see cref="ForeignText"/>); null when absent, empty or of another type.</summary>
    public static string? Text(this JsonElement element, string name) => element.RawText(name) is { } text ? ForeignText.Show(text, ForeignText.LongestWord) : null;

    /// <summary>Likewise, for what is said in sentences.</summary>
    public static string? Message(this JsonElement element, string name) => element.RawText(name) is { } text ? ForeignText.Show(text) : null;

    /// <summary>The same as it came: for what is compared or sent and never shown.</summary>
    public static string? RawText(this JsonElement element, string name) => element.Find(name)?.RawText();

    /// <summary>A string or number as it came; null when empty or of another type.</summary>
    public static string? RawText(this JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                try
                {
                    var text = value.GetString();
                    return string.IsNullOrWhiteSpace(text) ? null : text;
                }
                catch (InvalidOperationException)
                {
                    // A lone surrogate or invalid UTF-8 in the string: unusable as an identifier or word.
                    return null;
                }

            case JsonValueKind.Number:
                return value.GetRawText();
            default:
                return null;
        }
    }

    /// <summary>A Boolean property, also as the strings "true" and "false"; null when absent or of another type.</summary>
    public static bool? Flag(this JsonElement element, string name) =>
        element.Find(name) is not { } value ? null
        : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => bool.TryParse(value.RawText(), out var flag) ? flag : null,
            _ => null,
        };

    /// <summary>An integer property, also as a string; null when absent or of another type.</summary>
    public static int? Number(this JsonElement element, string name) =>
        int.TryParse(element.Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A moment in ISO 8601, in UTC where it names no offset; null when absent or written otherwise.</summary>
    public static DateTimeOffset? Moment(this JsonElement element, string name) =>
        DateTimeOffset.TryParseExact(
            element.Text(name), MomentFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment : null;

    /// <summary>The objects of a property that may be one object or an array of them.</summary>
    public static IEnumerable<JsonElement> Objects(this JsonElement element, string name) =>
        element.Find(name) is { } value ? value.AsObjects() : [];

    /// <summary>The objects in a value that may be one object, an array of them, or an array of such arrays.</summary>
    public static IEnumerable<JsonElement> AsObjects(this JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            yield return value;
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                foreach (var inner in item.AsObjects())
                {
                    yield return inner;
                }
            }
        }
    }

    // A property name that is no valid Unicode makes the reader throw; it is none of those that are looked for.
    private static bool TryGetExactly(JsonElement element, string name, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            value = default;
            return false;
        }
    }

    /// <summary>Whether a property has the name, compared without case.</summary>
    public static bool IsNamed(this JsonProperty property, string name)
    {
        try
        {
            return string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> utf8)
    {
        var bytes = utf8.Span;
        return bytes.Length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? utf8.Slice(3) : utf8;
    }
}
