// The sandbox's answer to a SandboxCall.

namespace EsimTools.Sandbox;

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
