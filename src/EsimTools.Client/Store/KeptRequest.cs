// What retention wants to know of a request.

using EsimTools.Model;

namespace EsimTools.Store;

/// <summary>A request with what its lines tell.</summary>
/// <param name="id">The journal's id.</param>
internal sealed class KeptRequest(string id)
{
    public string Id { get; } = id;

    /// <summary>Whether the line is there with which it left.</summary>
    public bool IsKnown { get; set; }

    /// <summary>The newest time of its lines.</summary>
    public DateTimeOffset Newest { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Its place in the line of all requests; 0 where that is not known.</summary>
    public long Sequence { get; set; }

    public string? RunId { get; set; }

    public string? PlanId { get; set; }

    /// <summary>What it reserved.</summary>
    public IdentifierKey[] Profiles { get; set; } = [];

    /// <summary>Whether one of its lines tells what forbids at any age.</summary>
    public bool ForbidsForever { get; set; }

    /// <summary>Whether a line of a newer version is about it.</summary>
    public bool IsNewer { get; set; }

    /// <summary>Whether it may still be carried out, or prove, or count; then all that is known of its profiles matters.</summary>
    public bool IsAlive { get; set; }

    /// <summary>Whether it stays.</summary>
    public bool Stays { get; set; }
}
