// The connection that serves when a cmdlet names none. One per runspace, so that parallel runspaces do not get in each other's way.

using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace EsimTools.Abstractions;

/// <summary>Remembers each runspace's default connection, and what has to be closed together with a connection.</summary>
internal static class DefaultConnection
{
    private static readonly ConditionalWeakTable<Runspace, StrongBox<EsimConnection?>> ByRunspace = new();
    private static readonly ConditionalWeakTable<EsimConnection, IDisposable> Companions = new();
    private static readonly List<WeakReference<EsimConnection>> Opened = [];

    /// <summary>The default connection of the present runspace; null when there is none or it has been closed.</summary>
    public static EsimConnection? Current
    {
        get => Box.Value is { IsOpen: true } connection ? connection : null;
        set => Box.Value = value;
    }

    private static StrongBox<EsimConnection?> Box => ByRunspace.GetValue(Runspace.DefaultRunspace, static _ => new StrongBox<EsimConnection?>(null));

    /// <summary>Notes a new connection, with a sandbox or the like that lives as long as it.</summary>
    public static void Opening(EsimConnection connection, IDisposable? companion)
    {
        lock (Opened)
        {
            Opened.RemoveAll(static weak => !weak.TryGetTarget(out _));
            Opened.Add(new(connection));
        }

        if (companion is not null)
        {
            Companions.Add(connection, companion);
        }
    }

    /// <summary>Closes a connection and its companion.</summary>
    public static async Task CloseAsync(EsimConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.CloseAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            connection.Dispose();
            CloseCompanion(connection);
        }
    }

    /// <summary>Closes everything without a word to the service, when the module is removed.</summary>
    public static void CloseAll()
    {
        lock (Opened)
        {
            foreach (var weak in Opened)
            {
                if (weak.TryGetTarget(out var connection))
                {
                    connection.Dispose();
                    CloseCompanion(connection);
                }
            }

            Opened.Clear();
        }
    }

    private static void CloseCompanion(EsimConnection connection)
    {
        if (Companions.TryGetValue(connection, out var companion))
        {
            Companions.Remove(connection);
            companion.Dispose();
        }
    }
}
