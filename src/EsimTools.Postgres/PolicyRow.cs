// The policy of all who share the database: one row, changed while nobody is choosing what to send.

using Npgsql;

namespace EsimTools.Postgres;

/// <summary>Reads and replaces the policy.</summary>
internal static class PolicyRow
{
    /// <summary>The policy; null where there is none.</summary>
    public static string? Read(NpgsqlConnection connection)
    {
        using var read = Locks.Command(connection, "select text from esimtools.policy");
        return read.ExecuteScalar() as string;
    }

    /// <summary>Replaces the policy, or takes it away.</summary>
    public static void Write(NpgsqlTransaction transaction, string? text)
    {
        using var write = text is null
            ? Locks.Command(transaction.Connection!, "delete from esimtools.policy")
            : Locks.Command(
                transaction.Connection!,
                "insert into esimtools.policy (text) values ($1) on conflict (one) do update set text = excluded.text, who = session_user, changed = clock_timestamp()",
                text);
        write.ExecuteNonQuery();
    }
}
