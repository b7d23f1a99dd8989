// The answer of the v2 request status. What is no part by the documents is one without identifiers and status.

namespace EsimTools.Protocol;

/// <summary>The answer of the v2 request status. What is no part by the documents is one without identifiers and status.</summary>
internal sealed record RequestStatusAnswer(string RequestId, string Status, IReadOnlyList<SubRequestStatus> SubRequests, bool HasFault = false);
