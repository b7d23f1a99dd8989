// The same for processes that share a journal: what one has heard of its request, and what another has sent meanwhile.

namespace EsimTools.Client.Tests.Proof;

public sealed class FourthAttackProcessTests : ProofScenario
{
    private static readonly EsimProfile IccidOfX = new() { Iccid = X.Iccid };
    private static readonly EsimProfile IccidOfY = new() { Iccid = Y.Iccid };

    [Fact]
    public async Task A_resume_of_some_device_was_open_in_another_process_when_a_profile_without_EID_was_deactivated()
    {
        var (one, two) = await TwoAsync();
        await SendAsync(one, EsimAction.DeviceResume, "dev", X);
        await ConfirmAsync(two, EsimAction.Deactivate, "d", IccidOfX);
        one.ReceiveCallback($$"""{"requestId":"dev","status":"SUCCESS","deviceIds":[{"kind":"Eid","id":"{{X.Eid}}"}]}""");

        await AssertRefusedInAThirdAsync(one, two, IccidOfX);
    }

    [Fact]
    public async Task A_delete_of_a_profile_without_EID_was_open_in_another_process_when_one_was_disabled()
    {
        var (one, two) = await TwoAsync();
        await ListAsync(one, IccidOfY, Sample.Listed(Y.Iccid!, "deactive"));
        await SendAsync(one, EsimAction.Delete, "y", IccidOfY);
        await SendAsync(two, EsimAction.Disable, "x", X);
        two.ReceiveCallback(Sample.Callback("x", X.Iccid!, state: null, profileStatus: "DISABLE"));
        one.ReceiveCallback(Sample.Callback("y", Y.Iccid!, state: "UNKNOWN", profileStatus: "DELETE"));

        await AssertRefusedInAThirdAsync(one, two, X);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_activation_that_had_failed_has_succeeded_behind_what_another_process_has_sent(bool inTheSameSession)
    {
        var (one, two) = await TwoAsync();
        await SendAsync(one, EsimAction.Activate, "a", X);
        one.ReceiveCallback(Sample.Callback("a", X.Iccid!, "FAILED", state: null, profileStatus: null));
        one.FlushJournal();
        await ConfirmAsync(two, EsimAction.Deactivate, "d", X);
        two.FlushJournal();
        one.ReceiveCallback(Sample.Callback("a", X.Iccid!, state: "ACTIVE"));
        if (inTheSameSession)
        {
            _ = one.GetRequests().ToArray();
            await AssertRefusedAsync(one, X);
        }

        await AssertRefusedInAThirdAsync(one, two, X);
    }

    // The first one's file is read before the second one's.
    private async Task<(EsimConnection One, EsimConnection Two)> TwoAsync()
    {
        var one = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        var two = await Fixture.OpenAsync();
        Fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        return (one, two);
    }

    private async Task AssertRefusedInAThirdAsync(EsimConnection one, EsimConnection two, EsimProfile profile)
    {
        two.Dispose();
        one.Dispose();
        await AssertRefusedAsync(await Fixture.OpenAsync(), profile, resubmit: true);
    }
}
