// How a wait for outcomes behaves.

namespace EsimTools;

/// <summary>How often to ask the service for outcomes, and when to give up.</summary>
public sealed record EsimWaitOptions
{
    /// <summary>The longest pause between two questions about one request.</summary>
    public static TimeSpan LongestInterval { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The pause before the first question; it grows by half each time up to a minute.</summary>
    public TimeSpan FirstInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When to stop waiting; null waits for ever.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Told when the service will be asked next; null when nobody wants to know.</summary>
    internal Action<DateTimeOffset>? OnPause { get; init; }
}
