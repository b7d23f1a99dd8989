// The tables: made and changed by numbered scripts, under a lock; those of a newer version are left alone.

using System.Globalization;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>Brings the tables to the version that this assembly knows.</summary>
internal static class Schema
{
    private static readonly (int Version, string Script)[] s_migrations = [.. Scripts()];

    /// <summary>The version that this assembly knows.</summary>
    public static int Version => s_migrations[^1].Version;

    /// <summary>Makes the tables, or changes those of an earlier version. A role that may not do so works where they are as they should be.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimDatabaseUnavailable"/>: they are newer, or cannot be made.</exception>
    public static void BringUp(NpgsqlConnection connection, string title)
    {
        if (IsCurrent(connection, title))
        {
            return;
        }

        Run(connection, "select pg_advisory_lock($1, $2)", Locks.Class, Locks.Schema);
        try
        {
            if (IsCurrent(connection, title))
            {
                return;
            }

            var present = VersionOf(connection);
            foreach (var (version, script) in s_migrations.Where(migration => migration.Version > present))
            {
                using var transaction = connection.BeginTransaction();
                Run(connection, script);
                Run(connection, "insert into esimtools.schema_version (version) values ($1)", version);
                transaction.Commit();
            }
        }
        catch (PostgresException e) when (DatabaseFault.IsForbidden(e))
        {
            throw new EsimException(
                EsimError.EsimDatabaseUnavailable,
                $"The database {title} has no tables of version {Version} for the journal, and this user may not make them: {e.MessageText.TrimEnd('.')}.",
                "Connect once as a user who may create a schema in it, then grant the rights of docs/database.md.");
        }
        finally
        {
            Run(connection, "select pg_advisory_unlock($1, $2)", Locks.Class, Locks.Schema);
        }
    }

    /// <summary>Whether there are tables, of whatever version.</summary>
    public static bool IsThere(NpgsqlConnection connection) => VersionOf(connection) > 0;

    private static bool IsCurrent(NpgsqlConnection connection, string title)
    {
        var present = VersionOf(connection);
        return present <= Version ? present == Version : throw new EsimException(
            EsimError.EsimDatabaseUnavailable,
            $"The tables of the journal in the database {title} are of version {present}, which a newer EsimTools has made; this one knows version {Version}.",
            "Update EsimTools and EsimTools.Postgres on this machine.");
    }

    private static int VersionOf(NpgsqlConnection connection)
    {
        using var find = Locks.Command(connection, "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'esimtools' and c.relname = 'schema_version'");
        if (find.ExecuteScalar() is 0L)
        {
            return 0;
        }

        using var read = Locks.Command(connection, "select coalesce(max(version), 0) from esimtools.schema_version");
        return (int)read.ExecuteScalar()!;
    }

    private static void Run(NpgsqlConnection connection, string text, params object[] values)
    {
        using var command = Locks.Command(connection, text, values);
        command.ExecuteNonQuery();
    }

    private static IEnumerable<(int Version, string Script)> Scripts()
    {
        var assembly = typeof(Schema).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (int.Parse(name, CultureInfo.InvariantCulture), reader.ReadToEnd());
        }
    }
}
