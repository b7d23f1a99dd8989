// The end of a run as a line of the journal tells it: how, the numbers, and what was kept back for which reason.

using System.Text.Json;

namespace EsimTools.Store.Lines;

/// <summary>Writes and reads the members of a <c>run</c> line.</summary>
internal static class JournalRun
{
    /// <summary>Writes them. Identifiers stand under a name that a reader which does not know the line does not take for profiles of a request.</summary>
    public static void Write(Utf8JsonWriter writer, EsimRunStage stage, in EsimRunCounts counts, IReadOnlyList<EsimRunRefusal> refusals, IdentifierHasher? hasher)
    {
        writer.WriteString("stage", stage == EsimRunStage.Ended ? "ended" : "stopped");
        writer.WriteStartObject("counts");
        foreach (var (name, number) in Named(counts))
        {
            if (number != 0)
            {
                writer.WriteNumber(name, number);
            }
        }

        writer.WriteEndObject();
        if (refusals.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("refusals");
        foreach (var refusal in refusals)
        {
            writer.WriteStartObject();
            writer.WriteString("error", refusal.ErrorId);
            writer.WriteNumber("count", refusal.Count);
            writer.WriteStartArray("of");
            foreach (var id in refusal.Ids)
            {
                writer.WriteStringValue(hasher is null ? id : hasher.Hide(id));
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>How a run has ended, by the word of the line; interrupted where it has none that is known.</summary>
    public static EsimRunStage StageOf(string? stage) => stage switch
    {
        "ended" => EsimRunStage.Ended,
        "stopped" => EsimRunStage.Stopped,
        _ => EsimRunStage.Interrupted,
    };

    /// <summary>Reads the numbers. One that is not there is zero.</summary>
    public static EsimRunCounts ReadCounts(ref Utf8JsonReader json)
    {
        var numbers = new Dictionary<string, long>(StringComparer.Ordinal);
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return default;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            numbers[name] = JournalValue.Number64(JournalValue.Text(ref json));
        }

        return new(Of("given"), Of("skipped"), Of("keptBack"), Of("declined"), Of("accepted"), Of("inDoubt"), Of("refused"))
        {
            Deactivated = Of("deactivated"),
            DeactivationsInDoubt = Of("deactivationsInDoubt"),
        };

        long Of(string name) => numbers.TryGetValue(name, out var number) ? number : 0;
    }

    /// <summary>Reads what was kept back.</summary>
    /// <param name="json">Stands on the array.</param>
    /// <param name="withIds">Whether the identifiers are wanted.</param>
    public static List<EsimRunRefusal>? ReadRefusals(ref Utf8JsonReader json, bool withIds)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return null;
        }

        var refusals = new List<EsimRunRefusal>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
            }
            else if (ReadRefusal(ref json, withIds) is { } refusal)
            {
                refusals.Add(refusal);
            }
        }

        return refusals;
    }

    private static EsimRunRefusal? ReadRefusal(ref Utf8JsonReader json, bool withIds)
    {
        string? error = null;
        string? count = null;
        List<string>? ids = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "error": error = JournalValue.Text(ref json); break;
                case "count": count = JournalValue.Text(ref json); break;
                case "of" when withIds: JournalIdentifiers.ReadIds(ref json, null, ref ids); break;
                default: json.Skip(); break;
            }
        }

        return error is null ? null : new(error, JournalValue.Number(count) ?? 0, ids ?? []);
    }

    private static (string Name, long Number)[] Named(in EsimRunCounts counts) =>
    [
        ("given", counts.Given),
        ("skipped", counts.Skipped),
        ("keptBack", counts.KeptBack),
        ("declined", counts.Declined),
        ("accepted", counts.Accepted),
        ("inDoubt", counts.InDoubt),
        ("refused", counts.Refused),
        ("deactivated", counts.Deactivated),
        ("deactivationsInDoubt", counts.DeactivationsInDoubt),
    ];
}
