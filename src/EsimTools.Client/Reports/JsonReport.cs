// The report as JSON, for programs.

using System.Text;
using System.Text.Json;

namespace EsimTools.Reports;

/// <summary>Writes a report as JSON.</summary>
internal static class JsonReport
{
    /// <summary>Writes the object.</summary>
    public static void Write(RunReport report, TextWriter writer)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("madeAt", Clock.ToIso(report.MadeAt));
            json.WriteString("service", report.Service);
            json.WriteStartObject("totals");
            WriteCounts(json, report.Counts);
            json.WriteNumber("deactivated", report.Deactivated);
            json.WriteNumber("refused", report.Refused);
            json.WriteEndObject();
            Array(json, "runs", report.Runs, WriteRun);
            Array(json, "approvals", report.Approvals, json.WriteStringValue);
            Array(json, "waves", report.Waves, wave => Object(json, () =>
            {
                json.WriteNumber("wave", wave.Number);
                WriteCounts(json, wave.Counts);
            }));
            Array(json, "outcomesOverTime", report.Time.Steps(out var seconds), step => Object(json, () =>
            {
                json.WriteString("at", Clock.ToIso(step.At));
                json.WriteNumber("seconds", seconds);
                json.WriteNumber("succeeded", step.Succeeded);
                json.WriteNumber("failed", step.Failed);
            }));
            Array(json, "failures", report.Failures, reason => WriteReason(json, reason));
            Array(json, "refusals", report.Refusals, reason => WriteReason(json, reason));
            Array(json, "notSettled", report.Loose, request => Object(json, () =>
            {
                json.WriteString("request", request.Id);
                json.WriteString("action", request.Action);
                json.WriteString("account", request.AccountName);
                json.WriteString("status", request.Status.ToString());
                json.WriteString("submittedAt", Clock.ToIso(request.SubmittedAt));
                json.WriteNumber("profiles", request.Left);
            }));
            Array(json, "next", report.NextSteps(), step => Object(json, () =>
            {
                json.WriteString("text", step.Text);
                json.WriteString("command", step.Command);
            }));
            json.WriteEndObject();

            void WriteRun(EsimRunSummary run) => Object(json, () =>
            {
                json.WriteString("id", run.Id);
                json.WriteString("action", run.Action);
                json.WriteString("account", run.AccountName);
                json.WriteString("user", run.UserName);
                json.WriteString("host", run.HostName);
                json.WriteNumber("process", run.ProcessId);
                json.WriteString("reason", run.Reason);
                json.WriteString("plan", run.PlanId);
                json.WriteString("startedAt", Clock.ToIso(run.StartedAt));
                json.WriteString("endedAt", run.EndedAt is { } end ? Clock.ToIso(end) : null);
                json.WriteString("stage", run.Stage.ToString());
                json.WriteString("heldBecause", run.HeldBecause);
                if (run.Counts is { } counts)
                {
                    json.WriteNumber("given", counts.Given);
                    json.WriteNumber("skipped", counts.Skipped);
                    json.WriteNumber("keptBack", counts.KeptBack);
                    json.WriteNumber("declined", counts.Declined);
                    json.WriteNumber("notSent", counts.NotSent);
                }

                Array(json, "requests", run.RequestIds, json.WriteStringValue);
            });
        }

        writer.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static void WriteCounts(Utf8JsonWriter json, in ReportCounts counts)
    {
        json.WriteNumber("sent", counts.Sent);
        json.WriteNumber("succeeded", counts.Succeeded);
        json.WriteNumber("failed", counts.Failed);
        json.WriteNumber("inDoubt", counts.InDoubt);
        json.WriteNumber("open", counts.Open);
    }

    private static void WriteReason(Utf8JsonWriter json, ReportReason reason) => Object(json, () =>
    {
        json.WriteString("action", reason.Action);
        json.WriteString("code", reason.Code);
        json.WriteString("message", reason.Text is { } text ? ReportText.Foreign(text) : null);
        json.WriteNumber("count", reason.Count);
        Array(json, "profiles", reason.Ids, json.WriteStringValue);
    });

    private static void Object(Utf8JsonWriter json, Action write)
    {
        json.WriteStartObject();
        write();
        json.WriteEndObject();
    }

    private static void Array<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(item);
        }

        json.WriteEndArray();
    }
}
