// When a doubt ends and when it does not: the whole rule, at its edges.

using EsimTools.Proof;

namespace EsimTools.Client.Tests.Proof;

public sealed class DoubtRuleTests
{
    private static readonly DateTimeOffset s_sent = ManualClock.Start;

    [Theory]

    // Minutes after the request left; a word asked for at that very moment is not from before it.
    [InlineData(-1, "deactive", EsimResolutionStatus.Unknown)]
    [InlineData(0, "deactive", EsimResolutionStatus.Done)]
    [InlineData(1, "deactive", EsimResolutionStatus.Done)]

    // What is unchanged counts as not done from the very end of the time on.
    [InlineData(0, "active", EsimResolutionStatus.Unknown)]
    [InlineData(59, "active", EsimResolutionStatus.Unknown)]
    [InlineData(60, "active", EsimResolutionStatus.NotDone)]
    [InlineData(61, "active", EsimResolutionStatus.NotDone)]
    [InlineData(61, "pending", EsimResolutionStatus.Unknown)]
    [InlineData(61, null, EsimResolutionStatus.Unknown)]
    public void The_age_of_the_word_decides_with_it(int minutes, string? state, EsimResolutionStatus expected) =>
        Assert.Equal(expected, Judge(EsimAction.Deactivate, Says(minutes, state)).Status);

    [Fact]
    public void Without_a_source_or_a_date_nothing_is_known()
    {
        Assert.Equal(EsimResolutionStatus.Unknown, Judge(EsimAction.Deactivate, Says(1, "deactive") with { Source = EvidenceSource.None }).Status);
        Assert.Equal(EsimResolutionStatus.Unknown, Judge(EsimAction.Deactivate, Says(1, "deactive") with { At = null }).Status);
        Assert.Equal(EsimResolutionStatus.Done, Judge(EsimAction.Deactivate, Says(1, "deactive") with { Source = EvidenceSource.Callback }).Status);
    }

    [Theory]
    [InlineData(null, EsimResolutionStatus.Unknown)]
    [InlineData("Mine", EsimResolutionStatus.Done)]
    [InlineData("MINE", EsimResolutionStatus.Done)]
    [InlineData("Other", EsimResolutionStatus.NotDone)]
    public void A_change_of_plan_is_judged_by_the_plan_alone(string? listed, EsimResolutionStatus expected)
    {
        Assert.Equal(expected, Judge(EsimAction.ServicePlan, Says(61, "deactive"), listed).Status);

        // A plan says nothing of any other action.
        Assert.Equal(EsimResolutionStatus.Done, Judge(EsimAction.Deactivate, Says(61, "deactive"), listed).Status);
        Assert.Equal(EsimResolutionStatus.NotDone, Judge(EsimAction.Deactivate, Says(61, "active"), listed).Status);
    }

    [Theory]
    [InlineData(1.0, "1 hour")]
    [InlineData(0.5, "30 minutes")]
    [InlineData(1.0 / 60, "1 minute")]
    [InlineData(1.0 / 120, "30 seconds")]
    public void The_evidence_tells_how_long_was_waited(double hours, string expected) =>
        Assert.EndsWith(
            $"more than {expected} after the request was made",
            DoubtRule.Judge(EsimAction.Deactivate, null, s_sent, Says(120, "active"), null, TimeSpan.FromSeconds(Math.Round(hours * 3600))).Evidence,
            StringComparison.Ordinal);

    [Fact]
    public void The_evidence_tells_who_said_what()
    {
        Assert.Equal("the service lists state deactive, profileStatus ENABLE", Judge(EsimAction.Deactivate, Says(1, "deactive", "ENABLE"), "Mine").Evidence);
        Assert.Equal("a callback says state deactive", Judge(EsimAction.Deactivate, Says(1, "deactive") with { Source = EvidenceSource.Callback }).Evidence);
        Assert.Equal("the service lists plan Mine", Judge(EsimAction.ServicePlan, Says(1, null), "Mine").Evidence);
        Assert.StartsWith("the service lists it without its state", Judge(EsimAction.Deactivate, Says(1, null)).Evidence, StringComparison.Ordinal);
        Assert.Contains(Clock.ToIso(s_sent.AddHours(1)), Judge(EsimAction.Deactivate, Says(1, "active")).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_may_take_a_day_to_show_and_an_hour_to_leave() => Assert.Equal(TimeSpan.FromHours(25), DoubtRule.DefaultNotDoneAfter);

    private static DoubtVerdict Judge(EsimAction action, in ProfileState statement, string? listedPlan = null) =>
        DoubtRule.Judge(action, "Mine", s_sent, statement, listedPlan, TimeSpan.FromHours(1));

    private static ProfileState Says(int minutes, string? state, string? status = null) =>
        new(EvidenceSource.ServiceList, s_sent.AddMinutes(minutes), state, status);
}
