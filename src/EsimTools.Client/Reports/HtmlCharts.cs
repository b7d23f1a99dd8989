// The drawings of the page, as SVG in it.

using System.Globalization;
using EsimTools.Model;

namespace EsimTools.Reports;

/// <summary>Draws.</summary>
internal static class HtmlCharts
{
    private const int Width = 800;
    private const int Height = 180;
    private const int Left = 84;
    private const int Bottom = 34;
    private const int Top = 8;

    /// <summary>One bar of the profiles by what has become of them.</summary>
    public static void WriteBar(in ReportCounts counts, TextWriter writer)
    {
        (string Kind, string Word, long Number)[] parts = [("ok", "succeeded", counts.Succeeded), ("bad", "failed", counts.Failed), ("doubt", "in doubt", counts.InDoubt), ("open", "open", counts.Open)];
        var sent = counts.Sent;
        parts = Array.FindAll(parts, part => part.Number > 0);
        if (parts.Length == 0)
        {
            return;
        }

        var words = string.Join(", ", parts.Select(part => $"{ReportText.Number(part.Number)} {part.Word}"));
        writer.WriteLine($"<div class=\"bar\"><svg viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{words}\">");
        var x = 0.0;
        foreach (var (kind, _, number) in parts)
        {
            // A few of a million are still to be seen.
            var width = Math.Max(4, 1000.0 * number / sent);
            writer.WriteLine($"<rect class=\"{kind}\" x=\"{Figure(Math.Min(x, 1000 - width))}\" y=\"0\" width=\"{Figure(width)}\" height=\"20\"/>");
            x += 1000.0 * number / sent;
        }

        writer.WriteLine("</svg></div><ul class=\"legend\">");
        foreach (var (kind, word, number) in parts)
        {
            writer.WriteLine($"<li><i class=\"{kind}\"></i>{word} {ReportText.Percent(number, sent)}</li>");
        }

        writer.WriteLine("</ul>");
    }

    /// <summary>The outcomes over time, a column for each step.</summary>
    public static void WriteTime(ReportTime time, TextWriter writer)
    {
        var steps = time.Steps(out var seconds);
        var most = steps.Max(step => step.Succeeded + step.Failed);
        var column = (double)(Width - Left) / steps.Count;
        var high = Height - Top - Bottom;
        writer.WriteLine($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"Outcomes from {ReportText.Time(steps[0].At)} on, at most {ReportText.Number(most)} in {Span(seconds)}\">");
        foreach (var part in (double[])[0, 0.5, 1])
        {
            var y = Figure(Top + (high * (1 - part)));
            writer.WriteLine($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width}\" y1=\"{y}\" y2=\"{y}\"/>");
            if (part != 0.5 || most > 1)
            {
                writer.WriteLine($"<text x=\"{Left - 8}\" y=\"{y}\" text-anchor=\"end\" dominant-baseline=\"middle\">{ReportText.Number((long)Math.Round(most * part))}</text>");
            }
        }

        for (var i = 0; i < steps.Count; i++)
        {
            var x = Left + (column * i);
            var good = (double)high * steps[i].Succeeded / most;
            var bad = (double)high * steps[i].Failed / most;
            var bar = Math.Min(column * 0.86, 40);
            Column("ok", x + ((column - bar) / 2), Top + high - good, bar, good);
            Column("bad", x + ((column - bar) / 2), Top + high - good - bad, bar, bad);
        }

        var isLong = steps[steps.Count - 1].At - steps[0].At > TimeSpan.FromHours(20);
        Label(Left, "start", steps[0].At);
        if (steps.Count > 2)
        {
            Label(Width, "end", steps[steps.Count - 1].At.AddSeconds(seconds));
        }

        writer.WriteLine("</svg>");
        writer.WriteLine($"<ul class=\"legend\"><li><i class=\"ok\"></i>succeeded</li><li><i class=\"bad\"></i>failed</li><li>a column is {Span(seconds)}; times are UTC</li></ul>");

        void Column(string kind, double x, double y, double width, double height)
        {
            if (height > 0)
            {
                writer.WriteLine($"<rect class=\"{kind}\" x=\"{Figure(x)}\" y=\"{Figure(y)}\" width=\"{Figure(width)}\" height=\"{Figure(Math.Max(height, 1))}\"/>");
            }
        }

        void Label(int x, string anchor, DateTimeOffset at) =>
            writer.WriteLine($"<text x=\"{x}\" y=\"{Height - 6}\" text-anchor=\"{anchor}\">{at.UtcDateTime.ToString(isLong ? "yyyy-MM-dd HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture)}</text>");
    }

    private static string Figure(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Span(int seconds) => seconds switch
    {
        < 60 => Quantity.Of(seconds, "second"),
        < 3600 => Quantity.Of(seconds / 60, "minute"),
        < 86_400 => Quantity.Of(seconds / 3600, "hour"),
        _ => Quantity.Of(seconds / 86_400, "day"),
    };
}
