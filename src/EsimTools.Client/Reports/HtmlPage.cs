// The report as one page: no network, no script, nothing beside it. Everything that comes from elsewhere is escaped.

using System.Net;

namespace EsimTools.Reports;

/// <summary>Writes a report as HTML.</summary>
internal static class HtmlPage
{
    /// <summary>How many profiles are named for a reason; the rest is in Get-EsimResult and the other formats.</summary>
    private const int MostNamed = 200;

    /// <summary>Writes the page.</summary>
    public static void Write(RunReport report, TextWriter writer)
    {
        var first = report.Runs[0];
        writer.WriteLine("<!DOCTYPE html>");
        writer.WriteLine("""<html lang="en">""");
        writer.WriteLine("<head>");
        writer.WriteLine("""<meta charset="utf-8">""");
        writer.WriteLine("""<meta name="viewport" content="width=device-width, initial-scale=1">""");
        writer.WriteLine("""<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">""");
        writer.WriteLine("""<meta name="color-scheme" content="light dark">""");
        writer.WriteLine($"<title>{Text(TitleOf(report))}</title>");
        writer.WriteLine($"<style>\n{HtmlStyle.Sheet}</style>");
        writer.WriteLine("</head>");
        writer.WriteLine("<body>");
        writer.WriteLine("<main>");
        writer.WriteLine($"<header><p class=\"over\">EsimTools report</p><h1>{Text(TitleOf(report))}</h1>");
        if (first.Reason is { } why)
        {
            writer.WriteLine($"<p class=\"why\">{Text(why)}</p>");
        }

        writer.WriteLine("</header>");
        WriteTotals(report, writer);
        WriteNext(report, writer);
        WriteTime(report, writer);
        WriteWaves(report, writer);
        WriteFailures(report, writer);
        WriteLoose(report, writer);
        WriteRefusals(report, writer);
        WriteRuns(report, writer);
        writer.WriteLine($"<footer>Made {ReportText.Time(report.MadeAt)} from the journal of {Text(report.Service)}. Outcomes that arrive later are not in it.</footer>");
        writer.WriteLine("</main>");
        writer.WriteLine("</body>");
        writer.WriteLine("</html>");
    }

    /// <summary>The heading of a report.</summary>
    public static string TitleOf(RunReport report)
    {
        return $"{string.Join(", ", report.Runs.Select(run => run.Action).Distinct(StringComparer.Ordinal))}: {(report.Counts.Sent > 0 ? ReportText.Profiles(report.Counts.Sent) : "nothing sent")}" + (report.Runs.Count > 1 ? $" in {report.Runs.Count} runs" : string.Empty);
    }

    /// <summary>The numbers of a report with their words, those left out that are zero.</summary>
    public static IReadOnlyList<(string Word, long Number, string Kind)> TotalsOf(RunReport report)
    {
        var totals = new List<(string, long, string)>
        {
            ("succeeded", report.Counts.Succeeded, "ok"),
            ("failed", report.Counts.Failed, "bad"),
            ("in doubt", report.Counts.InDoubt, "doubt"),
            ("open", report.Counts.Open, "open"),
            ("deactivated before", report.Deactivated, "calm"),
            ("refused by the service", report.Refused, "bad"),
            ("kept back", report.KeptBack, "calm"),
            ("skipped", report.Skipped, "calm"),
            ("declined", report.Declined, "calm"),
            ("not sent", report.NotSent, "calm"),
        };
        return totals.FindAll(total => total.Item2 > 0 || total.Item1 is "succeeded" or "failed");
    }

    private static string Text(string? text) => WebUtility.HtmlEncode(ReportText.Foreign(text));

    private static void WriteTotals(RunReport report, TextWriter writer)
    {
        writer.WriteLine("<section aria-labelledby=\"totals\"><h2 id=\"totals\">Totals</h2>");
        writer.WriteLine("<ul class=\"tiles\">");
        foreach (var (word, number, kind) in TotalsOf(report))
        {
            writer.WriteLine($"<li class=\"{(number > 0 ? kind : "calm")}\"><b>{ReportText.Number(number)}</b> {word}</li>");
        }

        writer.WriteLine("</ul>");
        HtmlCharts.WriteBar(report.Counts, writer);
        writer.WriteLine("</section>");
    }

    private static void WriteNext(RunReport report, TextWriter writer)
    {
        var steps = report.NextSteps();
        if (steps.Count > 0)
        {
            writer.WriteLine("<section aria-labelledby=\"next\"><h2 id=\"next\">What to do next</h2><ul class=\"next\">");
            foreach (var (text, command) in steps)
            {
                writer.WriteLine($"<li>{Text(text)} <code>{Text(command)}</code></li>");
            }

            writer.WriteLine("</ul></section>");
        }
    }

    private static void WriteTime(RunReport report, TextWriter writer)
    {
        if (!report.Time.IsEmpty)
        {
            writer.WriteLine("<section aria-labelledby=\"time\"><h2 id=\"time\">Outcomes over time</h2>");
            HtmlCharts.WriteTime(report.Time, writer);
            writer.WriteLine("</section>");
        }
    }

    private static void WriteWaves(RunReport report, TextWriter writer)
    {
        if (report.Waves.Count > 0)
        {
            writer.WriteLine("<section aria-labelledby=\"waves\"><h2 id=\"waves\">Waves</h2><div class=\"wide\"><table>");
            writer.WriteLine("<thead><tr><th class=\"n\">Wave</th><th class=\"n\">Sent</th><th class=\"n\">Succeeded</th><th class=\"n\">Failed</th><th class=\"n\">In doubt</th><th class=\"n\">Open</th><th class=\"n\">Failed of known</th></tr></thead><tbody>");
            foreach (var (number, counts) in report.Waves.Select(wave => (wave.Number, wave.Counts)))
            {
                writer.WriteLine(
                    $"<tr><td class=\"n\">{number}</td><td class=\"n\">{ReportText.Number(counts.Sent)}</td><td class=\"n\">{ReportText.Number(counts.Succeeded)}</td><td class=\"n\">{ReportText.Number(counts.Failed)}</td>"
                    + $"<td class=\"n\">{ReportText.Number(counts.InDoubt)}</td><td class=\"n\">{ReportText.Number(counts.Open)}</td><td class=\"n\">{ReportText.Percent(counts.Failed, counts.Succeeded + counts.Failed)}</td></tr>");
            }

            writer.WriteLine("</tbody></table></div></section>");
        }
    }

    private static void WriteFailures(RunReport report, TextWriter writer)
    {
        if (report.Failures.Count > 0)
        {
            writer.WriteLine("<section aria-labelledby=\"failures\"><h2 id=\"failures\">Failures by reason</h2><div class=\"wide\"><table>");
            writer.WriteLine("<thead><tr><th>Reason</th><th>Action</th><th class=\"n\">Profiles</th><th class=\"n\">Of those that failed</th></tr></thead><tbody>");
            foreach (var reason in report.Failures)
            {
                writer.WriteLine($"<tr><td>{Encoded(ReportText.Reason(reason))}{Named(reason)}</td><td class=\"w\">{Text(reason.Action)}</td><td class=\"n\">{ReportText.Number(reason.Count)}</td><td class=\"n\">{ReportText.Percent(reason.Count, report.Counts.Failed)}</td></tr>");
            }

            writer.WriteLine("</tbody></table></div></section>");
        }
    }

    private static void WriteRefusals(RunReport report, TextWriter writer)
    {
        if (report.Refusals.Count > 0)
        {
            writer.WriteLine("<section aria-labelledby=\"refusals\"><h2 id=\"refusals\">Kept back by the guard</h2><p>Nothing was sent for these.</p><div class=\"wide\"><table>");
            writer.WriteLine("<thead><tr><th>Reason</th><th class=\"n\">Profiles</th></tr></thead><tbody>");
            foreach (var reason in report.Refusals)
            {
                var meaning = ReportText.Meaning(reason.Code);
                writer.WriteLine($"<tr><td>{Text(reason.Code)}{(meaning.Length > 0 ? $"<br><span class=\"calm\">{Encoded(meaning)}</span>" : string.Empty)}{Named(reason)}</td><td class=\"n\">{ReportText.Number(reason.Count)}</td></tr>");
            }

            writer.WriteLine("</tbody></table></div></section>");
        }
    }

    private static void WriteLoose(RunReport report, TextWriter writer)
    {
        if (report.Loose.Count > 0)
        {
            writer.WriteLine("<section aria-labelledby=\"loose\"><h2 id=\"loose\">In doubt, and open</h2>");
            writer.WriteLine("<p>Of a request in doubt nobody knows whether the service has taken it; of an open one the outcome is still to come.</p><div class=\"wide\"><table>");
            writer.WriteLine("<thead><tr><th>Request</th><th>Action</th><th>Sent</th><th>Status</th><th class=\"n\">Profiles</th></tr></thead><tbody>");
            foreach (var request in report.Loose)
            {
                var isInDoubt = request.Status == EsimRequestStatus.InDoubt;
                writer.WriteLine(
                    $"<tr><td class=\"id\">{Text(request.Id)}</td><td class=\"w\">{Text(request.Action)}</td><td>{ReportText.Time(request.SubmittedAt)}</td>"
                    + $"<td><span class=\"{(isInDoubt ? "doubt" : "open")}\">{(isInDoubt ? "in doubt" : "open")}</span></td><td class=\"n\">{ReportText.Number(request.Left)}</td></tr>");
            }

            writer.WriteLine("</tbody></table></div></section>");
        }
    }

    private static void WriteRuns(RunReport report, TextWriter writer)
    {
        writer.WriteLine("<section aria-labelledby=\"who\"><h2 id=\"who\">Who, where and why</h2>");
        foreach (var run in report.Runs)
        {
            writer.WriteLine("<dl>");
            Fact("Run", run.Id, "id");
            Fact("Action", run.Action);
            Fact("Account", run.AccountName);
            Fact("User", run.UserName);
            Fact("Machine", run.HostName is { } host ? FormattableString.Invariant($"{host}, process {run.ProcessId}") : null);
            Fact("Began", ReportText.Time(run.StartedAt));
            Fact("Ended", run.EndedAt is { } end ? $"{ReportText.Time(end)}; it {ReportText.Stage(run)}" : $"It {ReportText.Stage(run)}");
            Fact("Reason", run.Reason ?? "none was given");
            Fact("Plan", run.PlanId, "id");
            writer.WriteLine("</dl>");
        }

        if (report.Approvals.Count > 0)
        {
            writer.WriteLine("<h3>Approvals</h3><ul>");
            foreach (var approval in report.Approvals)
            {
                writer.WriteLine($"<li>{Text(approval)}</li>");
            }

            writer.WriteLine("</ul>");
        }

        writer.WriteLine("</section>");

        void Fact(string name, string? value, string kind = "")
        {
            if (value is not null)
            {
                writer.WriteLine($"<dt>{name}</dt><dd{(kind.Length > 0 ? $" class=\"{kind}\"" : string.Empty)}>{Text(value)}</dd>");
            }
        }
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);

    private static string Named(ReportReason reason)
    {
        if (reason.Ids.Count == 0)
        {
            return string.Empty;
        }

        var shown = string.Join(" ", reason.Ids.Take(MostNamed).Select(Text));
        var more = reason.Count > MostNamed ? $" and {ReportText.Number(reason.Count - MostNamed)} more" : string.Empty;
        return $"<details><summary>which</summary><p class=\"ids\">{shown}{more}</p></details>";
    }
}
