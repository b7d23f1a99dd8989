// The error for a request that nobody here knows.

namespace EsimTools.Abstractions;

/// <summary>Says that a connection and its journal do not know a request.</summary>
internal static class UnknownRequest
{
    /// <summary>The error.</summary>
    /// <param name="id">The id that was asked for.</param>
    public static EsimException Error(string id) => new(
        EsimError.EsimRequestNotFound,
        $"This connection and its journal know no request {id}.",
        "Give the connection that sent it with -Connection, or the journal's folder with Connect-EsimService -Journal. Get-EsimRequest lists what is known.");
}
