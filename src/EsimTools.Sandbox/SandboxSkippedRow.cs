// A row of an inventory that the sandbox left out.

namespace EsimTools.Sandbox;

/// <summary>A row of an inventory that the sandbox left out.</summary>
/// <param name="Row">The row's number as a spreadsheet shows it: the header is row 1.</param>
/// <param name="Reason">A full sentence that says why.</param>
public sealed record SandboxSkippedRow(int Row, string Reason);
