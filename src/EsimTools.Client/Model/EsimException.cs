// The one exception of the client: an id from the public list, a full sentence, and what to do about it.

namespace EsimTools;

/// <summary>Something the module could not or would not do, with its error id and the advice that goes with it.</summary>
public sealed class EsimException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="error">The id.</param>
    /// <param name="message">What went wrong, as a full sentence without secrets. What is not seen in it is made visible.</param>
    /// <param name="recommendedAction">What the user can do; null when there is nothing to add.</param>
    /// <param name="innerException">The cause.</param>
    public EsimException(EsimError error, string message, string? recommendedAction = null, Exception? innerException = null)
        : base(ForeignText.Show(message, ForeignText.LongestSentence), innerException)
    {
        Error = error;
        RecommendedAction = recommendedAction is null ? null : ForeignText.Show(recommendedAction, ForeignText.LongestSentence);
    }

    /// <summary>The error id.</summary>
    public EsimError Error { get; }

    /// <summary>What the user can do about it; null when there is nothing to add.</summary>
    public string? RecommendedAction { get; }

    /// <summary>The reason alone, which names no profile; null where there is none beside the message.</summary>
    internal string? Reason { get; init; }

    /// <summary>The HTTP status that the service answered; null when there was no answer.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The service's own error code, for example <c>UnifiedWebService.REQUEST_FAILED.AccountNotFound</c>; null when it gave none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The request this is about, when it has an id.</summary>
    public string? RequestId { get; init; }
}
