// Get-EsimRun: what has become of commands, by the journal.

using System.Management.Automation;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Gets the runs that the journal knows, newest last: one for each command that has sent something.</summary>
[Cmdlet(VerbsCommon.Get, "EsimRun", DefaultParameterSetName = ListSet)]
[OutputType(typeof(EsimRunSummary))]
public sealed class GetEsimRunCommand : ConnectedCmdlet
{
    private const string ListSet = "List";
    private const string RunSet = "Run";

    /// <summary>The id of a run, what Get-EsimRun has written of it, or a request of it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = RunSet, HelpMessage = "The id of a run, 32 hexadecimal digits; Get-EsimRun without parameters lists them.")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public PSObject[] Run { get; set; } = [];

    /// <summary>Only the newest of those that are wanted.</summary>
    [Parameter(ParameterSetName = ListSet)]
    public SwitchParameter Last { get; set; }

    /// <summary>Only runs whose reason is like this; wildcards are allowed.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Reason { get; set; }

    /// <summary>Only runs of a user whose name is like this; wildcards are allowed.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? UserName { get; set; }

    /// <summary>Only runs with one of these actions, in ThingSpace's words.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [ValidateNotNullOrEmpty]
    [KnownAction]
    [ArgumentCompleter(typeof(ActionCompleter))]
    public string[] Action { get; set; } = [];

    /// <summary>Only runs that began then or later.</summary>
    [Parameter(ParameterSetName = ListSet)]
    public DateTimeOffset Since { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Only runs that carry out this plan, by its id.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(PlanIdCompleter))]
    public string? PlanId { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == RunSet)
        {
            foreach (var run in Run)
            {
                WriteRun(run);
            }

            return;
        }

        var (reason, user) = (Pattern(Reason), Pattern(UserName));
        var runs = Service.GetRuns(run =>
            run.StartedAt >= Since
            && (PlanId is null || string.Equals(run.PlanId, PlanId, StringComparison.OrdinalIgnoreCase))
            && reason?.IsMatch(run.Reason ?? string.Empty) != false
            && user?.IsMatch(run.UserName ?? string.Empty) != false);
        var wanted = runs.Where(run => Action.Length == 0 || Action.Contains(run.Action, StringComparer.OrdinalIgnoreCase)).Take(Last ? 1 : int.MaxValue);

        // As a history: the newest stands at the prompt, as with Get-EsimRequest.
        foreach (var run in wanted.Reverse())
        {
            WriteObject(run);
        }
    }

    private static WildcardPattern? Pattern(string? text) => text is null ? null : WildcardPattern.Get(text, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);

    private void WriteRun(PSObject named)
    {
        if (RunReader.IdOfOwn(named) is not { } id)
        {
            WriteFailure(RunReader.NoRun(), named);
        }
        else if (Service.GetRuns(run => string.Equals(run.Id, id, StringComparison.OrdinalIgnoreCase)).FirstOrDefault() is { } run)
        {
            WriteObject(run);
        }
        else
        {
            WriteFailure(RunReader.Unknown(id), named);
        }
    }
}
