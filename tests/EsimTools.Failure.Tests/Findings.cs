// What one case of the fault matrix has found.

namespace EsimTools.Failure.Tests;

/// <summary>What a case found.</summary>
/// <param name="Problems">What is not as it must be.</param>
/// <param name="Lost">How many profiles the server took without the journal knowing.</param>
/// <param name="Doubled">How many profiles the server took more than once.</param>
internal sealed record Findings(IReadOnlyList<string> Problems, int Lost, int Doubled);
