// Reports: what they tell, that nothing from elsewhere gets out of its place in them, and that a browser shows the page.

using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using EsimTools.Client.Tests.Plans;
using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Reports;

public sealed partial class ReportTests : IDisposable
{
    private const string Evil = "<script>alert(1)</script>\"'&\u202e|`=1+1";

    private readonly ConnectionFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task The_page_tells_totals_reasons_refusals_doubts_and_what_to_do_next()
    {
        var page = Write(await RunAsync("CHG-1"), EsimReportFormat.Html, ["Ada, 2026-11-22"]);

        foreach (var told in (string[])[
            "<b>1</b> succeeded", "<b>1</b> failed", "<b>1</b> in doubt", "<b>1</b> open", "<b>1</b> kept back", "CHG-1", "uws-user", "Failures by reason", "EsimProfileDuplicate", "in the input",
            "Get-EsimRequest -Status InDoubt | Resolve-EsimRequest", "Wait-EsimRequest", "<svg", "Ada, 2026-11-22", "came to its end"])
        {
            Assert.Contains(told, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_page_is_well_formed_needs_nothing_else_and_runs_nothing()
    {
        var page = Write(await RunAsync(Evil), EsimReportFormat.Html, [Evil]);

        // As XML: every element is closed, and every attribute is quoted.
        var document = XDocument.Parse(Void().Replace(page.Replace("<!DOCTYPE html>", string.Empty, StringComparison.Ordinal), "<$1 />"));
        Assert.DoesNotContain(document.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "form" or "object");
        Assert.DoesNotContain(document.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || attribute.Name.LocalName is "href" or "src");
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", page, StringComparison.Ordinal);
        Assert.Equal(2, document.Descendants().Count(element => element.Name.LocalName is "p" or "dd" && element.Value.StartsWith("<script>alert(1)</script>\"'&\\u202e", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Csv_has_a_line_for_each_profile_and_no_formula()
    {
        var csv = Write(await RunAsync("CHG-1", failure: "=cmd|' /C calc'!A0"), EsimReportFormat.Csv, []);

        var lines = csv.TrimEnd().Split("\r\n");
        Assert.Equal(6, lines.Length);
        Assert.Equal(["Failed", "InDoubt", "KeptBack", "Pending", "Succeeded"], lines.Skip(1).Select(line => line.Split(',')[9]).Order(StringComparer.Ordinal));
        Assert.Contains(",'=cmd|' /C calc'!A0", csv, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=1", "'=1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@a", "'@a")]
    [InlineData("a=1", "a=1")]
    [InlineData("a,\"b\"", "\"a,\"\"b\"\"\"")]
    [InlineData("=1,2", "\"'=1,2\"")]
    [InlineData(" =1", "' =1")]
    [InlineData("", "")]
    public void A_cell_is_text_to_every_spreadsheet(string text, string cell) => Assert.Equal(cell, EsimTools.Reports.CsvReport.Cell(text));

    [Fact]
    public async Task Json_tells_what_the_page_tells()
    {
        using var json = JsonDocument.Parse(Write(await RunAsync("CHG-1"), EsimReportFormat.Json, []));

        var root = json.RootElement;
        Assert.Equal("""{"sent":4,"succeeded":1,"failed":1,"inDoubt":1,"open":1,"deactivated":0,"refused":0}""", Space().Replace(root.GetProperty("totals").GetRawText(), string.Empty));
        Assert.Equal((1, "no signal"), (root.GetProperty("failures")[0].GetProperty("count").GetInt32(), root.GetProperty("failures")[0].GetProperty("message").GetString()));
        Assert.Equal(2, root.GetProperty("notSettled").GetArrayLength());
    }

    [Fact]
    public async Task In_Markdown_nothing_from_elsewhere_is_a_mark()
    {
        var page = Write(await RunAsync(Evil), EsimReportFormat.Markdown, [Evil]);

        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.Contains("\\<script\\>", page, StringComparison.Ordinal);
        Assert.All(page.Split('\n').Where(line => line.StartsWith('|')), line => Assert.EndsWith("|", line.TrimEnd(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plan_that_was_held_and_went_on_is_told_of_once()
    {
        using var fixture = new PlanFixture();
        var connection = await fixture.Connections.OpenAsync();
        var host = new PlanHost();
        host.WhenAccepted = request => ThreadPool.QueueUserWorkItem(_ => request.Profiles.ToList().ForEach(profile => connection.ReceiveCallback(
            Sample.Callback(request.RequestId!, profile.Iccid!, host.Accepted.Count == 1 && profile.Iccid == Sample.IccidOf(1) ? "FAILED" : "SUCCESS"))));
        fixture.Plan(connection, EsimAction.Deactivate, Sample.Profiles(6), plan: new() { Waves = new() { Sizes = ["2"], MaxFailed = 1 } });
        await connection.ChangePolicyAsync(_ => new() { Rules = [new() { Action = "deactivate", Caps = [new(3, TimeSpan.FromHours(1))] }] });
        Assert.Throws<EsimException>(Carry);
        await connection.ChangePolicyAsync(_ => new());
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Carry();

        using var json = JsonDocument.Parse(Write(connection, EsimReportFormat.Json, []));
        var root = json.RootElement;
        Assert.Equal((6, 5, 1), (Number("sent"), Number("succeeded"), Number("failed")));
        Assert.Equal([2, 2, 2], root.GetProperty("waves").EnumerateArray().Select(wave => wave.GetProperty("sent").GetInt32()));
        Assert.Empty(root.GetProperty("refusals").EnumerateArray());
        Assert.Equal(["Held", "Ended"], root.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("stage").GetString()));
        Assert.Contains("the policy allows 'deactivate' for 3 profiles", root.GetProperty("runs")[0].GetProperty("heldBecause").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Sample.IccidOf(4), root.GetProperty("runs")[0].GetProperty("heldBecause").GetString(), StringComparison.Ordinal);
        var page = Write(connection, EsimReportFormat.Markdown, []);
        Assert.StartsWith("# deactivate: 6 profiles in 2 runs", page, StringComparison.Ordinal);
        Assert.Contains("it was held. The plan is held: part of the wave could not be sent", page, StringComparison.Ordinal);
        Assert.DoesNotContain("kept back", page, StringComparison.Ordinal);
        Assert.Contains($"Get-EsimRun -PlanId {host.Accepted[0].Run!.PlanId} | Test-EsimRun", page, StringComparison.Ordinal);

        int Number(string name) => root.GetProperty("totals").GetProperty(name).GetInt32();

        void Carry()
        {
            using var run = connection.StartPlanRun(EsimPlan.Load(fixture.PlanPath), new() { Resume = true }, host);
            run.Complete();
        }
    }

    [BrowserFact]
    public async Task Chromium_lays_the_page_out_in_wide_and_in_narrow_windows()
    {
        var page = System.Net.WebUtility.HtmlEncode(Write(await RunAsync(Evil), EsimReportFormat.Html, [Evil]));

        // A page around it measures it as a screen and as a telephone show it; the report itself runs nothing.
        var outer = Path.Combine(_fixture.Folder.Path, "outer.html");
        int[] widths = [1280, 400];
        await File.WriteAllTextAsync(
            outer,
            "<!DOCTYPE html><title>?</title>" + string.Concat(widths.Select(width => $"<iframe style=\"width:{width}px;height:900px;border:0\" srcdoc=\"{page}\"></iframe>"))
            + "<script>onload=()=>{document.title=[...document.querySelectorAll('iframe')].map(f=>{const d=f.contentDocument,w=d.documentElement.scrollWidth;"
            + "return (w<=f.clientWidth?f.clientWidth+' fits':w+' is too wide for '+f.clientWidth)+' '+d.querySelectorAll('svg').length+' '+d.scripts.length+' '+d.querySelector('h1').textContent}).join('; ')}</script>");

        var start = new ProcessStartInfo(BrowserFactAttribute.Path!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + Path.Combine(_fixture.Folder.Path, "browser"), "--dump-dom", new Uri(outer).AbsoluteUri },
        };
        using var process = Process.Start(start)!;
        try
        {
            _ = process.StandardError.ReadToEndAsync();
            var shown = await process.StandardOutput.ReadToEndAsync().WaitAsync(ManualClock.HangLimit);

            Assert.Matches("<title>1280 fits 2 0 deactivate: 4 profiles; 400 fits 2 0 deactivate: 4 profiles</title>", shown);
            await process.WaitForExitAsync().WaitAsync(ManualClock.HangLimit);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    // Of four profiles one has succeeded, one failed, one is open and one is in doubt; a fifth row is a repeated one.
    private async Task<EsimConnection> RunAsync(string reason, string failure = "no signal")
    {
        var connection = await _fixture.OpenAsync();
        _fixture.Service.On(Endpoint.Action, _ => ScriptedService.Taken("one"));
        _fixture.Service.On(Endpoint.Action, new HttpRequestException("cut"));
        var profiles = Sample.Profiles(4);
        await connection.RunAsync(EsimAction.Deactivate, [.. profiles, profiles[0]], new() { Reason = reason, BatchSize = 3, ThrottleLimit = 1 });
        connection.ReceiveCallback(Sample.Callback("one", Sample.IccidOf(1)));
        connection.ReceiveCallback(JsonSerializer.Serialize(new
        {
            requestId = "one",
            deviceIds = new[] { new { id = Sample.IccidOf(2), kind = "iccid" } },
            status = "FAILED",
            faultResponse = new { faultstring = failure },
        }));
        return connection;
    }

    private static string Write(EsimConnection connection, EsimReportFormat format, string[] approvals)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        connection.WriteReport(connection.GetRuns(), writer, new() { Format = format, Approvals = approvals });
        return writer.ToString();
    }

    [GeneratedRegex(@"<((?:meta|br)\b[^>]*)>")]
    private static partial Regex Void();

    [GeneratedRegex(@"\s")]
    private static partial Regex Space();
}
