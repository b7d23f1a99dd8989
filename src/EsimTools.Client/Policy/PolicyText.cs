// A policy as JSON. docs/policy.schema.json describes it; the reading is in PolicyReader.cs.

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EsimTools.Policy;

/// <summary>Writes policies.</summary>
internal static class PolicyText
{
    /// <summary>The format's version.</summary>
    public const int Version = 1;

    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a policy.</summary>
    public static string Write(EsimPolicy policy)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_options))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteBoolean("readOnly", policy.IsReadOnly);
            json.WriteStartObject("actions");
            foreach (var rule in policy.Rules)
            {
                WriteRule(json, rule);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteRule(Utf8JsonWriter json, EsimPolicyRule rule)
    {
        json.WriteStartObject(rule.Action);
        if (rule.RequirePlan)
        {
            json.WriteBoolean("requirePlan", true);
        }

        if (rule.Approvals > 0)
        {
            json.WriteNumber("approvals", rule.Approvals);
        }

        WriteApprovers(json, rule.Approvers);
        if (rule.Caps.Count > 0)
        {
            json.WriteStartArray("caps");
            foreach (var cap in rule.Caps)
            {
                json.WriteStartObject();
                json.WriteNumber("profiles", cap.Profiles);
                json.WriteString("within", cap.TimeText);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (rule.WavesFrom is { } from)
        {
            json.WriteNumber("wavesFrom", from);
        }

        json.WriteEndObject();
    }

    private static void WriteApprovers(Utf8JsonWriter json, IReadOnlyList<EsimPolicyApprover> approvers)
    {
        if (approvers.Count == 0)
        {
            return;
        }

        json.WriteStartArray("approvers");
        foreach (var approver in approvers)
        {
            json.WriteStartObject();
            json.WriteString("certificate", approver.Thumbprint);
            if (approver.UserNames.Count > 0)
            {
                json.WriteStartArray("users");
                foreach (var name in approver.UserNames)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
