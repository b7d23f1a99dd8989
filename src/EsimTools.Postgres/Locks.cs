// The advisory locks of the journal: all in one class of the database, so that nothing else of a server meets them.

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace EsimTools.Postgres;

/// <summary>The keys of locks. Parts have positive ones, everything else has others.</summary>
internal static class Locks
{
    /// <summary>The class of all of them: "ESIM".</summary>
    public const int Class = 0x4553494D;

    /// <summary>Held while the schema is changed.</summary>
    public const int Schema = 0;

    /// <summary>Shared by all who choose what to send; held alone by who changes the policy.</summary>
    public const int Policy = -1;

    /// <summary>Where everybody is told that lines have been committed.</summary>
    public const string Channel = "esimtools";

    /// <summary>Held by who writes for a service, above all while choosing what to send.</summary>
    public static int OfService(string service)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(service), hash);
        return Math.Min(BinaryPrimitives.ReadInt32LittleEndian(hash) | int.MinValue, Policy - 1);
    }

    /// <summary>Makes a command with parameters.</summary>
    public static NpgsqlCommand Command(NpgsqlConnection connection, string text, params object[] values)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
