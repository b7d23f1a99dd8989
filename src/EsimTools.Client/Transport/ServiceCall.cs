// One call of the service and its answer, as bytes.

using System.Net.Http.Headers;

namespace EsimTools.Transport;

/// <summary>What may be done with a call whose answer went missing.</summary>
internal enum CallKind
{
    /// <summary>It changes nothing and may be repeated.</summary>
    Question,

    /// <summary>It changes state: it is repeated only where the answer proves that it was not taken.</summary>
    Action,
}

/// <summary>A call to be made with both tokens.</summary>
internal sealed record ServiceCall(HttpMethod Method, string Path, ArraySegment<byte>? Body, CallKind Kind)
{
    /// <summary>A secret in the body, which no error may repeat; null where there is none.</summary>
    public string? Secret { get; init; }

    /// <summary>Called before it leaves where it had to wait, for a pause, a token or a second attempt; throws where it must not leave any more.</summary>
    public Action? BeforeLateSending { get; init; }
}

/// <summary>An answer with its whole body.</summary>
internal sealed record ServiceAnswer(int StatusCode, byte[] Body, RetryConditionHeaderValue? RetryAfter)
{
    public bool IsSuccess => StatusCode is >= 200 and < 300;
}
