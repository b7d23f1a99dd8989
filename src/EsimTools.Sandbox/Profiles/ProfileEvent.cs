// An entry of a profile's history.

using EsimTools.Sandbox.Actions;

namespace EsimTools.Sandbox.Profiles;

/// <summary>An entry of a profile's history.</summary>
/// <param name="Before">The event before this one.</param>
/// <param name="At">When the action ended.</param>
/// <param name="Action">The action.</param>
/// <param name="Succeeded">Whether it succeeded.</param>
/// <param name="Plan">The service plan at that time.</param>
internal sealed record ProfileEvent(ProfileEvent? Before, DateTimeOffset At, ProfileAction Action, bool Succeeded, string? Plan);
