// When the service's word settles a request of which nobody knows whether it was taken: a pure function, and on the cautious side.

using EsimTools.Model;

namespace EsimTools.Proof;

/// <summary>Settles doubts.</summary>
/// <remarks>
/// The effect of an action proves that it was carried out, by whatever request. Its absence proves nothing while the request may still be on
/// its way: the documents name 24 hours as the longest that an activation is pending, and devices that are switched off answer later.
/// </remarks>
internal static class DoubtRule
{
    /// <summary>How long a request may wait between its reservation, whose time the journal knows, and its leaving: for a pause of the service, or on a machine that sleeps.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromHours(1);

    /// <summary>How long behind its reservation a request that was taken may take to show: 24 hours on its way, and the longest wait before that.</summary>
    public static TimeSpan DefaultNotDoneAfter { get; } = TimeSpan.FromHours(24) + LongestWait;

    /// <summary>Judges one profile of a request.</summary>
    /// <param name="action">The action.</param>
    /// <param name="servicePlan">The plan that was sent.</param>
    /// <param name="submittedAt">When the request was reserved.</param>
    /// <param name="statement">What the service has said since that shows the effect, at the age of those very words.</param>
    /// <param name="listedPlan">The plan that the service lists, where it lists one.</param>
    /// <param name="notDoneAfter">How long after that a profile that is unchanged counts as not acted on.</param>
    public static DoubtVerdict Judge(
        EsimAction action, string? servicePlan, DateTimeOffset submittedAt, in ProfileState statement, string? listedPlan, TimeSpan notDoneAfter)
    {
        if (statement.Source == EvidenceSource.None || statement.At is not { } at || at < submittedAt)
        {
            return new(EsimResolutionStatus.Unknown, "the service has said nothing of the profile since");
        }

        var shows = action == EsimAction.ServicePlan
            ? listedPlan is null ? null : string.Equals(listedPlan, servicePlan, StringComparison.OrdinalIgnoreCase)
            : ActionProof.Shows(action, statement);
        var said = $"{(statement.Source == EvidenceSource.Callback ? "a callback says" : "the service lists")} {Words(statement, action == EsimAction.ServicePlan ? listedPlan : null)}";
        return shows switch
        {
            true => new(EsimResolutionStatus.Done, said),
            null => new(EsimResolutionStatus.Unknown, $"{said}, which does not tell whether '{action}' was carried out"),
            _ when at - submittedAt < notDoneAfter => new(
                EsimResolutionStatus.Unknown, $"{said}; until {Clock.ToIso(submittedAt + notDoneAfter)} it may still change"),
            _ => new(EsimResolutionStatus.NotDone, $"{said} more than {Length(notDoneAfter)} after the request was made"),
        };
    }

    private static string Words(in ProfileState statement, string? plan) =>
        string.Join(
            ", ",
            new[]
            {
                statement.State is null ? null : "state " + statement.State,
                statement.ProfileStatus is null ? null : "profileStatus " + statement.ProfileStatus,
                plan is null ? null : "plan " + plan,
            }.OfType<string>().DefaultIfEmpty("it without its state"));

    // The text may end up in the journal, which is written alike everywhere.
    private static string Length(TimeSpan time) =>
        time.TotalHours >= 1 ? Quantity.Of(time.TotalHours, "hour")
        : time.TotalMinutes >= 1 ? Quantity.Of(time.TotalMinutes, "minute")
        : Quantity.Of(time.TotalSeconds, "second");
}
