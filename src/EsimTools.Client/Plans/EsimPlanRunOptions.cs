// How a plan is carried out; what is sent stands in the plan alone.

namespace EsimTools;

/// <summary>How a plan is carried out.</summary>
public sealed record EsimPlanRunOptions
{
    /// <summary>Go on with a plan that is held: the failures that are known by then no longer count.</summary>
    public bool Resume { get; init; }

    /// <summary>The most requests on their way at once; 0 means the connection's own limit.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>End after that many requests in a row that the service did not accept; 0 goes on whatever happens.</summary>
    public int MaxErrorCount { get; init; } = 10;

    /// <summary>How long to wait before the service is first asked for outcomes; it grows from there.</summary>
    public TimeSpan PollingInterval { get; init; } = TimeSpan.FromSeconds(5);
}
