// A plan as JSON: what is signed. The reading is in PlanReader.cs.

using System.Text.Encodings.Web;
using System.Text.Json;

namespace EsimTools.Plans;

/// <summary>Writes a plan: its head for people, a line for each profile.</summary>
internal static class PlanText
{
    private static readonly JsonWriterOptions Head = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly byte[] LineStart = [(byte)'\n', (byte)' ', (byte)' '];
    private static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the plan.</summary>
    public static void Write(EsimPlan plan, Stream stream)
    {
        using var writer = new Utf8JsonWriter(stream, Head);
        writer.WriteStartObject();
        writer.WriteString("id", plan.Id);
        writer.WriteString("action", plan.Action);
        WriteFlag(writer, "disableFirst", plan.DisableFirst);
        writer.WriteString("service", plan.Service.ToString());
        writer.WriteString("account", plan.AccountName);
        WriteText(writer, "servicePlan", plan.ServicePlan);
        WriteText(writer, "reasonCode", plan.ReasonCode);
        if (plan.EtfWaiver is { } waiver)
        {
            writer.WriteBoolean("etfWaiver", waiver);
        }

        WriteText(writer, "smsrOid", plan.SmsrOid);
        WriteText(writer, "mdnZipCode", plan.MdnZipCode);
        writer.WriteNumber("batchSize", plan.BatchSize);
        WriteText(writer, "reason", plan.Reason);
        writer.WriteStartObject("author");
        writer.WriteString("user", plan.Author.UserName);
        writer.WriteString("systemUser", plan.Author.SystemUserName);
        writer.WriteString("host", plan.Author.HostName);
        writer.WriteEndObject();
        writer.WriteString("createdAt", Clock.ToIso(plan.CreatedAt));
        writer.WriteString("expiresAt", Clock.ToIso(plan.ExpiresAt));
        WriteText(writer, "undoOf", plan.UndoOf);
        WriteText(writer, "undoes", plan.Undoes);
        WriteWaves(writer, plan.Waves);
        WriteProfiles(writer, plan);
        writer.WriteEndObject();
    }

    private static void WriteWaves(Utf8JsonWriter writer, EsimWaves? waves)
    {
        if (waves is null)
        {
            return;
        }

        writer.WriteStartObject("waves");
        writer.WriteStartArray("sizes");
        foreach (var size in waves.Sizes)
        {
            writer.WriteStringValue(size);
        }

        writer.WriteEndArray();
        writer.WriteString("canary", waves.Canary == EsimCanary.Random ? "random" : "first");
        if (waves.MaxFailed is { } failed)
        {
            writer.WriteNumber("maxFailed", failed);
        }

        if (waves.MaxFailedPercent is { } percent)
        {
            writer.WriteNumber("maxFailedPercent", percent);
        }

        WriteSeconds(writer, "delaySeconds", waves.Delay > TimeSpan.Zero ? waves.Delay : null);
        WriteText(writer, "between", waves.Between);
        WriteText(writer, "timeZone", waves.Between is null ? null : waves.TimeZone);
        WriteSeconds(writer, "timeoutSeconds", waves.Timeout);
        writer.WriteEndObject();
    }

    private static void WriteProfiles(Utf8JsonWriter writer, EsimPlan plan)
    {
        writer.WriteStartArray("profiles");
        using var line = new MemoryStream(512);
        using var json = new Utf8JsonWriter(line, Line);
        foreach (var profile in plan.Profiles)
        {
            // Each on a line of its own; in the canonical form there is no such thing.
            line.SetLength(0);
            line.Write(LineStart, 0, LineStart.Length);
            json.Reset();
            WriteProfile(json, profile, plan);
            json.Flush();
            writer.WriteRawValue(line.GetBuffer().AsSpan(0, (int)line.Length), skipInputValidation: true);
            if (writer.BytesPending > 64 * 1024)
            {
                writer.Flush();
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteProfile(Utf8JsonWriter json, EsimPlanProfile profile, EsimPlan plan)
    {
        json.WriteStartObject();
        WriteText(json, "iccid", profile.Iccid);
        WriteText(json, "eid", profile.Eid);
        WriteText(json, "imei", profile.Imei);
        WriteText(json, "account", profile.AccountName == plan.AccountName ? null : profile.AccountName);
        WriteText(json, "servicePlan", profile.ServicePlan == plan.ServicePlan ? null : profile.ServicePlan);
        json.WriteString("verdict", PlanWords.Of(profile.Verdict));
        WriteText(json, "error", profile.ErrorId?.ToString());
        WriteText(json, "because", profile.Because);
        if (profile.Source != EvidenceSource.None)
        {
            json.WriteString("source", profile.Source.ToString());
            WriteText(json, "asOf", profile.AsOf is { } at ? Clock.ToIso(at) : null);
            WriteText(json, "state", profile.State);
            WriteText(json, "profileStatus", profile.ProfileStatus);
            WriteText(json, "profileRole", profile.ProfileRole);
        }

        json.WriteEndObject();
    }

    private static void WriteSeconds(Utf8JsonWriter writer, string name, TimeSpan? time)
    {
        if (time is { } value)
        {
            writer.WriteNumber(name, value.TotalSeconds);
        }
    }

    private static void WriteFlag(Utf8JsonWriter writer, string name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, true);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
