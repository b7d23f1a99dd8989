// An answer with its whole body.

using System.Net.Http.Headers;

namespace EsimTools.Transport;

/// <summary>An answer with its whole body.</summary>
internal sealed record ServiceAnswer(int StatusCode, byte[] Body, RetryConditionHeaderValue? RetryAfter)
{
    public bool IsSuccess => StatusCode is >= 200 and < 300;
}
