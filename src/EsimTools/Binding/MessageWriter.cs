// Writes an object of ConvertFrom-Json, or a hashtable, as the JSON that it came from.

using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;

namespace EsimTools.Binding;

/// <summary>Writes objects as JSON. ConvertTo-Json is of no use here: it cuts off what is nested deeper than it is told to look.</summary>
internal static class MessageWriter
{
    /// <summary>Messages nest five deep. A bound also ends objects that hold themselves.</summary>
    private const int Deepest = 24;

    private static readonly string[] Telling = ["requestId", "faultResponse", "message"];

    /// <summary>Writes a message; null with the reason when the object is none.</summary>
    public static byte[]? TryWrite(PSObject input, out string? problem)
    {
        // Looked at first: reading all the properties of an arbitrary object can take for ever.
        if (!Array.Exists(Telling, name => Has(input, name)))
        {
            problem = "it has no requestId";
            return null;
        }

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            if (!TryWriteObject(json, input, 0))
            {
                problem = "it is nested too deep";
                return null;
            }
        }

        problem = null;
        return stream.ToArray();
    }

    private static bool Has(PSObject input, string name) =>
        input.BaseObject is IDictionary dictionary
            ? dictionary.Keys.OfType<string>().Contains(name, StringComparer.OrdinalIgnoreCase)
            : input.Properties[name] is not null;

    private static bool TryWriteObject(Utf8JsonWriter json, object value, int depth)
    {
        json.WriteStartObject();
        if (value is IDictionary dictionary || (value is PSObject { BaseObject: IDictionary inner } && (dictionary = inner) is not null))
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                json.WritePropertyName(Text(entry.Key));
                if (!TryWriteValue(json, entry.Value, depth + 1))
                {
                    return false;
                }
            }
        }
        else
        {
            foreach (var property in PSObject.AsPSObject(value).Properties)
            {
                json.WritePropertyName(property.Name);
                if (!TryWriteValue(json, ValueOf(property), depth + 1))
                {
                    return false;
                }
            }
        }

        json.WriteEndObject();
        return true;
    }

    private static bool TryWriteValue(Utf8JsonWriter json, object? value, int depth)
    {
        if (depth > Deepest)
        {
            return false;
        }

        switch (value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value)
        {
            case null:
                json.WriteNullValue();
                return true;
            case string text:
                json.WriteStringValue(text);
                return true;
            case IDictionary or PSObject:
                return TryWriteObject(json, value!, depth);
            case IEnumerable list:
                json.WriteStartArray();
                foreach (var item in list)
                {
                    if (!TryWriteValue(json, item, depth + 1))
                    {
                        return false;
                    }
                }

                json.WriteEndArray();
                return true;
            default:
                // Numbers, dates, GUIDs, Booleans: a message is read the same whether they are quoted or not.
                json.WriteStringValue(Text(value));
                return true;
        }
    }

    private static string Text(object? value) =>
        Convert.ToString(value is PSObject wrapped ? wrapped.BaseObject : value, CultureInfo.InvariantCulture) ?? string.Empty;

    private static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            // A calculated property that fails says nothing.
            return null;
        }
    }
}
