// The status of one part of a request; null where the part has none.

namespace EsimTools.Protocol;

/// <summary>The status of one part of a request; null where the part has none.</summary>
internal sealed record SubRequestStatus(WireIdentifiers Identifiers, string? Status, bool HasFault = false);
