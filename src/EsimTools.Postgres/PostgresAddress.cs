// Where the database is, by a connection string or an address, and the rule that off this machine nobody else reads along.

using System.Net;
using EsimTools.Store;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>A checked address of a database.</summary>
internal sealed class PostgresAddress
{
    private static readonly string[] s_schemes = ["postgresql://", "postgres://"];

    private PostgresAddress(string text, string title)
    {
        ConnectionString = text;
        Title = title;
    }

    /// <summary>For the driver alone: it may hold a password.</summary>
    public string ConnectionString { get; }

    /// <summary>For a person: database and host.</summary>
    public string Title { get; }

    /// <summary>Reads and checks an address.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimDatabaseUnavailable"/>.</exception>
    public static PostgresAddress Read(DatabasePlace place)
    {
        NpgsqlConnectionStringBuilder given;
        try
        {
            given = Array.Exists(s_schemes, scheme => place.Address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) ? ConnectionUri.Read(place.Address) : new(place.Address);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException or OverflowException or UriFormatException)
        {
            // Without the cause: it may repeat a piece of the password.
            throw Unusable("it is not a connection string", "Give for example 'Host=db.example.com;Database=esim', and user and password with -JournalCredential.");
        }

        if (string.IsNullOrWhiteSpace(given.Host))
        {
            throw Unusable("it names no host", "Give Host=, for example 'Host=db.example.com;Database=esim'.");
        }

        given.Username = place.User ?? given.Username;
        given.Password = place.Password ?? given.Password;
        given.Database ??= given.Username;
        DemandTls(given);

        // A session is somebody's who is alive, so it is not lent to others, and what is wrong with a line is not for a log.
        given.Pooling = false;
        given.Multiplexing = false;
        given.Enlist = false;
        given.PersistSecurityInfo = false;
        given.IncludeErrorDetail = false;
        given.LogParameters = false;
        given.NoResetOnClose = true;
        given.TcpKeepAlive = true;
        given.TargetSessionAttributes = given.Host.Contains(',', StringComparison.Ordinal) ? "primary" : null;
        given.ApplicationName ??= "EsimTools";
        var port = given.Port == NpgsqlConnection.DefaultPort ? string.Empty : $":{given.Port}";
        return new(given.ConnectionString, $"'{given.Database}' on {given.Host}{port}");
    }

    private static void DemandTls(NpgsqlConnectionStringBuilder given)
    {
        if (Array.TrueForAll(given.Host!.Split(','), IsHere))
        {
            return;
        }

        if (given.TryGetValue("SSL Mode", out _) && given.ContainsKey("SSL Mode") && IsGiven(given, "SSL Mode") && given.SslMode != SslMode.VerifyFull)
        {
            throw Unusable(
                $"it asks for SSL Mode={given.SslMode}, with which whoever sits between this machine and the database could read what is sent and answer in its place",
                "Leave SSL Mode out, or give SSL Mode=VerifyFull; with a certificate of your own authority also Root Certificate=<file>.");
        }

        given.SslMode = SslMode.VerifyFull;
    }

    private static bool IsGiven(NpgsqlConnectionStringBuilder given, string keyword) => given.Keys.Cast<string>().Contains(keyword, StringComparer.OrdinalIgnoreCase);

    // A host may be followed by its port; a socket is a path, or a name of Linux's own.
    private static bool IsHere(string host)
    {
        host = host.Trim();
        if (host.StartsWith('/') || host.StartsWith('@'))
        {
            return true;
        }

        var name = IPAddress.TryParse(host, out _) ? host : host.StartsWith('[') ? host[1..host.IndexOf(']', StringComparison.Ordinal)] : host.Split(':')[0];
        return string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }

    private static EsimException Unusable(string problem, string advice) =>
        new(EsimError.EsimDatabaseUnavailable, $"The address of the journal's database cannot be used: {problem}.", advice);
}
