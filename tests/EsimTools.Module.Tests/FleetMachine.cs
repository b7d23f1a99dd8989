// A machine as the tests stand it in: a home of its own.

namespace EsimTools.Module.Tests;

/// <summary>A machine of those that share a database.</summary>
/// <param name="Name">Its name, and that of the folder that it keeps for itself.</param>
/// <param name="Database">Where the database is.</param>
internal sealed record FleetMachine(string Name, string Database);
