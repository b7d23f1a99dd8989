// The members of a JSON object, each to be read once: what is left over was not understood.

using System.Text.Json;

namespace EsimTools.Model;

/// <summary>Reads the members of an object, and knows whether all have been read.</summary>
internal sealed class Members
{
    private readonly JsonElement _object;
    private int _read;

    /// <param name="element">The object.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public Members(JsonElement element) => _object = element.ValueKind == JsonValueKind.Object ? element : throw new FormatException("an object is missing");

    /// <summary>A text that must be there.</summary>
    public string Text(string name) => TextOrNull(name) ?? throw new FormatException($"it has no '{name}'");

    /// <summary>A text; null where it is missing.</summary>
    public string? TextOrNull(string name) => Find(name, JsonValueKind.String)?.GetString();

    /// <summary>A number; null where it is missing.</summary>
    public double? Number(string name) => Find(name, JsonValueKind.Number)?.GetDouble();

    /// <summary>A whole number; null where it is missing.</summary>
    public int? Integer(string name) =>
        Find(name, JsonValueKind.Number) is not { } found ? null : found.TryGetInt32(out var number) ? number : throw new FormatException($"its '{name}' is no whole number");

    /// <summary>Yes or no; null where it is missing.</summary>
    public bool? Flag(string name) => Find(name, JsonValueKind.True, JsonValueKind.False)?.GetBoolean();

    /// <summary>An object that must be there.</summary>
    public Members Object(string name) => ObjectOrNull(name) ?? throw new FormatException($"it has no '{name}'");

    /// <summary>An object; null where it is missing.</summary>
    public Members? ObjectOrNull(string name) => Find(name, JsonValueKind.Object) is { } found ? new(found) : null;

    /// <summary>An array that must be there.</summary>
    public JsonElement Array(string name) => Find(name, JsonValueKind.Array) ?? throw new FormatException($"it has no '{name}'");

    /// <summary>A member of a kind as it is; null where it is missing.</summary>
    public JsonElement? ElementOrNull(string name, JsonValueKind kind) => Find(name, kind);

    /// <summary>Refuses an object that says more than has been read.</summary>
    /// <exception cref="FormatException">It does.</exception>
    public void CheckAllRead()
    {
        var count = 0;
        foreach (var _ in _object.EnumerateObject())
        {
            count++;
        }

        if (count != _read)
        {
            throw new FormatException("it says something that is not known here; a newer EsimTools has written it");
        }
    }

    private JsonElement? Find(string name, JsonValueKind kind, JsonValueKind? orKind = null)
    {
        if (!_object.TryGetProperty(name, out var found))
        {
            return null;
        }

        if (found.ValueKind != kind && found.ValueKind != orKind)
        {
            throw new FormatException($"its '{name}' is of another kind");
        }

        _read++;
        return found;
    }
}
