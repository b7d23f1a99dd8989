// What one source says of a profile: who, when, and the three words on its state.

namespace EsimTools;

/// <summary>What one source says of a profile.</summary>
/// <param name="Source">Who says it.</param>
/// <param name="At">When it was true, in UTC; null for an inventory, whose age nobody knows.</param>
/// <param name="State">Service state in ThingSpace's word (<c>ACTIVE</c>, <c>DEACTIVE</c> …); null when not known.</param>
/// <param name="ProfileStatus">Profile status in ThingSpace's word (<c>ENABLE</c>, <c>DISABLE</c> …); null when not known.</param>
/// <param name="ProfileRole"><c>LEAD</c> for a Verizon US profile, <c>LOCAL</c> for a Global one; null when not known.</param>
public readonly record struct ProfileState(
    EvidenceSource Source, DateTimeOffset? At = null, string? State = null, string? ProfileStatus = null, string? ProfileRole = null);
