// A line of the sandbox's own account of what reached it.

namespace EsimTools.Sandbox;

/// <summary>One request that the service saw.</summary>
/// <param name="At">When it was answered, on the sandbox's clock.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, without the query.</param>
/// <param name="Status">The HTTP status of the answer; 0 when the connection was cut.</param>
/// <param name="Accepted">Whether the request was carried out, also when the answer hid that.</param>
/// <param name="Action">The profile action in ThingSpace's word; null for other requests.</param>
/// <param name="RequestId">The request's id when one was given out.</param>
/// <param name="ProfileCount">How many devices a profile action named; 0 for other requests.</param>
public sealed record SandboxLogEntry(
    DateTimeOffset At, string Method, string Path, int Status, bool Accepted, string? Action, string? RequestId, int ProfileCount);
