// What it takes to open a store in a database; handed over to the assembly that knows one.

namespace EsimTools.Store;

/// <summary>Where the database is and who asks.</summary>
/// <param name="Address">The connection string as it was given; it may hold a password, so it is never shown.</param>
/// <param name="User">The user; null where the address tells it.</param>
/// <param name="Password">The password; null where the address tells it.</param>
/// <param name="Service">The address of the service.</param>
/// <param name="Folder">The folder for what stays on this machine; null means one of the user's own for this database.</param>
/// <param name="HashIdentifiers">Whether identifiers are written as keyed hashes.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Report">Told of what a person should know.</param>
internal sealed record DatabasePlace(string Address, string? User, string? Password, string Service, string? Folder, bool HashIdentifiers, Clock Clock, Action<EsimMessage> Report)
{
    /// <summary>Hides what may be secret.</summary>
    public override string ToString() => nameof(DatabasePlace);
}
