// A message of the client on its way to a stream. Several cmdlets of a pipeline may hold it; one says it.

namespace EsimTools.Abstractions;

/// <summary>A message that is to be said once.</summary>
internal sealed class PendingMessage(EsimMessage message)
{
    private int _isTaken;

    /// <summary>The message.</summary>
    public EsimMessage Message { get; } = message;

    /// <summary>Whether it is the caller who says it; true for one caller alone.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
}
