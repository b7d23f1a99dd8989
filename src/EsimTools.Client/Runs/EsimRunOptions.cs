// How a run is to go: what its requests say, how they are cut, when it stops.

namespace EsimTools;

/// <summary>The fields of the requests of a run, and how the run goes about sending them.</summary>
public sealed record EsimRunOptions : EsimActionOptions
{
    /// <summary>Options as the cmdlets have them when nothing is given: what was confirmed within 24 hours is skipped.</summary>
    public EsimRunOptions() => SkipConfirmedWithin = TimeSpan.FromHours(24);

    /// <summary>Why the command is given, for the journal: a ticket, for example; at most 500 characters.</summary>
    public string? Reason { get; init; }

    /// <summary>The most profiles in one request: 1 to 10,000.</summary>
    public int BatchSize { get; init; } = EsimRun.MostProfilesPerRequest;

    /// <summary>The most requests on their way at once; 0 means the connection's own limit.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>End the run after that many requests in a row that the service did not accept; 0 goes on whatever happens.</summary>
    public int MaxErrorCount { get; init; } = 10;

    /// <summary>
    /// Delete only: deactivate the profiles that are still enabled, wait for the confirmation of each, and delete only those confirmed.
    /// The waiver and the reason code are then those of the deactivation.
    /// </summary>
    public bool DisableFirst { get; init; }

    /// <summary>With <see cref="DisableFirst"/>: how to wait for the confirmations.</summary>
    public EsimWaitOptions Confirmation { get; init; } = new();

    /// <summary>The plan that the run carries out, by its id; null where it carries out none.</summary>
    internal string? PlanId { get; init; }

    /// <summary>The same fields as a request of the run's own action has them.</summary>
    internal EsimRunOptions ForAction(EsimAction action) =>
        DisableFirst && action == EsimAction.Delete ? this with { EtfWaiver = null, ReasonCode = null } : this;

    /// <summary>Checks the fields against an action.</summary>
    /// <exception cref="EsimException"><see cref="EsimError.EsimParameterInvalid"/>.</exception>
    internal void CheckRun(EsimAction action)
    {
        if (DisableFirst && action != EsimAction.Delete)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"The request was not sent: '{action}' does not take -DisableFirst.");
        }

        if (BatchSize is < 1 or > EsimRun.MostProfilesPerRequest)
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"A request carries 1 to {EsimRun.MostProfilesPerRequest} profiles, not {BatchSize}.");
        }

        if (Reason is { Length: > EsimRunInfo.LongestReason })
        {
            throw new EsimException(EsimError.EsimParameterInvalid, $"The reason has {Reason.Length} characters; at most {EsimRunInfo.LongestReason} are kept.");
        }

        ForAction(action).Check(action);
        if (DisableFirst)
        {
            Check(EsimAction.Deactivate);
        }
    }
}
