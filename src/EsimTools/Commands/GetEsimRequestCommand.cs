// Get-EsimRequest: the requests that the connection and its journal know.

using System.Management.Automation;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Gets requests from the journal, newest last. A request that is asked for by id is brought up to date at the service first.</summary>
[Cmdlet(VerbsCommon.Get, "EsimRequest", DefaultParameterSetName = ListSet)]
[OutputType(typeof(EsimRequest))]
public sealed class GetEsimRequestCommand : ConnectedCmdlet
{
    private const string ListSet = "List";
    private const string IdSet = "Id";
    private const string RequestSet = "Request";

    /// <summary>A request to bring up to date, its id, or what a file or a job has left of it; one in doubt, which has no id, is written as it is.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = RequestSet, HelpMessage = "A request that an action cmdlet or Get-EsimRequest has written, or its id, for example 86c83330-4bf5-4235-9c4e-a83f93aeae4c.")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public PSObject? InputObject { get; set; }

    /// <summary>The id of a request; the service is asked for its status unless every outcome is known.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet, HelpMessage = "The id of a request, for example 86c83330-4bf5-4235-9c4e-a83f93aeae4c; Get-EsimRequest lists them.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string[] RequestId { get; set; } = [];

    /// <summary>Only requests with one of these states, by what is known here.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [ValidateNotNullOrEmpty]
    public EsimRequestStatus[] Status { get; set; } = [];

    /// <summary>Only requests with one of these actions, in ThingSpace's words.</summary>
    [Parameter(ParameterSetName = ListSet)]
    [ValidateNotNullOrEmpty]
    [KnownAction]
    [ArgumentCompleter(typeof(ActionCompleter))]
    public string[] Action { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ListSet)
        {
            foreach (var request in Service.GetRequests(inDoubt: Status.Length == 1 && Status[0] == EsimRequestStatus.InDoubt))
            {
                if ((Status.Length == 0 || Status.Contains(request.Status)) && (Action.Length == 0 || Action.Contains(request.Action, StringComparer.OrdinalIgnoreCase)))
                {
                    WriteObject(request);
                }
            }

            return;
        }

        foreach (var named in ParameterSetName == IdSet ? RequestId : RequestReader.Each(InputObject))
        {
            WriteUpToDate(RequestReader.Read(Service, named), named);
        }
    }

    private void WriteUpToDate(RequestReading reading, object? input)
    {
        if (reading.Request is not { } request)
        {
            WriteFailure(reading.Problem!, input);
            return;
        }

        if (request.Status == EsimRequestStatus.Accepted)
        {
            try
            {
                Await<object?>(async token =>
                {
                    await Service.PollAsync(request, token).ConfigureAwait(false);
                    return null;
                });
            }
            catch (EsimException e)
            {
                WriteFailure(e, request);
            }
        }

        WriteObject(request);
    }
}
