// postgresql://user:password@host:port/database?sslmode=verify-full, as libpq writes it, for a driver that does not.

using Npgsql;

namespace EsimTools.Postgres;

/// <summary>Reads an address of libpq's.</summary>
internal static class ConnectionUri
{
    /// <summary>The same as a connection string.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        var uri = new Uri(text);
        var login = uri.UserInfo.Split(':', 2);
        var read = new NpgsqlConnectionStringBuilder { Host = uri.IdnHost.Trim('[', ']') };
        if (!uri.IsDefaultPort && uri.Port > 0)
        {
            read.Port = uri.Port;
        }

        if (login[0].Length > 0)
        {
            read.Username = Uri.UnescapeDataString(login[0]);
        }

        if (login.Length > 1)
        {
            read.Password = Uri.UnescapeDataString(login[1]);
        }

        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } database)
        {
            read.Database = Uri.UnescapeDataString(database);
        }

        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            if (parts.Length < 2)
            {
                throw new FormatException("A parameter has no value.");
            }

            var (name, value) = (Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]));
            _ = name switch
            {
                "sslmode" => read["SSL Mode"] = value.Replace("-", string.Empty, StringComparison.Ordinal),
                "sslrootcert" => read["Root Certificate"] = value,
                "sslcert" => read["SSL Certificate"] = value,
                "sslkey" => read["SSL Key"] = value,
                "user" => read["Username"] = value,
                "password" => read["Password"] = value,
                "dbname" => read["Database"] = value,
                "host" => read["Host"] = value,
                "port" => read["Port"] = value,
                "connect_timeout" => read["Timeout"] = value,
                "application_name" => read["Application Name"] = value,
                _ => read[name] = value,
            };
        }

        return read;
    }
}
