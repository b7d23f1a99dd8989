// The report as Markdown, for tickets and wikis. What comes from elsewhere cannot become a heading, a table or a link.

namespace EsimTools.Reports;

/// <summary>Writes a report as Markdown.</summary>
internal static class MarkdownPage
{
    private const string Special = "\\`*_{}[]<>()#+!|&~$";

    /// <summary>Writes the page.</summary>
    public static void Write(RunReport report, TextWriter writer)
    {
        writer.WriteLine($"# {Text(HtmlPage.TitleOf(report))}");
        writer.WriteLine();
        Table(writer, ["What", "Profiles"], HtmlPage.TotalsOf(report).Select(total => (string[])[total.Word, ReportText.Number(total.Number)]));
        if (report.NextSteps() is { Count: > 0 } steps)
        {
            writer.WriteLine("## What to do next");
            writer.WriteLine();
            foreach (var (text, command) in steps)
            {
                writer.WriteLine($"* {Text(text)} `{ReportText.Foreign(command).Replace('`', '\'')}`");
            }

            writer.WriteLine();
        }

        Section("Waves", ["Wave", "Sent", "Succeeded", "Failed", "In doubt", "Open"], report.Waves.Select(wave => (string[])
            [ReportText.Number(wave.Number), ReportText.Number(wave.Counts.Sent), ReportText.Number(wave.Counts.Succeeded), ReportText.Number(wave.Counts.Failed), ReportText.Number(wave.Counts.InDoubt), ReportText.Number(wave.Counts.Open)]));
        Section("Failures by reason", ["Reason", "Action", "Profiles"], report.Failures.Select(reason => (string[])
            [Text(ReportText.Reason(reason)), Text(reason.Action), ReportText.Number(reason.Count)]));
        Section("In doubt, and open", ["Request", "Action", "Sent", "Status", "Profiles"], report.Loose.Select(request => (string[])
            [Text(request.Id), Text(request.Action), ReportText.Time(request.SubmittedAt), request.Status == EsimRequestStatus.InDoubt ? "in doubt" : "open", ReportText.Number(request.Left)]));
        Section("Kept back by the guard", ["Reason", "Meaning", "Profiles"], report.Refusals.Select(reason => (string[])
            [Text(reason.Code), Text(ReportText.Meaning(reason.Code)), ReportText.Number(reason.Count)]));
        Section("Who, where and why", ["Run", "Account", "User", "Machine", "Began", "Ended", "Reason", "Plan"], report.Runs.Select(run => (string[])
        [
            Text(run.Id), Text(run.AccountName), Text(run.UserName), Text(run.HostName), ReportText.Time(run.StartedAt),
            run.EndedAt is { } end ? $"{ReportText.Time(end)}; it {ReportText.Stage(run)}" : $"It {ReportText.Stage(run)}", Text(run.Reason), Text(run.PlanId),
        ]));
        if (report.Approvals.Count > 0)
        {
            writer.WriteLine("## Approvals");
            writer.WriteLine();
            foreach (var approval in report.Approvals)
            {
                writer.WriteLine($"* {Text(approval)}");
            }

            writer.WriteLine();
        }

        writer.WriteLine($"Made {ReportText.Time(report.MadeAt)} from the journal of {Text(report.Service)}.");

        void Section(string title, string[] columns, IEnumerable<string[]> rows)
        {
            if (rows.Any())
            {
                writer.WriteLine($"## {title}");
                writer.WriteLine();
                Table(writer, columns, rows);
            }
        }
    }

    private static void Table(TextWriter writer, string[] columns, IEnumerable<string[]> rows)
    {
        writer.WriteLine($"| {string.Join(" | ", columns)} |");
        writer.WriteLine($"|{string.Concat(columns.Select(_ => "---|"))}");
        foreach (var row in rows)
        {
            writer.WriteLine($"| {string.Join(" | ", row)} |");
        }

        writer.WriteLine();
    }

    private static string Text(string? text)
    {
        var shown = ReportText.Foreign(text);
        return string.Concat(shown.Select(c => Special.IndexOf(c) >= 0 ? "\\" + c : c.ToString()));
    }
}
