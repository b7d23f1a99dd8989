// Liveness: where nobody is against it, each of the ways to a proof leads to a delete, in any world.

namespace EsimTools.Client.Tests.Adversary;

public sealed class LivenessTests
{
    private const int Worlds = 200;

    private static readonly EsimActionOptions s_options = new();

    [Fact]
    public Task A_confirmation_that_was_polled_for_leads_to_a_delete() => EverythingGoesAsync(async (life, connection, row) =>
    {
        var request = (await connection.SubmitAsync(EsimAction.Deactivate, [row], s_options)).Request!;
        life.Service.CarryOutAll();
        await connection.PollAsync(request);
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, row).Decision);
    });

    [Fact]
    public Task The_actions_own_callback_leads_to_a_delete() => EverythingGoesAsync(async (life, connection, row) =>
    {
        await connection.SubmitAsync(EsimAction.Deactivate, [row], s_options);
        life.Service.CarryOutAll();
        life.Service.DeliverAll();
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, row).Decision);
    });

    [Fact]
    public Task The_list_leads_to_a_delete() => EverythingGoesAsync(async (life, connection, row) =>
    {
        life.World.Apply("deactivate", life.World.ProfileOf(row.Iccid!)!, by: null);
        await connection.LookUpAsync([row]);
        Assert.Equal(GuardDecision.Allowed, connection.Judge(EsimAction.Delete, row, serviceWasAsked: true).Decision);
    });

    // One profile after the other, until none is left but those that cannot be deleted.
    private static async Task EverythingGoesAsync(Func<Life, EsimConnection, EsimProfile, Task> proveAsync)
    {
        for (var seed = 1UL; seed <= Worlds; seed++)
        {
            using var life = new Life(seed, Lives.NewFolder(), settings: AdversitySettings.None);
            life.Begin();
            var connection = life.Processes.Machines[0].Connection!;
            var profiles = life.World.Profiles.FindAll(profile => !profile.IsLead);
            foreach (var profile in profiles)
            {
                life.World.Apply(profile.State.Word == "SUSPEND" ? "profile_resume" : "activate", profile, by: null);
                var row = new EsimProfile { Iccid = profile.Iccid, Eid = life.Random.Happens(0.5) ? profile.Euicc.Eid : null };
                await proveAsync(life, connection, row);

                Assert.NotNull((await connection.SubmitAsync(EsimAction.Delete, [row], s_options, serviceWasAsked: true)).Request);
                life.Service.CarryOutAll();
                life.Service.DeliverAll();
            }

            Assert.Null(life.Violation);
            Assert.Equal(profiles.Count, life.Deletes);
            Assert.All(profiles, profile => Assert.Equal("DELETE", profile.Status.Word));
        }
    }
}
