// What one source says of a profile.

namespace EsimTools;

/// <summary>What one source says of a profile.</summary>
/// <param name="Source">Who says it.</param>
/// <param name="At">When it was true; null for an inventory, whose age nobody knows.</param>
/// <param name="State">Service state, or null.</param>
/// <param name="ProfileStatus">Profile status, or null.</param>
/// <param name="ProfileRole">Profile role, or null.</param>
public readonly record struct ProfileStatement(
    EvidenceSource Source, DateTimeOffset? At = null, string? State = null, string? ProfileStatus = null, string? ProfileRole = null);
