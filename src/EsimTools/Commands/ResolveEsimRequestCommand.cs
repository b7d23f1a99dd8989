// Resolve-EsimRequest: finds out what became of requests of which nobody knows whether the service took them.

using System.Management.Automation;
using EsimTools.Binding;

namespace EsimTools;

/// <summary>Asks the service what became of the profiles of a request, and ends the doubt about those for which its answers prove something.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "EsimRequest", DefaultParameterSetName = RequestSet)]
[OutputType(typeof(EsimResolution))]
public sealed class ResolveEsimRequestCommand : ConnectedCmdlet
{
    private const string RequestSet = "Request";
    private const string IdSet = "Id";

    /// <summary>
    /// The request, as Get-EsimRequest or the error's target object gives it, its id, or what a file or a job has left of it. Without one, every
    /// request that is in doubt.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = RequestSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public PSObject? InputObject { get; set; }

    /// <summary>The id of a request: the service's, or the journal's for one in doubt.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet, HelpMessage = "The id of a request, for example 86c83330-4bf5-4235-9c4e-a83f93aeae4c; Get-EsimRequest lists them.")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RequestIdCompleter))]
    public string[] RequestId { get; set; } = [];

    /// <summary>
    /// How long after the request was made a profile that the service still lists as it was counts as not acted on: a time span, or a number of
    /// seconds. Shorter than the 24 hours that an action may be pending at the service, it can call a request lost that is still to come.
    /// </summary>
    [Parameter]
    [Seconds]
    public TimeSpan NotDoneAfter { get; set; } = TimeSpan.FromHours(24);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == RequestSet && InputObject is null)
        {
            foreach (var request in Service.GetRequests(inDoubt: true))
            {
                Resolve(request);
            }

            return;
        }

        foreach (var named in ParameterSetName == IdSet ? RequestId : RequestReader.Each(InputObject))
        {
            var (request, problem) = RequestReader.Read(Service, named);
            if (request is not null)
            {
                Resolve(request);
            }
            else
            {
                WriteFailure(problem!, named);
            }
        }
    }

    private void Resolve(EsimRequest request)
    {
        try
        {
            WriteObject(Await(token => Service.ResolveAsync(request, NotDoneAfter, token)), enumerateCollection: true);
        }
        catch (EsimException e) when (e.Error is EsimError.EsimLoginRefused or EsimError.EsimNotConnected)
        {
            Terminate(e, request);
        }
        catch (EsimException e)
        {
            WriteFailure(e, request);
        }
    }
}
