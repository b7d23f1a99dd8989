// How many bytes of messages are held and written. A message about one profile has about a thousand.

namespace EsimTools.Callbacks;

/// <summary>How many bytes of messages are held and written. A message about one profile has about a thousand.</summary>
internal sealed record IntakeLimits
{
    /// <summary>How much may be recorded and not yet told to the connection; more of it slows the acknowledgements down.</summary>
    public long Untold { get; init; } = 32L * 1024 * 1024;

    /// <summary>From what size on a file is followed by another one: a process that is killed leaves no more than that to be read by the next one.</summary>
    public long File { get; init; } = 32L * 1024 * 1024;

    /// <summary>How much is recorded within a day for requests that nobody knows here: a quarter of a million messages of other programs.</summary>
    public long Unmatched { get; init; } = 256L * 1024 * 1024;
}
