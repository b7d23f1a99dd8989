// All that the guard judges by, gathered in one value so that the guard itself needs no I/O and no clock.

namespace EsimTools;

/// <summary>The evidence about one profile at the moment of judging.</summary>
/// <param name="Service">What the service last said, by callback, poll or list.</param>
/// <param name="Inventory">What the user's own object says.</param>
/// <param name="Now">The moment of judging.</param>
/// <param name="OpenRequest">A request for this profile whose outcome is not known yet; null when there is none.</param>
/// <param name="OpenAction">That request's action.</param>
/// <param name="OpenIsInDoubt">Whether it is not even known that the service took that request.</param>
/// <param name="ServiceWasAsked">Whether the service has just been asked about this profile.</param>
/// <param name="Connected">Whether the device is attached to a network, by the service's list; null when not known.</param>
/// <param name="Proof">Whether the profile is proven disabled, and why or why not.</param>
public readonly record struct ProfileEvidence(
    ProfileState Service,
    ProfileState Inventory,
    DateTimeOffset Now,
    string? OpenRequest = null,
    EsimAction? OpenAction = null,
    bool OpenIsInDoubt = false,
    bool ServiceWasAsked = false,
    bool? Connected = null,
    ProofFinding Proof = default);
