// The mishaps that a test can order, one request at a time.

namespace EsimTools.Sandbox;

/// <summary>A mishap that the sandbox is told to have with the next request. See <see cref="ThingSpaceSandbox.Script"/>.</summary>
public enum SandboxFault
{
    /// <summary>429 with <c>Retry-After</c>; the request is not carried out.</summary>
    TooManyRequests,

    /// <summary>500 with the service's error body; the request is not carried out.</summary>
    ServerError,

    /// <summary>The request is carried out and then answered with 500.</summary>
    ServerErrorAfterAcceptance,

    /// <summary>The connection is cut before the request is carried out.</summary>
    CutBeforeAcceptance,

    /// <summary>The connection is cut after the request was carried out.</summary>
    CutAfterAcceptance,

    /// <summary>A proxy's 502 with an HTML page; the request is not carried out.</summary>
    HtmlAnswer,

    /// <summary>The request is carried out; the answer has the right status and no body.</summary>
    EmptyAnswer,

    /// <summary>The request is carried out; the answer's JSON stops in the middle.</summary>
    TruncatedJson,

    /// <summary>The request is carried out; the answer is <c>{}</c>.</summary>
    MissingRequestId,

    /// <summary>The request is carried out; every value at the top of the answer has another JSON type than it should.</summary>
    WrongTypes,

    /// <summary>All bearer tokens end before the request is looked at.</summary>
    BearerExpired,

    /// <summary>All sessions end before the request is looked at.</summary>
    SessionExpired,

    /// <summary>The request is carried out; the answer takes <see cref="SandboxOptions.SlowAnswerDelay"/>.</summary>
    SlowAnswer,
}
