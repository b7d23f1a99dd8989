// Where a person says that the journal is: a folder, or a database by its connection string.

using System.Management.Automation;
using System.Text.RegularExpressions;

namespace EsimTools.Binding;

/// <summary>A folder or a database.</summary>
/// <param name="Folder">The folder; null where none was named.</param>
/// <param name="Database">The connection string; it may hold a password.</param>
/// <param name="Credential">User and password of the database.</param>
/// <param name="PostgresFolder">The folder of the companion's assemblies; null where it was not found.</param>
internal sealed record JournalTarget(string? Folder, string? Database, EsimCredential? Credential, string? PostgresFolder)
{
    private const string Companion = "EsimTools.Postgres";

    private static readonly Regex s_database = new(@"^postgres(ql)?://|(^|;)\s*(Host|Server)\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    // Written like a connection string: a word, and what it is.
    private static readonly Regex s_setting = new(@"^\s*(?<Word>\p{L}[\p{L} ]*)=", RegexOptions.CultureInvariant);

    /// <summary>Whether nothing was named.</summary>
    public bool IsDefault => Folder is null && Database is null;

    /// <summary>Reads what was given.</summary>
    /// <param name="cmdlet">Knows the present folder.</param>
    /// <param name="text">The folder or the connection string; null where none was given.</param>
    /// <param name="credential">User and password of a database.</param>
    /// <param name="parameter">The parameter that it was given with.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>: a credential for a folder, or a connection string without a host.</exception>
    public static JournalTarget Of(PSCmdlet cmdlet, string? text, PSCredential? credential, string parameter = "Journal")
    {
        if (text is not null && s_database.IsMatch(text))
        {
            return new(null, text, credential is null ? null : new(credential.GetNetworkCredential()), FindCompanion());
        }

        if (text is not null && s_setting.Match(text) is { Success: true } setting)
        {
            // A journal of this machine's own, made by a slip, would know nothing of what the others have sent.
            throw new EsimException(
                EsimError.EsimParameterInvalid,
                $"What -{parameter} names is written like the connection string of a database ('{setting.Groups["Word"].Value}=…'), and has no Host.",
                "Give 'Host=db.example.com;Database=esim'. For a folder with such a name write its whole path.");
        }

        return credential is null
            ? new(text is null ? null : cmdlet.GetUnresolvedProviderPathFromPSPath(text), null, null, null)
            : throw new EsimException(EsimError.EsimParameterInvalid, $"-{parameter}Credential is for a database, and -{parameter} names none.", $"Give -{parameter} 'Host=db.example.com;Database=esim', or leave the credential out.");
    }

    /// <summary>The same for who works with a whole journal.</summary>
    public EsimJournalPlace ToPlace() => new() { Path = Folder, Database = Database, DatabaseCredential = Credential, PostgresFolder = PostgresFolder };

    /// <summary>Hides what may be secret.</summary>
    public override string ToString() => nameof(JournalTarget);

    // Beside this module, then where PowerShell looks for modules; there each version may have a folder of its own.
    private static string? FindCompanion()
    {
        var assembly = typeof(JournalTarget).Assembly;
        var own = Path.GetDirectoryName(assembly.Location);
        while (own is not null && !File.Exists(Path.Combine(own, "EsimTools.psd1")))
        {
            own = Path.GetDirectoryName(own);
        }

        string?[] places = [Path.GetDirectoryName(own), Path.GetDirectoryName(Path.GetDirectoryName(own)), .. (Environment.GetEnvironmentVariable("PSModulePath") ?? string.Empty).Split(Path.PathSeparator)];
        return places.Where(place => !string.IsNullOrEmpty(place))
            .SelectMany(place => (string[])[Path.Combine(place!, Companion, assembly.GetName().Version!.ToString(3)), Path.Combine(place!, Companion)])
            .Select(module => Path.Combine(module, "bin", "net8.0"))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, Companion + ".dll")));
    }
}
