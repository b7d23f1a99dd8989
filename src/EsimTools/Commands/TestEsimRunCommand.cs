// Test-EsimRun: whether the profiles of a run are still as it has left them, by the service's present word.

using System.Management.Automation;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Asks the service for the present state of the profiles of a run, and compares it with what was confirmed.</summary>
[Cmdlet(VerbsDiagnostic.Test, "EsimRun")]
[OutputType(typeof(EsimRunCheck))]
public sealed class TestEsimRunCommand : ConnectedCmdlet
{
    /// <summary>The ids of runs, or what Get-EsimRun has written of them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "The id of a run, 32 hexadecimal digits; Get-EsimRun lists them.")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public PSObject[] Run { get; set; } = [];

    /// <summary>Only profiles with one of these verdicts, for example Different.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public EsimRunVerdict[] Verdict { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var named in Run)
        {
            if (RunReader.IdOf(named) is not { } id)
            {
                WriteFailure(RunReader.NoRun(), named);
            }
            else if (Service.GetRuns(run => IsRun(run, id)).FirstOrDefault() is { } run)
            {
                Check(run);
            }
            else
            {
                WriteFailure(RunReader.Unknown(id), named);
            }
        }
    }

    private static bool IsRun(EsimRunInfo run, string id) => string.Equals(run.Id, id, StringComparison.OrdinalIgnoreCase);

    private void Check(EsimRunSummary run)
    {
        // Deactivations before deletions have led on to those.
        foreach (var request in Service.GetRequestsOfRuns(known => IsRun(known, run.Id)).Where(request => request.Action == run.Action))
        {
            try
            {
                foreach (var check in Await(token => Service.VerifyAsync(request, token)))
                {
                    if (Verdict.Length == 0 || Verdict.Contains(check.Verdict))
                    {
                        WriteObject(check);
                    }
                }
            }
            catch (EsimException e)
            {
                WriteFailure(e, request);
            }
        }
    }
}
