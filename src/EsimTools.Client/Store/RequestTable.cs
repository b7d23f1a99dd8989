// Every request that is known: those sent from here and those that other connections have written to the journal.

using EsimTools.Proof;

namespace EsimTools.Store;

/// <summary>Requests by number, by the service's id and by the journal's. Not thread-safe: the tracker locks around it.</summary>
/// <param name="whenMade">Told of each request object that is made; null where nobody wants to know.</param>
internal sealed class RequestTable(Action<TrackedRequest, EsimRequest>? whenMade)
{
    private readonly List<TrackedRequest> _requests = [];
    private readonly Dictionary<string, TrackedRequest> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, TrackedRequest> _byLocalId = new(StringComparer.Ordinal);
    private readonly List<string> _accounts = [];

    /// <summary>How many there are; they are numbered from 1.</summary>
    public int Count => _requests.Count;

    /// <summary>All, by number.</summary>
    public IReadOnlyList<TrackedRequest> All => _requests;

    /// <summary>Journal files that are not archived, because of lines in them that this module or this connection does not understand.</summary>
    public HashSet<string> KeptFiles { get; } = new(StringComparer.Ordinal);

    /// <summary>A request by its number.</summary>
    public TrackedRequest this[int number] => _requests[number - 1];

    /// <summary>Adds one, whose number is one more than <see cref="Count"/>.</summary>
    public void Add(TrackedRequest request)
    {
        _requests.Add(request);
        _byLocalId[request.LocalId] = request;
    }

    /// <summary>Notes the object of a request; it lives as long as whoever uses it keeps it.</summary>
    public void NoteObject(TrackedRequest request, EsimRequest itsObject)
    {
        request.Live = new(itsObject);
        whenMade?.Invoke(request, itsObject);
    }

    /// <summary>Whether a request has that id from the service.</summary>
    public bool HasId(string requestId) => _byId.ContainsKey(requestId);

    /// <summary>A request by the service's id; null where none has it.</summary>
    public TrackedRequest? FindById(string requestId) => _byId.TryGetValue(requestId, out var request) ? request : null;

    /// <summary>A request by the journal's id; null where none has it.</summary>
    public TrackedRequest? FindByLocalId(string localId) => _byLocalId.TryGetValue(localId, out var request) ? request : null;

    /// <summary>Notes how the sending of a request ended, and the id that the service has given it.</summary>
    public void Enter(TrackedRequest request, EsimRequest.Phase phase, string? requestId = null)
    {
        request.Stage.Enter(phase, requestId);
        request.Idle = null;
        if (requestId is not null)
        {
            _byId[requestId] = request;
        }
    }

    /// <summary>The number of an account; those beyond the last number have one together, which proves for none.</summary>
    public ushort AccountOf(string name)
    {
        var number = _accounts.IndexOf(name);
        if (number < 0)
        {
            number = _accounts.Count;
            _accounts.Add(name);
        }

        return (ushort)Math.Min(number, Spoken.AnyOtherAccount);
    }
}
