// The key that identifiers are hidden behind: in a file of each machine, never in the database, which has a check value alone.

using EsimTools.Store.Folder;
using EsimTools.Store.Lines;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>Finds the key of a database.</summary>
internal static class SharedKey
{
    // What is no identifier of anybody's, hidden behind the key.
    private const string Known = "0000000000000000000";

    /// <summary>The hasher; null where nothing is hidden and nothing shall be.</summary>
    /// <param name="connection">A session.</param>
    /// <param name="title">The database, for a person.</param>
    /// <param name="folder">The local folder.</param>
    /// <param name="create">Whether to make a key where there is none.</param>
    /// <exception cref="EsimException"><see cref="EsimError.EsimDatabaseUnavailable"/>: the key is not on this machine, or another one.</exception>
    public static IdentifierHasher? Open(NpgsqlConnection connection, string title, string folder, bool create)
    {
        var check = CheckIn(connection);
        if (check is null)
        {
            if (!create)
            {
                return null;
            }

            Note(connection, HasherKey.Open(folder, create: true)!);
            check = CheckIn(connection);
        }

        // Another machine's may have been the first.
        var hasher = HasherKey.Open(folder, create: false);
        return hasher is not null && hasher.Hide(Known) == check ? hasher : throw new EsimException(
            EsimError.EsimDatabaseUnavailable,
            $"The identifiers in the database {title} are hashed, and the key on this machine, without which they cannot be recognised, is {(hasher is null ? "not there" : "another one")}.",
            $"Copy the file '{HasherKey.FileName}' of a machine that has it to '{Path.Combine(folder, HasherKey.FileName)}'.");
    }

    /// <summary>Notes the check value of a key, where there is none.</summary>
    public static bool Note(NpgsqlConnection connection, IdentifierHasher hasher)
    {
        using var note = Locks.Command(connection, "update esimtools.store set hash_check = $1 where hash_check is null", hasher.Hide(Known));
        return note.ExecuteNonQuery() > 0;
    }

    private static string? CheckIn(NpgsqlConnection connection)
    {
        using var read = Locks.Command(connection, "select hash_check from esimtools.store");
        return read.ExecuteScalar() as string;
    }
}
