// What a cap counts: a request that has left.

namespace EsimTools.Policy;

/// <summary>Profiles that something was sent for.</summary>
/// <param name="At">When they count as sent.</param>
/// <param name="Count">How many.</param>
internal readonly record struct SentProfiles(DateTimeOffset At, int Count);
