// How a call can end without an answer, sorted by the one thing that matters: may the service have taken it?

namespace EsimTools.Transport;

/// <summary>No answer came.</summary>
internal sealed class CallFailedException(string message, bool mayHaveArrived, bool timedOut, Exception? innerException)
    : Exception(message, innerException)
{
    /// <summary>Whether any of it may have reached the service. False only where the connection was never made.</summary>
    public bool MayHaveArrived { get; } = mayHaveArrived;

    /// <summary>Whether the time limit ended it.</summary>
    public bool TimedOut { get; } = timedOut;
}
