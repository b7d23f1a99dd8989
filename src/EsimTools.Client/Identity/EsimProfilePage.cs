// One page of the service's device list.

namespace EsimTools.Identity;

/// <summary>One page of an account's list, at most 2,000 lines.</summary>
/// <param name="Profiles">Its lines.</param>
/// <param name="Next">What to give for the next page; null when this is the last.</param>
public sealed record EsimProfilePage(IReadOnlyList<EsimProfile> Profiles, string? Next);
