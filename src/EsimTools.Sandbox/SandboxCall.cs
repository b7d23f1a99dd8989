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

/// <summary>The sandbox's answer to a <see cref="SandboxCall"/>.</summary>
public sealed class SandboxAnswer
{
    internal SandboxAnswer(int status, string? contentType, ReadOnlyMemory<byte> body)
    {
        Status = status;
        ContentType = contentType;
        Body = body;
    }

    /// <summary>The HTTP status; 0 when the connection is to be cut.</summary>
    public int Status { get; }

    /// <summary>The body's media type; null when there is no body.</summary>
    public string? ContentType { get; }

    /// <summary>The body's bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The <c>Retry-After</c> header, or null.</summary>
    public string? RetryAfter { get; internal init; }

    /// <summary>Whether the connection is to be cut instead of answered.</summary>
    public bool IsCut => Status == 0;
}
