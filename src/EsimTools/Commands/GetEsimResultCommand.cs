// Get-EsimResult: what became of profiles, one object each, ready for the next command.

using System.Collections;
using System.Management.Automation;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Gets the outcomes that the journal knows, profile by profile, oldest request first.</summary>
/// <remarks>They are read from the journal request by request as they are written, so a million of them are never in memory at once.</remarks>
[Cmdlet(VerbsCommon.Get, "EsimResult", DefaultParameterSetName = RunSet)]
[OutputType(typeof(EsimResult))]
public sealed class GetEsimResultCommand : ConnectedCmdlet
{
    private const string RunSet = "Run";
    private const string RequestSet = "Request";

    private InventoryRows? _inventory;

    /// <summary>The id of a run, or what Get-EsimRun has written of it; or a request, which stands for its own profiles alone. Without it, all runs.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = RunSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public PSObject[] Run { get; set; } = [];

    /// <summary>The ids of requests.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RequestSet, HelpMessage = "The id of a request, for example 86c83330-4bf5-4235-9c4e-a83f93aeae4c; Get-EsimRequest lists them.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string[] RequestId { get; set; } = [];

    /// <summary>Only outcomes of these kinds, for example Failed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public OutcomeStatus[] Status { get; set; } = [];

    /// <summary>Only of requests with one of these actions, in ThingSpace's words.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [KnownAction]
    [ArgumentCompleter(typeof(ActionCompleter))]
    public string[] Action { get; set; } = [];

    /// <summary>Only outcomes that became known then or later.</summary>
    [Parameter]
    public DateTimeOffset Since { get; set; } = DateTimeOffset.MinValue;

    /// <summary>
    /// The rows of an inventory: each outcome comes as its profile's row, with all its own columns and the outcome beside them in columns whose names
    /// begin with Esim. A profile that is in no row comes by its identifiers.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public PSObject[] Inventory { get; set; } = [];

    /// <summary>With -Inventory: which of its columns is read as what, for columns with other names than the usual ones.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Property { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(Inventory)))
        {
            return;
        }

        try
        {
            _inventory = new(Inventory, ColumnMap.Of(Property), new((problem, row) => WriteFailure(problem, row), WriteWarning));
        }
        catch (EsimException e)
        {
            Terminate(e);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == RequestSet)
        {
            foreach (var id in RequestId)
            {
                WriteResultsOf(RequestReader.Read(Service, id), id);
            }

            return;
        }

        if (!MyInvocation.BoundParameters.ContainsKey(nameof(Run)))
        {
            foreach (var request in Service.GetRequestsOfRuns())
            {
                WriteResults(request);
            }

            return;
        }

        foreach (var named in Run)
        {
            // A request is less than its run: one that was skipped names one profile of a command that was about thousands.
            if (RequestReader.NamesRequest(named))
            {
                WriteResultsOf(RequestReader.Read(Service, named), named);
            }
            else
            {
                WriteResultsOfRun(named);
            }
        }
    }

    private void WriteResultsOf(RequestReading reading, object named)
    {
        if (reading.Request is { } request)
        {
            WriteResults(request);
        }
        else
        {
            WriteFailure(reading.Problem!, named);
        }
    }

    private void WriteResultsOfRun(PSObject named)
    {
        if (RunReader.IdOf(named) is not { } id)
        {
            WriteFailure(RunReader.NoRun(), named);
            return;
        }

        var isKnown = false;
        foreach (var request in Service.GetRequestsOfRuns(run => IsRun(run, id)))
        {
            isKnown = true;
            WriteResults(request);
        }

        if (!isKnown && !Service.GetRuns(run => IsRun(run, id)).Any())
        {
            WriteFailure(RunReader.Unknown(id), named);
        }
    }

    private static bool IsRun(EsimRunInfo run, string id) => string.Equals(run.Id, id, StringComparison.OrdinalIgnoreCase);

    private void WriteResults(EsimRequest request)
    {
        if (Action.Length > 0 && !Action.Contains(request.Action, StringComparer.OrdinalIgnoreCase))
        {
            return;
        }

        foreach (var result in request.GetResults())
        {
            if ((Status.Length == 0 || Status.Contains(result.Status)) && result.ReceivedAt >= Since)
            {
                WriteObject(_inventory is null ? result : _inventory.Beside(result));
            }
        }
    }
}
