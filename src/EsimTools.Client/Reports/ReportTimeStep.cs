// Outcomes that became known within one step of time.

namespace EsimTools.Reports;

/// <summary>Outcomes that became known within one step of time.</summary>
/// <param name="At">When the step begins.</param>
/// <param name="Succeeded">How many succeeded.</param>
/// <param name="Failed">How many failed or were not done.</param>
internal readonly record struct ReportTimeStep(DateTimeOffset At, int Succeeded, int Failed);
