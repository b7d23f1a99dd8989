// The parts of a plan's file: where the plan stands in it, its digest, its signatures.

using System.Text.Json;

namespace EsimTools.Plans;

/// <summary>The parts of a plan's file.</summary>
/// <param name="Start">Where the plan begins.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Digest">The digest that the file names.</param>
/// <param name="Signatures">The signatures, in CMS.</param>
internal sealed record PlanParts(int Start, int Length, string Digest, IReadOnlyList<byte[]> Signatures)
{
    /// <summary>Finds the parts.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="version">The format's version.</param>
    /// <exception cref="FormatException">It is no such file.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static PlanParts Find(ReadOnlySpan<byte> utf8, string format, int version)
    {
        var json = new Utf8JsonReader(utf8);
        var (start, length) = (0, 0);
        string? digest = null;
        string? named = null;
        var signatures = new List<byte[]>();
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("it is no object");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "format" when json.TokenType == JsonTokenType.String:
                    named = json.GetString();
                    break;
                case "version" when json.TokenType == JsonTokenType.Number:
                    if (!json.TryGetInt32(out var written) || written != version)
                    {
                        throw new FormatException($"it is of another format than {version}, which this EsimTools reads");
                    }

                    break;
                case "plan" when json.TokenType == JsonTokenType.StartObject:
                    start = (int)json.TokenStartIndex;
                    json.Skip();
                    length = (int)json.BytesConsumed - start;
                    break;
                case "digest" when json.TokenType == JsonTokenType.String:
                    digest = json.GetString();
                    break;
                case "signatures" when json.TokenType == JsonTokenType.StartArray:
                    while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                    {
                        signatures.Add(json.TokenType == JsonTokenType.String && json.TryGetBytesFromBase64(out var signature) ? signature : throw new FormatException("a signature in it cannot be read"));
                    }

                    break;
                default:
                    throw new FormatException($"it says '{name}', which is not known here");
            }
        }

        while (json.Read())
        {
        }

        return named == format && length > 0 && digest is not null ? new(start, length, digest, signatures) : throw new FormatException("it is no plan");
    }
}
