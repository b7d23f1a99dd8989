// What is known of a profile.

namespace EsimTools.Store;

/// <summary>What is known of a profile.</summary>
/// <param name="Reservation">The last request for it.</param>
/// <param name="Statement">The newest word of the service on it.</param>
internal readonly record struct ProfileKnowledge(Reservation Reservation, ProfileState Statement);
