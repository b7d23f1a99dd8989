// What is given as a run: its summary, its id, or what a file or a job has left of it.

using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Finds the ids of runs in input objects.</summary>
internal static class RunReader
{
    /// <summary>The id of the run that an object is; null where it is none.</summary>
    /// <remarks>A request is none. It stands for its own profiles, and the run that has sent it may have sent ten thousand others.</remarks>
    public static string? IdOf(object? input) => (input is PSObject wrapped ? wrapped.BaseObject : input) switch
    {
        EsimRunSummary run => run.Id,
        EsimRun run => run.Info.Id,
        EsimRunInfo run => run.Id,
        string id => id.Trim(),
        _ => (input as PSObject)?.Properties["Id"]?.Value as string,
    };

    /// <summary>The id of the run that an object is, or in which it was sent; null where there is none.</summary>
    public static string? IdOfOwn(PSObject input) => IdOf(input) ?? IdOf(input.Properties[nameof(EsimRequest.Run)]?.Value);

    /// <summary>The error for an object that names no run.</summary>
    public static EsimException NoRun() => new(
        EsimError.EsimInputInvalid,
        "The input names no run.",
        "Give the id of a run, or pipe what Get-EsimRun writes. A request is a part of its run: piped to Get-EsimRun, it gives the whole one.");

    /// <summary>The error for a run that nobody here knows.</summary>
    public static EsimException Unknown(string id) => new(
        EsimError.EsimRequestNotFound, $"This connection and its journal know no run {id}.", "Get-EsimRun lists those that are known. A run that has sent nothing leaves no trace.");

    /// <summary>The error for a plan of which nothing has been carried out here.</summary>
    public static EsimException NoPlan(string id) => new(
        EsimError.EsimRequestNotFound, $"This connection and its journal know no run that carries out the plan {id}.", "Get-EsimRun lists the runs that are known.");
}
