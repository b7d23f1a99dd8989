// What has become of one wave of a plan.

namespace EsimTools.Reports;

/// <summary>The profiles of a wave, counted by what has become of them.</summary>
/// <param name="Number">The wave, from 1 on.</param>
/// <param name="Counts">The numbers.</param>
internal sealed record ReportWave(int Number, ReportCounts Counts);
