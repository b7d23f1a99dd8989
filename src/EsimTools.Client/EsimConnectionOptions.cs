// What is needed to open a connection.

using System.Net;
using EsimTools.Store;
using EsimTools.Transport;

namespace EsimTools;

/// <summary>How to reach the service and as whom.</summary>
public sealed class EsimConnectionOptions
{
    /// <summary>The production service.</summary>
    public static Uri DefaultBaseUri => ServiceAddress.Default;

    /// <summary>API key and secret from the ThingSpace portal.</summary>
    public required EsimCredential ApiCredential { get; init; }

    /// <summary>UWS user name and password (not the portal's login).</summary>
    public required EsimCredential UserCredential { get; init; }

    /// <summary>The account that profiles without one of their own belong to, for example <c>0000123456-00001</c>.</summary>
    public required string AccountName { get; init; }

    /// <summary>The service's address up to and including <c>/api</c>. Plain http is refused unless the host is this machine.</summary>
    public Uri BaseUri { get; init; } = DefaultBaseUri;

    /// <summary>The folder of the journal; null means the user's own. With <see cref="Database"/>, the folder for what stays on this machine.</summary>
    public string? JournalPath { get; init; }

    /// <summary>
    /// The PostgreSQL database that keeps the journal in place of a folder: a connection string of Npgsql with at least <c>Host</c> and <c>Database</c>, or
    /// an address that begins with <c>postgresql://</c>. Null means the folder. TLS with a checked name (<c>SSL Mode=VerifyFull</c>) is demanded off this machine.
    /// </summary>
    public string? Database { get; init; }

    /// <summary>User and password of the database; null where the connection string or the system tells them.</summary>
    public EsimCredential? DatabaseCredential { get; init; }

    /// <summary>The folder of the assembly EsimTools.Postgres and what it needs; null means beside this one.</summary>
    public string? PostgresFolder { get; init; }

    /// <summary>
    /// Whether the journal names profiles by keyed hashes (HMAC-SHA256) instead of their ICCIDs, EIDs and IMEIs. The key is in the folder, in
    /// <c>identifiers.key</c>.
    /// </summary>
    public bool HashIdentifiers { get; init; }

    /// <summary>The time limit of one call.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How many requests may be on their way at once.</summary>
    public int ThrottleLimit { get; init; } = 4;

    /// <summary>A proxy; null means the system's.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>Whether any proxy is used.</summary>
    public bool UseProxy { get; init; } = true;

    /// <summary>Stands for the network: a sandbox or a test. Null means the real network.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>The clock; null means the machine's.</summary>
    public Clock? Clock { get; init; }

    /// <summary>Told of each request object that is made, inside the lock of the memory: for who decides how long they live, instead of the garbage collector.</summary>
    internal Action<TrackedRequest, EsimRequest>? WhenRequestIsMade { get; init; }

    /// <summary>Whether the service is a sandbox in this process.</summary>
    public bool IsSandbox { get; init; }

    /// <summary>The folder of the journal when none is given.</summary>
    public static string DefaultJournalPath => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "EsimTools", "journal");
}
