// Export-EsimReport: what became of a run, or of the runs of a plan, as a page or a file for others.

using System.Management.Automation;
using System.Text;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Writes a report of a run, or one report of all runs that are given: a page that needs nothing else, CSV, JSON or Markdown.</summary>
[Cmdlet(VerbsData.Export, "EsimReport", DefaultParameterSetName = RunSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportEsimReportCommand : ConnectedCmdlet
{
    private const string RunSet = "Run";
    private const string PlanSet = "Plan";

    private readonly List<EsimRunSummary> _runs = [];

    /// <summary>The ids of runs, or what Get-EsimRun has written of them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = RunSet, HelpMessage = "The id of a run, 32 hexadecimal digits; Get-EsimRun lists them.")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public PSObject[] Run { get; set; } = [];

    /// <summary>The plan whose runs are reported, by its id.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PlanSet, HelpMessage = "The id of a plan, 32 hexadecimal digits; Get-EsimPlan shows it.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PlanIdCompleter))]
    public string? PlanId { get; set; }

    /// <summary>The file; without it, esim-report- and the run's id in the current folder.</summary>
    [Parameter(Position = 0)]
    [Alias("FilePath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>What it is written as; without it, what the file's name ends with, and else a page.</summary>
    [Parameter]
    public EsimReportFormat As { get; set; }

    /// <summary>Who has approved what was done, a sentence each.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] Approval { get; set; } = [];

    /// <summary>Replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == PlanSet)
        {
            _runs.AddRange(Service.GetRuns(run => string.Equals(run.PlanId, PlanId, StringComparison.OrdinalIgnoreCase)));
            if (_runs.Count == 0)
            {
                WriteFailure(RunReader.NoPlan(PlanId!), PlanId);
            }

            return;
        }

        foreach (var named in Run)
        {
            if (RunReader.IdOf(named) is not { } id)
            {
                WriteFailure(RunReader.NoRun(), named);
            }
            else if (Service.GetRuns(run => string.Equals(run.Id, id, StringComparison.OrdinalIgnoreCase)).FirstOrDefault() is { } run)
            {
                _runs.Add(run);
            }
            else
            {
                WriteFailure(RunReader.Unknown(id), named);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_runs.Count == 0)
        {
            return;
        }

        var format = FormatOf();
        var path = GetUnresolvedProviderPathFromPSPath(Path ?? $"esim-report-{_runs[0].PlanId ?? _runs[0].Id}{EndOf(format)}");
        if (!ShouldProcess(path, "write the report"))
        {
            return;
        }

        try
        {
            using (var stream = new FileStream(path, Force ? FileMode.Create : FileMode.CreateNew, FileAccess.Write, FileShare.None))
            using (var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: format == EsimReportFormat.Csv)))
            {
                Service.WriteReport(_runs, writer, new() { Format = format, Approvals = Approval });
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Terminate(
                new(
                    EsimError.EsimParameterInvalid,
                    File.Exists(path) && !Force ? $"'{path}' is there already, and the report was not written." : $"The report cannot be written to '{path}': {e.Message}",
                    "Give another file with -Path, or -Force to replace it.",
                    e),
                path);
        }

        WriteObject(new FileInfo(path));
    }

    private EsimReportFormat FormatOf() =>
        MyInvocation.BoundParameters.ContainsKey(nameof(As)) ? As : System.IO.Path.GetExtension(Path ?? string.Empty).ToUpperInvariant() switch
        {
            ".CSV" => EsimReportFormat.Csv,
            ".JSON" => EsimReportFormat.Json,
            ".MD" => EsimReportFormat.Markdown,
            _ => EsimReportFormat.Html,
        };

    private static string EndOf(EsimReportFormat format) => format switch
    {
        EsimReportFormat.Csv => ".csv",
        EsimReportFormat.Json => ".json",
        EsimReportFormat.Markdown => ".md",
        _ => ".html",
    };
}
