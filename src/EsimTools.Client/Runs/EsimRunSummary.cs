// A run in one object: who and why, how it ended, and what has become of its profiles by now.

namespace EsimTools;

/// <summary>What has become of a run, by the journal.</summary>
/// <remarks>
/// Every profile for which something was sent stands in one of <see cref="Succeeded"/>, <see cref="Failed"/>, <see cref="InDoubt"/> and
/// <see cref="Open"/>, which change as outcomes arrive. Numbers that only the run itself could tell are null where it was interrupted.
/// </remarks>
public sealed class EsimRunSummary
{
    internal EsimRunSummary(EsimRunInfo run) => Run = run;

    /// <summary>The run's own id.</summary>
    public string Id => Run.Id;

    /// <summary>The action, in ThingSpace's word.</summary>
    public required string Action { get; init; }

    /// <summary>The account of its requests; several have a comma between them.</summary>
    public required string AccountName { get; init; }

    /// <summary>When it began, in UTC.</summary>
    public DateTimeOffset StartedAt => Run.StartedAt;

    /// <summary>When it ended or was stopped, in UTC; null where nothing tells.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The UWS user.</summary>
    public string? UserName => Run.UserName;

    /// <summary>The machine.</summary>
    public string? HostName => Run.HostName;

    /// <summary>The number of the process on that machine.</summary>
    public int ProcessId => Run.ProcessId;

    /// <summary>Why, in the words of whoever gave the command; null when nothing was said.</summary>
    public string? Reason => Run.Reason;

    /// <summary>The plan that it carries out; null where it carries out none.</summary>
    public string? PlanId => Run.PlanId;

    /// <summary>How it has ended, if it has.</summary>
    public required EsimRunStage Stage { get; init; }

    /// <summary>Why the plan that it carried out was held; null where it was not.</summary>
    public string? HeldBecause { get; init; }

    /// <summary>Profiles taken up from the input; null where nothing tells.</summary>
    public long? Given => Counts?.Given;

    /// <summary>Profiles for which something was sent that the service has taken or may have taken.</summary>
    public long Sent => Succeeded + Failed + InDoubt + Open;

    /// <summary>Profiles for which the action is confirmed.</summary>
    public long Succeeded { get; init; }

    /// <summary>Profiles for which it, or the deactivation before it, has failed or was not done.</summary>
    public long Failed { get; init; }

    /// <summary>Profiles in requests of which nobody knows whether the service has taken them.</summary>
    public long InDoubt { get; init; }

    /// <summary>Profiles in accepted requests whose outcome is not known yet.</summary>
    public long Open { get; init; }

    /// <summary>Profiles in requests that the service has not taken.</summary>
    public long Refused { get; init; }

    /// <summary>Profiles for which nothing was to be done; null where nothing tells.</summary>
    public long? Skipped => Counts?.Skipped;

    /// <summary>
    /// Profiles that the guard or the plan kept back; null where nothing tells. With -DisableFirst one whose deactivation failed stands here too, because its
    /// deletion was not sent, and in <see cref="Failed"/>, because something was.
    /// </summary>
    public long? KeptBack => Counts?.KeptBack;

    /// <summary>Profiles that the person who was asked did not want; null where nothing tells.</summary>
    public long? Declined => Counts?.Declined;

    /// <summary>Profiles taken up whose turn did not come; null where nothing tells.</summary>
    public long? NotSent => Counts?.NotSent;

    /// <summary>With -DisableFirst: profiles whose deactivation is confirmed.</summary>
    public long Deactivated { get; init; }

    /// <summary>What was kept back, reason by reason. Who it was stands in the report.</summary>
    public IReadOnlyList<EsimRunRefusal> Refusals { get; init; } = [];

    /// <summary>Its requests that were taken or may have been, oldest first: the service's ids, and the journal's for those in doubt.</summary>
    public required IReadOnlyList<string> RequestIds { get; init; }

    /// <summary>Who, where, when and why.</summary>
    internal EsimRunInfo Run { get; }

    /// <summary>What the run itself has counted; null where it could not say.</summary>
    internal EsimRunCounts? Counts { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Action} {Run} ({Stage}: {Succeeded} succeeded, {Failed} failed, {InDoubt} in doubt, {Open} open)";
}
