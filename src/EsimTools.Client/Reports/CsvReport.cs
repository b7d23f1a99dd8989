// The report as CSV: a line for each profile. A spreadsheet takes what begins with = + - @ for a formula, so such a cell gets an apostrophe.

using System.Globalization;
using EsimTools.Runs;

namespace EsimTools.Reports;

/// <summary>Writes the profiles of runs as CSV.</summary>
internal static class CsvReport
{
    private const string Header = "RunId,RequestId,Wave,Action,AccountName,ServicePlan,Iccid,Eid,Imei,Status,ReceivedAt,State,ProfileStatus,ErrorCode,ErrorMessage";

    /// <summary>Writes the lines, request by request, and behind them what was kept back.</summary>
    public static void Write(RunHistory history, IReadOnlyList<EsimRunSummary> runs, TextWriter writer)
    {
        var ids = new HashSet<string>(runs.Select(run => run.Id), StringComparer.OrdinalIgnoreCase);
        writer.Write(Header + "\r\n");
        foreach (var request in history.Requests(run => ids.Contains(run.Id)))
        {
            for (var i = 0; i < request.Count; i++)
            {
                var (profile, result) = (request.Profiles[i], request.ResultAt(i));
                Line(
                    writer, request.Run!.Id, request.DisplayId, request.Wave > 0 ? request.Wave.ToString(CultureInfo.InvariantCulture) : null, request.Action, request.AccountName,
                    profile.ServicePlan ?? request.ServicePlan, profile.Iccid, profile.Eid, profile.Imei,
                    result?.Status.ToString() ?? (request.RequestId is null ? nameof(EsimRequestStatus.InDoubt) : nameof(OutcomeStatus.Pending)),
                    result is null ? null : Clock.ToIso(result.ReceivedAt), result?.State, result?.ProfileStatus, result?.ErrorCode, result?.ErrorMessage);
            }
        }

        foreach (var run in runs)
        {
            foreach (var refusal in history.RefusalsOf(run))
            {
                foreach (var id in refusal.Ids)
                {
                    var isEid = EsimAction.Find(run.Action)?.IsForDevice == true;
                    Line(writer, run.Id, null, null, run.Action, run.AccountName, null, isEid ? null : id, isEid ? id : null, null, "KeptBack", null, null, null, refusal.ErrorId, null);
                }
            }
        }
    }

    /// <summary>A cell that no spreadsheet takes for a formula.</summary>
    public static string Cell(string? text)
    {
        var shown = ReportText.Foreign(text);
        if (shown.TrimStart() is { Length: > 0 } seen && seen[0] is '=' or '+' or '-' or '@')
        {
            shown = "'" + shown;
        }

        return shown.IndexOfAny([',', '"', '\r', '\n', ';']) < 0 && shown.Trim() == shown ? shown : $"\"{shown.Replace("\"", "\"\"")}\"";
    }

    private static void Line(TextWriter writer, params string?[] cells) => writer.Write(string.Join(",", cells.Select(Cell)) + "\r\n");
}
