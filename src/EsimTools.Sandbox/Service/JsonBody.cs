// Reads request bodies straight from their bytes, and refuses what is not exactly as documented.

using System.Text;
using System.Text.Json;

namespace EsimTools.Sandbox.Service;

/// <summary>Strict reading of JSON requests. Every method leaves the reader on the last token of what it read.</summary>
internal static class JsonBody
{
    private const string Malformed = "INPUT_INVALID.DeserializationFailed";

    /// <summary>Reads one property's value; the reader stands on its first token. Returns false when there is no such property.</summary>
    public delegate bool PropertyReader(string name, ref Utf8JsonReader json);

    /// <summary>Reads a whole body that must be one object of known properties.</summary>
    public static void ReadObject(ReadOnlySpan<byte> body, PropertyReader property)
    {
        if (body.IsEmpty)
        {
            throw Refusal.BadRequest("INPUT_INVALID.RequestUndefined", "The request has no body.");
        }

        var json = new Utf8JsonReader(body);
        try
        {
            json.Read();
            ReadProperties(ref json, "The body", property);
            json.Read();
        }
        catch (JsonException e)
        {
            throw Refusal.BadRequest(Malformed, "The body is not valid JSON: " + (FindError(body) ?? e).Message);
        }
        catch (InvalidOperationException e) when (e.InnerException is DecoderFallbackException)
        {
            throw Refusal.BadRequest(Malformed, $"The body is not valid UTF-8 at byte {FindNoText(body)}.");
        }
    }

    /// <summary>Reads an object's properties; the reader stands on its opening brace.</summary>
    public static void ReadProperties(ref Utf8JsonReader json, string what, PropertyReader property)
    {
        Expect(ref json, JsonTokenType.StartObject, what, "an object");
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            if (!property(name, ref json))
            {
                throw Refusal.BadRequest(Malformed, $"The field '{name}' is not known here.");
            }
        }
    }

    /// <summary>A JSON string with any characters: passwords are free.</summary>
    public static string AnyText(ref Utf8JsonReader json, string name)
    {
        Expect(ref json, JsonTokenType.String, name, "a string");
        return json.GetString()!;
    }

    /// <summary>A JSON string, checked for the characters that the service forbids.</summary>
    public static string Text(ref Utf8JsonReader json, string name)
    {
        var text = AnyText(ref json, name);
        if (text.IndexOfAny(['\'', '<', '\\', ';']) >= 0)
        {
            throw Refusal.BadRequest("INPUT_INVALID.Request.InvalidCharacter", $"The value of '{name}' holds one of the characters ' < \\ ; which are not allowed.");
        }

        return text;
    }

    /// <summary>A JSON boolean; text that says true does not count.</summary>
    public static bool Boolean(ref Utf8JsonReader json, string name) => json.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw WrongType(name, "a boolean"),
    };

    /// <summary>A whole number, also when it is written as a string of digits.</summary>
    public static long Number(ref Utf8JsonReader json, string name)
    {
        if ((json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number)) ||
            (json.TokenType == JsonTokenType.String && long.TryParse(json.GetString(), out number)))
        {
            return number;
        }

        throw WrongType(name, "a whole number");
    }

    /// <summary>Checks the token on which the reader stands.</summary>
    public static void Expect(ref Utf8JsonReader json, JsonTokenType type, string name, string words)
    {
        if (json.TokenType != type)
        {
            throw WrongType(name, words);
        }
    }

    public static Refusal WrongType(string name, string words) =>
        Refusal.BadRequest(Malformed, $"The value of '{name}' must be {words}.");

    // Who reads a body with more than one reader counts the bytes of none but the last.
    private static JsonException? FindError(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        try
        {
            while (json.Read())
            {
            }

            return null;
        }
        catch (JsonException e)
        {
            return e;
        }
    }

    private static int FindNoText(ReadOnlySpan<byte> body)
    {
        try
        {
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetCharCount(body.ToArray());
            return body.Length;
        }
        catch (DecoderFallbackException e)
        {
            return e.Index;
        }
    }
}
