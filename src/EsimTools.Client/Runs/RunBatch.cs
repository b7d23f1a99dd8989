// The profiles of one request to come.

namespace EsimTools.Runs;

/// <summary>The profiles of one request to come.</summary>
/// <param name="AccountName">The account.</param>
/// <param name="ServicePlan">The plan; null for none.</param>
/// <param name="Profiles">The profiles.</param>
internal sealed record RunBatch(string AccountName, string? ServicePlan, List<EsimProfile> Profiles);
