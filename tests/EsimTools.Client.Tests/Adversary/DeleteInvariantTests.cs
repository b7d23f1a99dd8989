// The invariant itself: what it forbids, and what it excuses.

namespace EsimTools.Client.Tests.Adversary;

public sealed class DeleteInvariantTests : IDisposable
{
    private readonly Life _life = new(1, Lives.NewFolder(), settings: AdversitySettings.None);
    private readonly Machine _machine;
    private readonly TrueEuicc _euicc = new("E", "eid", "imei");
    private readonly TrueProfile _profile;

    public DeleteInvariantTests()
    {
        _machine = new(_life, "M");
        _profile = new(_euicc, "P", "iccid", "LOCAL", "account", "ACTIVE", "ENABLE");
        _life.World.Now = TimeSpan.FromDays(10).Ticks;
    }

    private bool IsViolated => new DeleteInvariant(_life).Judge(_machine, _profile) is not null;

    private TrueRequest Ours => new("q", EsimAction.Activate, _life.World.Now, default);

    public void Dispose() => _life.Dispose();

    [Fact]
    public void A_delete_of_what_was_never_disabled_violates_it() => Assert.True(IsViolated);

    [Theory]
    [InlineData("DEACTIVE", "ENABLE", false)]
    [InlineData("ACTIVE", "DISABLE", false)]
    [InlineData("SUSPEND", "DOWNLOAD_DISABLE", false)]
    [InlineData("ACTIVE", "DELETE", false)]
    [InlineData("SUSPEND", "ENABLE", true)]
    [InlineData("ACTIVE", "NOT_DOWNLOADED", true)]
    [InlineData("ACTIVE", "DOWNLOAD_ENABLE", true)]
    public void It_goes_by_the_truth(string state, string status, bool isViolated)
    {
        _profile.State.Become(state, _life.World.Now, null);
        _profile.Status.Become(status, _life.World.Now, null);
        Assert.Equal(isViolated, IsViolated);
    }

    [Fact]
    public void What_another_hand_has_ended_is_excused_for_a_day_and_until_the_client_is_told()
    {
        EndByOtherHand();
        Assert.False(IsViolated);

        _machine.ToldOn[_profile] = _life.World.Now - 1;
        Assert.False(IsViolated);
        _machine.ToldOn[_profile] = _life.World.Now + 1;
        Assert.True(IsViolated);

        _machine.ToldOn.Clear();
        _life.World.Now += TimeSpan.FromHours(24).Ticks;
        Assert.False(IsViolated);
        _life.World.Now++;
        Assert.True(IsViolated);
    }

    [Fact]
    public void What_a_request_of_ours_has_ended_or_has_seen_to_since_is_not()
    {
        EndByOtherHand();
        _profile.State.Become("ACTIVE", _life.World.Now, Ours);
        Assert.True(IsViolated);
    }

    private void EndByOtherHand()
    {
        _profile.State.Become("DEACTIVE", _life.World.Now, Ours);
        _profile.State.Become("ACTIVE", _life.World.Now, null);
    }
}
