// A plan that two carry out at once, because the one was not seen at work for a while: as after a restart of the database that tells who is there.

using EsimTools.Client.Tests.Support;

namespace EsimTools.Client.Tests.Plans;

public sealed class TwelfthAttackTests : IDisposable
{
    private readonly PlanFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_plan_that_somebody_else_has_begun_or_given_up_meanwhile_sends_nothing_more(bool givesUp)
    {
        var (one, two) = (await _fixture.Connections.OpenAsync(), await _fixture.Connections.OpenAsync());
        for (var i = 1; i <= 4; i++)
        {
            _fixture.Lists(Sample.IccidOf(i), "deactive");
        }

        _fixture.Plan(one, EsimAction.Delete, Sample.Profiles(4), plan: new() { Waves = new() { Sizes = ["2"], MaxFailed = 2 } });
        var host = Confirming(one);
        host.WhenWave = wave =>
        {
            if (wave is { Number: 1, IsOver: true })
            {
                // Nobody sees any more that the first one is at work.
                Array.ForEach(Directory.GetFiles(_fixture.Connections.JournalPath, "*.open"), File.Delete);
                for (var i = 3; i <= 4; i++)
                {
                    _fixture.Lists(Sample.IccidOf(i), "deactive");
                }

                var other = Confirming(two);
                Carry(two, other, givesUp);
                Assert.Equal(givesUp ? [] : [3, 4], other.Accepted.SelectMany(request => request.Profiles).Select(profile => profile.Iccid == Sample.IccidOf(3) ? 3 : 4));
            }
        };

        var ended = Record.Exception(() => Carry(one, host)) as EsimException;

        Assert.All(Enumerable.Range(1, givesUp ? 2 : 4), number => Assert.Single(_fixture.Service.Of(Endpoint.Action), call => call.Body.Contains(Sample.IccidOf(number), StringComparison.Ordinal)));
        Assert.Equal(EsimError.EsimPlanBusy, ended?.Error);
        Assert.DoesNotContain(_fixture.Service.Of(Endpoint.Action), call => givesUp && call.Body.Contains(Sample.IccidOf(3), StringComparison.Ordinal));
    }

    // The service confirms each deletion as soon as it has taken the request, but for the third profile, whose deletion fails.
    private static PlanHost Confirming(EsimConnection connection) => new()
    {
        WhenAccepted = request => ThreadPool.QueueUserWorkItem(_ =>
        {
            foreach (var profile in request.Profiles)
            {
                connection.ReceiveCallback(Sample.Callback(
                    request.RequestId!, profile.Iccid!, profile.Iccid == Sample.IccidOf(3) ? "FAILED" : "SUCCESS", state: null, profileStatus: profile.Iccid == Sample.IccidOf(3) ? null : "DELETE"));
            }
        }),
    };

    private void Carry(EsimConnection connection, PlanHost host, bool givesUp = false)
    {
        using var run = connection.StartPlanRun(EsimPlan.Load(_fixture.PlanPath), null, host);
        if (givesUp)
        {
            run.GiveUp();
        }
        else
        {
            run.Complete();
        }
    }
}
