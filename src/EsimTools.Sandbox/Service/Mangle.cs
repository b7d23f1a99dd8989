// Spoils good answers, for scripted faults.

using System.Text.Json;

namespace EsimTools.Sandbox.Service;

/// <summary>Makes an answer that a client must not take at its word.</summary>
internal static class Mangle
{
    /// <summary>The answer's first half.</summary>
    public static SandboxAnswer Truncate(SandboxAnswer answer) =>
        new(answer.Status, answer.ContentType, answer.Body.Slice(0, answer.Body.Length / 2));

    /// <summary>The answer with another JSON type for every value at its top: text for numbers and the other way round, objects for arrays.</summary>
    public static SandboxAnswer ChangeTypes(SandboxAnswer answer)
    {
        if (answer.Body.IsEmpty)
        {
            return answer;
        }

        using var document = JsonDocument.Parse(answer.Body);
        return Answers.Write(answer.Status, json =>
        {
            json.WriteStartObject();
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in document.RootElement.EnumerateObject())
                {
                    json.WritePropertyName(property.Name);
                    WriteOther(json, property.Value.ValueKind);
                }
            }

            json.WriteEndObject();
        });
    }

    private static void WriteOther(Utf8JsonWriter json, JsonValueKind kind)
    {
        switch (kind)
        {
            case JsonValueKind.String:
                json.WriteNumberValue(42);
                break;
            case JsonValueKind.Array:
                json.WriteStartObject();
                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue("forty-two");
                break;
        }
    }
}
