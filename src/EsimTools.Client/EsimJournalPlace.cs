// Where a journal is kept.

namespace EsimTools;

/// <summary>A journal in a folder or in a database; see <see cref="EsimConnectionOptions"/>.</summary>
public sealed class EsimJournalPlace
{
    /// <summary>The folder; null means the user's own. With <see cref="Database"/>, the folder for what stays on this machine.</summary>
    public string? Path { get; init; }

    /// <summary>The connection string of a PostgreSQL database, or its address; null means the folder.</summary>
    public string? Database { get; init; }

    /// <summary>User and password of the database; null where the connection string or the system tells them.</summary>
    public EsimCredential? DatabaseCredential { get; init; }

    /// <summary>The folder of the assembly EsimTools.Postgres and what it needs; null means beside this one.</summary>
    public string? PostgresFolder { get; init; }

    /// <summary>Hides what may be secret.</summary>
    public override string ToString() => Database is null ? Path ?? EsimConnectionOptions.DefaultJournalPath : "the database that was given";
}
