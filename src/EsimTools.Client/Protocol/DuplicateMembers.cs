// Finds objects that name a member twice, also in different case: such a message says two things, and readers differ in which one they take.

using System.Text;
using System.Text.Json;

namespace EsimTools.Protocol;

/// <summary>Looks for duplicate member names (RFC 8259, section 4) in a JSON text.</summary>
internal static class DuplicateMembers
{
    // More members than any object of the service has.
    private const int MostKept = 64;

    private static readonly JsonReaderOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = LenientJson.MaxDepth };

    // One set for each depth, used again for the next object there and for the next text: a page of the list has thousands of them, and callbacks come by the thousand.
    [ThreadStatic]
    private static HashSet<ulong>?[]? t_seen;

    /// <summary>Whether any object has a member twice.</summary>
    /// <param name="utf8">The text.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static bool Has(ReadOnlySpan<byte> utf8)
    {
        var seen = t_seen ??= new HashSet<ulong>?[LenientJson.MaxDepth + 1];
        var json = new Utf8JsonReader(utf8, Options);
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.StartObject)
            {
                Empty(ref seen[json.CurrentDepth]);
            }
            else if (json.TokenType == JsonTokenType.PropertyName && !seen[json.CurrentDepth - 1]!.Add(HashOf(json)))
            {
                return true;
            }
        }

        return false;
    }

    // What one hostile object has made large is not kept, and not cleared for each small one after it.
    private static void Empty(ref HashSet<ulong>? seen)
    {
        if (seen is { Count: <= MostKept })
        {
            seen.Clear();
        }
        else
        {
            seen = [];
        }
    }

    // FNV-1a over small letters. Two names with one hash make a message that is turned away, and no other harm.
    private static ulong HashOf(in Utf8JsonReader json)
    {
        var name = json.ValueIsEscaped ? Unescaped(json) : json.ValueSpan;
        var hash = 0xCBF29CE484222325;
        foreach (var value in name)
        {
            hash = (hash ^ (value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value)) * 0x100000001B3;
        }

        return hash;
    }

    // A name that is no valid Unicode is none of those that are looked for.
    private static ReadOnlySpan<byte> Unescaped(in Utf8JsonReader json)
    {
        try
        {
            return Encoding.UTF8.GetBytes(json.GetString()!);
        }
        catch (InvalidOperationException)
        {
            return json.ValueSpan;
        }
    }
}
