// What a person wants to know of a connection at once: where to, as whom, and what an earlier session has left open.

namespace EsimTools.Abstractions;

/// <summary>Puts a new connection into words.</summary>
internal static class Greeting
{
    /// <summary>A line for the screen.</summary>
    public static string Of(EsimConnection connection)
    {
        var service = connection.IsSandbox ? "a sandbox in this process" : $"{connection.BaseUri} as {connection.UserName}";
        var (open, inDoubt) = (connection.OpenRequestCount, connection.InDoubtRequestCount);
        string[] left =
        [
            .. open > 0 ? (string[])[$"{Requests(open)} open: Get-EsimRequest -Status Accepted | Wait-EsimRequest"] : [],
            .. inDoubt > 0 ? (string[])[$"{Requests(inDoubt)} in doubt: Get-EsimRequest -Status InDoubt | Resolve-EsimRequest"] : [],
        ];
        return $"Connected to {service}, account {connection.AccountName}. Journal: {connection.Journal}."
            + (left.Length > 0 ? $" From before: {string.Join("; ", left)}." : string.Empty);
    }

    private static string Requests(int count) => count == 1 ? "1 request is" : $"{count} requests are";
}
