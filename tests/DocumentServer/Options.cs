// What the command line may say. Unknown options are refused: a judge that silently ignores a mistyped option would
// give a verdict on something else than was asked.

using System.Globalization;

namespace DocumentServer;

/// <summary>The command line does not make sense; the message says how.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The settings of one run.</summary>
internal sealed record Options(
    string Inventory,
    string Urls,
    string Key,
    string Secret,
    string User,
    string Password,
    string Account,
    int PendingPolls,
    int WorkMilliseconds,
    int TokenSeconds,
    int SessionIdleSeconds,
    Uri? CallbackUrl)
{
    public const string Usage = """
        DocumentServer --inventory <csv> [options]

          --inventory <csv>            the profiles: columns Iccid, Eid, Imei; optional AccountName, ServicePlan, State,
                                       ProfileStatus, ProfileRole (else ACTIVE, ENABLE, LOCAL)
          --urls <url>                 where to listen                   (http://127.0.0.1:0, a free port)
          --key, --secret              API key and secret                (doc-key, doc-secret)
          --user, --password           UWS user and password             (doc-user, doc-password)
          --account <name>             the one account                   (0000123456-00001)
          --pending-polls <n>          polls that say Pending first      (1)
          --work-ms <n>                a request nobody polls ends after (1000)
          --token-seconds <n>          life of a bearer token            (3600)
          --session-idle-seconds <n>   idle life of a session            (1200)
          --callback-url <url>         where to POST one callback per profile (none)

        Its own pages: /log, /summary, /profiles/{iccid}
        """;

    public static Options Parse(string[] args)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["--inventory"] = "",
            ["--urls"] = "http://127.0.0.1:0",
            ["--key"] = "doc-key",
            ["--secret"] = "doc-secret",
            ["--user"] = "doc-user",
            ["--password"] = "doc-password",
            ["--account"] = "0000123456-00001",
            ["--pending-polls"] = "1",
            ["--work-ms"] = "1000",
            ["--token-seconds"] = "3600",
            ["--session-idle-seconds"] = "1200",
            ["--callback-url"] = "",
        };

        for (var i = 0; i < args.Length; i++)
        {
            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (!given.ContainsKey(name))
            {
                throw new UsageException($"Unknown option '{name}'.\n\n{Usage}");
            }

            if (equals < 0 && i + 1 == args.Length)
            {
                throw new UsageException($"Option '{name}' needs a value.");
            }

            given[name] = equals < 0 ? args[++i] : args[i][(equals + 1)..];
        }

        if (given["--inventory"].Length == 0)
        {
            throw new UsageException($"--inventory is required.\n\n{Usage}");
        }

        return new Options(
            given["--inventory"], given["--urls"], given["--key"], given["--secret"], given["--user"], given["--password"],
            given["--account"], Number("--pending-polls"), Number("--work-ms"), Number("--token-seconds"),
            Number("--session-idle-seconds"), CallbackAddress());

        int Number(string name) => int.TryParse(given[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"Option '{name}' needs a whole number, not '{given[name]}'.");

        Uri? CallbackAddress()
        {
            var text = given["--callback-url"];
            if (text.Length == 0)
            {
                return null;
            }

            return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                ? uri
                : throw new UsageException($"Option '--callback-url' needs an http or https address, not '{text}'.");
        }
    }
}
