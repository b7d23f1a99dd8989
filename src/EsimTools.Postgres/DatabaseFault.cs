// What failures of the database mean: which are failures of the way to it, and what a person is told.

using Npgsql;

namespace EsimTools.Postgres;

/// <summary>Tells failures apart and makes errors of them. No text of them holds a password: neither the server nor the driver repeats one.</summary>
/// <remarks>Without the driver's exceptions: their types are those of another load context, and ConvertTo-Json ends at them.</remarks>
internal static class DatabaseFault
{
    private const string IdleInTransactionSessionTimeout = "25P03";

    /// <summary>Whether an exception is one of the database.</summary>
    public static bool Is(Exception e) => e is NpgsqlException or IOException or TimeoutException or ObjectDisposedException or System.Net.Sockets.SocketException
        or InvalidOperationException { Source: nameof(Npgsql) };

    /// <summary>Whether the session is lost, so that a new one may do better. What the server refuses in a session that lives on is no such thing.</summary>
    public static bool IsOfTheWay(Exception e) => Is(e) && (e is not PostgresException refused || IsEndOfSession(refused.SqlState));

    /// <summary>Whether the role lacks a right.</summary>
    public static bool IsForbidden(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege };

    /// <summary>Whether somebody else did not give a lock back in time.</summary>
    public static bool IsLockKept(Exception e) => e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>The error for who opens a journal.</summary>
    public static EsimException AtOpening(string title, Exception e) => new(
        EsimError.EsimDatabaseUnavailable,
        $"The journal in the database {title} cannot be opened: {Words(e)}.",
        "Nothing is sent without a journal. Check host, database, user and password, and that the server can be reached from here.");

    /// <summary>The error for who works with one.</summary>
    public static EsimException Later(string title, Exception e) => new(
        EsimError.EsimJournalUnavailable,
        $"The journal in the database {title} cannot be {(IsLockKept(e) ? "written: somebody else has been choosing what to send for a minute" : $"used: {Words(e)}")}.",
        "Nothing is sent without a journal line. The next command connects to the database again by itself; what was sent is known.");

    private static bool IsEndOfSession(string state) => state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal)
        || state is IdleInTransactionSessionTimeout or PostgresErrorCodes.TooManyConnections;

    private static string Words(Exception e) => e switch
    {
        PostgresException refused => $"{refused.MessageText.TrimEnd('.')} ({refused.SqlState})",
        NpgsqlException { InnerException: TimeoutException } => "it does not answer in time",
        NpgsqlException { InnerException: { } inner } => $"{e.Message.TrimEnd('.')}: {inner.Message.TrimEnd('.')}",
        _ => e.Message.TrimEnd('.'),
    };
}
