// Writes reports of whatever kind.

using EsimTools.Runs;

namespace EsimTools.Reports;

/// <summary>Writes reports.</summary>
/// <param name="history">What has become of runs.</param>
/// <param name="service">The address of the service.</param>
/// <param name="clock">The clock.</param>
internal sealed class ReportWriter(RunHistory history, string service, Clock clock)
{
    /// <summary>Writes a report.</summary>
    public void Write(IEnumerable<EsimRunSummary> runs, TextWriter writer, EsimReportOptions options)
    {
        EsimRunSummary[] ordered = [.. runs.OrderBy(run => run.StartedAt)];
        if (ordered.Length == 0)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, "A report is about one run at least.");
        }

        if (options.Format == EsimReportFormat.Csv)
        {
            CsvReport.Write(history, ordered, writer);
            return;
        }

        var report = RunReport.Of(history, ordered, service, clock.UtcNow, options.Approvals);
        switch (options.Format)
        {
            case EsimReportFormat.Json:
                JsonReport.Write(report, writer);
                break;
            case EsimReportFormat.Markdown:
                MarkdownPage.Write(report, writer);
                break;
            default:
                HtmlPage.Write(report, writer);
                break;
        }
    }
}
