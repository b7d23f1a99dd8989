// How far a request has come between here and the service: the one place for it, which the memory, the request and every part of it read from.

namespace EsimTools.Store;

/// <summary>The phase of one request and the service's id of it. May be read from any thread; the tracker locks around the writing.</summary>
internal sealed class RequestStage
{
    private volatile EsimRequest.Phase _phase;
    private volatile string? _requestId;

    /// <summary>How far it has come.</summary>
    public EsimRequest.Phase Phase => _phase;

    /// <summary>The service's id; null while there is none.</summary>
    public string? RequestId => _requestId;

    /// <summary>Notes how the sending ended.</summary>
    public void Enter(EsimRequest.Phase phase, string? requestId)
    {
        // Who sees that it was accepted sees the id.
        _requestId = requestId ?? _requestId;
        _phase = phase;
    }
}
