// What the service's word means for a request in doubt.

namespace EsimTools.Proof;

/// <summary>What the service's word means for a request in doubt.</summary>
/// <param name="Status">Done, not done, or still unknown.</param>
/// <param name="Evidence">Why, in words.</param>
internal readonly record struct DoubtVerdict(EsimResolutionStatus Status, string Evidence);
