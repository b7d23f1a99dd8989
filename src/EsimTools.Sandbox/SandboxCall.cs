// One request to the sandbox and its answer, free of any transport: the in-process handler and Kestrel both speak this.

namespace EsimTools.Sandbox;

/// <summary>An HTTP request, reduced to what ThingSpace looks at.</summary>
/// <param name="Method">The HTTP method, upper case.</param>
/// <param name="Target">Path and query exactly as sent, for example <c>/api/m2m/v1/session/login</c>.</param>
/// <param name="Authorization">The <c>Authorization</c> header, or null.</param>
/// <param name="SessionToken">The <c>VZ-M2M-Token</c> header, or null.</param>
/// <param name="ContentType">The <c>Content-Type</c> header, or null.</param>
/// <param name="Body">The body's bytes.</param>
public sealed record SandboxCall(
    string Method, string Target, string? Authorization, string? SessionToken, string? ContentType, ReadOnlyMemory<byte> Body);
