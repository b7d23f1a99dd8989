// One call of the service and its answer, as bytes.

namespace EsimTools.Transport;

/// <summary>A call to be made with both tokens.</summary>
internal sealed record ServiceCall(HttpMethod Method, string Path, ArraySegment<byte>? Body, CallKind Kind)
{
    /// <summary>A secret in the body, which no error may repeat; null where there is none.</summary>
    public string? Secret { get; init; }

    /// <summary>Called before each attempt leaves, behind every pause, with both tokens at hand, and for an action with the connection made; throws where it must not leave any more.</summary>
    public Action? BeforeSending { get; init; }
}
