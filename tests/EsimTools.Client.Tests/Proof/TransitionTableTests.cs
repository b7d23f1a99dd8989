// The transition table, row by row: each action against each state alone, and which of several rules is told.

using EsimTools.Proof;

namespace EsimTools.Client.Tests.Proof;

public sealed class TransitionTableTests
{
    // In the order LEAD, DEACTIVE, NOT_DOWNLOADED, ACTIVE, SUSPEND, ENABLE, DISABLE: x refuses, ! warns, - allows.
    [Theory]
    [InlineData("activate", "---!!--")]
    [InlineData("download", "xx--!!!")]
    [InlineData("download_enable", "xx--!!!")]
    [InlineData("enable", "-xx-!!-")]
    [InlineData("deactivate", "-!--!--")]
    [InlineData("disable", "x-x---!")]
    [InlineData("profile_suspend", "xx--!--")]
    [InlineData("profile_resume", "-x-x---")]
    [InlineData("device_suspend", "-------")]
    [InlineData("device_resume", "-------")]
    [InlineData("serviceplan", "-!--!--")]
    [InlineData("setfallbackattribute", "-!!----")]
    public void Each_state_alone_refuses_warns_or_allows(string action, string expected)
    {
        ProfileState[] states =
        [
            new(EvidenceSource.Callback, ProfileRole: "LEAD"), new(EvidenceSource.Callback, State: "DEACTIVE"), new(EvidenceSource.Callback, ProfileStatus: "NOT_DOWNLOADED"),
            new(EvidenceSource.Callback, State: "ACTIVE"), new(EvidenceSource.Callback, State: "SUSPEND"),
            new(EvidenceSource.Callback, ProfileStatus: "ENABLE"), new(EvidenceSource.Callback, ProfileStatus: "DISABLE"),
        ];

        Assert.Equal(expected, string.Concat(states.Select(state => TransitionTable.Find(EsimAction.Find(action)!, state) switch { null => '-', { IsRefusal: true } => 'x', _ => '!' })));
    }

    [Fact]
    public void Of_several_rules_a_refusal_is_told_and_else_the_first_warning()
    {
        Assert.Equal("suspended", TransitionTable.Find(EsimAction.Download, new(EvidenceSource.Callback, State: "SUSPEND", ProfileStatus: "ENABLE"))!.State);
        Assert.StartsWith("not on the eUICC", TransitionTable.Find(EsimAction.Enable, new(EvidenceSource.Callback, State: "ACTIVE", ProfileStatus: "NOT_DOWNLOADED"))!.State, StringComparison.Ordinal);

        var refused = TransitionTable.Find(EsimAction.Download, new(EvidenceSource.Callback, State: "DEACTIVE", ProfileStatus: "ENABLE", ProfileRole: "LEAD"))!;
        Assert.True(refused.IsRefusal);
        Assert.Contains("LEAD", refused.State, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_action_but_delete_has_a_row() =>
        Assert.All(EsimAction.All.Where(action => action != EsimAction.Delete), action => Assert.Null(TransitionTable.Find(action, default)));
}
