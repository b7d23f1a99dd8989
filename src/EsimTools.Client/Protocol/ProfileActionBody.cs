// The body of a profile action, byte for byte as the two documents give it.

using System.Text.Json;

namespace EsimTools.Protocol;

/// <summary>Writes request bodies. Optional fields that are not given are left out, never sent as null.</summary>
internal static class ProfileActionBody
{
    /// <summary>The fields beside the devices. A field that is null is left out.</summary>
    internal sealed record Fields(
        string AccountName,
        string? ServicePlan = null,
        bool? EtfWaiver = null,
        string? ReasonCode = null,
        string? SmsrOid = null,
        string? MdnZipCode = null);

    /// <summary>Writes the body for one action on many profiles, with the kinds of identifiers that its page lists.</summary>
    public static ArraySegment<byte> Write(IReadOnlyList<EsimProfile> profiles, Fields fields, bool eid = true, bool iccid = true, bool imei = true)
    {
        var stream = new MemoryStream(256 + (profiles.Count * 160));
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("devices"u8);
            var entry = new JsonEntry();
            for (var i = 0; i < profiles.Count; i++)
            {
                entry.Add("{\"deviceIds\":["u8);
                entry.AddIfGiven("{\"kind\":\"eid\",\"id\":\""u8, eid ? profiles[i].Eid : null, "\"}"u8);
                entry.AddIfGiven("{\"kind\":\"iccid\",\"id\":\""u8, iccid ? profiles[i].Iccid : null, "\"}"u8);
                entry.AddIfGiven("{\"kind\":\"imei\",\"id\":\""u8, imei ? profiles[i].Imei : null, "\"}"u8);
                entry.Add("]}"u8);
                entry.WriteTo(writer);
                JsonPieces.PassOn(writer);
            }

            writer.WriteEndArray();
            writer.WriteString("accountName"u8, fields.AccountName);
            WriteIfGiven(writer, "servicePlan", fields.ServicePlan);
            if (fields.EtfWaiver is { } waiver)
            {
                writer.WriteBoolean("etfWaiver"u8, waiver);
            }

            WriteIfGiven(writer, "reasonCode", fields.ReasonCode);
            WriteIfGiven(writer, "smsrOid", fields.SmsrOid);
            WriteIfGiven(writer, "mdnZipCode", fields.MdnZipCode);
            writer.WriteEndObject();
        }

        return new(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteIfGiven(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
